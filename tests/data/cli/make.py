"""Writes btc-1h.csv: a made-up series of hourly bars, the same each time."""

import datetime
import math
import os

state = 20240101


def draw():
    """A number from 0 to 1 of a linear congruential generator."""
    global state
    state = (state * 6364136223846793005 + 1442695040888963407) % 2 ** 64
    return (state >> 33) / 2 ** 31


def rows(count):
    price, start = 40000.0, datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
    for i in range(count):
        opening = price
        price *= 1 + 0.002 * math.sin(i / 9) + (draw() - 0.5) * 0.016
        high = max(opening, price) * (1 + draw() * 0.003)
        low = min(opening, price) * (1 - draw() * 0.003)
        time = (start + datetime.timedelta(hours=i)).strftime('%Y-%m-%dT%H:%M:%SZ')
        yield f'{time},{opening:.2f},{high:.2f},{low:.2f},{price:.2f},{draw() * 20:.4f}'


if __name__ == '__main__':
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'btc-1h.csv')
    with open(path, 'w', encoding='ascii') as file:
        print('timestamp,open,high,low,close,volume', *rows(480), sep='\n', file=file)
