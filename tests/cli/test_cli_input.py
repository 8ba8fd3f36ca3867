"""Everything that may be wrong with a configuration and its data: one line that says where, what
was found and what is allowed; exit code 2 or 5; nothing written."""

import gzip
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from support import folder, refused, tern, without_rights

HEAD = 'timestamp,open,high,low,close,volume\n'
ROWS = [f'{1704067200 + 3600 * i},{100 + i % 7},{102 + i % 7},{98 + i % 7},{101 + i % 7},5'
        for i in range(80)]
BARS = HEAD + ''.join(row + '\n' for row in ROWS)
CONFIG = '''tern: 1
currency: USDT
instruments: [BTC-USDT]
account: {USDT: "10000"}
data:
  - {file: d.csv, kind: bars, instrument: BTC-USDT, bar: 1h}
bots:
  - name: a
    kind: ma_cross
    instrument: BTC-USDT
    bar: 1h
    params: {fast: 2, slow: 5}
    size: {method: fixed, quantity: "1"}
'''


def row(text):
    """The bars with another fourth row, which is line 5 of the file."""
    return HEAD + ''.join(line + '\n' for line in ROWS[:3] + [text] + ROWS[4:])


# name, the file of bars, where, what was found, what is allowed
DATA = [
    ('empty', '', 'd.csv', 'the file is empty', 'a header and rows'),
    ('blank', '\n\n', 'd.csv', 'the file is empty', 'a header and rows'),
    ('header alone', HEAD, 'd.csv', 'no rows', 'at least one bar'),
    ('missing column', 'timestamp,open,high,low,volume\n1,1,2,1,5\n', 'd.csv:1: close', 'missing',
     'time, open, high, low, close, volume'),
    ('extra column', 'timestamp,open,high,low,close,volume,foo\n1,1,1,1,1,1,1\n', 'd.csv:1',
     'unknown column "foo"', 'open, high, low, close'),
    ('missing field', row('1704078000,103,105,101,104'), 'd.csv:5', '5 fields', '6 as in'),
    ('extra field', row('1704078000,103,105,101,104,5,9'), 'd.csv:5', '7 fields', '6 as in'),
    ('text', row('1704078000,103,abc,101,104,5'), 'd.csv:5: high', '"abc"', 'a price above 0'),
    ('nothing', row('1704078000,103,,101,104,5'), 'd.csv:5: high', '""', 'a price above 0'),
    ('NaN', row('1704078000,103,NaN,101,104,5'), 'd.csv:5: high', '"NaN"', 'a price above 0'),
    ('infinity', row('1704078000,103,105,101,inf,5'), 'd.csv:5: close', 'infinity', 'a price'),
    ('negative', row('1704078000,103,105,-101,104,5'), 'd.csv:5: low', '"-101"', 'a price above 0'),
    ('zero', row('1704078000,103,105,0,104,5'), 'd.csv:5: low', '"0"', 'a price above 0'),
    ('negative volume', row('1704078000,103,105,101,104,-5'), 'd.csv:5: volume', '"-5"',
     '0 or more'),
    ('high below low', row('1704078000,103,100,101,104,5'), 'd.csv:5: high', 'below low', 'low <='),
    ('close above high', row('1704078000,103,105,101,106,5'), 'd.csv:5: close', 'outside',
     'low <='),
    ('exponent', row('1704078000,1.03e2,105,101,104,5'), 'd.csv:5: open', 'exponent', 'a price'),
    ('too large', row('1704078000,103,1' + '0' * 24 + ',101,104,5'), 'd.csv:5: high', 'too large',
     'a price'),
    ('too fine', row('1704078000,103.' + '0' * 20 + '1,105,101,104,5'), 'd.csv:5: open', 'too long',
     'a price'),
    ('twice', row('1704074400,103,105,101,104,5'), 'd.csv:5: timestamp', 'line 4 again', 'once'),
    ('unsorted', row('1704060000,103,105,101,104,5'), 'd.csv:5: timestamp', 'earlier than line 4',
     'rise'),
    ('off the grid', row('1704078001,103,105,101,104,5'), 'd.csv:5: timestamp', 'no multiple of 1h',
     'multiples'),
    ('no time', row('soon,103,105,101,104,5'), 'd.csv:5: timestamp', '"soon"', 'an integer in s'),
    ('open quote', row('1704078000,"103,105,101,104,5'), 'd.csv:5', 'quote', 'quotes'),
]

