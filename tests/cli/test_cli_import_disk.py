"""Imports among their surroundings: a person at a terminal, several at once, full and read-only
disks, a process that is killed."""

# timeout: 600

import json
import os
import pty
import resource
import select
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from support import environment, folder, good, refused, tern, write_bars

START = 1704067200
STRANGE = 'When,P1,Top,Bottom,P2,Qty\n' + ''.join(
    f'{START + 3600 * i},{100 + i},{103 + i},{99 + i},{101 + i},{1 + i}\n' for i in range(30))
PLAIN = STRANGE.replace('When,P1,Top,Bottom,P2,Qty', 'time,open,high,low,close,volume')


def write(path, text):
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
    return path


def imported(home, *arguments):
    return json.loads(good('data', 'import', *arguments, '--json', home=home))['tapes']


# ---- a person ------------------------------------------------------------------------------------

def converse(home, arguments, answers):
    """Runs on a terminal and gives an answer whenever a question stands at the end of what was
    written. Returns the exit code and all that was written."""
    control, terminal = pty.openpty()
    process = subprocess.Popen([tap.PROGRAM, *arguments], stdin=terminal, stdout=terminal,
                               stderr=terminal, start_new_session=True,
                               env=environment(home, COLUMNS='100'))
    os.close(terminal)
    text, answers = b'', list(answers)
    while True:
        ready, _, _ = select.select([control], [], [], 60)
        if not ready:
            process.kill()
            raise AssertionError(f'{arguments}: silent for a minute: {text}')
        try:
            part = os.read(control, 65536)
        except OSError:
            break
        if not part:
            break
        text += part
        if text.endswith(b']: ') and answers:
            answer = answers.pop(0)
            if answer is None:
                process.send_signal(signal.SIGINT)
            else:
                os.write(control, answer.encode())
    os.close(control)
    return process.wait(60), text.decode('utf-8', 'replace')


def test_columns_are_asked_for():
    with folder() as home:
        strange = write(os.path.join(home, 'strange.csv'), STRANGE)
        expected = imported(home, write(os.path.join(home, 'plain.csv'), PLAIN))[0]['content_hash']
        out = os.path.join(home, 'out')
        code, text = converse(home, ['data', 'import', strange, '--out', out],
                              ['\n', 'nine\n', '9\n', 'p1\n', '3\n', 'Bottom\n', '\n', '6\n'])
        tap.equal(code, 0, text)
        for words in ['the columns are not known', 'Bottom', 'time is column [1 When]: ',
                      'A number from 1 to 6', 'open is column [2 P1]: ', 'close is column [5 P2]: ',
                      'volume is column [6 Qty, - for none]: ',
                      'Next time: --columns time=1,open=2,high=3,low=4,close=5,volume=6']:
            tap.check(words in text, f'{words!r} in {text}')
        listed = json.loads(good('data', 'list', out, '--json', home=home))['tapes']
        tap.equal([tape['content_hash'] for tape in listed], [expected])
        # Enter all along is the usual order; the volume may be none.
        code, text = converse(home, ['data', 'verify', strange], ['\n'] * 5 + ['-\n'])
        tap.check(code == 0 and 'volume=-' in text and 'usable' in text, text)
        # The end of the answers is no answer, Ctrl-C ends it, and both leave nothing.
        code, text = converse(home, ['data', 'import', strange, '--out', os.path.join(home, 'o2')],
                              ['\n', '\x04'])
        tap.check(code == 130 and 'was not answered' in text, f'{code} {text}')
        code, text = converse(home, ['data', 'import', strange, '--out', os.path.join(home, 'o2')],
                              ['\n', None])
        tap.check(code in (130, -signal.SIGINT), f'{code} {text}')
        tap.equal(os.listdir(os.path.join(home, 'o2')), [])


