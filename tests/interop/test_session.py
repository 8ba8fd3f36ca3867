"""Back-tests on recorded order books: against an independent calculation, and every bad recording
has its stated rule."""

# timeout: 600

import datetime
import gzip
import os
import sys
import tempfile
from collections import Counter
from decimal import Decimal

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from independent_session import MILLISECOND, SECOND, START, Market, Piece, trade
from results import Run, check_all, hashes
from scenarios import document, fixed, instrument

SPOT = os.path.join(tap.ROOT, '..', 'shared', 'data', 'l2', 'binance_spot_btcusdt_20240808_')
CASH, FEE = '1000000', '7'


def config(paths, latency='30ms', bar='2s', fast=2, slow=5, quantity='1.5', **more):
    data = [{'file': paths[0], 'kind': 'depth', 'instrument': 'BTC-USD'},
            {'file': paths[1], 'kind': 'trades', 'instrument': 'BTC-USD'}]
    bot = {'name': 'a', 'kind': 'ma_cross', 'instrument': 'BTC-USD', 'bar': bar,
           'params': {'average': 'sma', 'fast': fast, 'slow': slow}, 'size': fixed(quantity)}
    return {'currency': 'USD', 'instruments': [instrument('BTC-USD')], 'account': {'USD': CASH},
            'fees': {'maker_bps': FEE, 'taker_bps': FEE}, 'cycle': '1s', 'data': data,
            'simulation': {'latency': latency}, 'bots': [bot], **more}


def write(folder, value, name='session.yaml'):
    path = os.path.join(folder, name)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(document(value))
    return path


