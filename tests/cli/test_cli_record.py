"""tern data record: the generator and recordings into tapes; stopped, killed, gone on with; two at
once; a disk that is full; a back-test over what was recorded."""

import json
import os
import resource
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from support import environment, folder, good, refused, tern, without_rights

GENERATOR = ['data', 'record', '--feed', 'generator', '--seed', '7', '--instruments',
             'BTC-USD,DOGE-USD']


def record(home, out, *arguments, speed='max'):
    answer = good(*GENERATOR, '--speed', speed, '--out', os.path.join(home, out), *arguments,
                  '--json', home=home)
    return json.loads(answer)['tapes']


def hashes(tapes):
    return {os.path.basename(row['tape']): row['content_hash'] for row in tapes}


def listed(home, out):
    rows = json.loads(good('data', 'list', os.path.join(home, out), '--json', home=home))['tapes']
    return {os.path.basename(row['tape']): row for row in rows}


def start(home, out, *arguments):
    return subprocess.Popen([tap.PROGRAM, *GENERATOR, '--out', os.path.join(home, out),
                             *arguments], env=environment(home), stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for_rows(home, out, rows):
    """Until that many rows are whole in the tapes of a folder."""
    for _ in range(600):
        if os.path.isdir(os.path.join(home, out)) and \
                sum(row['rows'] for row in listed(home, out).values()) >= rows:
            return
        time.sleep(0.1)
    raise AssertionError(f'no {rows} rows in a minute')


def test_a_recording_in_pieces_is_the_recording():
    with folder() as home:
        whole = record(home, 'whole', '--duration', '3m')
        tap.equal(sorted(hashes(whole)), [f'{name}-usd-{kind}.tape' for name in ('btc', 'doge')
                                          for kind in ('depth', 'quotes', 'trades')])
        for duration in ('20s', '1m', '3m'):
            pieces = record(home, 'pieces', '--duration', duration)
        tap.equal(hashes(pieces), hashes(whole))
        tap.check(all(0 < row['found'] < row['events'] for row in pieces), str(pieces))
        rows = listed(home, 'pieces')
        tap.check(all(row['state'] == 'whole' for row in rows.values()), str(rows))
        good('data', 'verify', *[row['tape'] for row in rows.values()], home=home)
        # The same seed alone, or some kinds of it.
        refused(5, *GENERATOR[:5], '8', *GENERATOR[6:], '--out', os.path.join(home, 'pieces'),
                '--duration', '3m', '--speed', 'max', home=home,
                says='not the beginning of this feed')
        some = record(home, 'some', '--duration', '3m', '--kinds', 'trades')
        tap.equal(hashes(some), {name: value for name, value in hashes(whole).items()
                                 if 'trades' in name})


def test_a_tape_played_is_the_tape():
    with folder() as home:
        first = record(home, 'first', '--duration', '30s')
        paths = ','.join(row['tape'] for row in first)
        again = json.loads(good('data', 'record', '--feed', 'tape', '--tape', paths, '--speed',
                                'max', '--out', os.path.join(home, 'again'), '--json', home=home))
        tap.equal(hashes(again['tapes']), hashes(first))


def test_stop_and_kill():
    with folder() as home:
        whole = record(home, 'whole', '--duration', '10m')
        process = start(home, 'out', '--speed', '100', '--duration', '10m')
        wait_for_rows(home, 'out', 1000)
        # Whoever comes second is told so, and nothing happens to the first.
        refused(2, *GENERATOR, '--out', os.path.join(home, 'out'), home=home,
                says='another process is writing this tape')
        process.send_signal(signal.SIGKILL)
        process.wait()
        rows = listed(home, 'out')
        tap.check(all(row['state'] == 'cut' for row in rows.values()), str(rows))
        tap.check(sum(row['rows'] for row in rows.values()) >= 1000, str(rows))
        # A torn write: part of a block behind the last whole one.
        with open(rows['btc-usd-depth.tape']['tape'], 'ab') as file:
            file.write(b'TBLK' + b'\1' * 300)
        process = start(home, 'out', '--speed', '50', '--duration', '10m')
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate()
        tap.equal(process.returncode, 0, stderr)
        tap.check('btc-usd-depth.tape' in stdout, stdout)
        rows = listed(home, 'out')
        tap.check(all(row['state'] == 'whole' for row in rows.values()), str(rows))
        tap.equal(hashes(record(home, 'out', '--duration', '10m')), hashes(whole))


def limited():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40000, 40000))


