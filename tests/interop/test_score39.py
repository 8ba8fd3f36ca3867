"""Thirty-nine score bots on one account: examples/score39.yaml, on the bars it comes with and, the
same file, on recorded 5m and 1h bars where they are at hand."""

# timeout: 600

import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import little_yaml
import tap
from compare import compare_file, compare_text
from recorded import EXAMPLE, example_on_recorded_bars, recorded
from results import Run, check_all, hashes
from scenarios import document


def check_run(path):
    run = Run(path)
    check_all(run)
    tap.equal(hashes(Run(path)), hashes(run), 'a second run')
    tap.equal(len(run.result['bots']), 39, 'bots')
    tap.check(all(bot['trips'] for bot in run.result['bots']), 'a bot that never traded')
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, 'out')
        answer = tap.tern('backtest', 'run', path, '--out', out, '--no-trials', '--quiet')
        tap.check(answer.returncode == 0, answer.stderr)
        # Folds the journal, audits what it comes to, runs again and compares every frame.
        answer = tap.tern('journal', 'replay', os.path.join(out, 'journal'), '--plain')
        tap.check(answer.returncode == 0 and 'every invariant holds' in answer.stdout,
                  answer.stdout + answer.stderr)
    return run


def test_the_example():
    check_run(EXAMPLE)
    tap.check(sum(os.path.getsize(os.path.join(tap.ROOT, 'examples', entry['file']))
                  for entry in little_yaml.load(EXAMPLE)['data']) < 1000000, 'its bars are large')


def test_the_example_equals_the_independent_calculation():
    compare_file(EXAMPLE)


def test_the_example_on_recorded_bars():
    with tempfile.TemporaryDirectory() as folder:
        path = example_on_recorded_bars(folder)
        begin = time.monotonic()
        run = check_run(path)
        seconds = time.monotonic() - begin
    print(f'# {run.result["bars"]} bars, {run.result["fills"]} fills; four runs with the writing '
          f'and reading of files in {seconds:.1f} s')


def test_a_week_of_recorded_bars_equals_the_independent_calculation():
    """The hourly files end in 2024, where the others have not begun."""
    config = little_yaml.load(EXAMPLE)
    for entry in config['data']:
        entry['file'] = recorded(entry['file'])
        fine = entry['bar'] == '5m'
        entry['from'] = '2025-01-10' if fine else '2024-04-01'
        if fine:
            entry['to'] = '2025-01-17'
    del config['tern']
    compare_text(document(config))


tap.main()
