"""`tern data verify` against the index of the shared market data, line by line: what the index says
of a file was measured by others. Skipped where the data are not there."""

# timeout: 900

import collections
import csv
import datetime
import gzip
import json
import os
import re
import sys
import tempfile
import zoneinfo

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap

DATA = os.path.join(tap.ROOT, '..', 'shared', 'data')
INDEX = os.path.join(DATA, 'INDEX.md')
HOUR = 3600


def entries():
    """File, rows and the column of checks of each line about bars."""
    if not os.path.exists(INDEX):
        tap.skip(f'{INDEX} is not there')
    with open(INDEX, encoding='utf-8') as file:
        for line in file:
            cells = [cell.strip() for cell in line.strip().strip('|').split('|')]
            of_bars = re.fullmatch(r'(candles|btcturk|equities)/\S+\.csv\.gz', cells[0])
            if len(cells) > 12 and of_bars:
                yield cells[0], int(cells[5]), cells[12]


def verify(path, *options):
    with tempfile.TemporaryDirectory() as home:
        answer = tap.tern('data', 'verify', path, '--json', *options,
                          env={'HOME': home, 'PATH': os.environ['PATH']})
    document = json.loads(answer.stdout)
    if 'error' not in document:
        usable = all(series['usable'] for series in document['series'])
        tap.equal(answer.returncode, 0 if usable else 5, path)
    return document


def number(checks, phrase):
    found = re.search(re.escape(phrase) + r'\s*(\d+)', checks)
    return int(found.group(1)) if found else None


def places(series, fault):
    return [place['time'] for place in series['faults'][fault]['places']]


def check(series, fault, count, what):
    if count is not None:
        tap.equal(series['faults'][fault]['count'], count, f'{what}: {fault}')


def test_every_line_about_candles():
    seen = 0
    for file, rows, checks in entries():
        if file.startswith('equities/') or 'funding' in file:
            continue
        document = verify(os.path.join(DATA, file))
        quotes = file.endswith('_quote.csv.gz')
        for series in document['series']:
            tap.check(series['usable'], f'{file}: {series["faults"]}')
            if 'sparse' in checks:
                continue
            check(series, 'gap', number(checks, 'gaps>1d') if 'gaps>1d' in checks
                  else number(checks, '; gaps') if '; gaps' in checks else number(checks, 'gaps'),
                  file)
            missing = number(checks, '(missing bars')
            if missing is not None:
                tap.equal(series['missing'], missing, f'{file}: missing bars')
            # The places of the first gaps are told; the longest is there where there are few.
            longest = re.search(r', longest .* at (\S+?)\)', checks)
            if longest and series['faults']['gap']['count'] <= 8:
                tap.check(longest.group(1) + 'Z' in places(series, 'gap'),
                          f'{file}: the longest gap')
            check(series, 'duplicate', number(checks, 'dup'), file)
            check(series, 'disorder', number(checks, 'unsorted'), file)
            check(series, 'impossible', number(checks, 'high/low violations'), file)
            if not quotes:
                check(series, 'volume_zero', number(checks, 'zero-volume'), file)
            seen += 1
        tap.equal(sum(series['bars'] for series in document['series']), rows, file)
    tap.check(seen > 60, f'{seen} files')


def test_the_outliers_that_are_named():
    if not os.path.exists(INDEX):
        tap.skip(f'{INDEX} is not there')
    for file, times in [
            ('candles/coinbase_4h_btc-usd_2016_2023.csv.gz',
             ['2017-04-15T20:00:00Z', '2018-04-03T20:00:00Z']),
            ('candles/coinbase_4h_eth-usd_2016_2023.csv.gz', ['2017-06-21T16:00:00Z']),
            ('candles/coinbase_1d_eth-usd_2016_2023.csv.gz', ['2017-06-21T00:00:00Z']),
            # Moves of a third and more from bar to bar, as the index has them.
            ('candles/binance_1h_dogeusdt.csv.gz', ['2021-01-29T03:00:00Z']),
            ('candles/binance_1h_uniusdt.csv.gz', ['2024-02-23T14:00:00Z']),
            ('candles/binance_1h_avaxusdt.csv.gz', ['2020-09-22T08:00:00Z'])]:
        found = places(verify(os.path.join(DATA, file))['series'][0], 'outlier')
        for time in times:
            tap.check(time in found, f'{file}: {time} in {found}')


