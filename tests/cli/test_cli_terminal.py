"""The command line among its surroundings: pipes, terminals, signals, full disks."""

import json
import os
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from support import (FILES, SCORE, environment, folder, good, run_in_terminal, slow_back_test,
                     tern)

COMMANDS = [['help'], ['help', 'metrics'], ['version'], ['version', '--json'],
            ['completion', 'bash'], ['config', 'show', SCORE], ['config', 'explain', 'seed'],
            ['backtest', 'run', SCORE], ['backtest', 'run', SCORE, '--json'], ['backtest', 'list'],
            ['backtest', 'show'], ['journal', 'tail', 'score', '-n', '0'],
            ['journal', 'verify', 'score'], ['journal', 'replay', 'score']]


def test_a_full_disk_behind_stdout():
    if not os.path.exists('/dev/full'):
        tap.skip('no /dev/full')
    with folder() as home, open('/dev/full', 'w', encoding='ascii') as full:
        good('backtest', 'run', SCORE, home=home)
        for arguments in COMMANDS:
            answer = subprocess.run([tap.PROGRAM, *arguments], stdout=full, stderr=subprocess.PIPE,
                                    text=True, env=environment(home), check=False)
            tap.equal(answer.returncode, 2, f'{arguments}')
            tap.check('error: standard output: ' in answer.stderr, f'{arguments}: {answer.stderr}')


def test_closed_descriptors():
    with folder() as home:
        good('backtest', 'run', SCORE, home=home)
        for arguments in COMMANDS:
            quoted = ' '.join(f'"{word}"' for word in [tap.PROGRAM, *arguments])
            answer = subprocess.run(['bash', '-c', f'{quoted} >&-'], stderr=subprocess.PIPE,
                                    text=True, env=environment(home), check=False)
            tap.equal(answer.returncode, 1, f'{arguments} >&-')
            tap.check('error: standard output: ' in answer.stderr, f'{arguments}: {answer.stderr}')
            answer = subprocess.run(['bash', '-c', f'{quoted} <&- 2>&-'], stdout=subprocess.PIPE,
                                    env=environment(home), check=False)
            tap.equal(answer.returncode, 0, f'{arguments} <&- 2>&-')
        # No output went into a file that happened to get the descriptor.
        out = os.path.join(home, 'r')
        subprocess.run(['bash', '-c', f'"{tap.PROGRAM}" backtest run "{SCORE}" --out "{out}"'
                        ' >&- 2>&- <&-'], env=environment(home), check=False)
        tap.equal(sorted(os.listdir(out)), FILES)
        good('journal', 'verify', out, home=home)
        with open(os.path.join(out, 'result.json'), encoding='utf-8') as file:
            json.load(file)


def test_a_reader_that_leaves_is_no_error():
    with folder() as home:
        good('backtest', 'run', SCORE, home=home)
        for arguments in COMMANDS:
            process = subprocess.Popen([tap.PROGRAM, *arguments], stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, env=environment(home))
            process.stdout.close()
            errors = process.stderr.read().decode()
            process.stderr.close()
            tap.equal(process.wait(60), 0, f'{arguments}')
            tap.check('error' not in errors, f'{arguments}: {errors}')


def test_colour():
    with folder() as home:
        arguments = ['backtest', 'run', SCORE, '-q']
        for more, options, colour in [
                ({}, [], True), ({'NO_COLOR': '1'}, [], False), ({'NO_COLOR': ''}, [], True),
                ({'TERM': 'dumb'}, [], False), ({}, ['--no-color'], False),
                ({}, ['--plain'], False), ({}, ['--json'], False)]:
            code, text = run_in_terminal(*arguments, *options, home=home, **more)
            tap.equal(code, 0)
            tap.equal('\033[' in text, colour, f'colour with {more} {options}')
        tap.check('\033' not in good(*arguments, home=home), 'colour in a pipe')


def test_width_and_characters():
    with folder() as home:
        for columns in [80, 100, 200]:
            code, text = run_in_terminal('backtest', 'run', SCORE, '--no-color', '-q', home=home,
                                         columns=columns)
            tap.equal(code, 0)
            widest = max(len(line) for line in text.replace('\r', '').split('\n'))
            tap.check(widest <= columns, f'{widest} of {columns} columns')
        code, text = run_in_terminal('backtest', 'run', SCORE, '-q', home=home, LANG='C')
        tap.check(text.isascii(), 'characters beyond ASCII in a C locale')


def test_progress_is_for_terminals_and_long_runs():
    with folder() as home:
        code, text = run_in_terminal('backtest', 'run', SCORE, '--no-color', home=home)
        tap.check(code == 0 and not re.search(r'\[[#-]{20}\]', text), 'progress of a short run')
        slow = slow_back_test(home)
        out = os.path.join(home, 'r')
        code, text = run_in_terminal('backtest', 'run', slow, '--out', out, home=home)
        tap.equal(code, 0)
        shown = re.findall(r'\rrun +\[([#-]{20})\] +(\d+) %  [\d.]+( [kMG])?/s', text)
        tap.check(shown, f'no progress on a terminal: {text[:300]!r}')
        shares = [int(share) for _, share, _ in shown]
        tap.equal(shares, sorted(shares), 'shares rise')
        tap.check('left' in text, 'time left')
        # The line is gone when the tables come.
        tap.check(re.search(r'\r +\r[^\r]*BACK-TEST', text), 'the line stays on the screen')
        for more, options in [({'TERM': 'dumb'}, []), ({}, ['-q'])]:
            code, text = run_in_terminal('backtest', 'run', slow, '--out', out, *options, home=home,
                                         **more)
            tap.check(code == 0 and '\rrun' not in text, f'progress with {more} {options}')
        answer = tern('backtest', 'run', slow, '--out', out, home=home)
        tap.equal((answer.returncode, answer.stderr), (0, f'written to {out}\n'))


def test_interrupt_writes_nothing():
    with folder() as home:
        slow = slow_back_test(home)
        before = sorted(os.listdir(home))
        out = os.path.join(home, 'deep', 'r')
        for number in [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]:
            def stop(text, number=number):
                return number if b' %  ' in text else None
            code, text = run_in_terminal('backtest', 'run', slow, '--out', out, '--no-trials',
                                         home=home, stop=stop)
            tap.equal(code, 130, f'{number.name}: {text[-300:]!r}')
            tap.check('interrupted' in text, text[-300:])
            tap.equal(sorted(os.listdir(home)), before, f'{number.name} left something')
        # Without a terminal, at an unknown moment: all or nothing.
        for wait in [0.02, 0.1, 0.3]:
            process = subprocess.Popen([tap.PROGRAM, 'backtest', 'run', slow, '--out', out,
                                        '--no-trials', '--json'],
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                       env=environment(home), text=True)
            time.sleep(wait)
            process.send_signal(signal.SIGINT)
            text, errors = process.communicate(timeout=120)
            tap.check(process.returncode in (0, 130, -signal.SIGINT), f'{process.returncode}')
            if process.returncode == 130:
                tap.equal(json.loads(text)['error']['code'], 'interrupted')
                tap.check('interrupted' in errors, errors)
            if process.returncode == 0:
                tap.equal(sorted(os.listdir(out)), FILES)
            else:
                tap.equal(sorted(os.listdir(home)), before, 'left something')


tap.main()