# name, what of the configuration is replaced, by what, where, what was found, what is allowed
CONFIGS = [
    ('unknown key', 'params:', 'parms:', ':12: bots[0].parms', 'unknown key', 'mean "params"?'),
    ('unknown parameter', 'fast: 2', 'fsat: 2', ':12: bots[0].params.fsat', 'unknown key',
     'mean "fast"?'),
    ('a word for a number', 'fast: 2', 'fast: two', ':12: bots[0].params.fast', '"two"',
     'a whole number'),
    ('a list for a mapping', '{USDT: "10000"}', '[USDT]', ':4: account', 'a list', 'a mapping'),
    ('out of range', 'slow: 5', 'slow: 1001', ':12: bots[0].params.slow', '"1001"', '2 to 1000'),
    ('two of one name', 'bots:\n', 'bots:\n  - {name: a, kind: score, instrument: BTC-USDT}\n',
     ':9: bots[1].name', '"a" is the name of bots[0]', 'differ'),
    ('budgets beyond the account', 'slow: 5}\n', 'slow: 5}\n    budget: "20000"\n',
     ':13: bots[0].budget', 'sum to 20000', 'at most 10000'),
    ('outside the allow-list', '    instrument: BTC-USDT', '    instrument: ETH-USDT',
     ':10: bots[0].instrument', 'not one of instruments', 'BTC-USDT'),
    ('data outside the allow-list', 'kind: bars, instrument: BTC-USDT',
     'kind: bars, instrument: ETH-USDT', ':6: data[0].instrument', 'not one of instruments',
     'BTC-USDT'),
    ('data that end before the warm-up', 'slow: 5', 'slow: 200', ':8: bots[0]', 'end after 80',
     'at least 200'),
    ('bars that do not fit', '    bar: 1h\n', '    bar: 90m\n', ':11: bots[0].bar', '1h30m',
     'a multiple'),
    ('no data', 'data:\n  - {file: d.csv, kind: bars, instrument: BTC-USDT, bar: 1h}\n', '',
     'data', 'no data', 'at least one'),
    ('an asset without a price', '"10000"}', '"10000", DOGE: "5"}', ':4: account.DOGE', 'no price',
     'USDT'),
    ('a style that is not there', 'slow: 5}\n', 'slow: 5}\n    execute: {style: twap}\n',
     ':13: bots[0].execute.style', 'does not run yet', 'market'),
    ('a window without bars', 'bar: 1h}', 'bar: 1h, from: 2025-01-01}', 'd.csv', 'no bar lies in',
     'widen'),
    ('a tab', '    kind', '\tkind', ':9', 'a tab', 'spaces'),
]


def place(home, config=CONFIG, bars=BARS, name='d.csv'):
    with open(os.path.join(home, 'c.yaml'), 'w', encoding='utf-8', newline='') as file:
        file.write(config)
    with open(os.path.join(home, name), 'wb') as file:
        file.write(bars if isinstance(bars, bytes) else bars.encode())
    return os.path.join(home, 'c.yaml')


def check_refused(home, what, where, found, allowed, code=5):
    """With a place named and without: the same words, and the folder is as it was."""
    before = sorted(os.listdir(home))
    path = os.path.join(home, 'c.yaml')
    for more in ([], ['--out', os.path.join(home, 'r')]):
        error = refused(code, 'backtest', 'run', path, *more, home=home)
        tap.check(where in error['where'], f'{what}: {error}')
        tap.check(found in error['found'], f'{what}: {error}')
        tap.check(allowed in error['allowed'] + error['next'], f'{what}: {error}')
        tap.equal(sorted(os.listdir(home)), before, f'{what} left something')


def check_good(home, what):
    answer = tern('backtest', 'run', os.path.join(home, 'c.yaml'), '--no-trials', home=home)
    tap.check(answer.returncode == 0, f'{what}: {answer.stderr}')
    return [line for line in answer.stdout.splitlines() if line.startswith(('bots\t', 'metrics\t'))]


