"""The examples run, give whole and consistent results, the same each time and from every folder, and
those recorded in tests/golden/examples.json. Where a change of results is meant:

    python3 tests/interop/test_examples.py --accept

writes what build/run/src/app/tern computes now; say in the commit why."""

# timeout: 600

import csv
import glob
import json
import os
import re
import sys
import tempfile
from collections import Counter
from decimal import Decimal

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap

EXAMPLES = sorted(glob.glob(os.path.join(tap.ROOT, 'examples', '*.yaml')))
GOLDEN = os.path.join(tap.ROOT, 'tests', 'golden', 'examples.json')
FILES = {'result.json', 'fills.csv', 'orders.csv', 'equity.csv', 'trips.csv', 'report.html',
         'journal'}
FIELDS = ('schema version config_hash data_hash journal_hash seed from to inputs bars wall_seconds '
          'currency start_equity end_equity realized unrealized fees funding orders fills trips '
          'trials denied metrics warnings bots').split()
METRICS = ('return cagr sharpe sortino calmar max_drawdown profit_factor expectancy win_rate '
           'exposure turnover sqn deflated_sharpe').split()
COLUMNS = {
    'fills': 'time,time_ns,bot,instrument,side,quantity,price,fee,fee_asset,liquidity,'
             'client_order_id,venue_trade_id',
    'equity': 'time,time_ns,equity,cash,exposure,drawdown'}
DECIMAL = re.compile(r'^-?(0|[1-9]\d*)(\.\d*[1-9])?$')
HASH = re.compile(r'^[0-9a-f]{32}$')


class Run:
    """One back-test into a directory of its own: result, and rows by name of the CSV file."""

    def __init__(self, path, **options):
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, 'out')
            answer = tap.tern('backtest', 'run', path, '--out', out, '--json', '--no-trials',
                              **options)
            tap.check(answer.returncode == 0, f'{path}: exit code {answer.returncode}\n'
                      f'{answer.stderr}')
            self.result = json.loads(answer.stdout)
            self.files = set(os.listdir(out))
            with open(os.path.join(out, 'result.json'), encoding='utf-8') as file:
                self.written = json.load(file)
            self.heads, self.rows = {}, {}
            for name in ('fills', 'orders', 'equity', 'trips'):
                with open(os.path.join(out, f'{name}.csv'), encoding='utf-8', newline='') as file:
                    self.heads[name] = file.readline().rstrip('\n')
                    file.seek(0)
                    self.rows[name] = list(csv.DictReader(file))


def amount(text, what):
    """A decimal as results have them: a string, no exponent, no zeros at the end."""
    tap.check(isinstance(text, str) and DECIMAL.match(text), f'{what}: {text!r} is no plain decimal')
    return Decimal(text)


def total(rows, name):
    return sum((amount(row[name], name) for row in rows), Decimal(0))


def realized_by_bot(fills):
    """What fills say of profit: proceeds less cost, first in first out, before fees."""
    lots, realized = {}, Counter()
    for fill in fills:
        quantity, price = Decimal(fill['quantity']), Decimal(fill['price'])
        queue = lots.setdefault((fill['bot'], fill['instrument']), [])
        if fill['side'] == 'buy':
            queue.append([quantity, price])
            continue
        while quantity:
            tap.check(queue, f'{fill["time"]}: {fill["bot"]} sells what it has not got')
            part = min(quantity, queue[0][0])
            realized[fill['bot']] += part * (price - queue[0][1])
            quantity -= part
            queue[0][0] -= part
            if not queue[0][0]:
                queue.pop(0)
    return realized


def check_whole(run):
    tap.equal(run.files, FILES, 'files of a result')
    tap.equal(run.written, run.result, 'result.json and --json')
    tap.equal([name for name in FIELDS if name not in run.result], [], 'fields that are missing')
    tap.equal([name for name in METRICS if name not in run.result['metrics']], [],
              'metrics that are missing')
    tap.equal(run.result['schema'], 'tern.backtest/1', 'schema')
    for name in ('config_hash', 'data_hash', 'journal_hash'):
        tap.check(HASH.match(run.result[name]), f'{name}: {run.result[name]!r}')
    for name, head in COLUMNS.items():
        tap.equal(run.heads[name], head, f'columns of {name}.csv')


