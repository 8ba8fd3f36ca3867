"""Recordings of order books, quotes and trades on the command line: tapes of them, there and back;
all that is wrong with one; a back-test over them; tapes that were cut."""

import gzip
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from support import folder, good, refused, table, tern

EXAMPLES = os.path.join(tap.ROOT, 'examples')
FILES = [os.path.join(EXAMPLES, 'data', f'made-btc-usd-{kind}.csv.gz')
         for kind in ('depth', 'trades')]
QUOTES = ('recv_ns,exch_ns,update_id,bid,bid_size,ask,ask_size\n'
          '1700000000000000000,,1,100.5,1,100.75,2\n'
          '1700000000000000001,,2,100.5,1.5,100.75,2\n')
LEVELS = 'recv_ns,exch_ns,first_id,last_id,kind,side,price,size\n'


def imported(home, *arguments):
    return json.loads(good('data', 'import', *arguments, '--json', home=home))['tapes']


def write(path, text):
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
    return path


def faults(home, path, code=0):
    """The faults of one file, {name: count}, and whether it is usable."""
    answer = tern('data', 'verify', path, '--json', home=home)
    tap.equal(answer.returncode, code, answer.stderr)
    series = json.loads(answer.stdout)['series'][0]
    tap.equal(series['usable'], code == 0)
    return {name: fault['count'] for name, fault in series['faults'].items() if fault['count']}


def test_a_back_test_over_tapes_is_the_same():
    with folder() as home:
        tapes = imported(home, *FILES, '--out', home)
        tap.equal([row['kind'] for row in tapes], ['depth', 'trades'])
        with open(os.path.join(EXAMPLES, 'session.yaml'), encoding='utf-8') as file:
            text = file.read()
        of_tapes = write(os.path.join(home, 'session.yaml'),
                         text.replace('data/made', 'made').replace('.csv.gz', '.tape'))
        hashes = [json.loads(good('backtest', 'run', path, '--out', os.path.join(home, 'r'),
                                  '--no-trials', '--json', home=home))['journal_hash']
                  for path in [os.path.join(EXAMPLES, 'session.yaml'), of_tapes]]
        tap.equal(hashes[0], hashes[1])
        # A tape of trades where the configuration says depth.
        os.symlink(tapes[1]['tape'], os.path.join(home, 'other.tape'))
        with open(of_tapes, encoding='utf-8') as file:
            wrong = write(os.path.join(home, 'wrong.yaml'),
                          file.read().replace('made-btc-usd-depth.tape', 'other.tape'))
        refused(5, 'backtest', 'run', wrong, '--no-trials', home=home,
                says='a tape of trades')


def test_import_export_import():
    with folder() as home:
        quotes = write(os.path.join(home, 'quotes.csv'), QUOTES)
        for path, kind in zip([*FILES, quotes], ['depth', 'trades', 'quotes']):
            first = imported(home, path, '--instrument', 'BTC-USD')[0]
            tap.equal((first['outcome'], first['kind']), ('written', kind))
            tap.equal(first['tape'],
                      os.path.join(home, f'.local/share/tern/tapes/btc-usd-{kind}.tape'))
            tap.equal(imported(home, path, '--instrument', 'BTC-USD')[0]['outcome'], 'unchanged')
            again = write(os.path.join(home, 'again.csv'),
                          good('data', 'export', first['tape'], home=home))
            out = os.path.join(home, 'out')
            tap.equal(imported(home, again, '--out', out, '--replace')[0]['content_hash'],
                      first['content_hash'])
            lines = good('data', 'export', first['tape'], '--ndjson', home=home).splitlines()
            rows = [json.loads(line) for line in lines]
            tap.equal(sum(len(row.get('levels', [0])) for row in rows), first['rows'])
            tap.equal(faults(home, first['tape']).get('row'), None)
        listed = json.loads(good('data', 'list', '--json', home=home))['tapes']
        tap.equal([(row['kind'], row['state']) for row in listed],
                  [('depth', 'whole'), ('quotes', 'whole'), ('trades', 'whole')])
        write(quotes, QUOTES.replace('1.5', '1.75'))
        refused(2, 'data', 'import', quotes, '--instrument', 'BTC-USD', home=home,
                says='--replace')
        tap.equal(imported(home, quotes, '--instrument', 'BTC-USD', '--replace')[0]['outcome'],
                  'written')