def instant(time_ns):
    moment = datetime.datetime.fromtimestamp(time_ns // SECOND, datetime.timezone.utc)
    return moment.strftime('%Y-%m-%dT%H:%M:%S') + f'.{time_ns % SECOND // MILLISECOND:03d}Z'


def compare(seed, latency_ms, bar_s, fast, slow, quantity, window=None):
    market = Market(seed)
    with tempfile.TemporaryDirectory() as folder:
        paths = market.write(folder)
        value = config(paths, f'{latency_ms}ms' if latency_ms else '0', f'{bar_s}s', fast, slow,
                       quantity)
        if window:
            for entry in value['data']:
                entry.update(zip(('from', 'to'), map(instant, window)))
            market = Piece(market, *window)
        path = write(folder, value)
        run = Run(path)
        check_all(run)
        tap.equal(hashes(Run(path)), hashes(run), 'a second run')
    fills, rows, end = trade(market, fast, slow, Decimal(quantity), bar_s * SECOND,
                             latency_ms * MILLISECOND, CASH, FEE)
    found = [(int(row['time_ns']), row['side'], Decimal(row['quantity']), Decimal(row['price']),
              Decimal(row['fee'])) for row in run.rows['fills']]
    expected = [(fill.time_ns, fill.side, fill.quantity, fill.price, fill.fee) for fill in fills]
    for index, pair in enumerate(zip(found, expected)):
        tap.equal(pair[0], pair[1], f'seed {seed}: fill {index}')
    tap.equal(len(found), len(expected), f'seed {seed}: fills')
    equity = [(int(row['time_ns']), Decimal(row['equity'])) for row in run.rows['equity']]
    tap.equal(equity[:len(rows)], rows, f'seed {seed}: equity')
    tap.equal(Decimal(run.result['end_equity']), end, f'seed {seed}: end equity')
    return len(fills)


def test_every_fill_is_that_of_an_independent_calculation():
    total = 0
    for seed in range(12):
        total += compare(seed, (0, 3, 30, 180)[seed % 4], 1 + seed % 3, 1 + seed % 2,
                         3 + seed % 4, ('0.2', '1.5', '5')[seed % 3])
    tap.check(total > 300, f'only {total} fills')
    print(f'# {total} fills')


def test_a_piece_of_a_session():
    """`from` and `to` cut by the exchange's time; the book of `from` is whole."""
    total = 0
    for seed in range(8):
        begin = START + 20 * SECOND + seed * 137 * MILLISECOND
        total += compare(seed, (0, 30, 180)[seed % 3], 1 + seed % 2, 1, 3 + seed % 3, '0.9',
                         (begin, begin + (40 + 3 * seed) * SECOND))
    tap.check(total > 60, f'only {total} fills')
    print(f'# {total} fills')


def test_a_window_without_anything():
    market = Market(2)
    with tempfile.TemporaryDirectory() as folder:
        value = config(market.write(folder))
        value['data'][1]['to'] = instant(START - SECOND)
        out = os.path.join(folder, 'out')
        answer = tap.tern('backtest', 'run', write(folder, value), '--no-trials', '--out', out)
        is_refused(answer, 'trades.csv', 'nothing happened in the time window', 'widen the window')
        tap.check(not os.path.exists(out), 'a refused run wrote something')


# ---- Bad recordings ------------------------------------------------------------------------------

def lines_of(path):
    with open(path, encoding='utf-8') as file:
        return file.read().splitlines()


def bad(change, packed=False, seed=3, latency='30ms'):
    """The answer of tern to a depth file whose lines were changed."""
    with tempfile.TemporaryDirectory() as folder:
        paths = Market(seed).write(folder)
        text = '\n'.join(change(lines_of(paths[0]))) + '\n'
        paths[0] += '.gz' if packed else ''
        data = gzip.compress(text.encode()) if packed else text.encode()
        with open(paths[0], 'wb') as file:
            file.write(data[:-40] if packed else data)
        path = write(folder, config(paths, latency))
        out = os.path.join(folder, 'out')
        answer = tap.tern('backtest', 'run', path, '--no-trials', '--out', out)
        tap.check((answer.returncode == 0) == os.path.exists(out), 'a refused run wrote something')
        return answer


def is_refused(answer, *words):
    tap.equal(answer.returncode, 5, answer.stderr)
    for word in words:
        tap.check(word in answer.stderr, f'no "{word}" in {answer.stderr}')


def warns(answer, *words):
    tap.equal(answer.returncode, 0, answer.stderr)
    for word in words:
        tap.check(word in answer.stdout, f'no "{word}" in {answer.stdout}')


def numbers(lines):
    """The message numbers of the rows that follow the snapshot, in order, each once."""
    return list(dict.fromkeys(line.split(',')[2] for line in lines if ',update,' in line))


def replaced(lines, number, change):
    """With the rows of one message as `change` makes them."""
    mine = [line for line in lines if line.split(',')[2] == number]
    at = lines.index(mine[0])
    return lines[:at] + change(mine) + lines[at + len(mine):]


def field(rows, index, value):
    result = []
    for row in rows:
        parts = row.split(',')
        parts[index] = value(parts[index]) if callable(value) else value
        result.append(','.join(parts))
    return result


def test_a_good_recording_has_no_trouble():
    answer = bad(lambda lines: lines)
    warns(answer)
    for word in ('order book of', 'clock of', 'recorder'):
        tap.check(word not in answer.stdout, f'"{word}" in {answer.stdout}')


def test_a_message_is_missing():
    warns(bad(lambda lines: replaced(lines, numbers(lines)[200], lambda rows: [])),
          'gap 1', 'unready', 'not valid for')


def test_a_message_comes_twice():
    def again(rows):
        return rows + field(rows, 0, lambda time: str(int(time) + 1))
    answer = bad(lambda lines: replaced(lines, numbers(lines)[200], again))
    warns(answer, 'duplicate 1')
    tap.check('not valid' not in answer.stdout, answer.stdout)


def test_the_book_is_crossed():
    answer = bad(lambda lines: replaced(lines, numbers(lines)[200], lambda rows: field(
        field(field(rows[:1], 5, 'bid'), 6, '500.00'), 7, '1')))
    warns(answer, 'crossed 1', 'not valid for')


def test_a_price_is_off_the_tick():
    warns(bad(lambda lines: replaced(lines, numbers(lines)[200],
                                     lambda rows: field(rows[:1], 6, '99.995'))), 'grid 1')


def test_the_venue_clock_goes_back():
    warns(bad(lambda lines: replaced(lines, numbers(lines)[200], lambda rows: field(
        rows, 1, lambda time: str(int(time) - 10**10)))), 'clock of BTC-USD: 1 of')


def test_the_recorder_clock_is_behind():
    warns(bad(lambda lines: lines[:1] + field(lines[1:], 0, lambda time: str(
        int(time) - 5 * 10**9))), "recorder's clock was behind")


def test_a_second_snapshot_ends_a_gap():
    def change(lines):
        middle = numbers(lines)[200]
        later = numbers(lines)[260]
        lines = replaced(lines, middle, lambda rows: [])
        return replaced(lines, later, lambda rows: [
            ','.join((*rows[0].split(',')[:4], 'snapshot', side, price, '3'))
            for side, price in (('bid', '50.00'), ('ask', '150.00'))])
    answer = bad(change)
    warns(answer, 'gap 1', 'not valid for')


def test_what_is_refused():
    is_refused(bad(lambda lines: lines, packed=True), 'depth.csv.gz')
    is_refused(bad(lambda lines: lines[:1] + lines[:0:-1]), 'depth.csv')
    is_refused(bad(lambda lines: [line for line in lines if ',snapshot,' not in line]),
               'no snapshot')
    is_refused(bad(lambda lines: lines[:1]), 'depth.csv')
    is_refused(bad(lambda lines: replaced(lines, numbers(lines)[50], lambda rows: field(
        rows, 7, '-1'))), 'depth.csv')
    is_refused(bad(lambda lines: replaced(lines, numbers(lines)[50], lambda rows: field(
        rows, 6, 'NaN'))), 'NaN')
    with tempfile.TemporaryDirectory() as folder:
        depth, trades = Market(1).write(folder)
        for paths, words in (((trades, depth), 'a file of trades'),
                             ((depth, os.path.join(folder, 'none.csv')), 'none.csv')):
            answer = tap.tern('backtest', 'run', write(folder, config(paths)), '--no-trials')
            is_refused(answer, words)


# ---- The recorded session ------------------------------------------------------------------------

def test_eleven_minutes():
    if not os.path.exists(SPOT + 'l2.csv.gz'):
        tap.skip('no recorded session here')
    with tempfile.TemporaryDirectory() as folder:
        value = config((SPOT + 'l2.csv.gz', SPOT + 'trades.csv.gz'), '50ms', '1s', 5, 20, '0.5')
        run = Run(write(folder, value))
        check_all(run)
        path = write(folder, value)
        tap.equal(hashes(Run(path)), hashes(run), 'a second run')
        out = os.path.join(folder, 'out')
        answer = tap.tern('backtest', 'run', path, '--no-trials', '--out', out)
        tap.equal(answer.returncode, 0, answer.stderr)
        answer = tap.tern('journal', 'replay', os.path.join(out, 'journal'))
        tap.equal(answer.returncode, 0, answer.stderr)
        tap.check('same frames, same state' in answer.stdout, answer.stdout)
    kinds = Counter(row['liquidity'] for row in run.rows['fills'])
    tap.check(kinds['taker'] > 50, f'fills: {kinds}')


def quoted(folder, latency, queue):
    """Of a maker bot on the recorded session: what it bought and sold, when first, and the hash
    of the journal."""
    value = config((SPOT + 'l2.csv.gz', SPOT + 'trades.csv.gz'))
    value['simulation'] = {'latency': latency, 'queue': queue}
    value['bots'] = [{'name': 'a', 'kind': 'maker', 'instrument': 'BTC-USD', 'size': fixed('0.02'),
                      'params': {'levels': 2, 'spread': '0.0002', 'skew': '0.5', 'refresh': '2s'}}]
    run = Run(write(folder, value))
    check_all(run)
    tap.equal({row['liquidity'] for row in run.rows['fills']}, {'maker'}, 'liquidity')
    return (sum(Decimal(row['quantity']) for row in run.rows['fills']),
            min(row['time'] for row in run.rows['fills']), run.result['journal_hash'])


def test_a_maker_in_eleven_minutes():
    """The hopeful model fills first. From then on the bots quote differently, since they hold
    differently, so that sums of fills have no order; what each model fills of the same orders is
    compared in tests/unit/sim/book_venue_session_test.c."""
    if not os.path.exists(SPOT + 'l2.csv.gz'):
        tap.skip('no recorded session here')
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for latency in ('0', '20ms', '200ms'):
            row = [quoted(folder, latency, queue) for queue in (
                {'model': 'risk_averse'}, {'model': 'power', 'power': 3}, {'model': 'touch'})]
            averse, power, touch = (quantity for quantity, _, _ in row)
            print(f'# latency {latency}: risk_averse {averse}, power {power}, touch {touch} BTC')
            tap.check(min(averse, power, touch) > 0, f'{latency}: {averse}, {power}, {touch}')
            first = [time for _, time, _ in row]
            print(f'# first fills: {first}')
            tap.check(first[2] <= first[1] <= first[0], f'{latency}: first fills at {first}')
            found += row
    tap.equal(len({journal for _, _, journal in found}), 9, 'different journals')
    tap.check(found[0][0] > found[6][0], 'a slower maker fills as much')


tap.main()
