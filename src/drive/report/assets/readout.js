/* Values under the pointer, or under the arrow keys, of every picture over time. */
(() => {
    const series = tern.data.series;
    if (!series || series.time.length === 0) {
        return;
    }

    function nearest(time) {
        let low = 0;
        let high = series.time.length - 1;
        while (low < high) {
            const middle = low + high >> 1;
            if (series.time[middle] < time) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low > 0 && time - series.time[low - 1] < series.time[low] - time ? low - 1 : low;
    }

    function sentence(at) {
        return tern.moment(series.time[at]) + ' \u00b7 ' + series.equity[at] + ' ' +
            tern.data.currency + ' \u00b7 drawdown ' + series.drawdown[at] + ' \u00b7 exposure ' +
            series.exposure[at] + (series.hold ? ' \u00b7 held: ' + series.hold[at] : '');
    }

    function equip(picture) {
        const output = picture.parentElement.querySelector('output');
        const box = picture.viewBox.baseVal;
        const from = Number(picture.dataset.from);
        const to = Number(picture.dataset.to);
        const line = document.createElementNS('http' + '://www.w3.org/2000/svg', 'line');
        let at = -1;
        line.setAttribute('class', 'cursor');
        line.setAttribute('y1', 0);
        line.setAttribute('y2', box.height - 20);
        picture.setAttribute('tabindex', '0');

        function show(index) {
            at = Math.max(0, Math.min(series.time.length - 1, index));
            const x = (series.time[at] - from) / (to - from) * box.width;
            line.setAttribute('x1', x);
            line.setAttribute('x2', x);
            picture.append(line);
            output.textContent = sentence(at);
        }

        function hide() {
            line.remove();
            output.textContent = '';
        }

        picture.addEventListener('pointermove', (event) => {
            const area = picture.getBoundingClientRect();
            show(nearest(from + (event.clientX - area.left) / area.width * (to - from)));
        });
        picture.addEventListener('pointerleave', hide);
        picture.addEventListener('blur', hide);
        picture.addEventListener('keydown', (event) => {
            const step = {ArrowLeft: -1, ArrowRight: 1, PageUp: -20, PageDown: 20}[event.key];
            if (step) {
                show(at < 0 ? series.time.length - 1 : at + step);
            } else if (event.key === 'Home' || event.key === 'End') {
                show(event.key === 'Home' ? 0 : series.time.length - 1);
            } else {
                return;
            }
            event.preventDefault();
        });
    }

    document.querySelectorAll('svg[data-from]').forEach(equip);
})();
