'use strict';

/* What the page knows, and the theme: automatic, light or dark. Colours are read where they are
   drawn, so whoever draws asks again after `tern-theme`. */
const tern = {
    data: JSON.parse((document.getElementById('report-data') || {textContent: '{}'}).textContent),

    color(name) {
        return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
    },

    /* element('td', {class: 'left'}, 'text', child, …); text is text, never markup. */
    element(tag, attributes, ...children) {
        const made = document.createElement(tag);
        for (const [name, value] of Object.entries(attributes || {})) {
            made.setAttribute(name, value);
        }
        made.append(...children);
        return made;
    },

    button(label, title, action) {
        const made = tern.element('button', {type: 'button', title}, label);
        if (label !== title) {
            made.setAttribute('aria-label', title);
        }
        made.addEventListener('click', action);
        return made;
    },

    /* 2024-01-31 12:00, UTC, with seconds where they are not zero. */
    moment(milliseconds) {
        const text = new Date(milliseconds).toISOString();
        const seconds = text.slice(17, 19) === '00' ? '' : text.slice(16, 19);
        return text.slice(0, 10) + ' ' + text.slice(11, 16) + seconds;
    },

    span(milliseconds) {
        const minutes = Math.round(milliseconds / 60000);
        if (minutes < 60) {
            const seconds = Math.round(milliseconds / 1000);
            return seconds < 60 ? seconds + 's' : Math.floor(seconds / 60) + 'm' +
                (seconds % 60 ? seconds % 60 + 's' : '');
        }
        const days = Math.floor(minutes / 1440);
        const hours = Math.floor(minutes % 1440 / 60);
        return (days ? days + 'd' : '') + (hours ? hours + 'h' : '') +
            (minutes % 60 ? minutes % 60 + 'm' : '');
    },
};

(() => {
    const root = document.documentElement;
    const names = ['auto', 'light', 'dark'];
    const buttons = names.map((name) => tern.button(name, 'Theme: ' + name, () => choose(name)));

    function remembered() {
        try {
            return localStorage.getItem('tern-theme') || 'auto';
        } catch {
            return 'auto';
        }
    }

    function show(name) {
        if (name === 'auto') {
            root.removeAttribute('data-theme');
        } else {
            root.setAttribute('data-theme', name);
        }
        buttons.forEach((button, i) => button.setAttribute('aria-pressed', names[i] === name));
        dispatchEvent(new Event('tern-theme'));
    }

    function choose(name) {
        show(name);
        try {
            localStorage.setItem('tern-theme', name);
        } catch {
            /* A file opened from a disk may have no storage: the choice then lasts for the page. */
        }
    }

    document.getElementById('tools').append(tern.element('span', {class: 'muted'}, 'Theme '),
                                            ...buttons);
    show(names.includes(remembered()) ? remembered() : 'auto');
    matchMedia('(prefers-color-scheme: dark)').addEventListener(
        'change', () => dispatchEvent(new Event('tern-theme')));
    /* Paper is white, whatever the screen is. */
    let before = null;
    addEventListener('beforeprint', () => {
        before = root.getAttribute('data-theme') || 'auto';
        show('light');
    });
    addEventListener('afterprint', () => show(before || 'auto'));
})();
