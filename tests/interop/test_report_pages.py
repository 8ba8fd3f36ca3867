"""report.html as a reader meets it: in Chromium, light and dark, narrow, on paper, by keyboard.

Nothing is compared by pixels. Pictures go to build/pictures; two of them stand in docs/pictures and
`python3 tests/interop/test_report_pages.py --accept` takes them anew."""

# timeout: 600

import atexit
import csv
import functools
import gzip
import json
import os
import sys
import tempfile
from decimal import Decimal

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from browser import Browser

PICTURES = os.path.join(tap.ROOT, 'build', 'pictures')
KEPT = os.path.join(tap.ROOT, 'docs', 'pictures')
PICTURE_BYTES_MAX = 200_000
SECTIONS = ('warnings run figures equity months costs risk candles trips bots instruments exits '
            'metrics').split()

# Every text's colour against what lies behind it, by the formula of WCAG 2.
CONTRAST = """(() => {
    const parts = (text) => text.match(/[\\d.]+/g).map(Number);
    const light = (color) => color.slice(0, 3).map((value) => {
        const share = value / 255;
        return share <= 0.04045 ? share / 12.92 : Math.pow((share + 0.055) / 1.055, 2.4);
    }).reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
    function ground(element) {
        const layers = [];
        for (let at = element; at; at = at.parentElement) {
            const color = parts(getComputedStyle(at).backgroundColor);
            const alpha = color.length > 3 ? color[3] : 1;
            layers.push([color, alpha]);
            if (alpha === 1) { break; }
        }
        let under = [255, 255, 255];
        for (const [color, alpha] of layers.reverse()) {
            under = under.map((value, i) => value * (1 - alpha) + color[i] * alpha);
        }
        return under;
    }
    const bad = [];
    document.querySelectorAll('body *').forEach((element) => {
        const texts = [...element.childNodes].filter(
            (node) => node.nodeType === 3 && node.data.trim());
        if (!texts.length || ['SCRIPT', 'STYLE'].includes(element.tagName) || element.disabled ||
                !element.getClientRects().length) {
            return;
        }
        const style = getComputedStyle(element);
        const ink = element instanceof SVGElement ? style.fill : style.color;
        const a = light(parts(ink)), b = light(ground(element));
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5) {
            bad.push(element.tagName + '.' + element.getAttribute('class') + ' ' +
                     ratio.toFixed(2) + ' ' + texts[0].data.trim().slice(0, 20));
        }
    });
    return bad;
})()"""


@functools.cache
def browser():
    made = Browser()
    atexit.register(made.close)
    return made


@functools.cache
def report(example='cross.yaml', name=None, change=('', '')):
    """The path of an example's report.html; of one by another name, and changed."""
    folder = tempfile.mkdtemp(prefix='tern-pages-')
    path = os.path.join(tap.ROOT, 'examples', example)
    if name:
        with open(path, encoding='utf-8') as file:
            text = file.read().replace(*change)
        text = text.replace('data/', os.path.join(tap.ROOT, 'examples', 'data') + '/')
        path = os.path.join(folder, name)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
    out = os.path.join(folder, 'out')
    answer = tap.tern('backtest', 'run', path, '--out', out, '--no-trials', '--json')
    tap.equal(answer.returncode, 0, answer.stderr)
    return os.path.join(out, 'report.html')


def picture(page, name, height=None):
    os.makedirs(PICTURES, exist_ok=True)
    raw = page.screenshot(os.path.join(PICTURES, name), height)
    tap.check(len(raw) > 12_000, f'{name} is blank: {len(raw)} bytes')
    return raw


def view(page):
    """What the candles show: (from, to, candles, fills)."""
    data = json.loads(page.evaluate(
        'JSON.stringify(document.querySelector("canvas").dataset)'))
    return tuple(int(data[key]) for key in ('from', 'to', 'candles', 'fills'))


def middle(page, selector):
    page.evaluate(f'document.querySelector({selector!r}).scrollIntoView({{block: "center"}}), 1')
    page.settle()
    return page.evaluate(f"""(() => {{
        const box = document.querySelector({selector!r}).getBoundingClientRect();
        return [box.left + box.width / 2, box.top + box.height / 2, box.width];
    }})()""")


def no_overflow(page, what):
    tap.equal(page.evaluate('document.documentElement.scrollWidth - innerWidth') <= 0, True,
              f'{what}: nothing is wider than the screen')


# ---- looks ---------------------------------------------------------------------------------------

