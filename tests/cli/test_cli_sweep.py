"""Sweeps, walk-forward and results side by side, from the command line."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from support import DATA, folder, good, refused

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
GRID = ['--grid', 'bots.cross.params.fast=2:8:2', 'bots.cross.params.slow=10:30:10']


def write(home, more=''):
    path = os.path.join(home, 'cross.yaml')
    with open(path, 'w', encoding='utf-8') as file:
        file.write(CROSS % os.path.join(DATA, 'btc-1h.csv') + more)
    return path


def test_sweep_is_kept_and_shown():
    with folder() as home:
        path = write(home)
        answer = json.loads(good('backtest', 'sweep', path, *GRID, '--json', home=home))
        tap.equal(answer['trials'], 12, 'trials')
        again = json.loads(good('sweep', 'show', 'cross', '--json', home=home))
        tap.equal(again, answer, 'show')
        lines = good('sweep', 'export', 'cross', home=home).splitlines()
        tap.equal(len(lines), 13, 'export')
        tap.check('cross-' in good('sweep', 'list', home=home), 'list')
        applied = os.path.join(home, 'best.yaml')
        with open(applied, 'w', encoding='utf-8') as file:
            file.write(good('sweep', 'apply', 'cross', home=home))
        best = answer['best'][0]
        result = json.loads(good('backtest', 'run', applied, '--json', home=home))
        tap.equal(result['end_equity'], best['end_equity'], 'the best by the engine')
        tap.equal(result['fills'], best['fills'], 'its fills')
        windows = json.loads(good('backtest', 'walk-forward', 'cross', '--train', '8', '--test',
                                  '3', '--json', home=home))
        tap.check(len(windows['windows']) >= 1, 'windows')


def test_sweep_refuses():
    with folder() as home:
        path = write(home)
        refused(2, 'backtest', 'sweep', path, home=home, says='no key')
        refused(2, 'backtest', 'sweep', path, '--grid', 'bots.cross.params.fast', home=home)
        refused(5, 'backtest', 'sweep', path, '--grid', 'bots.other.params.fast=2:8:2', home=home,
                says='other')
        refused(2, 'backtest', 'sweep', path, '--grid', 'data=1,2', home=home, says='data')
        refused(3, 'sweep', 'show', 'nothing', home=home, says='no sweep')
        good('backtest', 'sweep', path, *GRID, home=home)
        write(home, 'simulation: {slippage_bps: 3}\n')
        refused(5, 'backtest', 'sweep', path, *GRID, home=home,
                says='simulation.slippage_bps was 0, now 3')


def test_halving_by_the_surface():
    with folder() as home:
        path = write(home)
        args = ('backtest', 'sweep', path, *GRID)
        answer = json.loads(good(*args, '--halving', '2', '--rungs', '3', '--json', home=home))
        ran = [rung['ran'] for rung in answer['rungs']]
        tap.equal(ran, [12, 6, 3], 'who ran')
        tap.equal(answer['trials'], 21, 'all of them count')
        tap.equal(answer['trials_counted'], 21, 'in the trials file too')
        days = [rung['days'] for rung in answer['rungs']]
        tap.check(days[0] < days[1] < days[2] == answer['days'], str(days))
        whole = json.loads(good(*args, '--json', '-n', '0', home=home))
        by_number = {trial['trial']: trial for trial in whole['best']}
        for trial in answer['best'][:3]:
            tap.equal(trial['rung'], 3, 'the last rung first')
            tap.equal(trial['end_equity'], by_number[trial['trial']]['end_equity'], 'over all days')
        tap.check('RUNGS' not in good('sweep', 'show', 'cross', home=home), 'newest has none')
        refused(2, *args, '--halving', '1', home=home, says='2 to 64')
        refused(2, *args, '--halving', '65', home=home, says='64')
        refused(2, *args, '--rungs', '3', home=home, says='without --halving')
        refused(2, *args, '--halving', '2', '--rungs', '1', home=home, says='2 to 16')
        refused(2, *args, '--halving', '2', home=home, says='60 days at least')
        refused(2, *args, '--random', '3', '--latin', '3', home=home, says='one of them')
        store = os.path.join(home, 'halved.db')
        good(*args, '--halving', '3', '--rungs', '2', '-o', store, home=home)
        refused(5, *args, '--halving', '2', '--rungs', '2', '-o', store, home=home,
                says='halving was 3, now 2')
        refused(2, 'backtest', 'walk-forward', store, home=home)


def test_map_and_page():
    with folder() as home:
        path = write(home)
        good('backtest', 'sweep', path, *GRID, home=home)
        shown = good('sweep', 'show', 'cross', '--map', '--plain', home=home).splitlines()
        cells = [line.split('\t') for line in shown if line.startswith('map\t')]
        tap.equal(len(cells), 12, 'cells')
        answer = json.loads(good('sweep', 'show', 'cross', '--map', '--json', home=home))
        tap.equal(len(answer['map']['cells']), 12, 'cells of JSON')
        shares = [row['share'] for row in answer['importance']]
        tap.check(0 < sum(shares) <= 1.000001 and shares == sorted(shares, reverse=True), shares)
        best = answer['around_best']
        tap.equal(best['trial'], answer['best'][0]['trial'], 'the best')
        tap.check(2 < best['neighbours'] < 9 and best['worst'] <= best['mean'], str(best))
        tap.check('map' not in json.loads(good('sweep', 'show', 'cross', '--json', home=home)), '')
        one = json.loads(good('sweep', 'show', 'cross', '--map', '--axes', 'slow', '--metric',
                              'drawdown', '--json', home=home))
        tap.equal(len(one['map']['cells']), 3, 'one axis')
        tap.equal(one['metric'], 'drawdown', 'metric')
        page = good('sweep', 'export', 'cross', '--html', '--axes', 'fast,slow', home=home)
        tap.check(page.startswith('<!doctype html>') and page.rstrip().endswith('</html>'), 'page')
        tap.check('http' not in page.replace('http-equiv', ''), 'no network')
        refused(2, 'sweep', 'show', 'cross', '--map', '--axes', 'fast,quick', home=home,
                says='fast slow')
        refused(2, 'sweep', 'show', 'cross', '--map', '--axes', 'fast,fast', home=home)
        refused(2, 'sweep', 'export', 'cross', '--html', '--metric', 'beauty', home=home,
                says='drawdown')


def test_sweeps_side_by_side():
    with folder() as home:
        path = write(home)
        a, b = os.path.join(home, 'a.db'), os.path.join(home, 'b.db')
        good('backtest', 'sweep', path, *GRID, '-o', a, home=home)
        write(home, 'simulation: {slippage_bps: 3}\n')
        good('backtest', 'sweep', path, 'bots.cross.params.fast=4,6',
             'bots.cross.params.slow=20:40:10', '-o', b, home=home)
        answer = json.loads(good('sweep', 'compare', a, b, a, '--json', home=home))
        first, second, third = answer['sweeps']
        tap.equal(second['in_common'], 4, 'in common')
        tap.equal(third['in_common'], 12, 'with itself')
        tap.equal(third['rank_correlation'], 1, 'with itself')
        tap.equal(first['data_hash'], second['data_hash'], 'data')
        tap.check(first['sharpe_worst'] <= first['sharpe_median'] <= first['sharpe_best'], 'order')
        keys = {(row['sweep'], row['of'], row['key']) for row in answer['differences']}
        tap.equal(keys, {('B', 'settings', 'simulation.slippage_bps'),
                         ('B', 'space', 'bots.cross.params.fast'),
                         ('B', 'space', 'bots.cross.params.slow')}, 'differences')
        plain = good('sweep', 'compare', a, b, '--plain', home=home)
        tap.check('\nsweeps\tsharpe_median\t' in plain and '\noverlap\tB\t4\t' in plain, plain)
        refused(2, 'sweep', 'compare', a, home=home)
        refused(3, 'sweep', 'compare', a, 'nothing', home=home, says='no sweep')


def test_apply_round_trips():
    """What apply writes is the configuration of that trial, whatever comments it has, and the
    engine says of it what the sweep said, to the last digit."""
    with folder() as home:
        path = write(home, 'simulation: {slippage_bps: 7}\n')
        args = ('backtest', 'sweep', path, *GRID)
        whole = json.loads(good(*args, '--json', '-n', '0', home=home))
        for trial in (whole['best'][0], whole['best'][5], whole['best'][-1]):
            text = good('sweep', 'apply', 'cross', str(trial['trial']), home=home)
            head = [line for line in text.splitlines() if line.startswith('#')]
            said = {line.split()[1]: line.split()[2] for line in head[1:]}
            applied = os.path.join(home, 'elsewhere', 'applied.yaml')
            os.makedirs(os.path.dirname(applied), exist_ok=True)
            with open(applied, 'w', encoding='utf-8') as file:
                file.write(text)
            result = json.loads(good('backtest', 'run', applied, '--json', '--no-trials',
                                     home=home))
            for name in ('end_equity', 'fees', 'fills'):
                tap.equal(str(result[name]), str(trial[name]), name)
                tap.equal(said[name], str(trial[name]), name + ' in the comment')
            tap.equal(result['data_hash'], said['data_hash'], 'data')
            valid = json.loads(good('config', 'validate', applied, '--json', home=home))
            tap.equal(valid['config_hash'], result['config_hash'], 'validate')
            tap.equal(int(said['trials_counted']), whole['trials_counted'], 'trials')
            bare = os.path.join(home, 'bare.yaml')
            with open(bare, 'w', encoding='utf-8') as file:
                file.write('\n'.join(line for line in text.splitlines() if line not in head))
            again = json.loads(good('config', 'validate', bare, '--json', home=home))
            tap.equal(again['config_hash'], valid['config_hash'], 'comments change nothing')
        tap.equal(float(text and said['sharpe_period']) * 365 ** 0.5, trial['sharpe'], 'sharpe')
        refused(3, 'sweep', 'apply', 'cross', '999', home=home, says='no trial')
        refused(2, 'sweep', 'apply', 'cross', 'first', home=home, says='first')


def test_compare_says_what_differs():
    with folder() as home:
        path = write(home)
        one, other = os.path.join(home, 'a'), os.path.join(home, 'b')
        good('backtest', 'run', path, '--out', one, home=home)
        write(home, 'simulation: {slippage_bps: 3}\n')
        good('backtest', 'run', path, '--out', other, home=home)
        same = json.loads(good('backtest', 'compare', one, one, '--json', home=home))
        tap.equal(same['differ'], 0, 'the same')
        rows = json.loads(good('backtest', 'compare', one, other, '--json', home=home))['rows']
        differs = {row['name'] for row in rows if row['differs']}
        tap.check({'config_hash', 'journal_hash', 'end_equity'} <= differs, str(differs))
        tap.check('data_hash' not in differs, 'data')


tap.main()
