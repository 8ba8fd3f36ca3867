"""Doubts and walk-forward with refits from the command line; noise and a true edge."""

import json
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from support import DATA, folder, good, refused, table, tern

CROSS = """tern: 1
currency: USD
instruments: [BTC-USD]
account: {USD: "100000"}
fees: {maker_bps: 5, taker_bps: 10}
data:
  - {file: %s, kind: bars, instrument: BTC-USD, bar: 1h}
bots:
  - {name: cross, kind: ma_cross, instrument: BTC-USD, bar: 1h,
     params: {fast: 3, slow: 8}, size: {method: fixed, quantity: "0.1"}}
"""
SPACE = ['bots.cross.params.fast=2:8:2', 'bots.cross.params.slow=10:30:10']


def write(home, name='cross.yaml', more=''):
    path = os.path.join(home, name)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(CROSS % os.path.join(DATA, 'btc-1h.csv') + more)
    return path


def read(*parts):
    with open(os.path.join(*parts), encoding='utf-8') as file:
        return file.read()


# ---- Doubts --------------------------------------------------------------------------------------

def test_doubt_prints_and_keeps():
    with folder() as home:
        path, out = write(home), os.path.join(home, 'out')
        text = good('backtest', 'doubt', path, '--out', out, '--markets', '20', '--json', home=home)
        answer = json.loads(text)
        tap.equal(answer['schema'], 'tern.doubt/1')
        tap.equal(read(out, 'doubt.json'), text, 'doubt.json')
        result = json.loads(read(out, 'result.json'))
        tap.equal(answer['journal_hash'], result['journal_hash'], 'the same back-test')
        tap.equal(answer['base']['end_equity'], result['end_equity'])
        tap.equal(answer['warnings'], result['warnings'])
        tap.equal(result['trials'], 1, 'only the back-test is a trial')
        ranks = ['bad', 'doubtful', 'unknown', 'good']
        order = [ranks.index(row['verdict']) for row in answer['verdicts']]
        tap.equal(order, sorted(order), 'the worst first')
        tap.equal([row['name'] for row in answer['stress']],
                  ['costs_x2', 'slippage', 'delay', 'all'])
        tap.equal(answer['look_ahead']['differ'], 0)
        tap.equal(len(answer['look_ahead']['cuts']), 8)
        tap.equal(answer['shuffle']['markets'], 20)
        tap.equal(answer['walk_forward'], None)
        # The same again; another seed draws other markets. Both take the place of the first.
        same = good('backtest', 'doubt', path, '--out', out, '--markets', '20', '--json', home=home)
        tap.equal(same, text, 'twice')
        other = json.loads(good('backtest', 'doubt', path, '--out', out, '--markets', '20',
                                '--seed', '2', '--json', home=home))
        tap.check(other['shuffle'] != answer['shuffle'], 'another seed')
        tap.equal(other['base'], answer['base'])
        # A plain result takes the place of one with doubts.
        good('backtest', 'run', path, '--out', out, home=home)
        tap.check(not os.path.exists(os.path.join(out, 'doubt.json')), 'old doubts are gone')


def test_doubt_stress_is_a_back_test():
    """Doubled costs by hand."""
    with folder() as home:
        path = write(home, more='simulation: {slippage_bps: 3}\n')
        answer = json.loads(good('backtest', 'doubt', path, '--markets', '2', '--cuts', '1',
                                 '--json', home=home))
        doubled = read(path).replace('maker_bps: 5, taker_bps: 10', 'maker_bps: 10, taker_bps: 20')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(doubled.replace('slippage_bps: 3', 'slippage_bps: 6'))
        result = json.loads(good('backtest', 'run', path, '--json', home=home))
        tap.equal(answer['stress'][0]['end_equity'], result['end_equity'])
        tap.equal(answer['stress'][0]['trips'], result['trips'])


