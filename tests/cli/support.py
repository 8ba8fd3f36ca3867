"""What the tests of the command line share: fixtures, places of their own, the program with a
terminal."""

import contextlib
import json
import os
import pty
import select
import shutil
import subprocess
import tempfile

import tap

DATA = os.path.join(tap.ROOT, 'tests', 'data', 'cli')
SCORE = os.path.join(DATA, 'score.yaml')
FILES = ['equity.csv', 'fills.csv', 'journal', 'metrics.csv', 'orders.csv', 'report.html',
         'report.md', 'result.json', 'trips.csv']


@contextlib.contextmanager
def folder():
    path = tempfile.mkdtemp(prefix='tern-cli-')
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def environment(home, **more):
    """One without what would change the program's behaviour, with all state below `home`."""
    result = {key: value for key, value in os.environ.items()
              if not key.startswith(('TERN_', 'XDG_', 'LC_')) and key not in (
                  'NO_COLOR', 'COLUMNS', 'LANG', 'HOME')}
    result.update(HOME=home, LANG='C.UTF-8', TERM='xterm')
    result.update(more)
    return {key: value for key, value in result.items() if value is not None}


def tern(*arguments, home, cwd=None, **more):
    return tap.tern(*arguments, env=environment(home, **more), cwd=cwd)


def without_rights(*arguments, home, **more):
    """As `tern`, but never as the superuser, who may read and write everything. What it is to reach
    in `home` must be open to others; the program is copied there, for it may not be."""
    if os.geteuid() != 0:
        return tern(*arguments, home=home, **more)
    program = os.path.join(home, 'tern-program')
    os.chmod(home, 0o755)
    shutil.copy(tap.PROGRAM, program)
    try:
        return subprocess.run([program, *arguments], capture_output=True, text=True, timeout=120,
                              stdin=subprocess.DEVNULL, check=False, user=65534, group=65534,
                              extra_groups=[], env=environment(home, **more))
    finally:
        os.remove(program)


def good(*arguments, home, **more):
    """Its stdout; a failure fails the test."""
    answer = tern(*arguments, home=home, **more)
    tap.check(answer.returncode == 0, f'{arguments}: exit {answer.returncode}: {answer.stderr}')
    return answer.stdout


def refused(code, *arguments, home, says=None, **more):
    """Ends with the exit code, says why in the house's form, and nothing on stdout."""
    answer = tern(*arguments, home=home, **more)
    what = f'{arguments}: {answer.stderr!r}'
    tap.check(answer.returncode == code, f'{what}: exit {answer.returncode}, expected {code}')
    tap.check(answer.stderr.startswith('error: '), f'{what}: no error')
    tap.check(answer.stderr.count('\n') == 1, f'{what}: one line')
    tap.check(says is None or says in answer.stderr, f'{what}: {says!r} expected')
    tap.equal(answer.stdout, '', f'{arguments}: stdout')
    # The same as a document.
    answer = tern(*arguments[:1], '--json', *arguments[1:], home=home, **more)
    tap.equal(answer.returncode, code, f'{arguments} --json: exit code')
    error = json.loads(answer.stdout)
    tap.equal(sorted(error), ['error'], f'{arguments} --json')
    tap.equal(sorted(error['error']), ['allowed', 'code', 'found', 'next', 'where'])
    tap.check(error['error']['found'] in answer.stderr, f'{arguments} --json: {error}')
    return error['error']


def table(text, key):
    """Rows of that table of a plain output, as dicts."""
    lines = [line.split('\t') for line in text.splitlines()]
    heads = [line[1:] for line in lines if line[0] == '#' + key]
    tap.equal(len(heads), 1, f'tables named {key}')
    return [dict(zip(heads[0], line[1:])) for line in lines if line[0] == key]


def pairs(text, key):
    return {row['name']: row['value'] for row in table(text, key)}


def run_in_terminal(*arguments, home, columns=100, stop=None, **more):
    """Runs with stdout and stderr on one terminal; stop(text) may return a signal to send. Returns
    the exit code and all that was written."""
    control, terminal = pty.openpty()
    process = subprocess.Popen([tap.PROGRAM, *arguments], stdin=terminal, stdout=terminal,
                               stderr=terminal, env=environment(home, COLUMNS=str(columns), **more))
    os.close(terminal)
    text, sent = b'', False
    while True:
        ready, _, _ = select.select([control], [], [], 60)
        if not ready:
            process.kill()
            raise AssertionError(f'{arguments}: silent for a minute')
        try:
            part = os.read(control, 65536)
        except OSError:
            break
        if not part:
            break
        text += part
        number = stop(text) if stop and not sent else None
        if number is not None:
            process.send_signal(number)
            sent = True
    os.close(control)
    return process.wait(60), text.decode('utf-8', 'replace')


SLOW_SECONDS = 1.2


def write_bars(path, count):
    """Bars of a minute from 2023 on."""
    with open(path, 'w', encoding='ascii') as file:
        print('timestamp,open,high,low,close,volume', file=file)
        price = 40000.0
        for i in range(count):
            price += (i * 7919 % 101 - 50) * 0.5
            print(f'{1672531200 + 60 * i},{price:.2f},{price + 5:.2f},{price - 5:.2f},'
                  f'{price + 1:.2f},1.5', file=file)


def slow_back_test(home):
    """A configuration that takes some seconds on this machine, with its data; returns its file."""
    name = os.path.join(home, 'slow.yaml')
    write_bars(os.path.join(home, 'slow.csv'), 50000)
    for bots in [25, 50, 100, 200, 400, 800]:
        with open(name, 'w', encoding='ascii') as file:
            print('tern: 1\ncurrency: USDT\ninstruments: [BTC-USDT]\n'
                  'account: {USDT: "1000000"}\ndata:\n'
                  '  - {file: slow.csv, kind: bars, instrument: BTC-USDT, bar: 1m}\nbots:',
                  file=file)
            for i in range(bots):
                print(f'  - {{name: b{i}, kind: score, instrument: BTC-USDT, bar: 1m, '
                      'budget: "500", '
                      f'size: {{method: notional, amount: "100"}}}}', file=file)
        answer = json.loads(good('backtest', 'run', name, '--out', os.path.join(home, 'timing'),
                                 '--no-trials', '--json', home=home))
        if answer['wall_seconds'] > SLOW_SECONDS:
            break
    shutil.rmtree(os.path.join(home, 'timing'))
    return name
