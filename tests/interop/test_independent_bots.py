"""Every kind of bot and of sizing beside ma_cross and score against the second calculation: every
fill, every row of equity and the end, to the last digit. maker has scenarios of its own
(tests/scenario/maker_*.scn), as bars show no order book."""

# timeout: 900

import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from compare import compare_text
from scenarios import (bars, check, config, cross, document, equity, fixed, hourly, instrument,
                       notional, quarters, score)


def bot(kind, name, instrument_name, params=None, **more):
    row = {'name': name, 'kind': kind, 'instrument': instrument_name, **more}
    return {**row, 'params': params} if params else row


# ---- Signals -------------------------------------------------------------------------------------

def test_rsi():
    check(hourly('BTC', 'SOL', to='2022-06-01'), [
        bot('rsi', 'a', 'BTC-USDT', size=equity('0.5')),
        bot('rsi', 'b', 'SOL-USDT', {'period': '7', 'oversold': '25.5', 'overbought': '62'},
            bar='4h', size=equity('0.5'), stop_loss='0.05')], slippage_bps='1')


def test_macd():
    check(hourly('ETH', 'DOGE', to='2022-06-01'), [
        bot('macd', 'a', 'ETH-USDT', size=equity('0.5')),
        bot('macd', 'b', 'DOGE-USDT', {'fast': '5', 'slow': '35', 'signal': '5'}, bar='2h',
            size=equity('0.5'))],
        [instrument('ETH-USDT'), instrument('DOGE-USDT', '0.00001', '1')], fill='this_close')


def test_bollinger():
    check(hourly('BTC', 'ADA', to='2022-06-01'), [
        bot('bollinger', 'a', 'BTC-USDT', size=equity('0.3')),
        bot('bollinger', 'b', 'BTC-USDT', {'mode': 'break', 'period': '48', 'deviations': '1.5'},
            size=equity('0.3')),
        bot('bollinger', 'c', 'ADA-USDT', {'deviations': '2.5'}, bar='4h', size=equity('0.3'))],
        [instrument('BTC-USDT'), instrument('ADA-USDT', '0.0001', '0.1')])


def test_donchian():
    check(quarters('BTC', 'ETH', to='2023-12-01'), [
        bot('donchian', 'a', 'BTC-USDT', size=equity('0.5')),
        bot('donchian', 'b', 'ETH-USDT', {'entry': '55', 'exit': '20'}, bar='1h',
            size=equity('0.5'), cooldown='3h'),
        bot('donchian', 'c', 'ETH-USDT', {'entry': '5', 'exit': '30'}, bar='4h',
            size=notional('800'))])


# ---- Conventions ---------------------------------------------------------------------------------

def ends_of(bot_of):
    """What two such bots end with, by convention: chosen by bot and by file, which is the same."""
    data, ends = hourly('BTC', 'ETH', to='2021-09-01'), {}
    for name in ('talib', 'tulip', 'classic'):
        _, result = check(data, [bot_of('a', 'BTC-USDT', convention=name),
                                 bot_of('b', 'ETH-USDT', bar='4h', convention=name)])
        bots = [bot_of('a', 'BTC-USDT'), bot_of('b', 'ETH-USDT', bar='4h')]
        _, again = compare_text(document({**config(data, bots), 'convention': name}))
        ends[name] = result['end_equity']
        tap.check(again['end_equity'] == ends[name], 'the file means something else than the bots')
    return ends


def test_conventions_of_averages():
    ends = ends_of(lambda *names, **more: cross(
        *names, 'ema', 30, 90, size=equity('0.3'), **more))
    tap.check(ends['tulip'] != ends['talib'] == ends['classic'], f'{ends}')


def test_conventions_of_macd():
    ends = ends_of(lambda *names, **more: bot('macd', *names, size=equity('0.3'), **more))
    tap.check(len(set(ends.values())) == 3, f'{ends}')


def test_conventions_of_score():
    """RSI, MACD and the ATR that averages and MACD are measured by."""
    ends = ends_of(lambda *names, **more: score(*names, size=equity('0.3'), **more))
    tap.check(len(set(ends.values())) == 3, f'{ends}')