def test_light_dark_and_narrow():
    for name, how in (('light', {}), ('dark', {'dark': True}),
                      ('narrow', {'width': 390, 'height': 844})):
        page = browser().open(report(), **how)
        tap.equal(page.problems, [], f'{name}: console and network')
        no_overflow(page, name)
        for section in SECTIONS:
            tap.check(page.evaluate(f'!!document.getElementById("{section}")'),
                      f'{name}: there is no section {section}')
        words = page.evaluate('document.body.innerText')
        for word in ('cross.yaml', 'Doubts about this result', 'buying and holding', 'Max drawdown',
                     'configuration hash', 'slippage', 'cross-btc', 'ETH-USD', '+61'):
            tap.check(word in words, f'{name}: {word!r} is not on the page')
        tap.equal(page.evaluate('document.querySelector("section").id'), 'warnings',
                  'warnings come first')
        picture(page, f'report-{name}.png')
        picture(page, f'report-{name}-whole.png', page.evaluate(
            'Math.min(6000, document.documentElement.scrollHeight)'))


def test_contrast():
    for dark in (False, True):
        page = browser().open(report(), dark=dark)
        page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true; })')
        tap.none(page.evaluate(CONTRAST), f'text that is hard to read, dark {dark}')


def test_theme_can_be_chosen():
    page = browser().open(report())
    ground = 'getComputedStyle(document.body).backgroundColor'
    bright = page.evaluate(ground)
    page.evaluate('[...document.querySelectorAll("#tools button")].pop().click()')
    tap.check(page.evaluate(ground) != bright, 'the dark theme is not another one')
    page.evaluate('document.querySelector("#tools button").click()')
    tap.equal(page.evaluate(ground), bright, 'automatic again')
    tap.equal(page.evaluate('getComputedStyle(document.documentElement).scrollBehavior'), 'auto',
              'nothing moves where the reader wants it still')


def test_paper():
    page = browser().open(report(), dark=True)
    path = os.path.join(PICTURES, 'report.pdf')
    os.makedirs(PICTURES, exist_ok=True)
    raw = page.pdf(path)
    tap.check(raw.startswith(b'%PDF') and len(raw) > 50_000, f'{len(raw)} bytes of PDF')
    tap.check(raw.count(b'/Type /Page\n') + raw.count(b'/Type /Page/') <= 20, 'pages')
    tap.equal(page.evaluate('document.documentElement.dataset.theme || "auto"'), 'auto',
              'the theme after printing')
    tap.equal(page.problems, [], 'console and network')


def test_without_script():
    page = browser().open(report(), scripts=False)
    text = page.evaluate('document.body.innerText')
    for word in ('Doubts about this result', 'Sharpe ratio', 'cross-btc',
                 'which is not allowed to run here'):
        tap.check(word in text, f'{word!r} is not on the page')
    tap.check(page.evaluate('document.querySelectorAll("svg").length') >= 8, 'pictures')
    tap.equal(page.evaluate('document.querySelectorAll("#tools button").length'), 0, 'buttons')
    no_overflow(page, 'without script')
    picture(page, 'report-no-script.png')


# ---- hands ---------------------------------------------------------------------------------------

def test_candles_zoom():
    page = browser().open(report())
    x, y, width = middle(page, 'canvas')
    first = view(page)
    tap.check(first[2] > 100 and first[3] > 20, f'candles and fills: {first}')
    page.wheel(x, y, -400)
    closer = view(page)
    tap.check(closer[1] - closer[0] < (first[1] - first[0]) * 0.6, f'the wheel zooms: {closer}')
    tap.check(closer[0] > first[0] and closer[1] < first[1], 'about the pointer')
    page.drag(x, y, x + width / 4)
    moved = view(page)
    tap.check(moved[0] < closer[0] and abs((moved[1] - moved[0]) - (closer[1] - closer[0])) < 1000,
              f'dragging moves: {closer} {moved}')
    page.evaluate('document.querySelector("canvas").focus(), 1')
    page.key('ArrowRight', 39)
    tap.check(view(page)[0] > moved[0], 'an arrow moves')
    before = view(page)
    page.key('+', 187)
    tap.check(view(page)[1] - view(page)[0] < before[1] - before[0], 'plus zooms')
    page.key('PageDown', 34)
    trip = view(page)
    tap.check(trip[3] >= 1, f'Page Down shows a trip: {trip}')
    page.key('0', 48)
    tap.equal(view(page), first, '0 shows all')
    for _ in range(60):
        page.evaluate('[...document.querySelectorAll("#candles button")]'
                      '.find((one) => one.title === "Zoom in").click()')
    deepest = view(page)
    tap.check(deepest[1] - deepest[0] >= 20 * 86400_000 and deepest[2] >= 15,
              f'no closer than twenty bars: {deepest}')
    page.evaluate('[...document.querySelectorAll("#candles button")]'
                  '.find((one) => one.title === "Logarithmic prices").click()')
    page.evaluate('(() => { const list = document.querySelector("#candles select"); '
                  'list.selectedIndex = 1; list.dispatchEvent(new Event("change")); })()')
    other = view(page)
    tap.check(other[2] > 100 and other[3] != first[3], f'the other instrument: {other}')
    tap.check('BTC-USD' in page.evaluate('document.querySelector("canvas").ariaLabel'), 'its name')
    tap.equal(page.problems, [], 'console and network')


