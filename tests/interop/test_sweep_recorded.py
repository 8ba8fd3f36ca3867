"""The evaluator of sweeps against the engine on recorded bars: gaps, dead hours, ticks, real
closes, every size and fee it takes. Each trial of a sweep by the evaluator must be that of the same
sweep by engines, to the last bit of every daily return.

# timeout: 900
"""

import json
import os
import shutil
import sqlite3
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap

SHARED = os.path.join(os.path.dirname(tap.ROOT), 'shared', 'data')
CONFIG = """tern: 1
currency: {quote}
instruments:
  - {{name: {name}, price_increment: "{tick}", quantity_increment: "{lot}"}}
account: {{{quote}: "{cash}"}}
fees: {{maker_bps: {maker}, taker_bps: {taker}}}
simulation: {{slippage_bps: {slippage}}}
data:
  - {{file: {file}, kind: bars, instrument: {name}, bar: {bar}}}
bots:
  - {{name: cross, kind: ma_cross, instrument: {name}, bar: {bar},
     params: {{average: {average}, fast: 3, slow: 8}}, size: {size}}}
"""
# File, instrument, bar, tick, lot; then what a bot does there: cash, fees, slippage, average, size.
CASES = [
    ('candles/binance_1h_btcusdt.csv.gz', 'BTC-USDT', '1h', '0.01', '0.00001',
     '100000', 5, 10, 0, 'ema', '{method: fixed, quantity: "0.37"}'),
    ('candles/binance_1h_dogeusdt.csv.gz', 'DOGE-USDT', '1h', '0.00001', '1',
     '10000', 10, 10, 3, 'sma', '{method: equity, fraction: 0.93}'),
    ('candles/binance_15m_2023_2024_solusdt.csv.gz', 'SOL-USDT', '15m', '0.01', '0.001',
     '5000', 2, 7.5, 1, 'sma', '{method: notional, amount: "777.77"}'),
    ('candles/binance_1h_xrpusdt.csv.gz', 'XRP-USDT', '1h', '0.0005', '0.1',
     '900', 0, 0, 0, 'ema', '{method: notional, amount: "1000"}'),
    ('candles/coinbase_1h_btc-usd_2017_2019.csv.gz', 'BTC-USD', '1h', '0.01', '0.00000001',
     '10000', 40, 60, 5, 'ema', '{method: equity, fraction: 1}'),
    ('candles/bitfinex_1m_btcusd_2016.csv.gz', 'BTC-USD', '1m', '0.01', '0.0001',
     '20000', 10, 20, 0, 'sma', '{method: fixed, quantity: "1.5"}'),
    ('candles/binance_5m_2025H1_ethusdt.csv.gz', 'ETH-USDT', '5m', '0.01', '0.0001',
     '3000', 7.5, 7.5, 0, 'ema', '{method: equity, fraction: 0.5}'),
]
SPACE = ['bots.cross.params.fast=2,5,9,20', 'bots.cross.params.slow=9,21,50,200']


def trials(program_home, config, store, *more):
    answer = tap.tern('backtest', 'sweep', config, *SPACE, *more, '-o', store, '--no-trials', '-n',
                      '1', env=dict(os.environ, HOME=program_home, LANG='C.UTF-8'))
    tap.check(answer.returncode == 0, answer.stderr)
    with sqlite3.connect(store) as base:
        rows = base.execute('SELECT id, state, sharpe, end_equity, fees, fills, returns FROM trial '
                            'ORDER BY id').fetchall()
    return rows, answer.stderr


def test_evaluator_equals_engine_on_recorded_bars():
    if not os.path.isdir(SHARED):
        tap.skip('no recorded data beside the sources')
    home = tempfile.mkdtemp(prefix='tern-recorded-')
    fills = 0
    try:
        for number, case in enumerate(CASES):
            (file, name, bar, tick, lot, cash, maker, taker, slippage, average, size) = case
            config = os.path.join(home, f'case-{number}.yaml')
            with open(config, 'w', encoding='utf-8') as out:
                out.write(CONFIG.format(file=os.path.join(SHARED, file), name=name, bar=bar,
                                        tick=tick, lot=lot, cash=cash, maker=maker, taker=taker,
                                        slippage=slippage, average=average, size=size,
                                        quote=name.split('-')[1]))
            one, said = trials(home, config, os.path.join(home, f'{number}-evaluator.db'))
            tap.check('evaluated many at once; 3 of them confirmed' in said, f'{file}: {said}')
            # A third key, of one value, is nothing the evaluator takes.
            other, said = trials(home, config, os.path.join(home, f'{number}-engine.db'),
                                 'bots.cross.confirm=0')
            tap.check('one engine a core' in said, f'{file}: {said}')
            tap.equal(len(one), len(other), file)
            for mine, engines in zip(one, other):
                tap.equal(mine, engines, f'{file}, trial {mine[0]}')
            ran = [row for row in one if row[1] == 1]
            tap.equal(len(ran), 14, f'{file}: pairs that are some')
            tap.check(all(row[5] > 10 for row in ran), f'{file}: trades')
            fills += sum(row[5] for row in ran)
            print(f'# {file}: {len(ran)} trials, {sum(row[5] for row in ran)} fills')
    finally:
        shutil.rmtree(home, ignore_errors=True)
    tap.check(fills > 100000, f'{fills} fills')


def test_halving_equals_engine_on_recorded_bars():
    if not os.path.isdir(SHARED):
        tap.skip('no recorded data beside the sources')
    home = tempfile.mkdtemp(prefix='tern-recorded-')
    try:
        file, name, bar, tick, lot, cash, maker, taker, slippage, average, size = CASES[4]
        config = os.path.join(home, 'case.yaml')
        with open(config, 'w', encoding='utf-8') as out:
            out.write(CONFIG.format(file=os.path.join(SHARED, file), name=name, bar=bar, tick=tick,
                                    lot=lot, cash=cash, maker=maker, taker=taker,
                                    slippage=slippage, average=average, size=size, quote='USD'))
        one, _ = trials(home, config, os.path.join(home, 'evaluator.db'), '--halving', '2')
        other, _ = trials(home, config, os.path.join(home, 'engine.db'), '--halving', '2',
                          'bots.cross.confirm=0')
        tap.equal(one, other, 'every run of every rung')
        shown = json.loads(tap.tern('sweep', 'show', os.path.join(home, 'evaluator.db'),
                                    '--json').stdout)
        tap.check(len(shown['rungs']) >= 3, str(shown['rungs']))
    finally:
        shutil.rmtree(home, ignore_errors=True)


tap.main()