def test_an_import_that_fails_leaves_nothing():
    with folder() as home:
        out = os.path.join(home, 'out')
        bad = write(os.path.join(home, 'bad.csv'), QUOTES + '1700000000000000000,,3,1,1,2,2\n')
        refused(5, 'data', 'import', bad, '--out', out, home=home, says='bad.csv:4: recv_ns')
        tap.equal(os.listdir(out), [])
        with open(FILES[0], 'rb') as file:
            cut = os.path.join(home, 'cut.csv.gz')
            with open(cut, 'wb') as other:
                other.write(file.read()[:20000])
        refused(5, 'data', 'import', cut, '--out', out, home=home, says='cut.csv.gz')
        tap.equal(os.listdir(out), [])


def test_verify_tells_all_that_is_wrong():
    with folder() as home:
        path = os.path.join(home, 'a.csv')
        # Row 4 is no row, 5 goes back, 6 is crossed, 7 has no ask, 8 leaves numbers out.
        write(path, QUOTES + '1700000000000000002,,3,x,1,2,2\n1699999999000000000,,4,1,1,2,2\n'
              '1700000000000000003,,3,5,1,5,2\n1700000000000000003,,4,5,1,6,0\n' +
              ''.join(f'17000000000000001{i:02d},,{i},5,1,6,2\n' for i in range(5, 30)) +
              '1700000000000000200,,35,5,1,6,2\n1700000700000000200,,35,5,1,6,2\n')
        tap.equal(faults(home, path, 5), {'row': 1, 'disorder': 1, 'crossed': 1, 'zero_size': 1,
                                          'gap': 1, 'duplicate': 1, 'silent': 1})
        rows = table(tern('data', 'verify', path, '--plain', home=home).stdout, 'verify')
        found = {row['fault']: row['where'] for row in rows}
        tap.equal(found['row'], 'line 4')
        tap.equal(found['disorder'], 'line 5')
        tap.check(found['crossed'].startswith('line '), str(found))
        # An order book that crosses, and an update behind it.
        write(path, LEVELS + '10,12,1,1,snapshot,bid,10,1\n10,12,1,1,snapshot,ask,11,1\n'
              '11,11,2,2,update,bid,11,1\n12,12,3,3,update,bid,9,0\n')
        tap.equal(faults(home, path), {'early': 1, 'clock_back': 1, 'crossed': 1,
                                       'no_snapshot': 1})
        refused(5, 'data', 'verify', write(path, LEVELS + '11,11,2,2,update,bid,11,1\n'),
                home=home, says='no snapshot')


def test_a_tape_that_was_cut():
    with folder() as home:
        tape = imported(home, FILES[0], '--out', home)[0]['tape']
        whole = open(tape, 'rb').read()
        cut = os.path.join(home, 'cut.tape')
        with open(cut, 'wb') as file:
            file.write(whole[:len(whole) * 2 // 3])
        listed = json.loads(good('data', 'list', cut, '--json', home=home))['tapes'][0]
        tap.equal((listed['state'], 0 < listed['rows'] < 12106), ('cut', True))
        refused(5, 'data', 'verify', cut, home=home, says='was cut or is being written')
        answer = tern('data', 'export', cut, home=home)
        tap.equal(answer.returncode, 5)
        tap.check('behind its last whole block' in answer.stderr, answer.stderr)
        out = os.path.join(home, 'out')
        mended = imported(home, cut, '--out', out)[0]
        tap.check(0 < mended['rows'] <= listed['rows'], str(mended))
        good('data', 'verify', mended['tape'], home=home)
        lines = good('data', 'export', mended['tape'], home=home)
        tap.check(good('data', 'export', tape, home=home).startswith(lines), 'not a beginning')
        # One byte in a block.
        with open(cut, 'wb') as file:
            file.write(whole[:3000] + bytes([whole[3000] ^ 1]) + whole[3001:])
        refused(5, 'data', 'verify', cut, home=home, says='does not match its checksum')


def test_the_shared_recordings():
    shared = os.path.join(tap.ROOT, '..', 'shared', 'data')
    if not os.path.isdir(shared):
        tap.skip('no recordings beside the sources')
    with folder() as home:
        path = os.path.join(shared, 'l2', 'coinbase_btc-usd_20260809_l2.csv.gz')
        tape = imported(home, path, '--out', home)[0]
        tap.equal(tape['rows'], 47930)
        tap.check('crossed' not in faults(home, tape['tape']), 'crossed')
        with gzip.open(os.path.join(shared, 'trades', 'bitstamp_btcusd_2011_2012_trades.csv.gz'),
                       'rt', encoding='utf-8') as file:
            tap.equal(len(file.readlines()), 10000)
        tape = imported(home, os.path.join(shared, 'trades',
                                           'bitstamp_btcusd_2011_2012_trades.csv.gz'), '--out',
                        home)[0]
        tap.equal(tape['rows'], 9999)
        tap.equal(tape['left_out'], 0, 'split fills are all kept')


tap.main()
