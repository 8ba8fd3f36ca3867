"""Thirty-nine score bots together on recorded 5m and 1h bars. The bars do not ship with tern, so
the configuration is written here and not among the examples: twelve instruments with 5m bars, a bot
on each at 5m, at 15m and at 1h, and three instruments with 1h bars. All share one account."""

# timeout: 300

import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from results import Run, check_all, hashes
from scenarios import bars, check, config, document, equity, hourly, instrument, score

FINE = 'ADA AVAX BNB BTC DOGE DOT ETH LINK LTC SOL TRX XRP'.split()
COARSE = 'AAVE ATOM UNI'.split()


def pieces(**window):
    """Data, bots and instruments. The hourly files end in 2024, where the others have not begun."""
    data = [bars(f'{asset}-USDT', f'binance_5m_2025H1_{asset.lower()}usdt.csv.gz', '5m', **window)
            for asset in FINE] + hourly(*COARSE, **{'from': '2023-01-01'})
    bots = [score(f'{asset.lower()}-{bar}', f'{asset}-USDT', bar=bar, size=equity('0.05'))
            for bar in ('5m', '15m', '1h') for asset in FINE]
    bots += [score(f'{asset.lower()}-1h', f'{asset}-USDT', size=equity('0.05'))
             for asset in COARSE]
    names = [instrument(entry['instrument'], '0.00000001', '0.00001') for entry in data]
    return data, bots, names


def test_thirty_nine_score_bots():
    data, bots, names = pieces()
    tap.equal(len(bots), 39, 'bots')
    with tempfile.TemporaryDirectory() as folder:
        path, out = os.path.join(folder, 'score39.yaml'), os.path.join(folder, 'out')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(document(config(data, bots, names, cash='100000', slippage_bps='2')))
        begin = time.monotonic()
        run = Run(path)
        seconds = time.monotonic() - begin
        check_all(run)
        tap.equal(hashes(Run(path)), hashes(run), 'a second run')
        answer = tap.tern('backtest', 'run', path, '--out', out, '--no-trials', '--quiet')
        tap.check(answer.returncode == 0, answer.stderr)
        # Folds the journal, audits what it comes to, runs again and compares every frame.
        answer = tap.tern('journal', 'replay', os.path.join(out, 'journal'), '--plain')
        tap.check(answer.returncode == 0 and 'every invariant holds' in answer.stdout,
                  answer.stdout + answer.stderr)
    tap.check(all(bot['trips'] for bot in run.result['bots']), 'a bot that never traded')
    print(f'# {run.result["bars"]} bars, {run.result["fills"]} fills, {seconds:.2f} s with the '
          'writing and reading of files')


def test_thirty_nine_score_bots_equal_the_independent_calculation():
    data, bots, names = pieces(**{'from': '2025-01-10', 'to': '2025-01-17'})
    for entry in data[len(FINE):]:
        entry['from'] = '2024-04-01'
    check(data, bots, names, cash='100000', slippage_bps='2')


tap.main()
