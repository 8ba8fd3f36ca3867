"""Runs one configuration with tern and with the independent calculation, and compares them."""

import csv
import json
import os
import sys
import tempfile
from decimal import Decimal

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import independent
import tap

SHARED = os.path.join(tap.ROOT, '..', 'shared', 'data', 'candles')


class Refused(AssertionError):
    """tern does not take the configuration or the data; its text says why."""


def shared(name):
    """A recorded file that does not ship with tern; skips where it is not there."""
    path = os.path.normpath(os.path.join(SHARED, name))
    if not os.path.exists(path):
        tap.skip(f'needs ../shared/data/candles/{name}')
    return path


def compare_text(text):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'test.yaml')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        return compare_file(path)


def compare_file(path, quiet=False):
    """Fails with the first difference; returns (the independent calculation, tern's result)."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, 'out')
        answer = tap.tern('backtest', 'run', path, '--out', out, '--json', '--no-trials')
        if answer.returncode == 5:
            raise Refused(answer.stderr)
        tap.check(answer.returncode == 0, f'exit code {answer.returncode}: {answer.stderr}')
        result = json.loads(answer.stdout)
        found = {name: rows(os.path.join(out, f'{name}.csv'))
                 for name in ('fills', 'orders', 'equity')}
    expected = independent.run_file(path)
    compare_fills(expected, found)
    compare_equity(expected, found)
    compare_result(expected, result)
    if not quiet:
        print(f'# {len(expected.fills)} fills, {len(expected.rows)} rows of equity, '
              f'end {independent.plain(expected.end_equity)}')
    return expected, result


def rows(path):
    with open(path, encoding='utf-8', newline='') as file:
        return list(csv.DictReader(file))


def compare_fills(expected, found):
    wanted = [tuple(independent.plain(value) if isinstance(value, Decimal) else str(value)
                    for value in fill) for fill in expected.fills]
    have = [tuple(row[name] for name in independent.Fill._fields) for row in found['fills']]
    for index in range(max(len(wanted), len(have))):
        ours = wanted[index] if index < len(wanted) else None
        terns = have[index] if index < len(have) else None
        if ours != terns:
            raise AssertionError(explain(expected, found, index, ours, terns))


def explain(expected, found, index, ours, terns):
    """The first fill that differs, and what either side knew when it was decided."""
    lines = [f'fill {index} of {len(expected.fills)} expected and {len(found["fills"])} found',
             f'  independent: {ours}', f'  tern:        {terns}']
    first = min(int(fill[0]) for fill in (ours, terns) if fill)
    bots = {fill[1] for fill in (ours, terns) if fill}
    for bot in sorted(bots):
        lines.append(f'  decisions of {bot}, independent:')
        times = [now for name, now in expected.decisions if name == bot and now <= first]
        for now in sorted(times)[-4:]:
            said = ', '.join(f'{key} {brief(value)}'
                             for key, value in expected.decisions[bot, now].items())
            lines.append(f'    {now}: {said}')
        lines.append(f'  orders of {bot}, tern:')
        orders = [row for row in found['orders'] if row['bot'] == bot]
        near = [row for row in orders if int(row['time_ns']) <= first + 86400 * 10**9]
        lines += [f'    {dict(row)}' for row in near[-4:]]
    lines.append('  equity, tern:')
    lines += [f'    {dict(row)}' for row in found['equity'] if int(row['time_ns']) <= first][-2:]
    return '\n'.join(lines)


def brief(value):
    return f'{value:.20g}' if isinstance(value, Decimal) else value


def compare_equity(expected, found):
    have = found['equity']
    peak = expected.start_equity
    for index, row in enumerate(expected.rows[:len(have)]):
        peak = max(peak, row.equity)
        wanted = {'time_ns': str(row.time_ns), 'equity': independent.plain(row.equity),
                  'cash': independent.plain(row.cash),
                  'exposure': independent.plain(row.equity - row.cash)}
        got = {name: have[index][name] for name in wanted}
        tap.equal(got, wanted, f'row {index} of equity.csv')
        fall = float(peak - row.equity) / float(peak)
        tap.check(abs(float(have[index]['drawdown']) - fall) < 1e-11,
                  f'row {index} of equity.csv: drawdown {have[index]["drawdown"]}, not {fall}')
    tap.equal(len(have), len(expected.rows), 'rows of equity.csv')


def compare_result(expected, result):
    tap.equal(result['start_equity'], independent.plain(expected.start_equity), 'start_equity')
    tap.equal(result['end_equity'], independent.plain(expected.end_equity), 'end_equity')
    tap.equal(result['fills'], len(expected.fills), 'fills')
    totals = expected.totals()
    for name in ('realized', 'unrealized', 'fees'):
        index = ('realized', 'unrealized', 'fees').index(name)
        tap.equal(result[name], independent.plain(sum(t[index] for t in totals.values())), name)
        for bot in result['bots']:
            tap.equal(bot[name], independent.plain(totals[bot['name']][index]),
                      f'{name} of {bot["name"]}')
