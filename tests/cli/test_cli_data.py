"""Tapes on the command line: import, list, export, verify; a back-test over them."""

import glob
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from support import environment, folder, good, refused, tern, without_rights

EXAMPLES = os.path.join(tap.ROOT, 'examples')
BARS = os.path.join(EXAMPLES, 'data', 'coinbase-btc-usd-4h.csv.gz')


def imported(home, *arguments):
    return json.loads(good('data', 'import', *arguments, '--json', home=home))['tapes']


def write(path, text):
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
    return path


def test_a_back_test_over_a_tape_is_the_same():
    with folder() as home:
        os.makedirs(os.path.join(home, 'data'))
        imported(home, *glob.glob(os.path.join(EXAMPLES, 'data', 'coinbase-*.csv.gz')), '--out',
                 os.path.join(home, 'data'))
        for name in ['cross.yaml', 'range.yaml']:
            with open(os.path.join(EXAMPLES, name), encoding='utf-8') as file:
                text = file.read()
            of_tape = write(os.path.join(home, name), text.replace('.csv.gz', '.tape'))
            hashes = [json.loads(good('backtest', 'run', path, '--out', os.path.join(home, 'r'),
                                      '--no-trials', '--json', home=home))['journal_hash']
                      for path in [os.path.join(EXAMPLES, name), of_tape]]
            tap.equal(hashes[0], hashes[1])


def test_import_export_import():
    with folder() as home:
        first = imported(home, BARS, '--instrument', 'BTC-USD')[0]
        tap.equal(first['outcome'], 'written')
        tap.equal(first['tape'], os.path.join(home, '.local/share/tern/tapes/btc-usd-4h.tape'))
        tap.equal(imported(home, BARS, '--instrument', 'BTC-USD')[0]['outcome'], 'unchanged')
        listed = json.loads(good('data', 'list', '--json', home=home))['tapes']
        tap.equal([(row['instrument'], row['state'], row['content_hash']) for row in listed],
                  [('BTC-USD', 'whole', first['content_hash'])])
        again = write(os.path.join(home, 'again.csv'),
                      good('data', 'export', first['tape'], home=home))
        tap.equal(imported(home, again)[0]['content_hash'], first['content_hash'])
        good('data', 'verify', first['tape'], home=home)


def test_json_rows():
    with folder() as home:
        first = imported(home, BARS)[0]
        lines = good('data', 'export', first['tape'], home=home).splitlines()[1:]
        for name, text in [('a.json', ','.join(f'[{line}]' for line in lines)),
                           ('b.json', ' ,\n'.join(
                               '["' + '","'.join(line.split(',')) + '"]' for line in lines))]:
            path = write(os.path.join(home, name), f' [{text}]\n')
            tap.equal(imported(home, path)[0]['content_hash'], first['content_hash'])
            good('data', 'verify', path, home=home)
        for text in ['[[1,2,3', '[{"a":1}]', '[[1,2,3,4,5,6]] x', '[[1,[2],3]]', '[]', '[']:
            refused(5, 'data', 'import', write(os.path.join(home, 'c.json'), text), home=home)


def test_several_symbols():
    rows = ['symbol,date,open,high,low,close,volume']
    rows += [f'{name},2024-01-0{day},{day},{day + 1},{day},{day},1'
             for name in ['AA', 'BB/C'] for day in range(1, 8)]
    with folder() as home:
        path = write(os.path.join(home, 'many.csv'), '\n'.join(rows) + '\n')
        names = [os.path.basename(tape['tape']) for tape in imported(home, path)]
        tap.equal(names, ['aa-1d.tape', 'bb-c-1d.tape'])
        tap.equal(len(imported(home, path, '--symbol', 'AA')), 1)


def test_cut_tapes():
    with folder() as home:
        tape = imported(home, BARS)[0]
        with open(tape['tape'], 'rb') as file:
            data = file.read()
        cut = os.path.join(home, 'cut.tape')
        with open(cut, 'wb') as file:
            file.write(data[:-3000])
        refused(5, 'data', 'verify', cut, home=home, says='tern data import')
        whole = imported(home, cut)[0]
        tap.check(0 < whole['bars'] < tape['bars'], whole)
        good('data', 'verify', whole['tape'], home=home)


def test_another_file_in_its_place():
    with folder() as home:
        out = os.path.join(home, 'out')
        first = imported(home, BARS, '--instrument', 'X', '--out', out)[0]
        other = os.path.join(home, 'other.csv')
        lines = good('data', 'export', first['tape'], home=home).splitlines()
        write(other, '\n'.join(lines[:100]) + '\n')
        answer = tern('data', 'import', other, '--instrument', 'X', '--out', out, home=home)
        tap.check(answer.returncode != 0 and '--replace' in answer.stderr, answer.stderr)
        tap.equal(os.listdir(out), ['x-4h.tape'])
        imported(home, other, '--instrument', 'X', '--out', out, '--replace')
        tap.equal(imported(home, BARS, '--out', os.path.join(home, 'b'))[0]['bars'],
                  first['bars'])


def test_nothing_is_left_where_nothing_can_be_written():
    with folder() as home:
        out = os.path.join(home, 'out')
        os.makedirs(out)
        os.chmod(out, 0o555)
        answer = without_rights('data', 'import', BARS, '--out', out, home=home)
        tap.check(answer.returncode != 0 and 'error: ' in answer.stderr, answer.stderr)
        tap.equal(os.listdir(out), [])


def test_two_at_once():
    with folder() as home:
        out = os.path.join(home, 'out')
        runs = [subprocess.Popen([tap.PROGRAM, 'data', 'import', BARS, '--out', out, '-q'],
                                 env=environment(home), stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE, text=True) for _ in range(4)]
        for run in runs:
            text = run.communicate()[1]
            tap.check(run.returncode == 0 or 'already' in text, text)
        tap.equal(len(os.listdir(out)), 1)
        good('data', 'verify', os.path.join(out, os.listdir(out)[0]), home=home)


def test_verify_says_where():
    rows = ['ts,open,high,low,close,volume'] + [
        f'{1704067200 + 3600 * i},100,101,99,100,1' for i in range(50)]
    rows[20] = rows[19]
    rows[30] = rows[30].replace('101', '98')
    with folder() as home:
        path = write(os.path.join(home, 'bad.csv'), '\n'.join(rows) + '\n')
        answer = tern('data', 'verify', path, '--plain', home=home)
        tap.equal(answer.returncode, 5)
        found = {row.split('\t')[3]: row.split('\t')[5] for row in answer.stdout.splitlines()[1:]}
        tap.check(found['duplicate'].startswith('line 21,'), found)
        tap.check(found['impossible'].startswith('line 31,'), found)
        tap.check('gap' in found, found)
        answer = tern('data', 'verify', path, '--json', home=home)
        tap.equal(answer.returncode, 5)
        document = json.loads(answer.stdout)
        tap.equal([series['usable'] for series in document['series']], [False])
        tap.equal(document['series'][0]['faults']['duplicate']['count'], 1)
        tap.check(answer.stderr.startswith('error: data: 2 faults'), answer.stderr)


tap.main()
