"""Writes configurations of back-tests, as flow style YAML that both calculations read."""

import json

from compare import compare_text, shared


def yaml(value):
    """Flow style: what json writes, with plain keys."""
    if isinstance(value, dict):
        return '{' + ', '.join(f'{key}: {yaml(item)}' for key, item in value.items()) + '}'
    if isinstance(value, list):
        return '[' + ', '.join(map(yaml, value)) + ']'
    return json.dumps(str(value))


def document(config):
    return 'tern: 1\n' + ''.join(f'{key}: {yaml(value)}\n' for key, value in config.items())


def bars(instrument, name, bar, **more):
    return {'file': shared(name), 'kind': 'bars', 'instrument': instrument, 'bar': bar, **more}


def hourly(*assets, **more):
    return [bars(f'{asset}-USDT', f'binance_1h_{asset.lower()}usdt.csv.gz', '1h', **more)
            for asset in assets]


def quarters(*assets, **more):
    file = 'binance_15m_2023_2024_{}usdt.csv.gz'
    return [bars(f'{asset}-USDT', file.format(asset.lower()), '15m', **more)
            for asset in assets]


def instrument(name, tick='0.01', lot='0.00001', decimals='8'):
    return {'name': name, 'price_increment': tick, 'quantity_increment': lot,
            'quote_decimals': decimals}


def config(data, bots, instruments=None, cash='10000', bps='10', **simulation):
    names = list(dict.fromkeys(entry['instrument'] for entry in data))
    quote = names[0].split('-')[1]
    return {'currency': quote, 'instruments': instruments or [instrument(name) for name in names],
            'account': {quote: cash}, 'fees': {'maker_bps': bps, 'taker_bps': bps},
            'simulation': {'fill': 'next_open', **simulation}, 'data': data, 'bots': bots}


def cross(name, instrument_name, average='ema', fast=10, slow=30, **more):
    return {'name': name, 'kind': 'ma_cross', 'instrument': instrument_name,
            'params': {'average': average, 'fast': fast, 'slow': slow}, **more}


def score(name, instrument_name, **more):
    return {'name': name, 'kind': 'score', 'instrument': instrument_name, **more}


def fixed(quantity):
    return {'method': 'fixed', 'quantity': quantity}


def notional(amount):
    return {'method': 'notional', 'amount': amount}


def equity(fraction):
    return {'method': 'equity', 'fraction': fraction}


def check(*arguments, **more):
    return compare_text(document(config(*arguments, **more)))
