"""Every recorded session that is at hand, with a bot that quotes and one that follows the trend:
the same twice, read back from its journal, and what is wrong with the recording is said."""

# timeout: 600

import os
import sys
import tempfile
from collections import Counter

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from results import Run, check_all, hashes
from scenarios import document, fixed, instrument

SHARED = os.path.join(tap.ROOT, '..', 'shared', 'data')


def session(book, kind, trades, name, tick, lot, size, *warnings):
    return {'book': book, 'kind': kind, 'trades': trades, 'name': name, 'tick': tick, 'lot': lot,
            'size': size, 'warnings': warnings}


SPOT, BTC, ETH = (f'l2/binance_{name}_20240808_'
                  for name in ('spot_btcusdt', 'usdm_btcusdt', 'usdm_ethusdt'))
BEHIND = "the recorder's clock was behind"
SESSIONS = (
    session(SPOT + 'l2', 'depth', SPOT + 'trades', 'BTC-USDT', '0.01', '0.00001', '0.02', BEHIND),
    session(SPOT + 'bbo', 'quotes', SPOT + 'trades', 'BTC-USDT', '0.01', '0.00001', '0.02', BEHIND),
    session(BTC + 'l2', 'depth', BTC + 'trades', 'BTC-USDT', '0.1', '0.001', '0.02', BEHIND),
    session(BTC + 'bbo', 'quotes', BTC + 'trades', 'BTC-USDT', '0.1', '0.001', '0.02', BEHIND),
    session(ETH + 'l2', 'depth', ETH + 'trades', 'ETH-USDT', '0.01', '0.001', '0.3', BEHIND),
    session(ETH + 'bbo', 'quotes', ETH + 'trades', 'ETH-USDT', '0.01', '0.001', '0.3', BEHIND),
    session('l2/coinbase_btc-usd_20260809_l2', 'depth', 'l2/coinbase_btc-usd_20260809_trades',
            'BTC-USD', '0.01', '0.00000001', '0.01', BEHIND),
    session('l2/coinbase_eth-usd_20260809_l2', 'depth', 'l2/coinbase_eth-usd_20260809_trades',
            'ETH-USD', '0.01', '0.00000001', '0.3', BEHIND),
    session('l2/coinbase_btc-usd_20260809_ticker', 'quotes', 'l2/coinbase_btc-usd_20260809_trades',
            'BTC-USD', '0.01', '0.00000001', '0.01', BEHIND),
    session('l2/coinbase_eth-usd_20260809_ticker', 'quotes', 'l2/coinbase_eth-usd_20260809_trades',
            'ETH-USD', '0.01', '0.00000001', '0.3', BEHIND),
    # Quotes end after four minutes, trades go on for two hours.
    session('trades/binance_usdm_btcusdt_20200222_quotes', 'quotes',
            'trades/binance_usdm_btcusdt_20200222_trades', 'BTC-USDT', '0.01', '0.001', '0.1',
            'order book of BTC-USDT: 1 times silent for more than 60.000 s', 'not valid for 72'),
    session('trades/gemini_eth-usd_20210701_bbo1s', 'quotes',
            'trades/gemini_eth-usd_20210701_trades', 'ETH-USD', '0.01', '0.000001', '0.3'),
)


def path_of(name):
    path = os.path.normpath(os.path.join(SHARED, name + '.csv.gz'))
    if not os.path.exists(path):
        tap.skip(f'needs ../shared/data/{name}.csv.gz')
    return path


def config(row):
    name, quote = row['name'], row['name'].split('-')[1]
    data = [{'file': path_of(row['book']), 'kind': row['kind'], 'instrument': name},
            {'file': path_of(row['trades']), 'kind': 'trades', 'instrument': name}]
    bots = [{'name': 'quotes', 'kind': 'maker', 'instrument': name, 'size': fixed(row['size']),
             'params': {'levels': 2, 'spread': '0.0002', 'skew': '0.5', 'refresh': '1s'}},
            {'name': 'trend', 'kind': 'ma_cross', 'instrument': name, 'bar': '1s',
             'params': {'average': 'sma', 'fast': 2, 'slow': 5}, 'size': fixed(row['size'])}]
    return {'currency': quote, 'instruments': [instrument(name, row['tick'], row['lot'])],
            'account': {quote: '1000000'}, 'fees': {'maker_bps': '1', 'taker_bps': '2'},
            'cycle': '1s', 'simulation': {'latency': '20ms', 'queue': {'model': 'power'}},
            'data': data, 'bots': bots}


def play(row):
    with tempfile.TemporaryDirectory() as folder:
        path, out = os.path.join(folder, 'session.yaml'), os.path.join(folder, 'out')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(document(config(row)))
        run = Run(path)
        check_all(run)
        answer = tap.tern('backtest', 'run', path, '--no-trials', '--quiet', '--out', out)
        tap.equal(answer.returncode, 0, answer.stderr)
        answer = tap.tern('journal', 'replay', os.path.join(out, 'journal'))
        tap.check('same frames, same state' in answer.stdout, answer.stdout + answer.stderr)
    warnings = '\n'.join(run.result['warnings'])
    for word in row['warnings']:
        tap.check(word in warnings, f'{row["book"]}: no "{word}" in {warnings}')
    if not row['warnings']:
        for word in ('order book of', 'clock', 'silent'):
            tap.check(word not in warnings, f'{row["book"]}: {warnings}')
    for word in ('gap', 'crossed', 'unready'):
        tap.check(word + ' ' not in warnings.replace('data gap', ''), f'{row["book"]}: {warnings}')
    kinds = Counter((fill['bot'], fill['liquidity']) for fill in run.rows['fills'])
    tap.check(set(kinds) <= {('quotes', 'maker'), ('trend', 'taker')}, f'{row["book"]}: {kinds}')
    print(f'# {row["book"]}: {dict(kinds)}')
    return kinds


def test_every_session():
    totals = Counter()
    for row in SESSIONS:
        totals += play(row)
    tap.check(totals[('quotes', 'maker')] > 1000 and totals[('trend', 'taker')] > 1000, f'{totals}')


tap.main()
