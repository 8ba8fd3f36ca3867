"""Runs one libFuzzer target: `fuzz.py NAME SECONDS`, NAME as in tests/fuzz/NAME.c.

First every input of its corpus (tests/fuzz/corpus/…) once, then SECONDS of looking for new ones,
which are kept in build/fuzz.state/ so that the next, longer run begins where this one ended. An
input that breaks the target is left there too and printed with the command that repeats it. Prints
TAP."""

import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
INPUT_SIZE_MAX = 65536
# Up to so many seconds a run repeats itself, so that a check does not fail by luck; longer ones
# roam.
REPEATABLE_SECONDS_MAX = 10
MEMORY_MEGABYTES_MAX = 2048


def run(number, title, command):
    result = subprocess.run(command, capture_output=True, text=True, errors='replace', check=False)
    print(f'{"ok" if result.returncode == 0 else "not ok"} {number} - {title}', flush=True)
    if result.returncode != 0:
        lines = result.stderr.splitlines()
        for line in lines[-60:]:
            print(f'# {line}')
        for path in re.findall(r'written to (\S+)', result.stderr):
            print(f'# repeat it: {command[0]} {path}')
    return result


def main():
    name, seconds = sys.argv[1], int(sys.argv[2])
    target = os.path.join(ROOT, 'build', 'fuzz', 'tests', 'fuzz', name)
    corpus = os.path.join(ROOT, 'tests', 'fuzz', 'corpus', name.removesuffix('_fuzz'))
    state = os.path.join(ROOT, 'build', 'fuzz.state', name)
    found, broken = os.path.join(state, 'found'), os.path.join(state, 'broken', '')
    os.makedirs(found, exist_ok=True)
    os.makedirs(broken, exist_ok=True)
    limits = [f'-max_len={INPUT_SIZE_MAX}', f'-rss_limit_mb={MEMORY_MEGABYTES_MAX}', '-timeout=20',
              f'-artifact_prefix={broken}']
    inputs = sorted(os.path.join(corpus, file) for file in os.listdir(corpus)) \
        if os.path.isdir(corpus) else []
    print('1..2')
    if inputs:
        first = run(1, f'{len(inputs)} inputs of the corpus', [target, *limits, *inputs])
    else:
        first = run(1, 'the empty input', [target, *limits, '-runs=0'])
    if first.returncode != 0:
        print('ok 2 - new inputs # SKIP the corpus fails already')
        return
    if seconds <= REPEATABLE_SECONDS_MAX:
        limits.append('-seed=1')
    directories = [found] + ([corpus] if inputs else [])
    run(2, f'new inputs for {seconds} s',
        [target, *limits, f'-max_total_time={seconds}', '-print_final_stats=1', *directories])


if __name__ == '__main__':
    main()
