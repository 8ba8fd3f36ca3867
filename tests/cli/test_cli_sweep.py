"""Sweeps, walk-forward and results side by side, from the command line."""

import json
import os

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
        refused(5, 'backtest', 'sweep', path, *GRID, home=home, says='simulation.slippage_bps was 0, now 3')


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
