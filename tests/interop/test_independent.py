"""Back-tests of tern against a second, independent calculation of them (independent.py): every
fill, every row of equity and the end, to the last digit."""

# timeout: 900

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from compare import compare_file
from scenarios import (bars, check, cross, equity, fixed, hourly, instrument, notional, quarters,
                       score)

EXAMPLES = os.path.join(tap.ROOT, 'examples')

# ---- One bot -------------------------------------------------------------------------------------

def test_all_of_the_equity_over_four_years():
    check(hourly('BTC'), [cross('a', 'BTC-USDT', size=equity('1'))], slippage_bps='2')


def test_fixed_size_at_this_close():
    check(hourly('ETH'), [cross('a', 'ETH-USDT', 'sma', 24, 120, size=fixed('0.37'))],
          fill='this_close', slippage_bps='1.5')


def test_score_of_three_signals():
    check(hourly('BTC'), [score('a', 'BTC-USDT')])


def test_score_with_other_weights_and_confidence():
    check(quarters('ETH'), [score(
        'a', 'ETH-USDT', enter='0.2', exit='-0.1', confidence_min='0.6', size=notional('900'),
        signals={'rsi': {'weight': '0.2', 'period': '9', 'oversold': '25', 'overbought': '80'},
                 'ma': {'weight': '0.5', 'fast': '5', 'slow': '34'},
                 'macd': {'weight': '0.3', 'fast': '8', 'slow': '21', 'signal': '5'}})])


def test_score_of_one_signal():
    for signals in ({'rsi': {}}, {'ma': {'weight': '3'}}, {'macd': {'signal': '4'}}):
        check(quarters('XRP', to='2023-08-01'), [score('a', 'XRP-USDT', signals=signals)],
              [instrument('XRP-USDT', '0.0001', '1')])


def test_no_fees():
    check(hourly('LTC'), [cross('a', 'LTC-USDT', size=equity('1'))], bps='0')


# ---- Several bots --------------------------------------------------------------------------------

def test_bots_that_share_the_account():
    check(hourly('BTC', 'ETH', 'ADA', to='2022-12-01'), [
        cross('a', 'BTC-USDT', size=equity('0.6')),
        cross('b', 'ETH-USDT', 'sma', size=equity('0.6')),
        score('c', 'ADA-USDT', size=equity('0.6')),
        cross('d', 'BTC-USDT', 'sma', 5, 50, size=notional('4000'))], slippage_bps='3')


def test_bots_that_share_the_account_at_this_close():
    check(hourly('BTC', 'ETH', 'ADA', to='2022-12-01'), [
        cross('a', 'BTC-USDT', size=equity('0.6')),
        cross('b', 'ETH-USDT', 'sma', size=equity('0.6')),
        score('c', 'ADA-USDT', size=equity('0.6')),
        cross('d', 'BTC-USDT', 'sma', 5, 50, size=notional('4000'))], fill='this_close')


def test_budgets_beside_the_account():
    check(hourly('BTC', 'ETH', to='2022-06-01'), [
        cross('a', 'BTC-USDT', budget='2000', size=equity('1')),
        score('b', 'ETH-USDT', budget='1500.5', size=equity('0.9')),
        score('c', 'BTC-USDT', size=equity('0.5')),
        cross('d', 'ETH-USDT', 'sma', 20, 60, size=equity('0.5'))], slippage_bps='1')


def test_orders_of_bots_and_instruments_at_one_instant():
    """Instruments in another order than bots, and bots that do the same."""
    check(hourly('ETH', 'BTC', to='2021-05-01'), [
        cross('z', 'BTC-USDT', size=fixed('0.05')), cross('y', 'ETH-USDT', size=fixed('1')),
        cross('x', 'BTC-USDT', size=fixed('0.06')), cross('w', 'ETH-USDT', size=fixed('2'))],
        [instrument('BTC-USDT'), instrument('ETH-USDT')])


# ---- Stops, confirmation, cooldown ---------------------------------------------------------------

