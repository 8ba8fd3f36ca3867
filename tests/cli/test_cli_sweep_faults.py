"""Sweeps that are killed, meet a full disk, a store in use or a damaged one: what is kept is right,
and what is not is said.

# timeout: 600
"""

import fcntl
import json
import os
import random
import sys
import shutil
import signal
import sqlite3
import subprocess
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from support import environment, folder, good, refused, tern, without_rights

# A rule that no evaluator takes: a trial of it takes some hundredths of a second.
CONFIG = """tern: 1
currency: USD
instruments: [BTC-USD]
account: {USD: "100000"}
fees: {maker_bps: 5, taker_bps: 10}
data:
  - {file: bars.csv, kind: bars, instrument: BTC-USD, bar: 15m}
bots:
  - {name: cross, kind: ma_cross, instrument: BTC-USD, bar: 15m, stop_loss: 0.05,
     params: {fast: 3, slow: 8}, size: {method: fixed, quantity: "0.1"}}
"""
SPACE = ['bots.cross.params.fast=2:14:2', 'bots.cross.params.slow=10:60:5']
HALVING = [*SPACE, '--halving', '2', '--rungs', '3']


def write(home, more=''):
    path = os.path.join(home, 'cross.yaml')
    with open(path, 'w', encoding='utf-8') as file:
        file.write(CONFIG + more)
    dice = random.Random(3)
    price = 40000.0
    with open(os.path.join(home, 'bars.csv'), 'w', encoding='utf-8') as file:
        file.write('time,open,high,low,close,volume\n')
        for bar in range(60000):
            close = price + dice.uniform(-90, 90)
            file.write(f'{1672531200 + bar * 900},{price:.2f},{max(price, close):.2f},'
                       f'{min(price, close):.2f},{close:.2f},1\n')
            price = close
    return path


def content(store):
    """All that a store says, as any tool reads it."""
    with sqlite3.connect(store) as base:
        return {table: base.execute(f'SELECT * FROM {table} ORDER BY 1').fetchall()
                for table in ('meta', 'trial')}


def trials_in(store):
    """How many are durable while the sweep runs."""
    try:
        with sqlite3.connect(f'file:{store}?mode=ro', uri=True) as base:
            return base.execute('SELECT count(*) FROM trial').fetchone()[0]
    except sqlite3.OperationalError:
        return 0


def start(home, state, *arguments):
    return subprocess.Popen([tap.PROGRAM, *arguments], stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                            env=environment(home, XDG_STATE_HOME=os.path.join(home, state)))


def killed_anywhere(home, path, space, seed):
    """Killed again and again after a random while, the last time it ends: as one that never was."""
    dice = random.Random(seed)
    whole = os.path.join(home, f'whole-{seed}.db')
    pieces = os.path.join(home, f'pieces-{seed}.db')
    began = time.monotonic()
    process = start(home, f'state-whole-{seed}', 'backtest', 'sweep', path, *space, '-o', whole)
    tap.equal(process.wait(120), 0, 'the whole')
    process.stderr.close()
    took = time.monotonic() - began
    kills, code = 0, None
    while code != 0:
        process = start(home, f'state-pieces-{seed}', 'backtest', 'sweep', path, *space, '-o',
                        pieces)
        if kills < 12:
            try:
                process.wait(dice.uniform(0.1, 0.4) * took)
            except subprocess.TimeoutExpired:
                process.kill()
        code = process.wait(120)
        process.stderr.close()
        tap.check(code in (0, -signal.SIGKILL), f'exit {code}')
        kills += code != 0
    one, other = content(whole), content(pieces)
    tap.equal(len(other['trial']), len(one['trial']), f'trials after {kills} kills')
    tap.equal(other, one, f'store after {kills} kills')
    return kills


def test_killed_at_any_point_ends_the_same():
    with folder() as home:
        path = write(home)
        kills = [killed_anywhere(home, path, space, seed)
                 for seed, space in enumerate((SPACE, SPACE, HALVING, HALVING))]
        print(f'# kills: {kills}')
        tap.check(sum(kills) >= 4, f'killed {kills} times')


def test_stopped_by_hand_counts_each_trial_once():
    with folder() as home:
        path = write(home)
        store = os.path.join(home, 'sweep.db')
        for wait in (0.4, 0.5, 60):
            process = start(home, 'state', 'backtest', 'sweep', path, *SPACE, '-o', store)
            try:
                process.wait(wait)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGINT)
            code = process.wait(60)
            said = process.stderr.read()
            process.stderr.close()
            tap.check(code in (0, 130), f'exit {code}: {said}')
            tap.check(code == 0 or 'goes on where it stood' in said, said)
        meta = dict(content(store)['meta'])
        ran = sum(row[2] == 1 for row in content(store)['trial'])
        tap.equal(int(meta['counted']), ran, 'counted')
        tap.equal(int(meta['trials_counted']), ran, 'counted ever')


