"""The demo market against recorded prices: what both do, as numbers and as a picture.

The picture is written to build/pictures/market.svg; docs/pictures/market.svg is the same without
the recorded paths. `python3 tests/interop/test_pictures.py --accept` draws the latter anew."""

# timeout: 600

import csv
import functools
import gzip
import math
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap

sys.path.insert(0, os.path.join(tap.ROOT, 'docs', 'pictures'))

import draw_market

NAMES = ('BTC', 'ETH', 'SOL', 'XRP', 'LTC', 'ADA', 'AVAX', 'BNB', 'DOGE', 'LINK')
DATA = os.path.join(tap.ROOT, '..', 'shared', 'data', 'candles')
BARS = 48096  # five minutes each, 1 January to 16 June 2025
BARS_OF_HOUR = 12
BARS_OF_YEAR = 365 * 288
SEED = 42
KEPT = os.path.join(tap.ROOT, 'docs', 'pictures', 'market.svg')


# ---- The two markets -----------------------------------------------------------------------------

@functools.cache
def program():
    subprocess.run([os.path.join(tap.ROOT, 'tools', 'build'), 'test', 'tests/interop/market'],
                   check=True, stdout=subprocess.DEVNULL)
    return os.path.join(tap.ROOT, 'build', 'test', 'tests', 'interop', 'market')


@functools.cache
def market(kind, seed, seconds, steps):
    """(volatilities, correlations of the table, one list of prices a name)."""
    names = [f'{name}-USD' for name in NAMES]
    output = subprocess.run([program(), kind, str(seed), str(seconds), str(steps), *names],
                            check=True, capture_output=True, text=True).stdout
    rows = [[float(value) for value in row.split(',')] for row in output.splitlines()]
    tap.equal(len(rows), 1 + len(NAMES) + steps, 'rows')
    return rows[0], rows[1:1 + len(NAMES)], [list(column) for column in
                                             zip(*rows[1 + len(NAMES):])]


def recorded_closes():
    if not os.path.isdir(DATA):
        tap.skip('recorded prices are not at hand')
    closes = []
    for name in NAMES:
        path = os.path.join(DATA, f'binance_5m_2025H1_{name.lower()}usdt.csv.gz')
        with gzip.open(path, 'rt', encoding='ascii') as file:
            closes.append([float(row['close']) for row in csv.DictReader(file)])
        tap.equal(len(closes[-1]), BARS, path)
    return closes


# ---- Numbers -------------------------------------------------------------------------------------

def returns_of(prices, step=1):
    kept = prices[::step]
    return [math.log(after / before) for before, after in zip(kept, kept[1:])]


def mean(values):
    return math.fsum(values) / len(values)


def correlation(a, b):
    a_mean, b_mean = mean(a), mean(b)
    both = math.fsum((x - a_mean) * (y - b_mean) for x, y in zip(a, b))
    return both / math.sqrt(math.fsum((x - a_mean) ** 2 for x in a) *
                            math.fsum((y - b_mean) ** 2 for y in b))


def autocorrelation(values, lag):
    centre = mean(values)
    away = [value - centre for value in values]
    return (math.fsum(x * y for x, y in zip(away, away[lag:])) /
            math.fsum(x * x for x in away))


def excess_kurtosis(values):
    centre = mean(values)
    squares = mean([(value - centre) ** 2 for value in values])
    return mean([(value - centre) ** 4 for value in values]) / squares ** 2 - 3


def volatility(prices):
    returns = returns_of(prices)
    return math.sqrt(mean([value * value for value in returns]) * BARS_OF_YEAR)


def correlations(paths):
    returns = [returns_of(prices, BARS_OF_HOUR) for prices in paths]
    rows = [[1.0] * len(paths) for _ in paths]
    for i in range(len(paths)):
        for k in range(i):
            rows[i][k] = rows[k][i] = correlation(returns[i], returns[k])
    return rows


def described(title, paths, shown=True):
    return {'title': title, 'names': NAMES, 'paths': paths if shown else None,
            'volatility': [volatility(prices) for prices in paths],
            'correlation': correlations(paths)}