def test_stops():
    check(hourly('BTC', 'SOL', to='2022-01-01'), [
        cross('a', 'BTC-USDT', stop_loss='0.02', take_profit='0.03', size=equity('0.4')),
        score('b', 'SOL-USDT', stop_loss='0.05', size=equity('0.4')),
        cross('c', 'SOL-USDT', take_profit='0.1', size=equity('0.4'))], slippage_bps='5')


def test_stops_and_cooldown():
    check(hourly('ETH', 'SOL', to='2022-01-01'), [
        cross('a', 'ETH-USDT', stop_loss='0.01', take_profit='0.02', cooldown='36h',
              size=equity('0.4')),
        score('b', 'SOL-USDT', cooldown='5h', stop_loss='0.03', size=equity('0.4'))])


def test_confirmation():
    check(hourly('ETH', 'SOL', to='2022-01-01'), [
        cross('a', 'ETH-USDT', confirm='2', size=equity('0.4')),
        score('b', 'SOL-USDT', confirm='1', size=equity('0.4'))])


def test_confirmation_stops_and_cooldown():
    check(hourly('ETH', 'SOL'), [
        cross('a', 'ETH-USDT', 'ema', 3, 8, confirm='3', stop_loss='0.01', cooldown='7h',
              size=equity('0.4')),
        score('b', 'SOL-USDT', confirm='2', cooldown='1h', stop_loss='0.02', take_profit='0.02',
              size=equity('0.4'))], fill='this_close', slippage_bps='2')


# ---- Bars ----------------------------------------------------------------------------------------

def test_longer_bars():
    check(hourly('BTC', 'ETH'), [
        cross('a', 'BTC-USDT', bar='4h', size=equity('0.5')),
        score('b', 'ETH-USDT', bar='1d', size=equity('0.5')),
        cross('c', 'ETH-USDT', 'sma', bar='2h', stop_loss='0.03', cooldown='9h',
              size=equity('0.5'))])


def test_longer_bars_of_shorter_ones():
    check([bars('BTC-USDT', 'binance_5m_2025H1_btcusdt.csv.gz', '5m', to='2025-03-01')], [
        cross('a', 'BTC-USDT', bar='15m', size=equity('0.3')),
        score('b', 'BTC-USDT', bar='1h', size=equity('0.3')),
        cross('c', 'BTC-USDT', size=equity('0.3'))], fill='this_close')


def test_files_that_start_at_different_times_and_have_gaps():
    check(hourly('NEAR', 'BTC', 'AAVE', 'SOL', to='2022-10-01'), [
        cross('a', 'SOL-USDT', size=equity('0.5')), cross('b', 'NEAR-USDT', size=equity('0.5')),
        cross('c', 'AAVE-USDT', size=equity('0.5')), score('d', 'BTC-USDT', size=equity('0.5'))],
        slippage_bps='1')


def test_series_of_different_lengths():
    check(quarters('BTC', to='2023-09-01') + hourly('ETH', **{'from': '2023-03-01'}), [
        cross('a', 'ETH-USDT', size=equity('0.7')), cross('b', 'BTC-USDT', size=equity('0.7')),
        score('c', 'ETH-USDT', bar='4h', size=equity('0.7'))])


def test_minutes_with_many_gaps_in_small_prices():
    check([bars('ADA-BTC', 'bittrex_1m_adabtc_2018.csv.gz', '1m', to='2018-03-01')], [
        score('a', 'ADA-BTC', bar='5m', size=equity('0.9'), budget='1'),
        cross('b', 'ADA-BTC', size=fixed('1500'))],
        [instrument('ADA-BTC', '0.00000001', '0.1')], cash='3')


def test_minutes_with_a_gap_of_months():
    check([bars('BTC-USD', 'bitfinex_1m_btcusd_2016.csv.gz', '1m', to='2016-06-20',
                **{'from': '2016-02-20'})], [
        cross('a', 'BTC-USD', 'sma', 20, 200, size=equity('0.5')),
        score('b', 'BTC-USD', bar='15m', size=equity('0.5'))])


def test_rows_of_one_symbol_among_many():
    data = [bars(f'{asset}-USDT', 'binance_1d_50pairs.csv.gz', '1d', symbol=f'{asset}USDT')
            for asset in ('TIA', 'BTC', 'PEPE', 'EOS', 'XTZ', 'PYTH')]
    check(data, [cross(f'bot{index}', entry['instrument'], 'sma', 3, 7, size=equity('0.4'))
                 for index, entry in enumerate(data)],
          [instrument(entry['instrument'], '0.00000001', '0.01') for entry in data])


