/* All trips: sorted, filtered, by pages. Money is summed exactly, in units of its 18th decimal. */
(() => {
    const place = document.getElementById('trips-table');
    const trips = tern.data.trips || [];
    if (!place || trips.length === 0) {
        return;
    }
    const PAGE = 50;
    const bot = (trip) => tern.data.bots[trip[2]];
    const instrument = (trip) => tern.data.instruments[trip[3]];
    const side = (trip) => trip[4] ? 'long' : 'short';
    const number = (text) => Number(text.replace(/,/g, ''));
    const direction = (text) => text.startsWith('+') ? 'up' : text.startsWith('-') ? 'down' : '';

    /* title, text of a cell, what to sort by, class */
    const columns = [
        ['opened', (trip) => tern.moment(trip[0]), (trip) => trip[0], 'left'],
        ['duration', (trip) => tern.span(trip[1] - trip[0]), (trip) => trip[1] - trip[0], ''],
        ['bot', bot, bot, 'left'],
        ['instrument', instrument, instrument, 'left'],
        ['side', side, side, 'left'],
        ['quantity', (trip) => trip[5], (trip) => number(trip[5]), ''],
        ['entry', (trip) => trip[6], (trip) => number(trip[6]), ''],
        ['exit', (trip) => trip[7], (trip) => number(trip[7]), ''],
        ['fees', (trip) => trip[8], (trip) => number(trip[8]), ''],
        ['net', (trip) => trip[9], (trip) => number(trip[9]), ''],
        ['cumulative', (trip) => trip[10], (trip) => trip[1], ''],
        ['reason', (trip) => trip[11], (trip) => trip[11], 'left'],
    ];
    const state = {sort: -1, falling: false, page: 0, words: '', which: 'all', rows: trips};

    function atoms(text) {
        const [whole, rest = ''] = text.split('.');
        return BigInt(whole + rest.padEnd(18, '0'));
    }

    /* To the nearest multiple, ties to the even one: as all money of the page is rounded. */
    function rounded(value, unit) {
        const size = value < 0n ? -value : value;
        let count = size / unit;
        const twice = size % unit * 2n;
        if (twice > unit || twice === unit && count % 2n === 1n) {
            count++;
        }
        return value < 0n ? -count : count;
    }

    function sum(rows) {
        const places = (trips[0][9].split('.')[1] || '').length;
        const exact = rows.reduce((so_far, trip) => so_far + atoms(trip[12]), 0n);
        const total = rounded(exact, 10n ** BigInt(18 - places));
        const digits = String(total < 0n ? -total : total).padStart(places + 1, '0');
        const cut = digits.length - places;
        const head = digits.slice(0, cut).replace(/\B(?=(\d{3})+$)/g, ',');
        return (total < 0n ? '-' : total > 0n ? '+' : '') + head +
            (places ? '.' + digits.slice(cut) : '');
    }

    const filter = tern.element('input', {type: 'search', placeholder: 'bot, instrument, reason \u2026',
                                          'aria-label': 'Filter trips by words'});
    const which = tern.element('select', {'aria-label': 'Which trips'});
    ['all', 'won', 'lost'].forEach((name) => which.append(
        tern.element('option', {value: name}, name)));
    const summary = tern.element('output', {'aria-live': 'polite', id: 'trips-summary'});
    const back = tern.button('\u25c0', 'Page before', () => turn(-1));
    const onward = tern.button('\u25b6', 'Next page', () => turn(1));
    const body = tern.element('tbody');
    const heads = columns.map(([title, , , kind], index) => {
        const head = tern.element('th', kind ? {scope: 'col', class: kind} : {scope: 'col'});
        head.append(tern.button(title, title, () => sortBy(index)));
        return head;
    });

    function choose() {
        const words = state.words.toLowerCase().split(/\s+/).filter(Boolean);
        state.rows = trips.filter((trip) => {
            const text = [bot(trip), instrument(trip), side(trip), trip[11],
                          tern.moment(trip[0])].join(' ').toLowerCase();
            const sign = trip[9][0];
            return words.every((word) => text.includes(word)) &&
                (state.which === 'all' || (state.which === 'won' ? sign === '+' : sign === '-'));
        });
        if (state.sort >= 0) {
            const key = columns[state.sort][2];
            const factor = state.falling ? -1 : 1;
            state.rows.sort((a, b) => {
                const left = key(a);
                const right = key(b);
                return left < right ? -factor : left > right ? factor : 0;
            });
        }
        state.page = 0;
        fill();
    }

    function sortBy(index) {
        state.falling = state.sort === index ? !state.falling : false;
        state.sort = index;
        heads.forEach((head, i) => {
            if (i === index) {
                head.setAttribute('aria-sort', state.falling ? 'descending' : 'ascending');
            } else {
                head.removeAttribute('aria-sort');
            }
        });
        choose();
    }

    function turn(step) {
        state.page += step;
        fill();
    }

    function rowOf(trip) {
        const row = tern.element('tr');
        columns.forEach(([title, text, , kind], index) => {
            const value = text(trip);
            const signed = title === 'net' || title === 'cumulative';
            const cell = tern.element('td', {class: signed ? direction(value) : kind});
            if (index === 0 && (tern.data.markets || []).length > 0) {
                cell.append(tern.button(value, 'Show the trip of ' + value + ' among the candles',
                                        () => dispatchEvent(new CustomEvent('tern-show', {
                                            detail: {instrument: trip[3], from: trip[0], to: trip[1]},
                                        }))));
            } else {
                cell.append(value);
            }
            row.append(cell);
        });
        return row;
    }

    function fill() {
        const pages = Math.max(1, Math.ceil(state.rows.length / PAGE));
        state.page = Math.max(0, Math.min(pages - 1, state.page));
        const from = state.page * PAGE;
        body.replaceChildren(...state.rows.slice(from, from + PAGE).map(rowOf));
        back.disabled = state.page === 0;
        onward.disabled = state.page === pages - 1;
        summary.textContent = state.rows.length + ' of ' + trips.length + ' trips, net ' +
            sum(state.rows) + ' ' + tern.data.currency + ' \u00b7 page ' + (state.page + 1) +
            ' of ' + pages;
    }

    filter.addEventListener('input', () => {
        state.words = filter.value;
        choose();
    });
    which.addEventListener('change', () => {
        state.which = which.value;
        choose();
    });
    const table = tern.element('table', {}, tern.element('thead', {}, tern.element('tr', {}, ...heads)),
                               body);
    place.replaceChildren(
        tern.element('div', {class: 'controls'}, filter, which,
                     tern.element('span', {class: 'space'}), summary, back, onward),
        tern.element('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Trips'},
                     table));
    fill();
})();