def test_nobody_is_asked():
    with folder() as home:
        strange = write(os.path.join(home, 'strange.csv'), STRANGE)
        for options in [['--no-input'], ['-q'], ['--json']]:
            code, text = converse(home, ['data', 'import', strange, *options], [])
            tap.check(code == 5 and '--columns' in text and ']: ' not in text, text)
        # Files whose columns are known, and those that cannot be read at all, are not asked about.
        plain = write(os.path.join(home, 'plain.csv'), PLAIN)
        code, text = converse(home, ['data', 'import', plain], [])
        tap.check(code == 0 and ']: ' not in text, text)
        empty = write(os.path.join(home, 'empty.csv'), '')
        code, text = converse(home, ['data', 'import', empty], [])
        tap.check(code == 5 and ']: ' not in text, text)


# ---- several at once -----------------------------------------------------------------------------

def test_many_imports_into_one_catalogue():
    with folder() as home:
        files = []
        for i in range(6):
            files.append(os.path.join(home, f'f{i}.csv'))
            write_bars(files[-1], 3000 + 100 * i)
        out = os.path.join(home, 'new', 'out')  # the folders are made by whoever comes first
        runs = [subprocess.Popen([tap.PROGRAM, 'data', 'import', *files[i % 3:], '--out', out,
                                  '-q'], env=environment(home), stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE, text=True) for i in range(8)]
        for run in runs:
            text = run.communicate()[1]
            tap.check(run.returncode == 0 or 'already' in text, text)
        again = imported(home, *files, '--out', out)
        tap.equal(sorted(os.listdir(out)), [f'f{i}.tape' for i in range(6)])
        tap.equal([tape['bars'] for tape in again], [3000 + 100 * i for i in range(6)])
        for tape in again:
            good('data', 'verify', tape['tape'], home=home)


# ---- disks ---------------------------------------------------------------------------------------

def in_a_disk(home, script, size='24k'):
    """Runs a shell script with a small disk of its own at $DISK, in a mount namespace; None where
    that is not permitted."""
    if shutil.which('unshare') is None:
        return None
    disk = os.path.join(home, 'disk')
    os.makedirs(disk, exist_ok=True)
    probe = subprocess.run(['unshare', '-m', '-r', 'sh', '-c', f'mount -t tmpfs none "{disk}"'],
                           capture_output=True, check=False)
    namespace = ['unshare', '-m', '-r']
    if probe.returncode != 0:
        namespace = ['unshare', '-m']
        probe = subprocess.run([*namespace, 'sh', '-c', f'mount -t tmpfs none "{disk}"'],
                               capture_output=True, check=False)
    if probe.returncode != 0:
        return None
    return subprocess.run([*namespace, 'bash', '-c',
                           f'set -e; mount -t tmpfs -o size={size} none "$DISK"\n{script}'],
                          env=environment(home, DISK=disk, TERN=tap.PROGRAM, FILES=home),
                          capture_output=True, text=True, timeout=120, check=False)


def test_a_full_disk():
    with folder() as home:
        write_bars(os.path.join(home, 'small.csv'), 500)
        write_bars(os.path.join(home, 'large.csv'), 40000)
        answer = in_a_disk(home, '''
            "$TERN" data import "$FILES/small.csv" --out "$DISK" -q
            set +e
            "$TERN" data import "$FILES/large.csv" --out "$DISK" -q; echo "code $?"
            ls "$DISK"
            "$TERN" data import "$FILES/large.csv" --instrument A --out "$DISK/b/c" --json
            echo "code $?"
            find "$DISK" -type f
            "$TERN" data verify "$DISK/small.tape" -q > /dev/null; echo "code $?"
            "$TERN" data import "$FILES/small.csv" --out "$DISK" --plain''')
        if answer is None:
            tap.skip('no mount namespaces here')
        lines = answer.stdout.splitlines()
        tap.check('error: ' in answer.stderr and 'No space left' in answer.stderr, answer.stderr)
        tap.equal([line for line in lines if line.startswith('code')],
                  ['code 2', 'code 2', 'code 0'], answer.stdout + answer.stderr)
        tap.check('"code":"no_space"' in answer.stdout, answer.stdout)
        tap.equal([os.path.basename(line) for line in lines if '/disk/small' in line and
                   not line.startswith('import')], ['small.tape'])
        tap.check('partial' not in answer.stdout and 'large' not in answer.stdout.replace(
            'large.csv', ''), answer.stdout)
        tap.check('unchanged' in lines[-1], answer.stdout)