# ---- Numbers -------------------------------------------------------------------------------------

def test_ticks_that_do_not_divide_the_data():
    check(hourly('BTC', 'ETH'), [
        cross('a', 'BTC-USDT', size=equity('0.5')), cross('b', 'ETH-USDT', size=equity('0.5'))],
        [instrument('BTC-USDT', '0.7', '0.003', '2'), instrument('ETH-USDT', '2.5', '0.11', '0')],
        bps='7.25', slippage_bps='0.37')


def test_lots_larger_than_the_account():
    check(hourly('BTC', 'ETH', to='2021-06-01'), [
        cross('a', 'BTC-USDT', size=equity('1')), cross('b', 'ETH-USDT', size=equity('1'))],
        [instrument('BTC-USDT', lot='1'), instrument('ETH-USDT', lot='1')])


def test_an_account_that_runs_dry():
    check(hourly('DOGE', 'SOL', 'AVAX'), [
        cross(f'bot{index}', f'{asset}-USDT', average, fast, slow, size=notional('60'))
        for index, (asset, average, fast, slow) in enumerate([
            ('DOGE', 'ema', 2, 3), ('SOL', 'sma', 2, 5), ('AVAX', 'ema', 3, 4),
            ('DOGE', 'sma', 4, 9)])],
        [instrument('DOGE-USDT', '0.00001', '1'), instrument('SOL-USDT', lot='0.01'),
         instrument('AVAX-USDT', lot='0.01')], cash='100', bps='60', slippage_bps='10')


# ---- What ships ----------------------------------------------------------------------------------

def coinbase(*assets, bar='4h', **more):
    """Bars that ship, with their oddities: an opening at 0.06, a fall to 0.10, gaps of days."""
    return [{'file': os.path.join(EXAMPLES, 'data', f'coinbase-{asset.lower()}-usd-{bar}.csv.gz'),
             'kind': 'bars', 'instrument': f'{asset}-USD', 'bar': bar, **more}
            for asset in assets]


def test_example_cross():
    compare_file(os.path.join(EXAMPLES, 'cross.yaml'))


def test_example_score():
    compare_file(os.path.join(EXAMPLES, 'score.yaml'))


def test_shipped_bars_with_all_of_the_equity():
    check(coinbase('BTC'), [cross('a', 'BTC-USD', size=equity('1'))], slippage_bps='2')


def test_shipped_bars_shared_and_with_budgets():
    check(coinbase('BTC', 'ETH'), [
        cross('a', 'BTC-USD', 'sma', 5, 20, size=equity('0.9')),
        score('b', 'ETH-USD', budget='3000', size=equity('1'), stop_loss='0.05', cooldown='1d'),
        score('c', 'BTC-USD', size=equity('0.9'), confirm='1', confidence_min='0.6'),
        cross('d', 'ETH-USD', 'ema', 4, 9, bar='12h', size=notional('2500'), take_profit='0.2')],
        bps='60', slippage_bps='5')


def test_shipped_bars_at_this_close():
    check(coinbase('ETH', 'BTC'), [
        score('a', 'BTC-USD', bar='1d', size=equity('0.7'), stop_loss='0.1', take_profit='0.2'),
        cross('b', 'ETH-USD', 'sma', 10, 30, size=equity('0.7'), cooldown='20h'),
        cross('c', 'BTC-USD', size=fixed('0.123'))],
        [instrument('BTC-USD', '0.5', '0.003', '2'), instrument('ETH-USD', '0.07', '0.01', '4')],
        fill='this_close', slippage_bps='3.33')


def test_shipped_bars_of_two_lengths():
    check(coinbase('BTC') + coinbase('ETH', bar='1d'), [
        cross('a', 'ETH-USD', 'sma', 3, 10, size=equity('0.6')),
        cross('b', 'BTC-USD', bar='1w', fast=4, slow=9, size=equity('0.6')),
        score('c', 'BTC-USD', bar='8h', size=equity('0.6'))])


tap.main()