def test_one_writer_at_a_time():
    with folder() as home:
        path = write(home)
        store = os.path.join(home, 'sweep.db')
        args = ('backtest', 'sweep', path, *SPACE, '-o', store)
        pair = [start(home, 'state', *args) for _ in range(2)]
        said = [process.communicate(timeout=120)[1] for process in pair]
        for process, words in zip(pair, said):
            tap.check(process.returncode == 0 or 'another sweep is writing to it' in words, words)
        tap.check(0 in [process.returncode for process in pair], str(said))
        meta = dict(content(store)['meta'])
        tap.equal(len(content(store)['trial']), 77, 'all trials')
        tap.equal(meta['trials_counted'], meta['counted'], 'counted once')
        with open(store, 'rb') as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            refused(1, *args, home=home, says='another sweep is writing to it')
            # Whoever reads is not in the way.
            good('sweep', 'show', store, home=home)
        good(*args, home=home)


def test_places_that_cannot_be_written():
    with folder() as home:
        path = write(home)
        closed = os.path.join(home, 'closed')
        os.mkdir(closed, 0o555)
        os.chmod(home, 0o755)
        answer = without_rights('backtest', 'sweep', path, *SPACE, '-o',
                                os.path.join(closed, 'a.db'), home=home)
        tap.equal(answer.returncode, 1, answer.stderr)
        tap.check('Permission denied' in answer.stderr and 'next:' in answer.stderr, answer.stderr)
        tap.equal(os.listdir(closed), [], 'nothing left behind')
        os.chmod(closed, 0o755)
        store = os.path.join(closed, 'a.db')
        good('backtest', 'sweep', path, *SPACE, '-o', store, home=home)
        os.chmod(store, 0o444)
        os.chmod(closed, 0o555)
        # To look at it nothing has to be written.
        answer = without_rights('sweep', 'show', store, home=home)
        tap.equal(answer.returncode, 0, answer.stderr)
        answer = without_rights('backtest', 'sweep', path, *SPACE, '-o', store, home=home)
        tap.equal(answer.returncode, 1, answer.stderr)
        refused(1, 'backtest', 'sweep', path, *SPACE, '-o', home, home=home)
        refused(1, 'backtest', 'sweep', path, *SPACE, '-o', '/proc/none.db', home=home)


def test_full_disk_then_room():
    if shutil.which('unshare') is None:
        tap.skip('no unshare')
    with folder() as home:
        path = write(home)
        disk = os.path.join(home, 'disk')
        os.mkdir(disk)
        namespace = ['unshare', '-m', '-r']
        probe = [*namespace, 'sh', '-c', f'mount -t tmpfs none "{disk}"']
        if subprocess.run(probe, capture_output=True, check=False).returncode != 0:
            namespace = ['unshare', '-m']
            probe = [*namespace, 'sh', '-c', f'mount -t tmpfs none "{disk}"']
            if subprocess.run(probe, capture_output=True, check=False).returncode != 0:
                tap.skip('no mount namespace')
        whole = os.path.join(home, 'whole.db')
        good('backtest', 'sweep', path, *SPACE, '-o', whole, '--no-trials', home=home)
        command = ' '.join(f"'{word}'" for word in (tap.PROGRAM, 'backtest', 'sweep', path, *SPACE,
                                                    '--no-trials', '-o', disk + '/a.db'))
        script = (f'mount -t tmpfs -o size=96k none "{disk}"; {command} >/dev/null 2>"{home}/said";'
                  f'echo $? >"{home}/code"; mount -o remount,size=4m "{disk}";'
                  f'{command} >/dev/null 2>&1; echo $? >"{home}/code2"; cp "{disk}/a.db" "{home}/"')
        subprocess.run([*namespace, 'sh', '-c', script], check=True, env=environment(home))
        with open(os.path.join(home, 'said'), encoding='utf-8') as file:
            said = file.read()
        codes = [open(os.path.join(home, name), encoding='utf-8').read().strip()
                 for name in ('code', 'code2')]
        tap.equal(codes, ['2', '0'], said)
        tap.check('disk is full' in said and 'goes on where it stood' in said, said)
        tap.equal(content(os.path.join(home, 'a.db')), content(whole), 'after there was room')