def check_money(run):
    result = run.result
    money = {name: amount(result[name], name) for name in
             ('start_equity', 'end_equity', 'realized', 'unrealized', 'fees', 'funding')}
    tap.equal(money['end_equity'], money['start_equity'] + money['realized'] + money['unrealized']
              - money['fees'] + money['funding'], 'end equity')
    for name in ('realized', 'unrealized', 'fees'):
        tap.equal(total(result['bots'], name), money[name], f'{name} of all bots')
    tap.equal(total(run.rows['fills'], 'fee'), money['fees'], 'fees of all fills')
    realized = realized_by_bot(run.rows['fills'])
    for bot in result['bots']:
        tap.equal(amount(bot['realized'], 'realized'), realized[bot['name']],
                  f'realized of {bot["name"]} by its fills')


def check_counts(run):
    result, orders = run.result, run.rows['orders']
    tap.equal(len(run.rows['fills']), result['fills'], 'fills')
    tap.equal(len(run.rows['trips']), result['trips'], 'trips')
    tap.equal(sum(bot['trips'] for bot in result['bots']), result['trips'], 'trips of all bots')
    denied = Counter(row['reason'] for row in orders if row['state'] == 'denied')
    tap.equal(dict(denied), result['denied'], 'denied orders by reason')
    tap.equal(len(orders) - denied.total(), result['orders'], 'orders')


def check_equity(run):
    rows, before = run.rows['equity'], 0
    peak = amount(run.result['start_equity'], 'start_equity')
    for row in rows:
        tap.check(int(row['time_ns']) > before, f'{row["time"]}: times do not grow')
        before = int(row['time_ns'])
        equity = amount(row['equity'], 'equity')
        tap.equal(equity, amount(row['cash'], 'cash') + amount(row['exposure'], 'exposure'),
                  f'{row["time"]}: cash and exposure')
        peak = max(peak, equity)
        tap.check(abs(Decimal(row['drawdown']) - (peak - equity) / peak) < Decimal('1e-11'),
                  f'{row["time"]}: drawdown {row["drawdown"]}')
    tap.equal(rows[-1]['equity'], run.result['end_equity'], 'the last row of equity')


def hashes(run):
    return {name: run.result[name] for name in ('config_hash', 'data_hash', 'journal_hash')}


def check_example(path):
    run = Run(path)
    check_whole(run)
    check_money(run)
    check_counts(run)
    check_equity(run)
    tap.equal(hashes(Run(path)), hashes(run), 'a second run')
    tap.check(run.result['fills'] > 20, 'an example that hardly trades')


def test_there_are_examples():
    names = [os.path.basename(path) for path in EXAMPLES]
    for name in ('cross.yaml', 'desk.yaml', 'range.yaml', 'score.yaml'):
        tap.check(name in names, f'examples/{name} is missing')


def test_results_do_not_depend_on_the_folder():
    """Neither on the one it is started in nor on the one the files lie in."""
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, 'a', 'b c')
        os.makedirs(copy)
        os.symlink(os.path.join(tap.ROOT, 'examples', 'data'), os.path.join(copy, 'data'))
        for path in EXAMPLES:
            expected = hashes(Run(path))
            relative = os.path.relpath(path, folder)
            tap.equal(hashes(Run(relative, cwd=folder)), expected, f'{relative} from {folder}')
            with open(path, encoding='utf-8') as source, \
                    open(os.path.join(copy, 'x.yaml'), 'w', encoding='utf-8') as target:
                target.write(source.read())
            tap.equal(hashes(Run('x.yaml', cwd=copy)), expected, f'{path} elsewhere')


def test_results_are_those_recorded():
    with open(GOLDEN, encoding='utf-8') as file:
        recorded = json.load(file)
    tap.equal(sorted(recorded), [os.path.basename(path) for path in EXAMPLES], 'recorded examples')
    bad = [f'{name}: {key} is {value}, recorded {recorded[name].get(key)}'
           for name, run in ((os.path.basename(path), Run(path)) for path in EXAMPLES)
           for key, value in hashes(run).items() if recorded[name].get(key) != value]
    tap.none(bad, 'other results than those recorded; where that is meant: '
             'python3 tests/interop/test_examples.py --accept')


def make_test(path):
    def test():
        check_example(path)
    return test


for example in EXAMPLES:
    globals()[f'test_{os.path.splitext(os.path.basename(example))[0]}'] = make_test(example)

if sys.argv[1:] == ['--accept']:
    with open(GOLDEN, 'w', encoding='utf-8') as golden:
        json.dump({os.path.basename(path): hashes(Run(path)) for path in EXAMPLES}, golden, indent=2)
        golden.write('\n')
else:
    tap.main()