def test_candles_are_the_data():
    """What the script unpacked, by its own words: the lowest and highest price of ETH-USD."""
    page = browser().open(report())
    path = os.path.join(tap.ROOT, 'examples', 'data', 'coinbase-eth-usd-1d.csv.gz')
    with gzip.open(path, 'rt', encoding='ascii') as file:
        bars = [row for row in csv.DictReader(file) if int(row['ts_ms']) >= 1546300800000]
    low = min(Decimal(row['low']) for row in bars)
    high = max(Decimal(row['high']) for row in bars)
    words = page.evaluate('document.querySelector("canvas").ariaLabel')
    tap.check(f'lowest {low:,.2f}, highest {high:,.2f}, 59 fills' in words,
              f'{words}, not {low} and {high}')


def test_values_under_the_pointer():
    page = browser().open(report())
    x, y, width = middle(page, 'svg[data-from]')
    page.move(x, y)
    said = page.evaluate('document.querySelector("figcaption output").textContent')
    tap.check('drawdown' in said and 'USD' in said and said.startswith('202'), said)
    page.move(x + width / 4, y)
    tap.check(page.evaluate('document.querySelector("figcaption output").textContent') != said,
              'another place, another value')
    page.evaluate('document.querySelector("svg[data-from]").focus(), 1')
    page.key('Home', 36)
    tap.check(page.evaluate('document.querySelector("figcaption output").textContent')
              .startswith('2019-01'), 'Home is the beginning')
    x, y, width = middle(page, 'canvas')
    page.move(x, y)
    tap.check('open' in page.evaluate('document.querySelector(".readout").textContent'), 'candle')


def test_trips_sorted_and_filtered():
    page = browser().open(report())
    cells = ('[...document.querySelectorAll("#trips tbody tr")].map((row) => '
             '[row.cells[0].innerText, row.cells[2].innerText, '
             'Number(row.cells[9].innerText.replace(/,/g, ""))])')
    trips = page.evaluate(cells)
    tap.equal(len(trips), 49, 'trips')
    head = '[...document.querySelectorAll("#trips th button")].find((one) => one.title === "net")'
    page.evaluate(f'{head}.click()')
    nets = [row[2] for row in page.evaluate(cells)]
    tap.equal(nets, sorted(nets), 'sorted by net')
    page.evaluate(f'{head}.click()')
    tap.equal([row[2] for row in page.evaluate(cells)], nets[::-1], 'and the other way')
    tap.equal(page.evaluate('document.querySelector("#trips th[aria-sort]").ariaSort'),
              'descending', 'said to those who do not see the arrow')
    with open(os.path.join(os.path.dirname(report()), 'result.json'), encoding='utf-8') as file:
        result = json.load(file)
    tap.check(f'net {round(sum_of_nets(), 2):+,.2f} USD' in page.evaluate(
        'document.getElementById("trips-summary").textContent'), 'the sum of all')
    page.evaluate('(() => { const field = document.querySelector("#trips input"); '
                  'field.value = "cross-btc"; field.dispatchEvent(new Event("input")); })()')
    found = page.evaluate(cells)
    trips = {bot['name']: bot['trips'] for bot in result['bots']}
    tap.equal(len(found), trips['cross-btc'], 'trips of a bot')
    tap.equal({row[1] for row in found}, {'cross-btc'}, 'and no other')
    page.evaluate('(() => { const list = document.querySelector("#trips select"); '
                  'list.value = "lost"; list.dispatchEvent(new Event("change")); })()')
    tap.check(all(row[2] < 0 for row in page.evaluate(cells)), 'those that lost')
    page.evaluate('document.querySelector("#trips tbody button").click()')
    tap.check(page.evaluate('document.querySelector("canvas").ariaLabel').startswith(
        'Candles of BTC-USD'), 'a trip leads to its candles')
    tap.equal(page.problems, [], 'console and network')


def sum_of_nets():
    with open(os.path.join(os.path.dirname(report()), 'trips.csv'), encoding='utf-8') as file:
        return sum(Decimal(row['net']) for row in csv.DictReader(file))


