"""Drawn back-tests against the independent calculation: drawn bars with gaps, late starts, flat
stretches and prices off the tick, drawn instruments and drawn bots. A seed that fails is tried
alone with: test_independent_random.py SEED."""

# timeout: 900

import os
import random
import sys
import tempfile
from decimal import Decimal

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from compare import Refused, compare_file
from scenarios import document

SEEDS = 60
LENGTHS = [('1m', 60), ('5m', 300), ('15m', 900), ('1h', 3600), ('4h', 14400), ('1d', 86400)]
CONVENTIONS = ['talib', 'talib', 'tulip', 'classic']
BEGIN = 1704067200 - 86400 * 3


def draw_bars(draw, path, seconds, step):
    """A walk on a grid of `step`; some bars repeat the one before, some are missing."""
    price, missing = draw.randint(200, 20000), 0
    time = BEGIN + draw.randrange(0, 40) * seconds
    time -= time % seconds
    swing = draw.choice([1, 3, 30, 200])
    with open(path, 'w', encoding='ascii') as file:
        file.write('ts_ms,open,high,low,close,volume\n')
        close, flat = price, 0
        for _ in range(draw.choice([150, 300, 600])):
            flat = draw.randint(1, 12) if draw.random() < 0.01 else max(0, flat - 1)
            jump = draw.randint(-swing, swing) if draw.random() < 0.2 else 0
            opened = close if flat else max(90, close + jump)
            close = opened if flat else max(90, opened + draw.randint(-swing, swing))
            high = max(opened, close) + (0 if flat else draw.randint(0, swing))
            low = max(1, min(opened, close) - (0 if flat else draw.randint(0, swing)))
            missing = draw.randint(1, 30) if draw.random() < 0.01 else max(0, missing - 1)
            if not missing:
                cells = [f'{units * step / 10**8:.8f}' for units in (opened, high, low, close)]
                file.write(f'{time * 1000},{",".join(cells)},{draw.randint(0, 99)}\n')
            time += seconds


def draw_bot(draw, index, instrument, seconds):
    bot = {'name': f'bot{index}', 'instrument': instrument['name'],
           'kind': draw.choice(['ma_cross', 'ma_cross', 'score'])}
    multiples = [name for name, length in LENGTHS if length % seconds == 0][:3]
    if draw.random() < 0.6:
        bot['bar'] = draw.choice(multiples)
    if bot['kind'] == 'ma_cross':
        fast = draw.randint(2, 8)
        bot['params'] = {'average': draw.choice(['sma', 'ema']), 'fast': fast,
                         'slow': fast + draw.randint(1, 12)}
    else:
        fast = draw.randint(2, 6)
        every = {'rsi': {'weight': '0.4', 'period': draw.randint(2, 14)},
                 'ma': {'weight': '0.35', 'fast': fast, 'slow': fast + draw.randint(1, 9)},
                 'macd': {'weight': '0.26', 'fast': fast, 'slow': fast + draw.randint(1, 9),
                          'signal': draw.randint(1, 6)}}
        bot['signals'] = {name: every[name] for name in
                          draw.sample(sorted(every), draw.randint(1, 3))}
        bot['enter'] = draw.choice(['0.05', '0.21', '-0.1'])
        bot['exit'] = draw.choice(['-0.11', '-0.35'])
        if draw.random() < 0.4:
            bot['confidence_min'] = draw.choice(['0.3', '0.55', '0.7'])
    if draw.random() < 0.3:
        bot['convention'] = draw.choice(CONVENTIONS)
    for chance, key, values in ((0.4, 'stop_loss', ['0.004', '0.02', '0.1']),
                                (0.4, 'take_profit', ['0.006', '0.02', '0.1']),
                                (0.3, 'confirm', [1, 2, 5]),
                                (0.3, 'cooldown', ['90s', '1h', '7h', '2d']),
                                (0.3, 'budget', ['120', '1000.00000001'])):
        if draw.random() < chance:
            bot[key] = draw.choice(values)
    bot['size'] = draw.choice([
        {'method': 'equity', 'fraction': draw.choice(['1', '0.5', '0.333333'])},
        {'method': 'notional', 'amount': draw.choice(['50', '1234.56789', '10000'])},
        {'method': 'fixed', 'quantity': max(Decimal(instrument['quantity_increment']),
                                            Decimal(draw.choice(['0.01', '1.55', '20'])))}])
    return bot


def draw_config(draw, folder):
    instruments, data, lengths = [], [], {}
    common = draw.choice(LENGTHS) if draw.random() < 0.7 else None
    for index in range(draw.randint(1, 4)):
        name = f'A{index}-USD'
        bar, seconds = common or draw.choice(LENGTHS[:4])
        lengths[name] = seconds
        step = draw.choice([1000, 10**6, 10**7])
        path = os.path.join(folder, f'{index}.csv')
        draw_bars(draw, path, seconds, step)
        data.append({'file': path, 'kind': 'bars', 'instrument': name, 'bar': bar})
        # Coarse fees on lots that are worth next to nothing are no market.
        decimals = draw.choice(['8', '8', '2', '4']) if step >= 10**6 else '8'
        instruments.append({
            'name': name, 'quote_decimals': decimals,
            'price_increment': draw.choice(
                ['0.00000001', f'{step * 3 / 10**8:.8f}', f'{step * 70 / 10**8:.8f}']),
            'quantity_increment': draw.choice(
                ['0.00000001', '0.001', '0.1', '7'][0 if decimals == '8' else 1:])})
    draw.shuffle(data)
    bots = [draw_bot(draw, index, instrument, lengths[instrument['name']])
            for index, instrument in enumerate(draw.choices(instruments, k=draw.randint(1, 6)))]
    bps = draw.choice(['0', '10', '60', '7.25'])
    return {'currency': 'USD', 'instruments': instruments, 'convention': draw.choice(CONVENTIONS),
            'account': {'USD': draw.choice(['10000', '4321.123456789', '500000'])},
            'fees': {'maker_bps': bps, 'taker_bps': bps},
            'simulation': {'fill': draw.choice(['next_open', 'this_close']),
                           'slippage_bps': draw.choice(['0', '1', '33.33'])},
            'risk': {'cash_reserve': draw.choice(['0', '0', '100', '77.7'])},
            'data': data, 'bots': bots}


def check_seed(seed):
    """The independent calculation; None where the data are too short to warm up on."""
    draw = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        text = document(draw_config(draw, folder))
        path = os.path.join(folder, 'drawn.yaml')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        try:
            expected, _ = compare_file(path, quiet=True)
        except AssertionError as error:
            if isinstance(error, Refused) and 'the data end after' in str(error):
                return None
            raise AssertionError(f'seed {seed}\n{text}{error}') from None
    return expected


def test_drawn_backtests():
    fills = bought = 0
    for seed in range(SEEDS):
        expected = check_seed(seed)
        fills += len(expected.fills) if expected else 0
        bought += bool(expected and expected.fills)
    print(f'# {SEEDS} back-tests, {bought} of them with fills, {fills} fills')
    tap.check(bought > SEEDS // 2 and fills > 20 * SEEDS, 'the draws are too tame')


if len(sys.argv) > 1 and sys.argv[1].isdigit():
    check_seed(int(sys.argv[1]))
else:
    tap.main()
