"""Every form of file that `data import` reads: the same bars have the same content hash in all of
them, and whatever is wrong is said with file, row and value, and nothing is written."""

# timeout: 600

import datetime
import gzip
import io
import json
import os
import sys
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from support import folder, good, refused, tern

START = 1704067200  # 2024-01-01, a Monday
COUNT = 48


def bars(step=3600, start=START, count=COUNT):
    """Times in seconds and five texts."""
    result = []
    for i in range(count):
        base = 42000 + (i * 7919) % 100
        prices = [f'{base + d}.{(i * 37) % 90 + 10}' for d in (5, 9, 1, 4)]
        result.append([start + step * i, *prices, f'{1 + i % 5}.{i % 9 + 1}'])
    return result


def lines(rows):
    return ''.join(','.join(str(cell) for cell in row) + '\n' for row in rows)


def numbers(text):
    """A number of JSON where it is one, else a text, as someone careless would write it."""
    try:
        return json.dumps(float(text)) and text
    except ValueError:
        return json.dumps(text)


def zipped(members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def clock(seconds, form='%Y%m%d %H:%M'):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime(form)


# ---- forms: bars to bytes ------------------------------------------------------------------------

def named(rows):
    return 'timestamp,open,high,low,close,volume\n' + lines(rows)


def in_ms(rows, factor=1000):
    return [[cell if not isinstance(cell, int) else cell * factor, *rest] for cell, *rest in rows]


def kraken(rows):
    return lines([*row, 17] for row in rows)


def binance(rows, factor=1000):
    return lines([time, *rest, time if not isinstance(time, int) else time + 3599999, '1', 9, '2',
                  '3', 0] for time, *rest in in_ms(rows, factor))


BINANCE_HEAD = ('open_time,open,high,low,close,volume,close_time,quote_volume,count,'
                'taker_buy_volume,taker_buy_quote_volume,ignore\n')


def json_rows(rows):
    return '[' + ', '.join('[' + ','.join(numbers(str(cell)) for cell in row) + ']'
                           for row in in_ms(rows)) + ']'


def json_quoted(rows):
    return json.dumps([[str(cell) for cell in row] for row in in_ms(rows)], indent=1)


def massive(rows):
    names = 'tohlcv'
    return '{"ticker":"X:BTCUSD","resultsCount":2,"results":[' + ',\n'.join(
        '{"n":5,"vw":1.5,' + ','.join(f'"{name}":{numbers(str(cell))}'
                                      for name, cell in sorted(zip(names, row))) + '}'
        for row in in_ms(rows)) + '],"status":"OK"}'


def bitstamp(rows):
    names = ['timestamp', 'open', 'high', 'low', 'close', 'volume']
    return json.dumps({'data': {'ohlc': [dict(zip(names, map(str, row))) for row in rows],
                                'pair': 'BTC/USD'}})


def kraken_json(rows):
    body = ','.join('[' + numbers(str(row[0])) + ',' + ','.join(json.dumps(cell) for cell in
                                                               [*row[1:5], '42000.1', row[5]])
                    + ',17]' for row in rows)
    return '{"error":[],"result":{"XXBTZUSD":[' + body + '],"last":1704067200}}'


def banner(rows):
    return ('https://www.CryptoDataDownload.com\nunix,date,symbol,open,high,low,close,Volume BTC,'
            'Volume USD\n' + lines([row[0], 'x', 'BTC/USD', *row[1:], 9] for row in reversed(rows)))


def lean_hours(rows):
    return zipped({'btcusd.csv': lines([clock(row[0]) if isinstance(row[0], int) else row[0],
                                        *row[1:]] for row in rows).replace('\n', '\r\n')})


def lean_days(rows):
    """One archive a day; rows with something else than a time go to the first."""
    days = {}
    for row in rows:
        whole = isinstance(row[0], int)
        day = clock(row[0], '%Y%m%d') if whole else '20240101'
        days.setdefault(day, []).append([row[0] % 86400 * 1000 if whole else row[0], *row[1:]])
    return {f'{day}_trade.zip': zipped({f'{day}_btcusd_minute_trade.csv': lines(of_day)})
            for day, of_day in days.items()}


# name of the file, its form, how it is made, options
FORMS = [
    ('a.csv', 'named', named, []),
    ('a.csv.gz', 'named', lambda rows: gzip.compress(named(rows).encode()), []),
    ('b.csv.gz', 'named', lambda rows: b''.join(
        gzip.compress(part.encode()) for part in named(rows).splitlines(True)), []),
    ('a.zip', 'named', lambda rows: zipped({'a.csv': named(rows)}), []),
    ('stored.zip', 'named', lambda rows: zipped({'x/a.csv': named(rows)}, zipfile.ZIP_STORED), []),
    ('two.zip', 'named', lambda rows: zipped({
        'BTC-2.csv': named(rows[20:]), '__MACOSX/BTC-1.csv': 'x', 'BTC-1.csv': named(rows[:20]),
        '.hidden': 'y', 'empty/': ''}), []),
    ('one.zip', 'named', lambda rows: zipped({'README': 'Read me.', 'd/a.csv': named(rows)}),
     ['--member', 'a.csv']),
    ('packed.zip', 'json_rows', lambda rows: zipped(
        {'a.json.gz': gzip.compress(json_rows(rows).encode())}), []),
    ('a.tsv', 'named', lambda rows: named(rows).replace(',', '\t'), []),
    ('semicolon.csv', 'named', lambda rows: named(rows).replace(',', ';'), []),
    ('bar.csv', 'named', lambda rows: named(rows).replace(',', '|'), ['--delimiter', '|']),
    ('crlf.csv', 'named', lambda rows: '\ufeff' + named(rows).replace('\n', '\r\n'), []),
    ('plain.csv', 'plain', lines, []),
    ('XBTUSD_60.csv', 'kraken', kraken, []),
    ('BTCUSDT-1h-2024-12.csv', 'binance', binance, []),
    ('BTCUSDT-1h-2025-01.csv', 'binance', lambda rows: binance(rows, 10**6), []),
    ('BTCUSDT-1h.csv', 'binance', lambda rows: BINANCE_HEAD + binance(rows), []),
    ('BTCUSDT-1h.zip', 'binance', lambda rows: zipped({'BTCUSDT-1h.csv': binance(rows, 10**6)}),
     []),
    ('seconds.csv', 'named', lambda rows: named([[f'{row[0]}.0', *row[1:]] for row in rows]), []),
    ('BTC_USDT-1h.json', 'json_rows', json_rows, []),
    ('BTC_USDT-1h.json.gz', 'json_rows', lambda rows: gzip.compress(json_rows(rows).encode()), []),
    ('quoted.json', 'json_rows', json_quoted, []),
    ('mark.json', 'json_rows', lambda rows: '\ufeff ' + json_rows(rows), []),
    ('klines.json', 'json_rows', lambda rows: '[' + ','.join(
        f'[{line}]' for line in binance(rows).splitlines()) + ']', []),
    ('massive.json', 'json_objects', massive, []),
    ('bitstamp.json', 'bitstamp_json', bitstamp, []),
    ('kraken.json', 'kraken_json', kraken_json, []),
    ('banner.csv', 'named', banner, ['--instrument', 'BTC-USD']),
    ('newest.csv', 'named', lambda rows: named(rows[::-1]), []),
    ('crypto/x/hour/btcusd_trade.zip', 'lean_trades', lean_hours, []),
    ('moved_trade.zip', 'lean_trades', lean_hours, ['--price-scale', '1']),
    ('names.csv', 'chosen', lambda rows: 'When,P1,Hi,Lo,P2,Qty,note\n' + lines(
        [*row, 'x'] for row in rows), ['--columns', 'time=When,open=p1,high=Hi,low=Lo,close=P2,'
                                       'volume=Qty']),
    ('numbers.csv', 'chosen',
     lambda rows: lines([row[5], 'x', *row[4:0:-1], row[0]] for row in rows),
     ['--columns', 'time=7,open=6,high=5,low=4,close=3,volume=1']),
    ('unit.csv', 'chosen', lambda rows: lines([row[0], 0, *row[1:]] for row in rows),
     ['--columns', 'time=1,open=3,high=4,low=5,close=6,volume=7', '--time-unit', 's']),
    ('local.csv', 'named', lambda rows: named(
        [[clock(row[0] + 3 * 3600, '%Y-%m-%d %H:%M'), *row[1:]] for row in rows]),
     ['--time-zone', '+03:00']),
    ('york.csv', 'named', lambda rows: named(
        [[clock(row[0] - 5 * 3600, '%Y-%m-%dT%H:%M:%S'), *row[1:]] for row in rows]),
     ['--time-zone', 'america/new_york']),
]


def place(home, name, data):
    path = os.path.join(home, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if isinstance(data, dict):
        for member, content in data.items():
            place(path, member, content)
        return path
    with open(path, 'wb') as file:
        file.write(data if isinstance(data, bytes) else data.encode())
    return path


def imported(home, path, *options):
    out = os.path.join(home, 'out')
    document = json.loads(good('data', 'import', path, '--json', '--replace', '--out', out,
                               *options, home=home))
    tap.equal(len(document['tapes']), 1, path)
    return document['tapes'][0]


def test_every_form_is_recognised_and_is_the_same():
    with folder() as home:
        expected = imported(home, place(home, 'expected.csv', named(bars())))
        for name, form, make, options in FORMS:
            path = place(home, name, make(bars()))
            tape = imported(home, path, *options)
            tap.equal((tape['form'], tape['bars'], tape['content_hash']),
                      (form, COUNT, expected['content_hash']), name)
            kept = [option for option in options if option not in ('--instrument', 'BTC-USD')]
            document = json.loads(good('data', 'verify', path, '--json', *kept, home=home)) \
                if kept == options else {'series': []}
            for series in document['series']:
                tap.equal((series['form'], series['usable'], series['bars'], series['missing']),
                          (form, True, COUNT, 0), name)
            again = place(home, 'again.csv', good('data', 'export', path, *kept, home=home)) \
                if kept == options else path
            if kept == options:
                tap.equal(imported(home, again)['content_hash'], expected['content_hash'], name)


def test_folders():
    with folder() as home:
        rows = bars(60, count=3000)
        expected = imported(home, place(home, 'expected.csv', named(rows)))
        parts = place(home, 'parts', {'1.csv': named(rows[:1000]),
                                      '2.json': json_rows(rows[1000:1500]),
                                      '3.csv.gz': gzip.compress(lines(rows[1500:]).encode()),
                                      'notes.md': 'x', '.4.csv': 'x'})
        lean = place(home, 'crypto/coinbase/minute/btcusd', lean_days(rows))
        place(lean, '20240101_quote.zip', zipped({'20240101_btcusd_minute_quote.csv': 'x'}))
        for path, form, name in [(parts, 'named', 'parts.tape'),
                                 (lean, 'lean_trades', 'btcusd.tape'),
                                 (lean + '/', 'lean_trades', 'btcusd.tape')]:
            tape = imported(home, path)
            tap.equal((tape['form'], tape['content_hash'], os.path.basename(tape['tape'])),
                      (form, expected['content_hash'], name))
        empty = place(home, 'empty', {'notes.md': 'x'})
        refused(5, 'data', 'import', empty, home=home, says='no file of bars in the folder')
        place(parts, '0.csv', 'a,b\n')
        refused(5, 'data', 'import', parts, home=home, says='parts/0.csv:1')
        # A file that stands out of order is named.
        os.rename(os.path.join(parts, '1.csv'), os.path.join(parts, '9.csv'))
        os.remove(os.path.join(parts, '0.csv'))
        refused(5, 'data', 'import', parts, home=home, says='parts/9.csv:2: timestamp')


def lean_equity(rows, quotes=False):
    """In New York's clocks (winter) and ten-thousandths."""
    result = []
    for row in rows:
        prices = [str(round(float(cell) * 10000)) for cell in row[1:5]]
        cells = [(row[0] - 5 * 3600) % 86400 * 1000, *prices, row[5]]
        result.append(cells + [*prices, row[5]] if quotes else cells)
    return result


def test_lean_equities():
    start = START + 14 * 3600 + 30 * 60
    rows = [[row[0], *[f'{float(cell) / 100:.4f}' for cell in row[1:5]], '100']
            for row in bars(60, start, 390)]
    with folder() as home:
        expected = imported(home, place(home, 'expected.csv', named(rows)))
        day = place(home, 'equity/usa/minute/aapl/20240101_trade.zip', zipped(
            {'20240101_aapl_minute_trade.csv': lines(lean_equity(rows))}))
        tap.equal(imported(home, day)['content_hash'], expected['content_hash'])
        moved = place(home, '20240101_trade.zip', zipped(
            {'20240101_aapl_minute_trade.csv': lines(lean_equity(rows))}))
        refused(5, 'data', 'import', moved, home=home, says='--price-scale 10000 --time-zone')
        tap.equal(imported(home, moved, '--price-scale', '10000', '--time-zone',
                           'America/New_York')['content_hash'], expected['content_hash'])
        # Quotes: the middle of equal bids and asks, without the volume; one side alone is no bar.
        sided = lean_equity(rows, quotes=True)
        sided[7][1:6] = ['', '', '', '', '0']
        sided[8][6:11] = ['', '', '', '', '0']
        quotes = place(home, 'equity/usa/minute/aapl/20240101_quote.zip', zipped(
            {'20240101_aapl_minute_quote.csv': lines(sided)}))
        tape = imported(home, quotes)
        tap.equal((tape['form'], tape['bars'], tape['left_out']), ('lean_quotes', 388, 2))
        tap.equal(imported(home, os.path.dirname(day))['content_hash'], expected['content_hash'])
        tap.equal(imported(home, os.path.dirname(day), '--quotes')['content_hash'],
                  tape['content_hash'])
        # Days keep their date.
        days = [[row[0] - row[0] % 86400, *row[1:]] for row in bars(86400, START, 10)]
        plain = imported(home, place(home, 'days.csv', named(days)))
        daily = place(home, 'equity/usa/daily/aapl.zip', zipped({'aapl.csv': lines(
            [clock(row[0]), *[str(round(float(cell) * 10000)) for cell in row[1:5]], row[5]]
            for row in days)}))
        tap.equal(imported(home, daily)['content_hash'], plain['content_hash'])
        ticks = place(home, 'equity/usa/tick/aapl/20240101_trade.zip', zipped(
            {'20240101_aapl_Trade_Tick.csv': '14400009,137450,100,D,1,0\n'}))
        refused(5, 'data', 'import', ticks, home=home, says="LEAN's ticks")


def test_clocks_that_change():
    """Summer time begins and ends: no hour is lost, none comes twice."""
    with folder() as home:
        for start, shift in [('2024-03-09', 5), ('2024-11-02', 4)]:
            first = int(datetime.datetime.fromisoformat(start + 'T12:00+00:00').timestamp())
            rows = bars(3600, first, 48)
            change = first + (19 if shift == 5 else 18) * 3600
            local = []
            for row in rows:
                hours = shift if row[0] < change else (4 if shift == 5 else 5)
                local.append([clock(row[0] - hours * 3600, '%Y-%m-%d %H:%M'), *row[1:]])
            expected = imported(home, place(home, 'a.csv', named(rows)))
            tap.equal(imported(home, place(home, 'b.csv', named(local)), '--time-zone',
                               'America/New_York')['content_hash'], expected['content_hash'])
        left_out = named([['2024-03-10 02:30', 1, 1, 1, 1, 1], ['2024-03-10 03:30', 1, 1, 1, 1, 1]])
        refused(5, 'data', 'import', place(home, 'c.csv', left_out), '--time-zone',
                'America/New_York', home=home, says='none that those clocks show')


# ---- what is wrong -------------------------------------------------------------------------------

# name, cells of the fifth row (None: as it was), what is found
BAD = [
    ('text', [None, None, 'abc', None, None, None], '"abc"'),
    ('nothing', [None, None, '', None, None, None], '""'),
    ('NaN', [None, None, 'NaN', None, None, None], 'NaN'),
    ('infinity', [None, None, None, None, 'inf', None], 'inf'),
    ('negative', [None, None, None, '-101', None, None], '"-101"'),
    ('zero', [None, None, None, '0', None, None], '"0"'),
    ('negative volume', [None, None, None, None, None, '-5'], '"-5"'),
    ('high below low', [None, None, '1', None, None, None], '"1"'),
    ('close above high', [None, None, None, None, '99999', None], '"99999"'),
    ('exponent', [None, '4.2e4', None, None, None, None], 'exponent'),
    ('too large', [None, None, '1' + '0' * 24, None, None, None], 'too large'),
    ('too fine', [None, '42000.' + '0' * 20 + '1', None, None, None, None], 'too long'),
    ('no time', ['soon', None, None, None, None, None], 'soon'),
    ('twice', [START + 3 * 3600, None, None, None, None, None], 'again'),
    ('unsorted', [START + 3600, None, None, None, None, None], 'earlier than'),
]

# form, its maker, how a place is written with the number of the row
PLACES = [
    ('named', 'd.csv', named, lambda row: f'd.csv:{row + 1}'),
    ('named', 'd.csv.gz', lambda rows: gzip.compress(named(rows).encode()),
     lambda row: f'd.csv.gz:{row + 1}'),
    ('named', 'd.zip', lambda rows: zipped({'e.csv': named(rows)}),
     lambda row: f'd.zip:e.csv:{row + 1}'),
    ('plain', 'd.csv', lines, lambda row: f'd.csv:{row}'),
    ('kraken', 'd.csv', kraken, lambda row: f'd.csv:{row}'),
    ('binance', 'd.csv', binance, lambda row: f'd.csv:{row}'),
    ('json_rows', 'd.json', json_rows, lambda row: f'd.json:row {row}'),
    ('json_objects', 'd.json', massive, lambda row: f'd.json:row {row}'),
    ('bitstamp', 'd.json', bitstamp, lambda row: f'd.json:row {row}'),
    ('kraken json', 'd.json', kraken_json, lambda row: f'd.json:row {row}'),
    ('lean hours', 'crypto/x/hour/d.zip', lean_hours, lambda row: f'd.zip:btcusd.csv:{row}'),
    ('lean days', 'crypto/x/minute/d', lean_days,
     lambda row: f'd/20240101_trade.zip:20240101_btcusd_minute_trade.csv:{row}'),
]


def check_refused(home, path, where, found, what, *options):
    out = os.path.join(home, 'out')
    error = refused(5, 'data', 'import', path, '--out', out, *options, home=home)
    tap.check(where in error['where'], f'{what}: {where} in {error}')
    tap.check(found in error['found'], f'{what}: {found} in {error}')
    tap.check(error['allowed'] or error['next'], f'{what}: {error}')
    tap.equal(os.listdir(out), [], f'{what} left something')


def test_bad_rows_in_every_form():
    with folder() as home:
        for form, name, make, row_place in PLACES:
            for what, cells, found in BAD:
                rows = bars(count=12)
                rows[4] = [old if new is None else new for old, new in zip(rows[4], cells)]
                path = place(home, name, make(rows))
                if form == 'json_rows' and what in ('NaN', 'infinity'):
                    found = 'no JSON'  # these are no numbers there
                    path = place(home, name, make(rows).replace('"NaN"', 'NaN').replace(
                        '"inf"', 'Infinity'))
                check_refused(home, path, row_place(5), found, f'{form}, {what}')


def test_json_that_is_none():
    whole = json_rows(bars())
    cases = [
        ('', 'the file is empty'), ('[', 'cut off'), ('[[1,2,3', 'cut off'),
        ('[]', 'no array of rows'),
        ('{}', 'no array of rows'), ('{"error":["EQuery:Unknown asset pair"]}', 'no array of rows'),
        (whole[:-1], 'cut off'), (whole[:200], 'cut off'), (whole + 'x', 'no JSON'),
        (whole + whole, 'no JSON'), (whole.replace('],', ']', 1), 'no JSON'),
        (whole.replace('42', '042', 1), 'no JSON'), (whole[:-1] + ',]', 'no JSON'),
        ('[[1,2,[3],4,5,6]]', 'inside a row'), ('[[1,2,{"a":1},4,5,6]]', 'inside a row'),
        ('[[]]', 'an empty row'), ('[{}]', 'an empty row'), ('[[1,2,3,4,5,6],7]', 'something else'),
        ('[[1,2,3,4,5,6],{"a":1}]', 'something else'), ('[{"t":1},[2]]', 'without names'),
        ('[{"t":1},{"u":2}]', '"u" is not in the first row'),
        ('[{"t":1,"o":2},{"t":1}]', '"o" is miss'),
        ('[{"t":1,"t":2}]', 'stands twice'), ('{"a":[[1]],"b":[[2]]}', 'a second array'),
        ('{"a":' * 70 + '1' + '}' * 70, 'levels'), ('[{"a":' * 40, 'inside a row'),
        ('[["a,b",2,3,4,5,6]]', 'a comma'), ('[["a\\nb",2,3,4,5,6]]', 'a control'),
        ('[[' + '1,' * 64 + '1]]', 'more than 64'), ('[[1704067200,2,3,1,2,null]]', '"null"'),
        ('[{"' + 'n' * 100 + '":1}]', 'too long'), ('[["' + 'n' * 5000 + '"]]', 'longer than 4096'),
        ('[[1,2,3,4,5,6]', 'cut off'), ('{"data":{"ohlc":[{"timestamp":"1"', 'cut off'),
        ('{"error":[],"result":{"X":[[1,"2","3","4","5","6"]]}}', '6 fields'),
    ]
    with folder() as home:
        for text, found in cases:
            check_refused(home, place(home, 'd.json', text), 'd.json', found, text[:60])


def test_archives_that_are_none():
    whole = zipped({'a.csv': named(bars())})
    text = named(bars())
    with folder() as home:
        for size in [*range(4, 40), len(whole) // 2, len(whole) - 30, len(whole) - 1]:
            check_refused(home, place(home, 'd.zip', whole[:size]), 'd.zip', 'cut off',
                          f'{size} bytes')
        nested = zipped({'b.zip': whole})
        cases = [(zipped({}), 'no files in the archive'), (zipped({'a/': ''}), 'no files'),
                 (zipped({'a.csv': ''}), 'the file is empty'), (nested, 'found a zip archive'),
                 (zipped({'a.csv': text, 'b.csv': text}), 'earlier than'),
                 (zipped({'a.csv': text, 'b.txt': 'Read me.'}), 'unknown column'),
                 (zipped({'a.csv': text}, zipfile.ZIP_BZIP2), 'bzip2'),
                 (zipped({'a.csv': text}, zipfile.ZIP_LZMA), 'LZMA'),
                 (zipped({'a.csv': b'\0' * (300 << 20)}), 'would unpack to 314572800'),
                 (zipped({'a.csv': text}).replace(b'42005', b'42006'), '')]
        for data, found in cases[:-1]:
            check_refused(home, place(home, 'd.zip', data), 'd.zip', found, found)
        # One bit in the packed data of the member.
        spoilt = bytearray(whole)
        spoilt[len(whole) // 3] ^= 64
        check_refused(home, place(home, 'd.zip', bytes(spoilt)), 'd.zip:a.csv', '', 'a spoilt bit')
        encrypted = bytearray(whole)
        encrypted[6] |= 1
        encrypted[whole.index(b'PK\1\2') + 8] |= 1
        check_refused(home, place(home, 'd.zip', bytes(encrypted)), 'd.zip:a.csv', 'encrypted',
                      'encrypted')
        error = refused(3, 'data', 'import', place(home, 'd.zip', whole), '--member', 'b.csv',
                        home=home, says='no member "b.csv"')
        tap.check('a.csv' in error['allowed'], error)
        refused(5, 'data', 'import', place(home, 'd.csv', text), '--member', 'a', home=home,
                says='no zip archive')
        # Names that lead elsewhere are names and nothing else.
        path = place(home, 'd.zip', zipped({'../../etc/a.csv': text, '/abs.csv': named(
            bars(start=START + 3600 * COUNT))}))
        tap.equal(imported(home, path)['bars'], 2 * COUNT)
        tap.equal(sorted(os.listdir(os.path.join(home, 'out'))), ['d.tape'])


def test_gzip_that_is_none():
    whole = gzip.compress(named(bars()).encode())
    with folder() as home:
        for size in [1, 5, 15, len(whole) // 2, len(whole) - 1]:
            check_refused(home, place(home, 'd.json.gz', whole[:size]), 'd.json.gz',
                          'end too early', f'{size} bytes')
        rows = gzip.compress(json_rows(bars()).encode())
        check_refused(home, place(home, 'd.json.gz', rows[:-20]), 'd.json.gz', 'end too early',
                      'json')
        spoilt = bytearray(whole)
        spoilt[-6] ^= 1
        check_refused(home, place(home, 'd.gz', bytes(spoilt)), 'd.gz', 'check sum', 'a spoilt sum')


def test_options_that_are_wrong():
    with folder() as home:
        path = place(home, 'd.csv', named(bars()))
        for options, found in [
                (['--columns', 'time'], 'time'), (['--columns', 'when=1'], 'when'),
                (['--columns', 'time=1,time=2'], 'twice'),
                (['--columns', 'time=1'], 'open is missing'),
                (['--columns', 'time=0,open=1,high=1,low=1,close=1,volume=1'], '"0"'),
                (['--columns', 'time=99,open=1,high=1,low=1,close=1,volume=1'], '"99"'),
                (['--columns', 'time=1,open=2,high=3,low=4,close=5,volume=6,bid_open=2'],
                 'quotes'),
                (['--columns', ','], 'found ""'), (['--delimiter', 'ab'], 'ab'),
                (['--delimiter', '5'], '5'), (['--delimiter', '"'], '"'),
                (['--time-unit', 'm'], 'm'),
                (['--time-zone', 'New York'], 'New York'), (['--time-zone', '+3'], '+3'),
                (['--price-scale', '20'], '20'), (['--price-scale', '0'], '0'),
                (['--price-scale', '10000000000'], '10000000000')]:
            for command in ['import', 'verify', 'export']:
                if command != 'export':
                    error = refused(2, 'data', command, path, *options, home=home)
                    tap.check(found in error['found'] and error['where'].startswith('--'), error)
                    tap.check(error['allowed'], error)
        error = refused(2, 'data', 'import', path, '--time-zone', 'America/New_Yrok', home=home)
        tap.equal(error['next'], 'did you mean America/New_York?')
        tap.check(not os.path.exists(os.path.join(home, '.local')), 'nothing is made')
        error = refused(5, 'data', 'import', path, '--columns',
                        'time=timestamp,open=open,high=hi,low=low,close=close,volume=-', home=home)
        tap.check('"hi"' in error['found'] and 'timestamp, open, high' in error['allowed'], error)
        # Not known, and nobody to ask: the options are named.
        strange = place(home, 's.csv', 'When,P1,P2,P3,P4,Qty\n' + lines(bars()))
        error = refused(5, 'data', 'import', strange, '--no-input', home=home)
        tap.check('--columns' in error['next'], error)
        answer = tern('data', 'import', strange, home=home)
        tap.check(answer.returncode == 5 and '--columns' in answer.stderr, answer.stderr)


tap.main()