def pairs():
    return [(i, k) for i in range(len(NAMES)) for k in range(i)]


# ---- Tests ---------------------------------------------------------------------------------------

def test_plain_motion_has_the_tables_correlations():
    """Brownian motion alone, one step an hour: each pair within three standard errors."""
    steps = 40000
    _, table, paths = market('plain', SEED, 3600, steps)
    returns = [returns_of(prices) for prices in paths]
    bound = 3 / math.sqrt(steps)
    tap.none([f'{NAMES[i]} {NAMES[k]}: {found:.4f}, table {table[i][k]:.4f}, bound {bound:.4f}'
              for i, k in pairs()
              for found in [correlation(returns[i], returns[k])]
              if abs(found - table[i][k]) > bound], 'correlations')


def test_the_demo_market_has_the_stylised_facts():
    """A million minutes: less is too short for the tails, whose measure hangs on a few jumps."""
    _, _, paths = market('full', SEED, 60, 1000000)
    wrong = []
    for name, prices in zip(NAMES, paths):
        tails = [excess_kurtosis(returns_of(prices, step)) for step in (1, 15, 240)]
        minutes = returns_of(prices[:250000])
        sizes = [abs(value) for value in minutes]
        memory = [autocorrelation(sizes, lag) for lag in (1, 60)]
        drifts = max(abs(autocorrelation(minutes, lag)) for lag in (1, 2, 3, 5, 10, 20))
        if not 3 <= tails[0] <= 30:
            wrong.append(f'{name}: excess kurtosis {tails[0]:.2f} at one minute')
        if not tails[0] > tails[1] > tails[2]:
            wrong.append(f'{name}: excess kurtosis does not fall: {tails}')
        if not memory[0] > 0.1 or not memory[0] > memory[1] > 0.04:
            wrong.append(f'{name}: sizes forget too fast or too slowly: {memory}')
        if drifts > 0.02:
            wrong.append(f'{name}: returns remember: {drifts:.4f}')
    tap.none(wrong, 'stylised facts')


def test_the_demo_market_resembles_the_recorded_one():
    recorded = described('Binance', recorded_closes())
    generated = described('tern demo, seed 42', market('full', SEED, 300, BARS)[2])
    wrong = []
    for place, name in enumerate(NAMES):
        ratio = generated['volatility'][place] / recorded['volatility'][place]
        if not 0.8 <= ratio <= 1.25:
            wrong.append(f'{name}: {ratio:.2f} times the recorded volatility')
    away = [abs(generated['correlation'][i][k] - recorded['correlation'][i][k])
            for i, k in pairs()]
    if mean(away) > 0.04 or max(away) > 0.12:
        wrong.append(f'correlations differ by {mean(away):.3f}, at most {max(away):.3f}')
    picture = '\n'.join(draw_market.draw(recorded, generated)) + '\n'
    os.makedirs(os.path.join(tap.ROOT, 'build', 'pictures'), exist_ok=True)
    with open(os.path.join(tap.ROOT, 'build', 'pictures', 'market.svg'), 'w',
              encoding='utf-8') as file:
        file.write(picture)
    tap.none(wrong, 'differences')


def docs_picture():
    recorded = described('Binance', recorded_closes(), shown=False)
    generated = described('tern demo, seed 42', market('full', SEED, 300, BARS)[2])
    return '\n'.join(draw_market.draw(recorded, generated)) + '\n'


def test_the_picture_of_the_documents_is_current():
    picture = docs_picture()
    with open(KEPT, encoding='utf-8') as file:
        tap.check(file.read() == picture, 'docs/pictures/market.svg is not what is drawn now; '
                  'tests/interop/test_pictures.py --accept draws it anew')


if __name__ == '__main__':
    if sys.argv[1:] == ['--accept']:
        drawn = docs_picture()
        with open(KEPT, 'w', encoding='utf-8') as kept:
            kept.write(drawn)
    else:
        tap.main()