def test_bars():
    with folder() as home:
        for name, bars, where, found, allowed in DATA:
            place(home, bars=bars)
            check_refused(home, name, where, found, allowed)


def test_bars_that_are_good_in_another_dress():
    with folder() as home:
        place(home)
        plain = check_good(home, 'plain')
        tap.check(plain, 'tables')
        for name, bars in [('CRLF', BARS.replace('\n', '\r\n')),
                           ('a byte order mark', '\ufeff' + BARS),
                           ('no last line end', BARS[:-1]),
                           ('packed', gzip.compress(BARS.encode()))]:
            place(home, bars=bars)
            tap.equal(check_good(home, name), plain, name)


def test_packed_bars():
    packed = gzip.compress(BARS.encode())
    flipped = packed[:40] + bytes([packed[40] ^ 1]) + packed[41:]
    config = CONFIG.replace('d.csv', 'd.csv.gz')
    with folder() as home:
        for name, data, found in [('cut', packed[:-30], 'end too early'),
                                  ('without its tail', packed[:-3], 'end too early'),
                                  ('damaged', flipped, 'damaged'),
                                  ('rubbish behind', packed + b'xx', 'no gzip data follow'),
                                  ('nothing', b'', 'empty')]:
            place(home, config, data, 'd.csv.gz')
            check_refused(home, name, 'd.csv.gz', found, '')


def test_configurations():
    with folder() as home:
        for name, old, new, where, found, allowed in CONFIGS:
            tap.check(old in CONFIG, name)
            place(home, CONFIG.replace(old, new, 1))
            check_refused(home, name, where, found, allowed)
        place(home, '')
        check_refused(home, 'empty', 'c.yaml', 'nothing but white space', 'tern: 1')
        place(home)
        with open(os.path.join(home, 'c.yaml'), 'ab') as file:
            file.write(b'# caf\xe9\n')
        check_refused(home, 'not UTF-8', 'c.yaml:14', 'UTF-8', '')
        place(home, '\ufeff' + CONFIG.replace('\n', '\r\n'))
        check_good(home, 'a byte order mark and CRLF')


def test_directories():
    with folder() as home:
        os.mkdir(os.path.join(home, 'c.yaml'))
        for command in (['backtest', 'run'], ['config', 'validate'], ['config', 'show']):
            refused(5, *command, os.path.join(home, 'c.yaml'), home=home, says='found a directory')
        os.rmdir(os.path.join(home, 'c.yaml'))
        place(home)
        os.remove(os.path.join(home, 'd.csv'))
        os.mkdir(os.path.join(home, 'd.csv'))
        check_refused(home, 'a directory of bars', 'd.csv', 'found a directory', 'a regular file')


def test_missing_bars():
    with folder() as home:
        place(home)
        os.remove(os.path.join(home, 'd.csv'))
        check_refused(home, 'missing', 'd.csv', 'no such file', 'check the path')


def test_unreadable_files():
    with folder() as home:
        for name in ('d.csv', 'c.yaml'):
            path = place(home)
            os.chmod(os.path.join(home, name), 0)
            before = sorted(os.listdir(home))
            answer = without_rights('backtest', 'run', path, '-q', home=home)
            tap.equal(answer.returncode, 5, answer.stderr)
            tap.check(f'{name}: the file cannot be opened: Permission denied' in answer.stderr,
                      answer.stderr)
            tap.equal(answer.stderr.count('\n'), 1, answer.stderr)
            tap.equal(sorted(os.listdir(home)), before, 'something was left')
            os.chmod(os.path.join(home, name), 0o644)


def test_a_full_disk():
    """A file system of a few pages, where one may be mounted."""
    with folder() as home:
        disk = os.path.join(home, 'disk')
        os.mkdir(disk)
        path = place(home)
        mounted = subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', disk],
                                 capture_output=True, check=False)
        if mounted.returncode != 0:
            tap.skip('no file system can be mounted')
        try:
            error = refused(2, 'backtest', 'run', path, '--out', os.path.join(disk, 'r'),
                            '--no-trials', home=home)
            tap.equal((error['code'], os.listdir(disk)), ('no_space', []))
        finally:
            subprocess.run(['umount', disk], check=True)


tap.main()
