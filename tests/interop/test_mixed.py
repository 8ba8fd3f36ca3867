"""A recorded order book and recorded bars in one back-test: every fill, fee and row of equity
against an independent calculation, and what is refused."""

# timeout: 300

import os
import sys
import tempfile
from decimal import Decimal

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from independent_mixed import Bars, together
from independent_session import MILLISECOND, SECOND, START, Market
from results import Run, check_all, hashes
from scenarios import document, fixed, instrument

CASH = '1000000'
HOUR = 3600 * SECOND


def crossing(name, symbol, bar, fast, slow, quantity):
    return {'name': name, 'kind': 'ma_cross', 'instrument': symbol, 'bar': bar,
            'params': {'average': 'sma', 'fast': fast, 'slow': slow}, 'size': fixed(quantity)}


def config(paths, bars_path, bars_bar, bar, latency, fast, slow, quantities, tiers, **simulation):
    return {'currency': 'USD', 'instruments': [instrument('BTC-USD'), instrument('ETH-USD')],
            'account': {'USD': CASH},
            'fees': {'tiers': [{'volume': volume, 'maker_bps': bps, 'taker_bps': bps}
                               for volume, bps in tiers]},
            'simulation': {'latency': latency, **simulation},
            'data': [{'file': paths[0], 'kind': 'depth', 'instrument': 'BTC-USD'},
                     {'file': bars_path, 'kind': 'bars', 'instrument': 'ETH-USD', 'bar': bars_bar},
                     {'file': paths[1], 'kind': 'trades', 'instrument': 'BTC-USD'}],
            'bots': [crossing('a', 'BTC-USD', bar, fast, slow, quantities[0]),
                     crossing('b', 'ETH-USD', bars_bar, fast, slow, quantities[1])]}


def write(folder, value):
    path = os.path.join(folder, 'mixed.yaml')
    with open(path, 'w', encoding='utf-8') as file:
        file.write(document(value))
    return path


def compare(seed, bars, bars_bar, bar_s, latency_ms, tiers=(('0', '7'),), slippage='0'):
    market, quantities = Market(seed), ('0.9', '3')
    fast, slow = 1 + seed % 2, 3 + seed % 3
    with tempfile.TemporaryDirectory() as folder:
        value = config(market.write(folder), bars.write(folder), bars_bar, f'{bar_s}s',
                       f'{latency_ms}ms' if latency_ms else '0', fast, slow, quantities, tiers,
                       slippage_bps=slippage)
        path = write(folder, value)
        run = Run(path)
        check_all(run)
        tap.equal(hashes(Run(path)), hashes(run), 'a second run')
        out = os.path.join(folder, 'out')
        answer = tap.tern('backtest', 'run', path, '--no-trials', '--quiet', '--out', out)
        tap.equal(answer.returncode, 0, answer.stderr)
        answer = tap.tern('journal', 'replay', os.path.join(out, 'journal'))
        tap.check('same frames, same state' in answer.stdout, answer.stdout + answer.stderr)
    fills, rows, end = together(market, bars, bar_s * SECOND, latency_ms * MILLISECOND, fast, slow,
                                [Decimal(quantity) for quantity in quantities], CASH, tiers,
                                slippage)
    found = [(int(row['time_ns']), row['bot'], row['side'], Decimal(row['quantity']),
              Decimal(row['price']), Decimal(row['fee'])) for row in run.rows['fills']]
    for index, pair in enumerate(zip(found, map(tuple, fills))):
        tap.equal(pair[0], pair[1], f'seed {seed}: fill {index}')
    tap.equal(len(found), len(fills), f'seed {seed}: fills')
    equity = [(int(row['time_ns']), Decimal(row['equity'])) for row in run.rows['equity']]
    # The end of the run has a row of its own, which takes the place of a close of that instant.
    for index, pair in enumerate(zip(equity[:-1], rows)):
        tap.equal(pair[0], pair[1], f'seed {seed}: equity {index}')
    tap.check(len(equity) - 1 <= len(rows) <= len(equity), f'seed {seed}: {len(rows)} rows')
    tap.equal(Decimal(run.result['end_equity']), end, f'seed {seed}: end equity')
    return [sum(fill.bot == bot for fill in fills) for bot in 'ab'] + [
        len({fill.fee * 10000 > 6 * fill.price * fill.quantity for fill in fills})]


def test_bars_beside_an_order_book():
    """Bars that begin before the session and end behind it, their closes at the very instants of
    those that the session makes."""
    total = [0, 0]
    for seed in range(9):
        length = (1, 2, 4)[seed % 3]
        bars = Bars(seed, START - 16 * SECOND, length * SECOND, 140 // length)
        found = compare(seed, bars, f'{length}s', 1 + seed % 2, (0, 30, 400)[seed // 3],
                        slippage=('0', '3', '12.5')[seed % 3])
        total = [total[0] + found[0], total[1] + found[1]]
    print(f'# {total[0]} fills on the order book, {total[1]} on bars')
    tap.check(min(total) > 60, f'only {total} fills')


def test_bars_before_and_behind_the_session():
    """What is not there at the same time does not disturb each other; the book grows old."""
    for seed, first in ((1, START - 900 * SECOND), (2, START + 900 * SECOND),
                        (3, START + 45 * SECOND)):
        found = compare(seed, Bars(seed, first, SECOND, 100), '1s', 1, 30)
        tap.check(found[0] > 5 and found[1] > 5, f'only {found} fills')


def test_one_volume_of_thirty_days():
    """What was traded on bars the days before makes the session's fees those of its tier."""
    for seed in range(3):
        bars = Bars(seed, (START // HOUR - 60) * HOUR, HOUR, 62)
        found = compare(seed, bars, '1h', 2, 30, (('0', '9'), ('500', '4')))
        tap.check(found[0] > 5 and found[1] > 5, f'only {found} fills')
        tap.equal(found[2], 2, 'both tiers')


def refused(change, *words):
    market, bars = Market(1), Bars(1, START, SECOND, 60)
    with tempfile.TemporaryDirectory() as folder:
        value = config(market.write(folder), bars.write(folder), '1s', '1s', '0', 1, 3, ('1', '1'),
                       (('0', '7'),))
        change(value)
        out = os.path.join(folder, 'out')
        answer = tap.tern('backtest', 'run', write(folder, value), '--no-trials', '--out', out)
        tap.equal(answer.returncode, 5, answer.stderr)
        tap.check(not os.path.exists(out), 'a refused run wrote something')
    for word in words:
        tap.check(word in answer.stderr, f'no "{word}" in {answer.stderr}')


def test_one_instrument_has_one_of_the_two():
    def both(value):
        value['data'][1]['instrument'] = 'BTC-USD'
        del value['bots'][1]
    refused(both, 'bars and a recorded order book for BTC-USD', 'of one instrument either')


def test_slippage_is_of_bars():
    def alone(value):
        value['simulation']['slippage_bps'] = '2'
        del value['data'][1], value['bots'][1]
    refused(alone, 'slippage on an order book')


tap.main()