def test_doubt_tables_and_store():
    with folder() as home:
        path = write(home)
        text = good('backtest', 'doubt', path, *SPACE, '--train', '8', '--test', '3', '--plain',
                    '--markets', '10', home=home)
        rows = table(text, 'verdicts')
        tap.check({'look-ahead', 'shuffle', 'luck', 'jitter', 'hold', 'sweep', 'walk-forward'} <=
                  {row['about'] for row in rows}, str(rows))
        tap.equal(len(table(text, 'stress')), 6)
        tap.check(len(table(text, 'windows')) >= 1, 'windows')
        tap.equal([row['parameter'] for row in table(text, 'jitter')], ['cross.fast', 'cross.slow'])
        names = os.listdir(os.path.join(home, '.local/share/tern/backtests'))
        kept = [name for name in names if name.startswith('cross-')]
        tap.equal(len(kept), 1, str(names))
        doubt = json.loads(read(home, '.local/share/tern/backtests', kept[0], 'doubt.json'))
        trials = sum(row['trials'] for row in doubt['walk_forward']['windows'])
        tap.equal(doubt['sweep_trials'], 12)
        tap.check(0 <= doubt['pbo'] <= 1, 'PBO')
        tap.equal(doubt['luck']['trials'], trials + 12 + 1, 'every trial counts')
        people = tern('backtest', 'doubt', path, '--markets', '5', '--cuts', '2', home=home)
        tap.equal(people.returncode, 0, people.stderr)


def test_doubt_on_an_order_book():
    with folder() as home:
        session = os.path.join(tap.ROOT, 'examples', 'session.yaml')
        answer = json.loads(good('backtest', 'doubt', session, '--json', home=home))
        tap.equal([row['name'] for row in answer['stress']], ['costs_x2', 'latency_x10', 'all'])
        tap.equal(answer['shuffle'], None)
        tap.equal(answer['look_ahead']['differ'], 0)
        refused(5, 'backtest', 'doubt', session, 'bots.trend.params.fast=2,3', home=home)
        refused(5, 'backtest', 'walk-forward', session, 'bots.trend.params.fast=2,3', home=home)


def test_doubt_refuses():
    with folder() as home:
        path, out = write(home), os.path.join(home, 'out')
        refused(3, 'backtest', 'doubt', os.path.join(home, 'none.yaml'), home=home)
        refused(2, 'backtest', 'doubt', home=home)
        for option, value in [('--markets', 'many'), ('--markets', '10001'), ('--cuts', '257'),
                              ('--seed', '-1')]:
            refused(2, 'backtest', 'doubt', path, option, value, '--out', out, home=home,
                    says=option)
        for option in [('--train', '5'), ('--anchored',), ('--by', 'sharpe'), ('--random', '3')]:
            refused(2, 'backtest', 'doubt', path, *option, '--out', out, home=home,
                    says='without KEY=VALUES')
        refused(5, 'backtest', 'doubt', path, 'bots.other.params.fast=2,3', '--out', out, home=home)
        os.makedirs(out)
        with open(os.path.join(out, 'mine.txt'), 'w', encoding='ascii') as file:
            file.write('x')
        answer = tern('backtest', 'doubt', path, '--markets', '2', '--out', out, home=home)
        tap.check(answer.returncode != 0 and answer.stdout == '', answer.stderr)
        tap.equal(os.listdir(out), ['mine.txt'], 'nothing half written')


# ---- Walk-forward --------------------------------------------------------------------------------

def test_walk_forward_refits_and_goes_on():
    with folder() as home:
        path, out = write(home), os.path.join(home, 'walk')
        words = ['backtest', 'walk-forward', path, *SPACE, '--train', '8', '--test', '3',
                 '--embargo', '5', '--purge', '3', '--json']
        first = good(*words, '--out', out, home=home)
        answer = json.loads(first)
        tap.equal(answer['schema'], 'tern.walk-forward/2')
        tap.equal(answer['between_days'], 1, '8 bars of an hour are rounded up to a day')
        tap.equal(read(out, 'walk-forward.json'), first)
        windows = answer['windows']
        tap.check(len(windows) >= 2, str(len(windows)))
        for before, window in zip(windows, windows[1:]):
            tap.equal(before['test_to'], window['test_from'], 'no gap between tests')
        tap.equal(answer['trials'], 12 * len(windows))
        tap.equal(answer['trials_counted'], answer['trials'])
        rows = read(out, 'equity.csv').splitlines()
        tap.equal(rows[0], 'time,time_ns,equity')
        tap.check(abs(float(rows[-1].split(',')[2]) - 1 - answer['return']) < 1e-12, rows[-1])
        # A window is what the sweep of its own file says.
        window = json.loads(good('sweep', 'show', os.path.join(out, 'window-001.db'), '--json',
                                 home=home))
        tap.equal(window['best'][0]['parameters'], windows[0]['parameters'])
        # Again: nothing new to try or to count. With one window gone that one is swept again.
        tap.equal(good(*words, '--out', out, home=home), first, 'again')
        os.remove(os.path.join(out, 'window-002.db'))
        tap.equal(good(*words, '--out', out, home=home), first, 'goes on')
        good(*words, home=home)
        tap.equal(len(os.listdir(os.path.join(home, '.local/share/tern/walks'))), 1)