def test_conventions_of_rsi():
    """A market that stands still and then rises: what an RSI of no moves is decides whether the
    rise crosses oversold, from 0 in talib and not from 50 in classic."""
    closes = ['100'] * 20 + ['101'] * 20 + ['100', '99', '98', '97', '98', '99', '100']
    closes += ['101'] * 9
    hours = {}
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'still.csv')
        with open(path, 'w', encoding='ascii') as file:
            file.write('ts_ms,open,high,low,close,volume\n')
            for index, (before, close) in enumerate(zip(closes[:1] + closes, closes)):
                file.write(f'{index * 3600000},{before},{max(before, close, key=float)},'
                           f'{min(before, close, key=float)},{close},1\n')
        for name in ('talib', 'tulip', 'classic'):
            expected, _ = check([bars('BTC-USDT', path, '1h')],
                                [bot('rsi', 'a', 'BTC-USDT', size=equity('0.5'), convention=name)])
            hours[name] = [fill.time_ns // (3600 * 10**9) for fill in expected.fills]
    tap.check(hours['talib'] == hours['tulip'] and hours['talib'][0] == 21, f'{hours}')
    tap.check(21 not in hours['classic'], f'{hours}')


# ---- Sizes ---------------------------------------------------------------------------------------

def test_size_by_volatility():
    size = {'method': 'volatility', 'target': '0.4'}
    check(hourly('BTC', 'SOL'), [
        cross('a', 'BTC-USDT', size=size, budget='4000'),
        cross('b', 'SOL-USDT', 'sma', 5, 12, bar='4h', size={**size, 'target': '1.5'}),
        bot('rsi', 'c', 'BTC-USDT', {'period': '5'}, size={'method': 'volatility'})])


def test_size_by_kelly():
    size = {'method': 'kelly', 'fraction': '0.5', 'cap': '0.6'}
    check(hourly('BTC', 'SOL', 'ETH'), [
        cross('a', 'BTC-USDT', size=size, budget='4000'),
        score('b', 'SOL-USDT', size={'method': 'kelly'}),
        cross('c', 'ETH-USDT', 'sma', 20, 60, size={**size, 'fraction': '1', 'cap': '1'}),
        bot('donchian', 'd', 'SOL-USDT', bar='4h', size=size, budget='2000')], slippage_bps='1')


# ---- Plans ---------------------------------------------------------------------------------------

def test_dca():
    check(hourly('BTC', 'ETH', 'SOL'), [
        bot('dca', 'a', 'BTC-USDT', {'every': '1w', 'amount': '50'}, budget='3000'),
        bot('dca', 'b', 'ETH-USDT', {'every': '30d', 'amount': '100', 'dip': '0.15'}),
        bot('dca', 'c', 'SOL-USDT', {'every': '36h', 'amount': '75', 'dip': '0.02',
                                     'max': '1234.5'}, bar='4h')], slippage_bps='2')


def test_dca_at_this_close():
    check(hourly('BTC', to='2021-12-01'), [
        bot('dca', 'a', 'BTC-USDT', {'amount': '33', 'dip': '0.1'}, budget='5000'),
        bot('dca', 'b', 'BTC-USDT', {'every': '7h', 'amount': '20', 'max': '900'})],
        fill='this_close')


def test_rebalance():
    def params(weights, band):
        return {'instruments': ['ETH-USDT', 'BTC-USDT', 'SOL-USDT'], 'weights': weights,
                'band': band}
    for fill in ('next_open', 'this_close'):
        check(hourly('BTC', 'ETH', 'SOL', to='2022-12-01'), [
            {'name': 'a', 'kind': 'rebalance', 'budget': '5000',
             'params': params(['0.3', '0.4', '0.2'], '0.03')},
            {'name': 'b', 'kind': 'rebalance', 'budget': '3000', 'bar': '1d',
             'params': params(['0.5', '0.25', '0.25'], '0.01')}], fill=fill, slippage_bps='1')


def test_grid_arithmetic():
    params = {'low': '28000', 'high': '64000', 'levels': '25'}
    for fill in ('range', 'next_open'):
        check(hourly('BTC', to='2022-02-01'), [
            bot('grid', 'a', 'BTC-USDT', params, budget='6000', size=fixed('0.01')),
            bot('grid', 'b', 'BTC-USDT', {**params, 'levels': '8'}, size=notional('300'))],
            fill=fill, slippage_bps='1')


def test_grid_geometric():
    check(quarters('ETH', 'SOL', to='2024-03-01'), [
        bot('grid', 'a', 'ETH-USDT', {'low': '1200', 'high': '2600', 'levels': '40',
                                      'spacing': 'geometric'}, budget='4000',
            size=notional('100')),
        bot('grid', 'b', 'SOL-USDT', {'low': '15', 'high': '120', 'levels': '60',
                                      'spacing': 'geometric'}, size=fixed('2'))],
        [instrument('ETH-USDT'), instrument('SOL-USDT', '0.01', '0.01')], fill='range')


def test_grid_short_of_cash():
    check([bars('BTC-USDT', 'binance_5m_2025H1_btcusdt.csv.gz', '5m', to='2025-04-01')], [
        bot('grid', 'a', 'BTC-USDT', {'low': '74000', 'high': '110000', 'levels': '37'},
            size=equity('0.1'), bar='1h')], [instrument('BTC-USDT', '0.5', '0.0001', '2')],
        cash='1500', fill='range')


tap.main()
