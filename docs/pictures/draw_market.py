"""Draws the demo market beside recorded prices: paths, volatility a year, correlations.

    python3 tests/interop/test_pictures.py     writes build/pictures/market.svg and compares
    docs/pictures/market.svg                   the same without the recorded paths

`draw` takes two markets, each a dictionary: title, names, paths (one list of prices a name, or
None), volatility (one a name), correlation (one row a name). Colours are of middle brightness, so
that it reads on light and dark pages alike."""

import math

WIDTH, MARGIN, GAP, TOP = 880, 54, 46, 64
PATHS, BARS, CELL = 210, 130, 34
TEXT, LINE = '#7d8590', '#7d859055'
LINES = ('#2f81f7', '#a0752c', '#cf5c5c', '#4c9a5f', '#8f6bd1', '#c2608f', '#3f9aa0', '#9a8f2c',
         '#6f7fd0', '#b5743a')
BOTH = ('#2f81f7', '#a0752c')
POINTS = 180


def text(x, y, words, size=12, anchor='start', weight='normal', colour=TEXT):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" '
            f'fill="{colour}" font-weight="{weight}">{words}</text>')


def line(points, colour, width=1.2):
    places = ' '.join(f'{x:.1f},{y:.1f}' for x, y in points)
    return f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def thin(values):
    return [values[i * (len(values) - 1) // (POINTS - 1)] for i in range(POINTS)]


def paths_panel(market, left, top, width, reach):
    """Prices over their first, on a logarithmic scale from 1/reach to reach."""
    yield text(left, top - 10, f'{market["title"]}: price over first price', weight='bold')

    def y_of(value):
        return top + PATHS / 2 * (1 - math.log(value) / math.log(reach))

    for level in (0.25, 0.5, 1, 2):
        if 1 / reach <= level <= reach:
            yield line([(left, y_of(level)), (left + width, y_of(level))], LINE, 1)
            yield text(left - 6, y_of(level) + 4, f'{level:g}', 11, 'end')
    for number, prices in enumerate(market['paths']):
        points = thin(prices)
        yield line([(left + width * i / (POINTS - 1), y_of(value / points[0]))
                    for i, value in enumerate(points)], LINES[number % len(LINES)])


def volatility_panel(markets, top):
    width = WIDTH - 2 * MARGIN
    highest = max(max(market['volatility']) for market in markets)
    yield text(MARGIN, top - 10, 'Volatility a year, five-minute returns', weight='bold')
    for number, market in enumerate(markets):
        yield text(MARGIN + 300 + 180 * number, top - 10, market['title'], colour=BOTH[number])
    yield line([(MARGIN, top + BARS), (MARGIN + width, top + BARS)], LINE, 1)
    step = width / len(markets[0]['names'])
    for place, name in enumerate(markets[0]['names']):
        yield text(MARGIN + step * (place + 0.5), top + BARS + 16, name, 12, 'middle')
        for number, market in enumerate(markets):
            value = market['volatility'][place]
            high = (BARS - 20) * value / highest
            x = MARGIN + step * (place + 0.5) + 24 * (number - 1)
            yield (f'<rect x="{x:.1f}" y="{top + BARS - high:.1f}" width="22" height="{high:.1f}" '
                   f'fill="{BOTH[number]}"/>')
            yield text(x + 11, top + BARS - high - 4, f'{100 * value:.0f}', 10, 'middle')


def correlation_panel(market, left, top):
    yield text(left, top - 26, f'{market["title"]}: correlation of hourly returns, in %',
               weight='bold')
    for row, name in enumerate(market['names']):
        yield text(left - 4, top + CELL * (row + 0.5) + 4, name, 10, 'end')
        yield text(left + CELL * (row + 0.5), top - 6, name, 10, 'middle')
        for column, value in enumerate(market['correlation'][row]):
            x, y = left + CELL * column, top + CELL * row
            yield (f'<rect x="{x}" y="{y}" width="{CELL - 1}" height="{CELL - 1}" '
                   f'fill="{BOTH[0]}" fill-opacity="{0.6 * max(0.0, value) ** 2:.2f}"/>')
            yield text(x + CELL / 2, y + CELL / 2 + 4, f'{100 * value:.0f}', 10, 'middle')


def draw(recorded, generated):
    """The lines of the picture."""
    markets = [market for market in (recorded, generated) if market['paths']]
    reach = 1.1 * max(max(max(prices) / prices[0], prices[0] / min(prices))
                      for market in markets for prices in market['paths'])
    bars_top = TOP + PATHS + 44
    cells_top = bars_top + BARS + 84
    height = cells_top + CELL * len(generated['names']) + 30
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
           f'width="{WIDTH}" height="{height}" font-family="sans-serif" role="img">')
    yield '<title>The demo market beside recorded prices</title>'
    yield text(MARGIN, 26, 'The demo market beside Binance, January to June 2025', 16,
               weight='bold')
    width = (WIDTH - 2 * MARGIN - GAP * (len(markets) - 1)) / len(markets)
    for number, market in enumerate(markets):
        yield from paths_panel(market, MARGIN + number * (width + GAP), TOP, width, reach)
    yield from volatility_panel((recorded, generated), bars_top)
    side = CELL * len(generated['names'])
    for number, market in enumerate((recorded, generated)):
        yield from correlation_panel(market, MARGIN + number * (WIDTH - 2 * MARGIN - side),
                                     cells_top)
    yield '</svg>'
