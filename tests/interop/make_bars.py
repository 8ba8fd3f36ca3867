"""Makes the bars of examples/data/made-bars out of the demo's market:

    python3 tests/interop/make_bars.py build/test/tests/interop/market examples/data/made-bars

Ten days of the crypto set, one price a minute: five of them are a bar of 5m, sixty a bar of 1h. A
bar opens where the one before closed. The volume says how much the price moved, for want of
trades."""

import gzip
import os
import subprocess
import sys
from decimal import Decimal, ROUND_HALF_EVEN

FINE = 'ADA AVAX BNB BTC DOGE DOT ETH LINK LTC SOL TRX XRP'.split()
COARSE = 'AAVE ATOM UNI'.split()
SEED, STEP_S, DAYS = 39, 60, 10
START_MS = 1_735_689_600_000  # 2025-01-01


def step_of(price):
    """The smallest price step: five digits, at most two behind the point of a large price."""
    digits = 2 if price >= 100 else 4 if price >= 1 else 5
    return Decimal(1).scaleb(-digits)


def rows(prices, minutes):
    step = step_of(prices[0])
    on_step = [price.quantize(step, ROUND_HALF_EVEN) for price in prices]
    for first in range(0, len(on_step) - minutes, minutes):
        bar = on_step[first:first + minutes + 1]
        moved = sum(abs(b - a) for a, b in zip(bar, bar[1:])) / bar[0]
        yield (START_MS + first * STEP_S * 1000, bar[0], max(bar), min(bar), bar[-1],
               (moved * 100000).quantize(Decimal('0.1')))


def main():
    program, folder = sys.argv[1:]
    steps = DAYS * 86400 // STEP_S + 1
    text = subprocess.run([program, 'full', str(SEED), str(STEP_S), str(steps)]
                          + [name + '-USDT' for name in FINE + COARSE],
                          capture_output=True, text=True, check=True).stdout
    lines = text.splitlines()[1 + len(FINE + COARSE):]
    columns = list(zip(*(line.split(',') for line in lines)))
    os.makedirs(folder, exist_ok=True)
    for name, column in zip(FINE + COARSE, columns):
        fine = name in FINE
        out = ['ts_ms,open,high,low,close,volume']
        out += [','.join(map(str, row)) for row in rows([Decimal(text) for text in column],
                                                        5 if fine else 60)]
        path = os.path.join(folder, f'{name.lower()}-usdt-{"5m" if fine else "1h"}.csv.gz')
        with open(path, 'wb') as file:
            file.write(gzip.compress(('\n'.join(out) + '\n').encode(), 9, mtime=0))


if __name__ == '__main__':
    main()
