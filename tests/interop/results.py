"""One back-test, and what must hold for every result: whole, consistent to the last digit."""

import csv
import json
import os
import re
import tempfile
from collections import Counter
from decimal import Decimal

import tap

FILES = {'result.json', 'fills.csv', 'orders.csv', 'equity.csv', 'trips.csv', 'metrics.csv',
         'report.html', 'report.md', 'journal'}
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
    tap.check(isinstance(text, str) and DECIMAL.match(text), f'{what}: no decimal: {text!r}')
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


def check_trips(run):
    """In the order of their ends, each begun after the data did and ended after it was begun."""
    begin = min((int(row['time_ns']) for row in run.rows['fills']), default=0)
    ends = [int(row['close_time_ns']) for row in run.rows['trips']]
    tap.equal(ends, sorted(ends), 'ends of trips')
    for row in run.rows['trips']:
        tap.check(begin <= int(row['open_time_ns']) <= int(row['close_time_ns']),
                  f'a trip from {row["open_time"]} to {row["close_time"]}')


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
        tap.check(abs(float(row['drawdown']) - float(peak - equity) / float(peak)) < 1e-11,
                  f'{row["time"]}: drawdown {row["drawdown"]}')
    tap.equal(rows[-1]['equity'], run.result['end_equity'], 'the last row of equity')


def hashes(run):
    return {name: run.result[name] for name in ('config_hash', 'data_hash', 'journal_hash')}


def check_all(run):
    check_whole(run)
    check_money(run)
    check_counts(run)
    check_trips(run)
    check_equity(run)