def test_a_disk_that_is_full_of_names():
    """Not even an empty file can be made."""
    with folder() as home:
        write_bars(os.path.join(home, 'small.csv'), 500)
        answer = in_a_disk(home, '''
            mount -o remount,nr_inodes=1 "$DISK"
            "$TERN" data import "$FILES/small.csv" --out "$DISK" -q || echo "code $?"
            ls "$DISK"''')
        if answer is None:
            tap.skip('no mount namespaces here')
        tap.check('code 2' in answer.stdout or answer.returncode == 32,
                  answer.stdout + answer.stderr)
        tap.check('.tape' not in answer.stdout, answer.stdout)


def test_a_read_only_disk():
    with folder() as home:
        write_bars(os.path.join(home, 'small.csv'), 500)
        write_bars(os.path.join(home, 'other.csv'), 600)
        answer = in_a_disk(home, '''
            "$TERN" data import "$FILES/small.csv" --out "$DISK" -q
            mount -o remount,ro "$DISK"
            set +e
            "$TERN" data import "$FILES/other.csv" --out "$DISK" -q; echo "code $?"
            "$TERN" data import "$FILES/other.csv" --out "$DISK/new" -q; echo "code $?"
            "$TERN" data import "$FILES/small.csv" --out "$DISK" --plain; echo "code $?"
            ls "$DISK"''')
        if answer is None:
            tap.skip('no mount namespaces here')
        codes = [line for line in answer.stdout.splitlines() if line.startswith('code')]
        tap.equal(codes, ['code 1', 'code 1', 'code 0'], answer.stdout + answer.stderr)
        tap.equal(answer.stderr.count('Read-only file system'), 2, answer.stderr)
        tap.check('unchanged' in answer.stdout, answer.stdout)
        tap.check(answer.stdout.rstrip().endswith('code 0\nsmall.tape'), answer.stdout)


def test_a_file_size_limit():
    """What stands in for a full disk where none can be mounted."""
    with folder() as home:
        path, out = os.path.join(home, 'd.csv'), os.path.join(home, 'out')
        write_bars(path, 40000)

        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
        answer = subprocess.run([tap.PROGRAM, 'data', 'import', path, '--out', out], text=True,
                                env=environment(home), preexec_fn=limit, capture_output=True,
                                check=False)
        tap.check(answer.returncode in (1, 2) and 'error: ' in answer.stderr, answer.stderr)
        tap.equal(os.listdir(out), [])


# ---- a kill --------------------------------------------------------------------------------------

def test_killed_at_any_moment():
    """Nothing half done stands under a tape's name, and the same command makes up for all of it."""
    with folder() as home:
        files = []
        for i in range(4):
            files.append(os.path.join(home, f'f{i}.csv'))
            write_bars(files[-1], 60000)
        whole = [tape['content_hash'] for tape in
                 imported(home, *files, '--out', os.path.join(home, 'whole'))]
        began = time.monotonic()
        imported(home, *files, '--out', os.path.join(home, 'whole2'))
        length = time.monotonic() - began
        seen = set()
        for i in range(12):
            out = os.path.join(home, f'out{i}')
            run = subprocess.Popen([tap.PROGRAM, 'data', 'import', *files, '--out', out, '-q'],
                                   env=environment(home), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
            time.sleep(length * i / 11)
            run.kill()
            run.wait(60)
            tapes = sorted(name for name in os.listdir(out) if name.endswith('.tape')) \
                if os.path.isdir(out) else []
            for name in tapes:
                good('data', 'verify', os.path.join(out, name), home=home)
            again = imported(home, *files, '--out', out)
            tap.equal([tape['content_hash'] for tape in again], whole)
            tap.equal([tape['outcome'] for tape in again],
                      ['unchanged'] * len(tapes) + ['written'] * (4 - len(tapes)), f'{tapes}')
            tap.equal(sorted(os.listdir(out)), [f'f{k}.tape' for k in range(4)])
            seen.add(len(tapes))
        tap.check(seen, 'no run')


tap.main()