def test_walk_forward_refuses():
    with folder() as home:
        path, out = write(home), os.path.join(home, 'walk')
        base = ['backtest', 'walk-forward', path, *SPACE, '--out', out]
        refused(2, 'backtest', 'walk-forward', path, home=home, says='no key')
        refused(2, *base, '--train', '4000', home=home, says='none of windows')
        refused(2, *base, '--train', '0', home=home)
        refused(2, *base, '--by', 'luck', home=home, says='luck')
        refused(2, *base, '--embargo', 'x', home=home)
        good('backtest', 'sweep', path, '--grid', SPACE[0], home=home)
        refused(2, 'backtest', 'walk-forward', 'cross', '--by', 'return', home=home,
                says='--by with a sweep')


# ---- Noise and an edge ---------------------------------------------------------------------------

MARKETS, DAYS, START = 100, 500, 1514764800


def markets(home, edge=None):
    """A hundred random walks; one of them, where asked for, rises twelve days and falls twelve."""
    draw = random.Random(5)
    data, names = [], []
    for number in range(MARKETS):
        name, price = f'N{number:03}-USD', 100.0
        names.append(name)
        with open(os.path.join(home, f'{name}.csv'), 'w', encoding='ascii') as file:
            print('timestamp,open,high,low,close,volume', file=file)
            for day in range(DAYS):
                drift = (0.008 if day % 24 < 12 else -0.008) if number == edge else 0
                close = round(price * (1 + draw.gauss(drift, 0.01)), 2)
                print(f'{START + day * 86400},{price:.2f},{max(price, close):.2f},'
                      f'{min(price, close):.2f},{close:.2f},1', file=file)
                price = close
        data.append(f'  - {{file: {name}.csv, kind: bars, instrument: {name}, bar: 1d}}')
    lines = ''.join(f'  - {{name: {name}, price_increment: "0.01"}}\n' for name in names)
    with open(os.path.join(home, 'noise.yaml'), 'w', encoding='ascii') as file:
        print('tern: 1\ncurrency: USD\ninstruments:\n' + lines + 'account: {USD: "100000"}\n'
              'fees: {maker_bps: 0, taker_bps: 0}\ndata:\n' + '\n'.join(data) + '\nbots:\n'
              '  - {name: a, kind: ma_cross, instrument: N000-USD, bar: 1d,\n'
              '     params: {fast: 2, slow: 6}, size: {method: fixed, quantity: "100"}}', file=file)
    return os.path.join(home, 'noise.yaml'), 'bots.a.instrument=' + ','.join(names)


def test_the_best_of_a_thousand_trials_on_noise_is_noise():
    with folder() as home:
        path, names = markets(home)
        answer = json.loads(good('backtest', 'sweep', path, names, 'bots.a.params.fast=1,2,3,4,5',
                                 'bots.a.params.slow=8,20', '--json', home=home))
        print(f'# noise: {answer["trials"]} trials, best Sharpe {answer["best"][0]["sharpe"]:.2f}, '
              f'deflated {answer["deflated_sharpe"]:.3f}, PBO {answer["pbo"]:.3f}')
        tap.equal(answer['trials'], 1000)
        tap.check(answer['best'][0]['sharpe'] > 1.5, 'it looks good')
        tap.check(answer['deflated_sharpe'] < 0.5, 'and is called what it is')
        tap.check(0.3 < answer['pbo'] < 0.7, 'PBO')


def test_one_edge_among_99_is_found():
    with folder() as home:
        path, names = markets(home, edge=37)
        answer = json.loads(good('backtest', 'sweep', path, names, '--json', home=home))
        best = answer['best'][0]
        print(f'# edge: {best["parameters"]}, Sharpe {best["sharpe"]:.2f}, deflated '
              f'{answer["deflated_sharpe"]:.3f}, PBO {answer["pbo"]:.3f}')
        tap.equal(answer['trials'], 100)
        tap.equal(best['parameters'], 'instrument=N037-USD')
        tap.check(answer['deflated_sharpe'] > 0.95, 'deflated Sharpe')
        tap.check(answer['pbo'] < 0.1, 'PBO')
        # The same by walk-forward: every window chooses it, and it holds behind.
        walk = json.loads(good('backtest', 'walk-forward', path, names, '--train', '200', '--test',
                               '100', '--json', home=home))
        tap.equal({row['parameters'] for row in walk['windows']}, {'instrument=N037-USD'})
        tap.check(walk['efficiency'] > 0.5, f'efficiency {walk["efficiency"]}')


tap.main()
