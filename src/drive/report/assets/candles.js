/* Prices with fills, trips and stops, to zoom: wheel, drag, two fingers, keys and buttons. */
(() => {
    const place = document.getElementById('candles-view');
    const markets = (tern.data.markets || []).filter((market) => market.all.count > 0);
    if (!place || markets.length === 0) {
        return;
    }
    const AXIS_WIDTH = 66;
    const AXIS_HEIGHT = 22;
    const PIXELS_MIN = 3; /* of a candle: narrower ones are joined */

    /* The form is drawn in data.h. */
    function unpack(packed) {
        const bytes = atob(packed.data);
        const columns = ['time', 'open', 'high', 'low', 'close'];
        const candles = {length: packed.length, count: packed.count};
        columns.forEach((name) => { candles[name] = new Float64Array(packed.count); });
        let at = 0;
        function unsigned() {
            let value = 0;
            for (let scale = 1; ; scale *= 128) {
                const byte = bytes.charCodeAt(at++);
                value += (byte & 127) * scale;
                if (byte < 128) {
                    return value;
                }
            }
        }
        function signed() {
            const value = unsigned();
            return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
        }
        let time = packed.start - packed.length;
        let close = 0;
        for (let i = 0; i < packed.count; i++) {
            time += (unsigned() + 1) * packed.length;
            const open = close + signed();
            close = open + signed();
            candles.time[i] = time;
            candles.open[i] = open;
            candles.close[i] = close;
            candles.high[i] = Math.max(open, close) + unsigned();
            candles.low[i] = Math.min(open, close) - unsigned();
        }
        return candles;
    }

    function prepare(market) {
        if (market.candles) {
            return market;
        }
        market.candles = unpack(market.all);
        market.single = unpack(market.near);
        market.scale = Math.pow(10, market.decimals);
        const trips = tern.data.trips || [];
        market.trips = trips.filter((trip) => trip[3] === market.instrument);
        return market;
    }

    function firstAtOrAfter(times, time) {
        let low = 0;
        let high = times.length;
        while (low < high) {
            const middle = low + high >> 1;
            if (times[middle] < time) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /* Candles of [from, to), joined so that each has some pixels. */
    function visible(candles, from, to, width, skip) {
        const first = Math.max(0, firstAtOrAfter(candles.time, from - candles.length));
        const last = firstAtOrAfter(candles.time, to);
        const wanted = (to - from) / width * PIXELS_MIN;
        let length = candles.length;
        while (length < wanted) {
            length *= 2;
        }
        const rows = [];
        for (let i = first; i < last; i++) {
            const time = Math.floor(candles.time[i] / length) * length;
            const row = rows[rows.length - 1];
            if (skip && skip(candles.time[i], candles.length)) {
                continue;
            }
            if (length > candles.length && row && row.time === time) {
                row.high = Math.max(row.high, candles.high[i]);
                row.low = Math.min(row.low, candles.low[i]);
                row.close = candles.close[i];
            } else {
                rows.push({time: length > candles.length ? time : candles.time[i], length,
                           open: candles.open[i], high: candles.high[i], low: candles.low[i],
                           close: candles.close[i]});
            }
        }
        return rows;
    }

    /* ---- the view ---- */

    const canvas = tern.element('canvas', {
        tabindex: '0', role: 'img', 'aria-describedby': 'candles-hint',
    });
    const readout = tern.element('output', {class: 'readout', 'aria-live': 'polite'});
    const chooser = tern.element('select', {'aria-label': 'Instrument'});
    const logButton = tern.button('log', 'Logarithmic prices', () => {
        view.log = !view.log;
        logButton.setAttribute('aria-pressed', view.log);
        draw();
    });
    const view = {market: null, from: 0, to: 1, log: false, pointer: null, rows: []};

    markets.forEach((market, i) => chooser.append(tern.element(
        'option', {value: i}, tern.data.instruments[market.instrument] + ' (' +
            market.fills.length + (market.fills.length === 1 ? ' fill)' : ' fills)'))));
    chooser.addEventListener('change', () => choose(Number(chooser.value)));
    logButton.setAttribute('aria-pressed', 'false');

    function bounds() {
        const times = view.market.candles.time;
        return [times[0], times[times.length - 1] + view.market.candles.length];
    }

    function choose(index) {
        view.market = prepare(markets[index]);
        [view.from, view.to] = bounds();
        draw();
    }

    /* Keeps the view inside the data and no narrower than twenty of the finest bars. */
    function look(from, to) {
        const [first, last] = bounds();
        const finest = view.market.single.count > 0 ? view.market.single.length
                                                    : view.market.candles.length;
        const span = Math.min(last - first, Math.max(finest * 20, to - from));
        const middle = (from + to) / 2;
        view.from = Math.max(first, Math.min(last - span, middle - span / 2));
        view.to = view.from + span;
        draw();
    }

    function zoom(factor, share = 0.5) {
        const at = view.from + (view.to - view.from) * share;
        look(at - (at - view.from) * factor, at + (view.to - at) * factor);
    }

    function pan(share) {
        const shift = (view.to - view.from) * share;
        const [first, last] = bounds();
        const kept = Math.max(first - view.from, Math.min(last - view.to, shift));
        look(view.from + kept, view.to + kept);
    }

    /* The next or the last trip beside what is shown. */
    function trip(direction) {
        const middle = (view.from + view.to) / 2;
        const ordered = view.market.trips.slice().sort((a, b) => a[0] - b[0]);
        const centre = (one) => (one[0] + one[1]) / 2;
        const edge = (view.to - view.from) * 0.02;
        const found = direction > 0 ? ordered.find((one) => centre(one) > middle + edge)
            : ordered.reverse().find((one) => centre(one) < middle - edge);
        if (found) {
            show(found[0], found[1]);
        }
    }

    function show(from, to) {
        const room = Math.max((to - from) * 0.6, view.market.candles.length * 8);
        look(from - room, to + room);
    }

    /* ---- drawing ---- */

    function priceText(units) {
        const market = view.market;
        const whole = Math.round(units);
        const digits = String(Math.abs(whole)).padStart(market.decimals + 1, '0');
        const cut = digits.length - market.decimals;
        const head = digits.slice(0, cut).replace(/\B(?=(\d{3})+$)/g, ',');
        return (whole < 0 ? '-' : '') + head + (market.decimals ? '.' + digits.slice(cut) : '');
    }

    function scales(width, height, rows) {
        let low = Infinity;
        let high = -Infinity;
        rows.forEach((row) => {
            low = Math.min(low, row.low);
            high = Math.max(high, row.high);
        });
        if (!(low <= high)) {
            [low, high] = [0, 1];
        }
        const log = view.log && low > 0;
        let bottom = log ? Math.log(low) : low;
        let top = log ? Math.log(high) : high;
        const room = (top - bottom) * 0.08 || Math.abs(top) * 0.01 || 1;
        bottom -= room;
        top += room;
        return {
            low, high,
            x: (time) => (time - view.from) / (view.to - view.from) * width,
            y: (price) => (top - (log ? Math.log(Math.max(price, 1e-9)) : price)) /
                (top - bottom) * height,
            price: (y) => {
                const value = top - y / height * (top - bottom);
                return log ? Math.exp(value) : value;
            },
        };
    }

    function drawGrid(pen, width, height, scale) {
        pen.strokeStyle = tern.color('line');
        pen.fillStyle = tern.color('muted');
        pen.lineWidth = 1;
        pen.textBaseline = 'middle';
        for (const price of roundPrices(scale, height)) {
            const y = Math.round(scale.y(price)) + 0.5;
            pen.beginPath();
            pen.moveTo(0, y);
            pen.lineTo(width, y);
            pen.stroke();
            pen.textAlign = 'left';
            pen.fillText(priceText(price), width + 6, y);
        }
        pen.textAlign = 'center';
        for (const [time, text] of roundTimes(Math.max(2, Math.floor(width / 90)))) {
            const x = scale.x(time);
            if (x > 24 && x < width - 24) {
                pen.fillText(text, x, height + AXIS_HEIGHT / 2 + 2);
            }
        }
    }

    /* Prices of one, two or five times a power of ten; on a logarithmic scale at even heights, to
       two digits. */
    function roundPrices(scale, height) {
        const low = scale.price(height);
        const high = scale.price(0);
        const found = [];
        if (view.log) {
            for (let i = 0; i < 7; i++) {
                const price = scale.price(height * (i + 0.5) / 7);
                const unit = Math.pow(10, Math.floor(Math.log10(price)) - 1);
                found.push(Math.round(price / unit) * unit);
            }
            return found;
        }
        const power = Math.pow(10, Math.floor(Math.log10((high - low) / 4)));
        const step = Math.max(1, power * [1, 2, 5, 10].find((factor) =>
            power * factor >= (high - low) / 7));
        for (let price = Math.ceil(low / step) * step; price <= high; price += step) {
            found.push(price);
        }
        return found;
    }

    const MINUTE = 60000;
    const DAY = 1440 * MINUTE;
    const STEPS = [1, 5, 15, 30, 60, 120, 240, 720].map((minutes) => minutes * MINUTE)
        .concat([1, 2, 5, 10].map((days) => days * DAY));
    const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov',
                    'Dec'];

    /* [milliseconds, label] at round times, at most `most` of them. */
    function roundTimes(most) {
        const span = view.to - view.from;
        const found = [];
        const step = STEPS.find((one) => span / one <= most);
        if (step) {
            for (let time = Math.ceil(view.from / step) * step; time <= view.to; time += step) {
                const date = new Date(time);
                found.push([time, time % DAY === 0
                    ? date.getUTCDate() + ' ' + MONTHS[date.getUTCMonth()]
                    : tern.moment(time).slice(11)]);
            }
            return found;
        }
        const months = [1, 3, 6, 12, 24, 60].find((one) => span / (one * 30.4 * DAY) <= most) || 120;
        const begin = new Date(view.from);
        let month = begin.getUTCFullYear() * 12 + begin.getUTCMonth();
        for (month = Math.ceil(month / months) * months; ; month += months) {
            const time = Date.UTC(Math.floor(month / 12), month % 12);
            if (time > view.to) {
                return found;
            }
            found.push([time, month % 12 === 0 ? String(month / 12) : MONTHS[month % 12]]);
        }
    }

    function drawCandles(pen, rows, scale) {
        const up = tern.color('up');
        const down = tern.color('down');
        rows.forEach((row) => {
            const left = scale.x(row.time);
            const wide = scale.x(row.time + row.length) - left;
            const rises = row.close >= row.open;
            const x = left + wide / 2;
            pen.strokeStyle = pen.fillStyle = rises ? up : down;
            pen.lineWidth = 1;
            pen.beginPath();
            pen.moveTo(x, scale.y(row.high));
            pen.lineTo(x, scale.y(row.low));
            pen.stroke();
            if (wide < 2) {
                return;
            }
            const top = scale.y(Math.max(row.open, row.close));
            const tall = Math.max(1, scale.y(Math.min(row.open, row.close)) - top);
            const body = Math.max(1, Math.min(wide * 0.7, 24));
            /* Rising ones are hollow, so that colour is not all that tells them apart. */
            if (rises && body > 4) {
                pen.clearRect(x - body / 2, top, body, tall);
                pen.strokeRect(x - body / 2 + 0.5, top + 0.5, body - 1, Math.max(0, tall - 1));
            } else {
                pen.fillRect(x - body / 2, top, body, tall);
            }
        });
    }

    function units(text) {
        return Number(text.replace(/,/g, '')) * view.market.scale;
    }

    function drawTrips(pen, scale) {
        pen.lineWidth = 1.2;
        view.market.trips.forEach((one) => {
            if (one[1] < view.from || one[0] > view.to) {
                return;
            }
            pen.strokeStyle = tern.color(one[9].startsWith('-') ? 'down' : 'up');
            pen.setLineDash([2, 3]);
            pen.beginPath();
            pen.moveTo(scale.x(one[0]), scale.y(units(one[6])));
            pen.lineTo(scale.x(one[1]), scale.y(units(one[7])));
            pen.stroke();
            drawProtection(pen, scale, one);
        });
        pen.setLineDash([]);
    }

    /* Where a stop or a target would have ended the trip, and a cross where one did. */
    function drawProtection(pen, scale, one) {
        const [stop, target] = tern.data.protection[one[2]];
        const entry = units(one[6]);
        const side = one[4] ? 1 : -1;
        const left = scale.x(one[0]);
        const right = scale.x(one[1]);
        pen.setLineDash([5, 3]);
        [[stop, -side, 'warn'], [target, side, 'up']].forEach(([share, direction, color]) => {
            if (share === 0 || right - left < 3) {
                return;
            }
            const y = Math.round(scale.y(entry * (1 + direction * share / 1e6))) + 0.5;
            pen.strokeStyle = tern.color(color);
            pen.beginPath();
            pen.moveTo(left, y);
            pen.lineTo(right, y);
            pen.stroke();
        });
        if (one[11] === 'stop_loss' || one[11] === 'take_profit') {
            const y = scale.y(units(one[7])) - 22;
            pen.strokeStyle = tern.color(one[11] === 'stop_loss' ? 'warn' : 'up');
            pen.setLineDash([]);
            pen.beginPath();
            pen.moveTo(right - 4, y - 4);
            pen.lineTo(right + 4, y + 4);
            pen.moveTo(right - 4, y + 4);
            pen.lineTo(right + 4, y - 4);
            pen.stroke();
        }
    }

    function drawStops(pen, scale) {
        pen.strokeStyle = tern.color('warn');
        pen.lineWidth = 1;
        pen.setLineDash([5, 3]);
        view.market.stops.forEach((stop) => {
            if (stop[1] < view.from || stop[0] > view.to) {
                return;
            }
            const y = Math.round(scale.y(units(stop[2]))) + 0.5;
            pen.beginPath();
            pen.moveTo(scale.x(stop[0]), y);
            pen.lineTo(Math.max(scale.x(stop[1]), scale.x(stop[0]) + 2), y);
            pen.stroke();
        });
        pen.setLineDash([]);
    }

    /* Bought: a triangle that points up, below; sold: one that points down, above. */
    function drawFills(pen, scale) {
        const dense = view.market.fills.length * (view.to - view.from) /
            (bounds()[1] - bounds()[0]) > 250;
        const size = dense ? 3.5 : 5.5;
        let drawn = 0;
        pen.lineWidth = 1.5;
        view.market.fills.forEach((fill) => {
            if (fill[0] < view.from || fill[0] > view.to) {
                return;
            }
            const x = scale.x(fill[0]);
            const y = scale.y(units(fill[2]));
            const toward = fill[1] ? 1 : -1;
            pen.beginPath();
            pen.moveTo(x, y + toward * 2);
            pen.lineTo(x - size, y + toward * (2 + size * 1.7));
            pen.lineTo(x + size, y + toward * (2 + size * 1.7));
            pen.closePath();
            pen.fillStyle = tern.color(fill[1] ? 'accent' : 'second');
            pen.strokeStyle = tern.color('panel');
            pen.stroke();
            pen.fill();
            drawn++;
        });
        return drawn;
    }

    function drawPointer(pen, width, height, scale) {
        const pointer = view.pointer;
        if (!pointer || pointer.x > width || pointer.y > height) {
            return;
        }
        pen.strokeStyle = tern.color('muted');
        pen.lineWidth = 1;
        pen.setLineDash([3, 3]);
        pen.beginPath();
        pen.moveTo(Math.round(pointer.x) + 0.5, 0);
        pen.lineTo(Math.round(pointer.x) + 0.5, height);
        pen.moveTo(0, Math.round(pointer.y) + 0.5);
        pen.lineTo(width, Math.round(pointer.y) + 0.5);
        pen.stroke();
        pen.setLineDash([]);
        pen.fillStyle = tern.color('text');
        pen.fillRect(width, pointer.y - 9, AXIS_WIDTH, 18);
        pen.fillStyle = tern.color('panel');
        pen.textAlign = 'left';
        pen.fillText(priceText(scale.price(pointer.y)), width + 6, pointer.y);
    }

    function say(width, scale) {
        const pointer = view.pointer;
        const market = view.market;
        const time = pointer ? view.from + pointer.x / width * (view.to - view.from) : view.to;
        const row = view.rows.filter((one) => one.time <= time).pop();
        const parts = [tern.moment(view.from) + ' to ' + tern.moment(view.to)];
        if (pointer && row) {
            parts[0] = tern.moment(row.time);
            parts.push('open ' + priceText(row.open), 'high ' + priceText(row.high),
                       'low ' + priceText(row.low), 'close ' + priceText(row.close));
        }
        const near = pointer && market.fills.find((fill) =>
            Math.abs(scale.x(fill[0]) - pointer.x) < 8 &&
            Math.abs(scale.y(units(fill[2])) - pointer.y) < 14);
        if (near) {
            parts.push((near[1] ? '\u25b2 bought ' : '\u25bc sold ') + near[3] + ' at ' + near[2] +
                       ', ' + tern.data.bots[near[4]]);
        }
        readout.textContent = parts.join(' \u00b7 ');
    }

    function collect(width) {
        const market = view.market;
        const wide = market.candles.length / (view.to - view.from) * width;
        if (market.single.count === 0 || wide < 12) {
            return visible(market.candles, view.from, view.to, width);
        }
        const single = visible(market.single, view.from, view.to, width);
        const covered = new Set();
        single.forEach((row) => {
            const length = market.candles.length;
            covered.add(Math.floor(row.time / length) * length);
        });
        const rest = visible(market.candles, view.from, view.to, width,
                             (time) => covered.has(time));
        return rest.concat(single).sort((a, b) => a.time - b.time);
    }

    function draw() {
        const ratio = devicePixelRatio || 1;
        const box = canvas.getBoundingClientRect();
        const width = Math.max(50, box.width - AXIS_WIDTH);
        const height = Math.max(50, box.height - AXIS_HEIGHT);
        canvas.width = Math.round(box.width * ratio);
        canvas.height = Math.round(box.height * ratio);
        const pen = canvas.getContext('2d');
        pen.scale(ratio, ratio);
        pen.font = '11px system-ui, sans-serif';
        view.rows = collect(width);
        const scale = scales(width, height, view.rows);
        drawGrid(pen, width, height, scale);
        pen.save();
        pen.beginPath();
        pen.rect(0, 0, width, height);
        pen.clip();
        drawCandles(pen, view.rows, scale);
        drawStops(pen, scale);
        drawTrips(pen, scale);
        const fills = drawFills(pen, scale);
        pen.restore();
        drawPointer(pen, width, height, scale);
        say(width, scale);
        canvas.dataset.from = Math.round(view.from);
        canvas.dataset.to = Math.round(view.to);
        canvas.dataset.candles = view.rows.length;
        canvas.dataset.fills = fills;
        canvas.setAttribute('aria-label', 'Candles of ' +
            tern.data.instruments[view.market.instrument] + ', ' + tern.moment(view.from) + ' to ' +
            tern.moment(view.to) + ': lowest ' + priceText(scale.low) + ', highest ' +
            priceText(scale.high) + ', ' + fills + ' fills');
    }

    let waiting = false;
    function drawSoon() {
        if (!waiting) {
            waiting = true;
            requestAnimationFrame(() => {
                waiting = false;
                draw();
            });
        }
    }

    /* ---- hands ---- */

    const pointers = new Map();

    function placeOf(event) {
        const box = canvas.getBoundingClientRect();
        return {x: event.clientX - box.left, y: event.clientY - box.top,
                share: (event.clientX - box.left) / Math.max(1, box.width - AXIS_WIDTH)};
    }

    canvas.addEventListener('wheel', (event) => {
        event.preventDefault();
        if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
            pan(event.deltaX / 800);
        } else {
            zoom(Math.exp(Math.max(-1, Math.min(1, event.deltaY / 400))), placeOf(event).share);
        }
    }, {passive: false});
    canvas.addEventListener('pointerdown', (event) => {
        canvas.setPointerCapture(event.pointerId);
        pointers.set(event.pointerId, placeOf(event));
    });
    canvas.addEventListener('pointermove', (event) => {
        const at = placeOf(event);
        const before = pointers.get(event.pointerId);
        view.pointer = at;
        if (before && pointers.size === 1) {
            pan(before.share - at.share);
        } else if (before && pointers.size === 2) {
            const other = [...pointers].find(([id]) => id !== event.pointerId)[1];
            const apart = Math.abs(before.share - other.share);
            const now = Math.abs(at.share - other.share);
            if (apart > 0.02 && now > 0.02) {
                zoom(apart / now, (at.share + other.share) / 2);
            }
        }
        if (before) {
            pointers.set(event.pointerId, at);
        }
        drawSoon();
    });
    ['pointerup', 'pointercancel'].forEach((name) => canvas.addEventListener(name, (event) => {
        pointers.delete(event.pointerId);
    }));
    canvas.addEventListener('pointerleave', () => {
        view.pointer = null;
        drawSoon();
    });
    canvas.addEventListener('dblclick', (event) => zoom(0.4, placeOf(event).share));
    canvas.addEventListener('keydown', (event) => {
        const actions = {
            ArrowLeft: () => pan(-0.15), ArrowRight: () => pan(0.15),
            ArrowUp: () => zoom(0.7), ArrowDown: () => zoom(1 / 0.7),
            '+': () => zoom(0.7), '=': () => zoom(0.7), '-': () => zoom(1 / 0.7),
            PageUp: () => trip(-1), PageDown: () => trip(1),
            Home: () => look(bounds()[0], bounds()[0] + view.to - view.from),
            End: () => look(bounds()[1] - view.to + view.from, bounds()[1]),
            0: () => look(...bounds()),
        };
        if (actions[event.key] && !event.ctrlKey && !event.metaKey && !event.altKey) {
            event.preventDefault();
            view.pointer = null;
            actions[event.key]();
        }
    });

    place.replaceChildren(
        tern.element('div', {class: 'controls'}, chooser,
                     tern.button('+', 'Zoom in', () => zoom(0.6)),
                     tern.button('\u2212', 'Zoom out', () => zoom(1 / 0.6)),
                     tern.button('\u25c0', 'Earlier', () => pan(-0.3)),
                     tern.button('\u25b6', 'Later', () => pan(0.3)),
                     tern.button('all', 'Show all', () => look(...bounds())), logButton,
                     tern.element('span', {class: 'space'}),
                     tern.button('\u25c0 trip', 'Trip before', () => trip(-1)),
                     tern.button('trip \u25b6', 'Next trip', () => trip(1))),
        readout, canvas,
        tern.element('p', {class: 'hint', id: 'candles-hint'},
                     '\u25b2 bought \u00b7 \u25bc sold \u00b7 dotted: a trip, from entry to exit ' +
                     '\u00b7 dashed: its stop and target \u00b7 \u2715 left by one of them. ' +
                     'Wheel or + and \u2212 zoom, ' +
                     'drag or arrows move, Page Up and Page Down go from trip to trip, 0 shows all.'));
    choose(0);
    new ResizeObserver(drawSoon).observe(canvas);
    addEventListener('tern-theme', draw);
    addEventListener('tern-show', (event) => {
        const index = markets.findIndex((market) => market.instrument === event.detail.instrument);
        if (index >= 0) {
            chooser.value = index;
            choose(index);
            show(event.detail.from, event.detail.to);
            canvas.scrollIntoView({block: 'center'});
            canvas.focus({preventScroll: true});
        }
    });
})();