# ---- equities ------------------------------------------------------------------------------------

def rows_of(file):
    with gzip.open(os.path.join(DATA, file), 'rt', encoding='utf-8') as text:
        return list(csv.DictReader(text))


def half_days():
    return {datetime.date(2025, 12, 24), datetime.date(2025, 11, 28)}


def test_sessions_of_equities():
    """Bars that the sessions of New York expect, counted by the clocks of Python."""
    if not os.path.exists(INDEX):
        tap.skip(f'{INDEX} is not there')
    try:
        york = zoneinfo.ZoneInfo('America/New_York')
    except zoneinfo.ZoneInfoNotFoundError:
        tap.skip('no time zones on this machine')
    file = 'equities/5m_2025-12_2026-03.csv.gz'
    holidays = {datetime.date(2025, 12, 25), datetime.date(2026, 1, 1), datetime.date(2026, 1, 19),
                datetime.date(2026, 2, 16)}
    times = collections.defaultdict(set)
    for row in rows_of(file):
        times[row['symbol']].add(int(row['ts_ms']) // 1000)
    document = verify(os.path.join(DATA, file))
    tap.equal(len(document['series']), len(times))
    for series in document['series']:
        own = times[series['symbol']]
        absent = 0
        day = datetime.datetime.fromtimestamp(min(own), york).date()
        while day <= datetime.datetime.fromtimestamp(max(own), york).date():
            end = 13 if day in half_days() else 16
            opening = datetime.datetime(day.year, day.month, day.day, 9, 30, tzinfo=york)
            closing = datetime.datetime(day.year, day.month, day.day, end, tzinfo=york)
            for time in range(int(opening.timestamp()), int(closing.timestamp()), 300):
                open_day = day.weekday() < 5 and day not in holidays
                absent += open_day and min(own) < time < max(own) and time not in own
            day += datetime.timedelta(days=1)
        tap.equal((series['calendar'], series['missing']), ('new_york_sessions', absent),
                  series['symbol'])
        tap.check(series['usable'], series)


def test_extended_hours():
    if not os.path.exists(INDEX):
        tap.skip(f'{INDEX} is not there')
    file = 'equities/5m_ext_2025-10_jpm_googl.csv.gz'
    document = verify(os.path.join(DATA, file))
    tap.equal(sum(series['faults']['volume_zero']['count'] for series in document['series']), 2714)
    for series in document['series']:
        # Its source ends some sessions with the time of the last trade: 22:29:31.
        off_grid = sum(int(row['ts_ms']) % 300000 != 0 for row in rows_of(file)
                       if row['symbol'] == series['symbol'])
        tap.check(off_grid > 0, series['symbol'])
        check(series, 'off_grid', off_grid, series['symbol'])
        tap.equal((series['usable'], series['calendar']), (False, 'new_york'))
        tap.check(series['faults']['gap']['count'] > 0, 'some sessions are absent')


def test_minutes_of_equities():
    for file, rows, _ in entries():
        if file.startswith('equities/lean_1m_'):
            series = verify(os.path.join(DATA, file))['series'][0]
            tap.equal((series['usable'], series['bars'], series['bar_ns']),
                      (True, rows, 60 * 10**9), file)
            tap.equal(series['faults']['time_zone']['count'], 0, file)


def test_daily_equities():
    for file, rows, _ in entries():
        if file not in ('equities/daily_10tickers_2019_2025.csv.gz',
                        'equities/daily_adj_2024_2026.csv.gz',
                        'equities/lean_1d_aapl_1998_2021_raw.csv.gz'):
            continue
        document = verify(os.path.join(DATA, file))
        tap.equal(sum(series['bars'] for series in document['series']), rows, file)
        for series in document['series']:
            tap.check(series['usable'] and series['calendar'] == 'new_york', f'{file}: {series}')
            for fault in ['impossible', 'disorder', 'duplicate', 'off_grid', 'time_zone']:
                check(series, fault, 0, f'{file} {series["symbol"]}')
            if 'lean' not in file:
                # President Carter's day of mourning is no holiday by rule.
                tap.check(series['missing'] <= 1 and all(
                    time.startswith('2025-01-08') for time in places(series, 'gap')), series)


def test_splits_are_named():
    if not os.path.exists(INDEX):
        tap.skip(f'{INDEX} is not there')
    for file, symbol, day, words in [
            ('equities/lean_1d_aapl_1998_2021_raw.csv.gz', '', '2014-06-09', '7 to 1: a split?'),
            ('equities/lean_1d_aapl_1998_2021_raw.csv.gz', '', '2020-08-31', '4 to 1: a split?'),
            ('equities/daily_adj_2024_2026.csv.gz', 'NVDA', '2024-06-10', '10 to 1: a split?'),
            ('equities/daily_adj_2024_2026.csv.gz', 'NFLX', '2025-11-17', '10 to 1: a split?')]:
        # The year alone, for only the first places are told.
        rows = [row for row in rows_of(file) if row['date'][:4] == day[:4] and
                row.get('symbol', '') == symbol]
        with tempfile.NamedTemporaryFile('w', suffix='.csv', encoding='utf-8') as year:
            writer = csv.DictWriter(year, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
            year.flush()
            for series in verify(year.name)['series']:
                found = {place['time'][:10]: place['found']
                         for place in series['faults']['outlier']['places']}
                tap.check(words in found.get(day, ''), f'{file} {symbol} {day}: {found}')


def test_damaged_quotes():
    """The file that others made to break readers: what is wrong is counted by hand here."""
    path = os.path.join(DATA, 'indicators', 'skender_quotes_bad.csv.gz')
    if not os.path.exists(path):
        tap.skip(f'{path} is not there')
    unreadable = impossible = 0
    with gzip.open(path, 'rt', encoding='utf-8-sig') as file:
        for row in csv.DictReader(file):
            try:
                datetime.datetime.strptime(row['date'], '%m/%d/%Y')
                cells = [float(row[name]) for name in ('open', 'high', 'low', 'close', 'volume')]
            except ValueError:
                unreadable += 1
                continue
            _, high, low, _, volume = cells
            impossible += not (low > 0 and low <= min(cells[:4]) and high >= max(cells[:4]) and
                               volume >= 0)
    series = verify(path, '--time-unit', 'mdy')['series'][0]
    tap.equal((series['faults']['row']['count'], series['faults']['impossible']['count']),
              (unreadable, impossible))
    tap.equal(series['usable'], unreadable + impossible + series['faults']['duplicate']['count'] +
              series['faults']['disorder']['count'] + series['faults']['off_grid']['count'] == 0)


def test_quotes_of_bitcoin_and_pennies():
    for name, options, rows in [('bitcoin', [], 1246), ('penny', [], 533)]:
        path = os.path.join(DATA, 'indicators', f'skender_quotes_{name}.csv.gz')
        if not os.path.exists(path):
            tap.skip(f'{path} is not there')
        series = verify(path, *options)['series'][0]
        tap.equal(series['bars'] + series['faults']['row']['count'] +
                  series['faults']['duplicate']['count'], rows, f'{name}: {series}')


def test_other_files_are_told_apart():
    for file, _, _ in entries():
        if 'funding' in file:
            document = verify(os.path.join(DATA, file))
            tap.check('funding' in document['error']['found'], document)


tap.main()