# ---- what comes from outside ---------------------------------------------------------------------

def test_names_are_text():
    name = '<img src=x onerror=alert(1)><script>alert(2)<!--.yaml'
    page = browser().open(report('cross.yaml', name))
    tap.equal(page.problems, [], 'console and network')
    tap.equal(page.evaluate('document.querySelector("h1").textContent'), name, 'the name as text')
    tap.equal(page.evaluate('document.querySelectorAll("img").length'), 0, 'pictures')
    tap.equal(page.evaluate('document.scripts.length'), 2, 'data and script')


def test_nothing_else_runs():
    page = browser().open(report())
    page.evaluate("""(() => {
        const script = document.createElement('script');
        script.textContent = 'window.ran = 1';
        document.body.append(script);
        const button = document.createElement('button');
        button.setAttribute('onclick', 'window.ran = 2');
        document.body.append(button);
        button.click();
        new Image().src = 'https://tern.invalid/x.png';
    })()""")
    page.settle()
    tap.equal(page.evaluate('typeof window.ran'), 'undefined', 'a script that is not ours')
    tap.check(any('Content Security Policy' in str(said) for said in page.problems), 'it is said')


def test_other_results():
    """Order books; one bot; a run in which nothing happened is drawn too."""
    for example in ('session.yaml', 'score.yaml', 'limits.yaml'):
        page = browser().open(report(example), width=900)
        tap.equal(page.problems, [], f'{example}: console and network')
        no_overflow(page, example)
        pictures = page.evaluate('document.querySelectorAll("svg").length')
        tap.check(pictures > 2, f'{example}: {pictures} pictures')
        tap.check(view(page)[2] > 10, f'{example}: candles')
        picture(page, f'report-{example[:-5]}.png')


def test_comparison():
    a, b = os.path.dirname(report()), os.path.dirname(report('cross.yaml', 'other.yaml', (
        'slippage_bps: 5', 'slippage_bps: 9')))
    answer = tap.tern('backtest', 'compare', a, b, '--html')
    tap.equal(answer.returncode, 0, answer.stderr)
    path = os.path.join(tempfile.mkdtemp(prefix='tern-pages-'), 'compare.html')
    with open(path, 'w', encoding='utf-8') as file:
        file.write(answer.stdout)
    for name, how in (('light', {}), ('dark', {'dark': True}), ('narrow', {'width': 390})):
        page = browser().open(path, **how)
        tap.equal(page.problems, [], f'{name}: console and network')
        no_overflow(page, name)
        tap.none(page.evaluate(CONTRAST), f'text that is hard to read, {name}')
        words = page.evaluate('document.body.innerText')
        for word in ('simulation.slippage_bps', 'Where they part', 'cross-btc net', 'differs'):
            tap.check(word in words, f'{name}: {word!r} is not on the page')
        picture(page, f'compare-{name}.png')


def test_stops_and_targets():
    """The stop of examples/limits.yaml is 8 % below the entry, and some trips end there."""
    page = browser().open(report('limits.yaml'))
    tap.equal(page.evaluate('JSON.stringify(tern.data.protection)'), '[[80000,0]]', 'stop')
    middle(page, 'canvas')
    stopped = page.evaluate("""(() => {
        const trips = tern.data.trips.filter((trip) => trip[11] === 'stop_loss');
        dispatchEvent(new CustomEvent('tern-show', {
            detail: {instrument: trips[0][3], from: trips[0][0], to: trips[0][1]}}));
        return trips.length;
    })()""")
    tap.equal(stopped, 12, 'trips that a stop ended')
    page.settle()
    colors = page.evaluate("""(() => {
        const canvas = document.querySelector('canvas');
        const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        const ink = tern.color('warn').match(/[0-9a-f]{2}/gi).map((pair) => parseInt(pair, 16));
        let found = 0;
        for (let i = 0; i < data.length; i += 4) {
            found += ink.every((value, j) => Math.abs(value - data[i + j]) < 8) &&
                data[i + 3] > 200 ? 1 : 0;
        }
        return found;
    })()""")
    tap.check(colors > 20, f'{colors} points in the colour of stops')
    picture(page, 'report-stops.png')


def accept():
    for name, dark in (('light', False), ('dark', True)):
        page = browser().open(report(), width=1120, height=1000, dark=dark)
        path = os.path.join(KEPT, f'report-{name}.png')
        size = len(page.screenshot(path))
        print(f'{path}: {size} bytes')
        tap.check(size < PICTURE_BYTES_MAX, 'too large')


if '--accept' in sys.argv:
    accept()
    sys.exit(0)
tap.main()
