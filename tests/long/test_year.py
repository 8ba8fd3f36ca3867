"""A year of one-minute bars of fifty instruments with thirty-nine bots, from tapes.

Fifty tapes are made by tests/interop/year.c, 26.3 million bars. How long loading, running and
reporting take is printed, not judged; the
result is looked at. By hand, in a folder DIR:

    tools/build matrix/gcc-O3 tests/interop/year && build/matrix/gcc-O3/tests/interop/year DIR
    ./run backtest run DIR/year.yaml --no-trials --out DIR/out
"""

# timeout: 1800

import json
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap

BUILD, PROGRAM = 'matrix/gcc-O3', 'tests/interop/year'


def test_a_year_of_fifty_instruments():
    subprocess.run([os.path.join(tap.ROOT, 'tools', 'build'), BUILD, PROGRAM], check=True)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([os.path.join(tap.ROOT, 'build', BUILD, PROGRAM), folder], check=True)
        seconds, hashes = [], []
        for _ in range(3):
            begin = time.monotonic()
            answer = tap.tern('backtest', 'run', os.path.join(folder, 'year.yaml'), '--no-trials',
                              '--json', '--out', os.path.join(folder, 'out'), timeout=600)
            seconds.append(time.monotonic() - begin)
            tap.check(answer.returncode == 0, answer.stderr)
            result = json.loads(answer.stdout)
            hashes.append(result['journal_hash'])
        sizes = {name: os.path.getsize(os.path.join(folder, 'out', name))
                 for name in os.listdir(os.path.join(folder, 'out'))}
    tap.equal(result['bars'], 50 * 525600)
    tap.equal(len(set(hashes)), 1, 'the same run, three times')
    tap.check(all(bot['trips'] for bot in result['bots']), 'a bot that never traded')
    print(f'# {result["bars"]} bars, {result["fills"]} fills: load, run and report '
          f'{min(seconds):.2f} s, of which {result["wall_seconds"]} s by its own clock; '
          f'{max(sizes, key=sizes.get)} is the largest file, {max(sizes.values())} bytes')


tap.main()
