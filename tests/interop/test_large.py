"""Four years of hourly bars of twenty instruments, thirty-nine bots: it runs, its result holds."""

# timeout: 600

import json
import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from results import Run, check_all, hashes
from scenarios import config, cross, document, equity, hourly, instrument, score

ASSETS = ('BTC ETH BNB ADA SOL XRP DOGE DOT LTC LINK BCH ATOM AVAX UNI ETC XLM TRX ALGO NEAR AAVE'
          .split())
BOTS = 39


def large_config():
    """A score bot and a crossing on each instrument but the last, which has the score bot alone."""
    names = [f'{asset}-USDT' for asset in ASSETS]
    bots = []
    for index, name in enumerate(names):
        bots.append(score(f'score-{index}', name, budget='2500', size=equity('0.5'),
                          stop_loss='0.08', bar='4h' if index % 3 == 0 else '1h'))
        bots.append(cross(f'cross-{index}', name, 'ema' if index % 2 else 'sma', 10 + index, 40,
                          budget='2500', size=equity('0.9')))
    return config(hourly(*ASSETS), bots[:BOTS], [
        instrument(name, '0.00000001', '0.00001') for name in names], cash='100000',
        slippage_bps='2')


def test_twenty_instruments_and_thirty_nine_bots():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'large.yaml')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(document(large_config()))
        begin = time.monotonic()
        run = Run(path)
        seconds = time.monotonic() - begin
        check_all(run)
        tap.equal(hashes(Run(path)), hashes(run), 'a second run')
    result = run.result
    tap.equal(len(result['bots']), BOTS, 'bots')
    tap.equal(len(result['instruments']), len(ASSETS), 'instruments')
    tap.check(all(bot['trips'] for bot in result['bots']), 'a bot that never traded')
    print(f'# {result["bars"]} bars, {result["fills"]} fills: {seconds:.2f} s with the writing and '
          f'reading of files, {json.dumps(result["wall_seconds"])} s by its own clock')


tap.main()