def test_no_room():
    with folder() as home:
        out = os.path.join(home, 'out')
        answer = subprocess.run([tap.PROGRAM, *GENERATOR, '--speed', 'max', '--duration', '10m',
                                 '--out', out], env=environment(home), preexec_fn=limited,
                                capture_output=True, text=True, check=False)
        tap.equal(answer.returncode, 1, answer.stderr)
        tap.check('rows of 6 tapes are whole' in answer.stderr, answer.stderr)
        tap.check('record again' in answer.stderr, answer.stderr)
        # With room it goes on, and nothing is missing.
        tap.equal(hashes(record(home, 'out', '--duration', '10m')),
                  hashes(record(home, 'whole', '--duration', '10m')))
        if os.getuid() == 0:
            os.chmod(home, 0o755)
        os.makedirs(os.path.join(home, 'closed'), mode=0o555)
        answer = without_rights(*GENERATOR, '--speed', 'max', '--duration', '10s', '--out',
                                os.path.join(home, 'closed'), home=home)
        tap.equal(answer.returncode, 1, answer.stderr)
        tap.equal(os.listdir(os.path.join(home, 'closed')), [])


def test_a_back_test_over_a_recording():
    with folder() as home:
        record(home, '.', '--duration', '4m')
        path = os.path.join(home, 'session.yaml')
        with open(path, 'w', encoding='utf-8') as file:
            file.write('''tern: 1
currency: USD
instruments:
  - {name: BTC-USD, price_increment: "0.01", quantity_increment: "0.00001"}
account: {USD: "100000"}
cycle: 1s
data:
  - {file: btc-usd-depth.tape, kind: depth, instrument: BTC-USD}
  - {file: btc-usd-trades.tape, kind: trades, instrument: BTC-USD}
bots:
  - {name: quotes, kind: maker, instrument: BTC-USD, params: {spread: 0.0002, refresh: 1s},
     size: {method: notional, amount: "900"}}
''')
        result = json.loads(good('backtest', 'run', path, '--no-trials', '--json', '--out',
                                 os.path.join(home, 'r'), home=home))
        tap.check(result['orders'] > 0, 'a maker that never quoted')
        # Nothing of the books was lost on the way.
        tap.check(not any('invalid' in warning or 'gap' in warning
                          for warning in result['warnings']), str(result['warnings']))


def test_words_that_are_refused():
    with folder() as home:
        for arguments, says in [
                (['--feed', 'kraken'], 'generator, or tape'), ([], 'generator, or tape'),
                (['--feed', 'tape'], '--tape'),
                (['--feed', 'tape', '--tape', 'a', '--seed', '1'], '--seed with --feed tape'),
                (['--feed', 'generator', '--tape', 'a'], '--tape with --feed generator'),
                (['--feed', 'generator', '--instruments', 'BTC-USD,btc'], 'commas between them'),
                (['--feed', 'generator', '--instruments', 'A-B,A-B'], 'commas between them'),
                (['--feed', 'generator', '--kinds', 'bars'], 'depth, quotes, trades'),
                (['--feed', 'generator', '--speed', '0'], 'or max'),
                (['--feed', 'generator', '--duration', '-1s'], 'time of the market'),
                (['--feed', 'generator', '--scenario', 'moon'], 'normal, calm'),
                (['--feed', 'generator', '--seed', 'x'], 'x')]:
            refused(2, 'data', 'record', *arguments, '--out', os.path.join(home, 'none'),
                    home=home, says=says)
        tap.check(not os.path.exists(os.path.join(home, 'none')), 'a folder was made')
        refused(3, 'data', 'record', '--feed', 'tape', '--tape', 'none.tape', '--out',
                os.path.join(home, 'none'), home=home, says='none.tape')
        path = os.path.join(home, 'btc-usd-depth.tape')
        with open(path, 'w', encoding='utf-8') as file:
            file.write('somebody else wrote this, and it is longer than a head is. ' * 3)
        refused(5, *GENERATOR, '--duration', '1s', '--out', home, home=home, says='no tape')
        with open(path, encoding='utf-8') as file:
            tap.check(file.read().startswith('somebody'), 'it was changed')


tap.main()
