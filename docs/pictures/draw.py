"""Draws equity.svg from a back-test: the account, what buying and holding would have made, and the
drawdown below. Colours are of middle brightness, so that it reads on light and dark pages alike.

    tern backtest run examples/cross.yaml --out DIR
    python3 docs/pictures/draw.py DIR examples/data/*.csv.gz > docs/pictures/equity.svg

The data files are those of the back-test's instruments; holding starts with equal values."""

import csv
import gzip
import json
import math
import sys
from datetime import datetime, timezone

WIDTH, LEFT, RIGHT = 880, 70, 20
TOP, CURVES, GAP, DROPS, BOTTOM = 58, 250, 22, 70, 34
OURS, HELD, FALL, TEXT, LINE = '#2f81f7', '#a0752c', '#cf5c5c', '#7d8590', '#7d859055'
POINTS = 400


def read_equity(folder):
    """(seconds, equity, drawdown) of each row of equity.csv."""
    with open(f'{folder}/equity.csv', encoding='ascii') as file:
        return [(int(row['time_ns']) // 10**9, float(row['equity']), float(row['drawdown']))
                for row in csv.DictReader(file)]


def read_closes(path, first):
    """(seconds, close) of each bar that opens at `first` or later, at the time of its closing."""
    with gzip.open(path, 'rt', encoding='ascii') as file:
        rows = [(int(row['ts_ms']) // 1000, float(row['close'])) for row in csv.DictReader(file)]
    length = min(after[0] - before[0] for before, after in zip(rows, rows[1:]))
    return [(time + length, close) for time, close in rows if time >= first]


def held(times, start, series):
    """Value at each time of equal parts bought at each series' first close."""
    parts = []
    for closes in series:
        at, values = 0, []
        for time in times:
            while at + 1 < len(closes) and closes[at + 1][0] <= time:
                at += 1
            values.append(closes[at][1] / closes[0][1])
        parts.append(values)
    return [start * sum(row) / len(row) for row in zip(*parts)]


def thin(rows):
    step = max(1, len(rows) // POINTS)
    return rows[::step] + ([] if (len(rows) - 1) % step == 0 else rows[-1:])


def text(x, y, words, size=13, anchor='start', colour=TEXT, weight='normal'):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" '
            f'fill="{colour}" font-weight="{weight}">{words}</text>')


def path(points, colour, width=1.6):
    line = ' '.join(f'{x:.1f},{y:.1f}' for x, y in points)
    return f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def draw(folder, files):
    with open(f'{folder}/result.json', encoding='utf-8') as file:
        result = json.load(file)
    rows = read_equity(folder)
    begin = int(datetime.fromisoformat(result['from'].replace('Z', '+00:00')).timestamp())
    market = held([row[0] for row in rows], float(result['start_equity']),
                  [read_closes(name, begin) for name in files])
    deepest = max(row[2] for row in rows)
    rows = thin([row + (value,) for row, value in zip(rows, market)])
    first, last = rows[0][0], rows[-1][0]
    values = [row[1] for row in rows] + [row[3] for row in rows]
    low, high = math.log10(min(values)), math.log10(max(values))
    floor = TOP + CURVES + GAP
    height = floor + DROPS + BOTTOM

    def x_of(time):
        return LEFT + (WIDTH - LEFT - RIGHT) * (time - first) / (last - first)

    def y_of(value):
        return TOP + CURVES * (high - math.log10(value)) / (high - low)

    def drop_of(drawdown):
        return floor + DROPS * drawdown / deepest

    yield (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
           f'width="{WIDTH}" height="{height}" font-family="sans-serif" role="img">')
    ours, other = rows[-1][1], rows[-1][3]
    yield (f'<title>Equity of a back-test beside buying and holding, {ours:,.0f} and '
           f'{other:,.0f}</title>')
    yield text(LEFT, 20, f'examples/cross.yaml, {result["from"][:10]} to {result["to"][:10]}, fees '
                         f'and slippage included, {result["currency"]}, logarithmic', 14)
    yield text(LEFT, 42, f'tern: {ours:,.0f}', 14, colour=OURS, weight='bold')
    yield text(LEFT + 160, 42, f'bought and held: {other:,.0f}', 14, colour=HELD, weight='bold')
    yield text(LEFT + 400, 42, f'drawdown of tern: at most {deepest * 100:.0f} %', 14, colour=FALL,
               weight='bold')
    for power in range(3, 8):
        for digit in (1, 2, 5):
            value = digit * 10**power
            if low <= math.log10(value) <= high:
                y = y_of(value)
                yield f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{LINE}"/>'
                yield text(LEFT - 8, y + 4, f'{value:,}', anchor='end')
    for year in range(1970, 2200):
        time = int(datetime(year, 1, 1, tzinfo=timezone.utc).timestamp())
        if first <= time <= last + 86400:
            x = min(x_of(time), WIDTH - RIGHT)
            yield f'<path d="M{x:.1f} {TOP}V{floor + DROPS}" stroke="{LINE}"/>'
            yield text(x, height - 12, str(year), anchor='middle')
    yield path([(x_of(row[0]), y_of(row[3])) for row in rows], HELD)
    yield path([(x_of(row[0]), y_of(row[1])) for row in rows], OURS, 2.2)
    area = ' '.join(f'{x_of(row[0]):.1f},{drop_of(row[2]):.1f}' for row in rows)
    yield (f'<polygon points="{x_of(first):.1f},{floor} {area} {x_of(last):.1f},{floor}" '
           f'fill="{FALL}" fill-opacity="0.45" stroke="{FALL}"/>')
    yield text(LEFT - 8, floor + 5, '0 %', anchor='end')
    yield text(LEFT - 8, floor + DROPS + 4, f'−{deepest * 100:.0f} %', anchor='end')
    yield '</svg>'


if __name__ == '__main__':
    print('\n'.join(draw(sys.argv[1], sys.argv[2:])))