def test_damage_is_found():
    """Bytes changed and cut anywhere: each answer is the same as before, or a refusal."""
    with folder() as home:
        path = write(home)
        store, hurt = os.path.join(home, 'sweep.db'), os.path.join(home, 'hurt.db')
        good('backtest', 'sweep', path, *SPACE, '-o', store, home=home)
        answer = json.loads(good('sweep', 'show', store, '--map', '-n', '0', '--json', home=home))
        with open(store, 'rb') as file:
            whole = file.read()
        dice = random.Random(9)
        refusals = 0
        for case in range(150):
            damaged = bytearray(whole)
            if case % 5 == 0:
                del damaged[dice.randrange(len(damaged)):]
            else:
                for _ in range(1 + case % 3):
                    damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
            with open(hurt, 'wb') as file:
                file.write(damaged)
            result = tern('sweep', 'show', hurt, '--map', '-n', '0', '--json', home=home)
            tap.check(result.returncode in (0, 1, 5), f'case {case}: exit {result.returncode}')
            refusals += result.returncode != 0
            if result.returncode == 0:
                found = json.loads(result.stdout)
                found['file'] = answer['file']
                # How many were counted ever is written beside, and guards nothing.
                for name in ('trials_counted', 'deflated_sharpe'):
                    found[name] = answer[name]
                if found['trials'] == answer['trials']:
                    tap.equal(found, answer, f'case {case}')
        tap.check(refusals > 90, f'{refusals} refusals')


def test_a_value_changed_by_hand_is_found():
    with folder() as home:
        path = write(home)
        store = os.path.join(home, 'sweep.db')
        good('backtest', 'sweep', path, *SPACE, '-o', store, home=home)
        for change in ('UPDATE trial SET sharpe = 9 WHERE id = 3',
                       "UPDATE trial SET end_equity = '200000' WHERE id = 3",
                       "UPDATE trial SET params = 'fast=1 slow=2' WHERE id = 3",
                       'UPDATE trial SET state = 2 WHERE id = 3',
                       'UPDATE trial SET returns = NULL WHERE id = 3',
                       'UPDATE trial SET rung = 1 WHERE id = 3',
                       "UPDATE meta SET value = 'grid bots.cross.params.fast=2' "
                       "WHERE key = 'space'",
                       "UPDATE meta SET value = 'x' WHERE key = 'sweep_id'",
                       'DROP TABLE trial', 'DROP TABLE meta'):
            hurt = os.path.join(home, 'hurt.db')
            shutil.copy(store, hurt)
            with sqlite3.connect(hurt) as base:
                base.execute(change)
            refused(5, 'sweep', 'show', hurt, home=home)
            answer = tern('backtest', 'sweep', path, *SPACE, '-o', hurt, home=home)
            tap.check(answer.returncode == 5 or change == 'DROP TABLE trial',
                      f'{change}: exit {answer.returncode}: {answer.stderr}')
        for text in (b'', b'not a store of anything, but long enough to look at' * 40):
            with open(hurt, 'wb') as file:
                file.write(text)
            refused(5, 'sweep', 'show', hurt, home=home)
        refused(5, 'backtest', 'sweep', path, *SPACE, '-o', hurt, home=home, says='no store')


def test_changed_halfway_is_refused_key_by_key():
    with folder() as home:
        path = write(home)
        store = os.path.join(home, 'sweep.db')
        args = ('backtest', 'sweep', path, *SPACE, '-o', store)
        process = start(home, 'state', *args)
        while process.poll() is None and trials_in(store) == 0:
            time.sleep(0.02)
        process.kill()
        process.wait(60)
        process.stderr.close()
        with open(path, 'w', encoding='utf-8') as file:
            file.write(CONFIG.replace('taker_bps: 10', 'taker_bps: 12').replace('0.05', '0.06')
                       + 'simulation: {slippage_bps: 3}\nlog: {level: warn}\n')
        error = refused(5, *args, home=home)
        for said in ('simulation.slippage_bps was 0, now 3', 'taker_bps was 10, now 12',
                     'stop_loss was 0.05, now 0.06'):
            tap.check(said in error['found'], error['found'])
        tap.check('log' not in error['found'], 'what changes nothing is not named')
        tap.check('--out' in error['next'], error['next'])
        with open(path, 'w', encoding='utf-8') as file:
            file.write(CONFIG + '# a remark\nlog: {level: warn}\n')
        with open(os.path.join(home, 'bars.csv'), 'a', encoding='utf-8') as file:
            file.write('1726531200,1,1,1,1,1\n')
        refused(5, *args, home=home, says='the data changed: BTC-USD was')
        with open(os.path.join(home, 'bars.csv'), 'r+', encoding='utf-8') as file:
            file.truncate(os.path.getsize(file.name) - len('1726531200,1,1,1,1,1\n'))
        refused(5, 'backtest', 'sweep', path, SPACE[0], 'bots.cross.params.slow=10:60:10', '-o',
                store, home=home, says='bots.cross.params.slow was 10,15')
        good(*args, home=home)


tap.main()
