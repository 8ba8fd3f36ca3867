"""The demo from the command line: one seed is one journal, Ctrl-C, recordings, words refused."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from decimal import Decimal

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from support import environment, folder, good, refused, tern

QUOTES = 'recv_ns,exch_ns,bid,bid_size,ask,ask_size\n'


def journal_hash(text):
    return re.search(r'^journal_hash: ([0-9a-f]{32})$', text, re.MULTILINE).group(1)


def test_one_seed_is_one_journal():
    with folder() as home:
        for scenario in ['normal', 'calm', 'trend', 'crash', 'chop', 'outage']:
            words = ['demo', '--seed', '7', '--scenario', scenario, '--duration', '1m']
            first = good(*words, '--speed', 'max', home=home)
            again = good(*words, '--speed', '600', '--quiet', home=home)
            tap.equal(journal_hash(again), journal_hash(first))
            tap.check('to the last digit: ok' in first, scenario)
            tap.check('the same again: tern demo --seed 7 --scenario ' + scenario in first, first)


def test_configuration_has_six_kinds():
    with folder() as home:
        text = good('demo', '--show-config', home=home)
        kinds = re.findall(r'^ +kind: (\w+)$', text, re.MULTILINE)
        tap.equal(sorted(kinds), ['dca', 'grid', 'ma_cross', 'maker', 'rsi', 'score'])
        tap.equal(len(re.findall(r'\{name: [A-Z]+-USD,', text)), 10)


def test_interrupt_closes_the_account():
    with folder() as home:
        surroundings = environment(home)
        process = subprocess.Popen([tap.PROGRAM, 'demo', '--seed', '3', '--speed', '3'],
                                   env=surroundings,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=60)
        tap.equal(process.returncode, 0)
        tap.check('stopping: interrupted' in out and 'to the last digit: ok' in out, out + error)
        # Wherever in a second that was, what is said to be the same again is.
        again = re.search('^the same again: tern (.*)$', out, re.MULTILINE)
        if again is not None:  # not in the very first second
            tap.equal(journal_hash(good(*again.group(1).split(), home=home)), journal_hash(out))


def test_kept_journal_is_sound():
    with folder() as home:
        kept = os.path.join(home, 'kept')
        text = good('demo', '--seed', '5', '--duration', '2m', '--speed', 'max', '--keep', kept,
                    home=home)
        verified = good('journal', 'verify', os.path.join(kept, 'journal'), home=home)
        tap.check(journal_hash(text) in verified, verified)
        checked = good('ledger', 'check', kept, home=home)
        tap.check(journal_hash(text) in checked and 'every invariant holds' in checked, checked)
        refused(5, 'journal', 'replay', kept, home=home, says='the demo again with its seed')
        # Kept once more: the place is taken over, one that holds anything else is not.
        good('demo', '--seed', '5', '--duration', '9s', '--speed', 'max', '--keep', kept, home=home)
        other = os.path.join(home, 'other')
        os.makedirs(other)
        with open(os.path.join(other, 'file'), 'w', encoding='utf-8') as file:
            file.write('mine')
        refused(2, 'demo', '--keep', other, home=home, says='with --keep')


def test_damaged_journals_of_demos():
    with folder() as home:
        kept = os.path.join(home, 'kept')
        good('demo', '--seed', '5', '--duration', '5s', '--speed', 'max', '--keep', kept, home=home)
        with open(os.path.join(kept, 'journal'), 'rb') as file:
            whole = file.read()
        path = os.path.join(home, 'journal')
        for cut in [len(whole) - 1, len(whole) // 2, len(whole) // 3, 9000, 100]:
            with open(path, 'wb') as file:
                file.write(whole[:cut])
            # Between two records it is a journal that ends there.
            code = tern('ledger', 'check', path, home=home).returncode
            tap.check(code in (0, 1, 5), f'cut {cut}: {code}')
        for at in range(9000, len(whole), len(whole) // 40):
            with open(path, 'wb') as file:
                file.write(whole[:at] + bytes([whole[at] ^ 16]) + whole[at + 1:])
            tap.check(tern('ledger', 'check', path, home=home).returncode in (1, 5), f'flip {at}')


def test_recording():
    with folder() as home:
        path = os.path.join(home, 'eth_quotes.csv')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(QUOTES)
            for i in range(100):
                now = 1_700_000_000_000_000_000 + i * 1_000_000_000
                middle = 2000 + abs(i % 40 - 20)
                file.write(f'{now + 5_000_000},{now},{middle}.00,9,{middle}.02,9\n')
        fast = good('demo', '--tape', path, '--seed', '1', '--speed', 'max', home=home)
        slow = good('demo', '--tape', path, '--seed', '1', '--speed', '100', home=home)
        tap.equal(journal_hash(slow), journal_hash(fast))
        again = re.search('^the same again: tern (.*)$', fast, re.MULTILINE).group(1)
        tap.equal(journal_hash(good(*again.split(), home=home)), journal_hash(fast))
        tap.check('recorded prices' in fast and 'saver-eth' in fast, fast)


SCRIPT = """# who comes and goes
add NVDA
at 5s buy NVDA 2
at 10s add foo
at 20s remove XRP-USD
at 30s remove nvda
prices
at 40s add XRP
at 50s scenario crash
"""


def test_script_of_commands():
    with folder() as home:
        path = os.path.join(home, 'script')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(SCRIPT)
        words = ['demo', '--seed', '7', '--commands', path, '--duration', '1m', '--quiet']
        fast = good(*words, '--speed', 'max', '--keep', os.path.join(home, 'kept'), home=home)
        slow = good(*words, '--speed', '60', home=home)
        tap.equal(slow, fast[:fast.index('kept: ')])
        for said in ['ADD    NVDA-USD at 800', 'FOO-USD at ', 'an unknown name',
                     'REMOVE XRP-USD', '2 are held and stay', 'scenario crash',
                     'desk, by hand']:
            tap.check(said in fast, f'{said}: {fast}')
        again = re.search('^the same again: tern (.*)$', fast, re.MULTILINE).group(1)
        tap.equal(journal_hash(good(*again.split(), home=home)), journal_hash(fast))
        tap.check(journal_hash(fast) in good('journal', 'verify', os.path.join(home, 'kept'),
                                             home=home), fast)
        good('ledger', 'check', os.path.join(home, 'kept'), home=home)
        with open(os.path.join(home, 'kept', 'fills.csv'), encoding='utf-8') as file:
            tap.check('NVDA-USD' in file.read(), 'the name of what came')
        with open(os.path.join(home, 'kept', 'result.json'), encoding='utf-8') as file:
            names = [row['name'] for row in json.load(file)['instruments']]
        tap.equal(names[10:], ['NVDA-USD', 'FOO-USD'])


def test_commands_that_are_typed():
    with folder() as home:
        process = subprocess.Popen([tap.PROGRAM, 'demo', '--seed', '3', '--speed', '20', '--quiet',
                                    '--commands', '-'], env=environment(home), text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        out, error = process.communicate('add NVDA\nnonsense\nbuy NVDA 1\nquit\n', timeout=60)
        tap.equal(process.returncode, 0)
        tap.equal(error, '')
        for said in ['ADD    NVDA-USD', 'ERROR  "nonsense"', 'stopping: a command said so',
                     'add NVDA-USD\n', 'buy NVDA-USD 1\n', 'BUY']:
            tap.check(said in out, f'{said}: {out}')


def test_commands_refused():
    with folder() as home:
        path = os.path.join(home, 'script')
        for text, code, says in [('ad NVDA\n', 5, f'{path}:1'),
                                 ('at 5s prices\nat 1s prices\n', 5, 'the time goes back'),
                                 ('add\n' * 100, 5, 'such as NVDA'),
                                 ('#' * 70000, 5, 'too long')]:
            with open(path, 'w', encoding='utf-8') as file:
                file.write(text)
            refused(code, 'demo', '--commands', path, '--seed', '1', home=home, says=says)
        refused(3, 'demo', '--commands', os.path.join(home, 'none'), home=home)
        refused(2, 'demo', '--commands', '-', '--no-input', home=home, says='--no-input')


def lines_of(text):
    return [json.loads(line) for line in text.splitlines()]


def test_lines_for_programs():
    with folder() as home:
        path = os.path.join(home, 'script')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(SCRIPT + 'orders\naccount\nhelp\nbuy NEVER 1\n')
        words = ['demo', '--seed', '7', '--commands', path, '--duration', '1m', '--speed', 'max']
        text = good(*words, home=home)
        lines = lines_of(good(*words, '--ndjson', home=home))
        events = [line['event'] for line in lines]
        tap.equal((events[0], events[-1]), ('start', 'summary'))
        tap.check({'added', 'removed', 'order', 'fill', 'ended', 'prices', 'orders', 'account',
                   'help', 'error', 'market', 'stopping'} <= set(events), f'{set(events)}')
        times = [line['time_ns'] for line in lines]
        tap.equal(times, sorted(times))
        summary = lines[-1]
        tap.equal(summary['journal_hash'], journal_hash(text))
        tap.equal(summary['fills'], events.count('fill'))
        tap.equal(summary['fills'], sum(bot['fills'] for bot in summary['bots']))
        tap.equal([row['name'] for row in lines[0]['instruments']][0], 'BTC-USD')
        money = sum(Decimal(summary[key]) for key in ['start_equity', 'realized', 'unrealized'])
        tap.equal(money - Decimal(summary['fees']), Decimal(summary['equity']))
        alone = json.loads(good(*words, '--json', home=home))
        tap.equal(alone, summary)
        kept = os.path.join(home, 'kept')
        tap.equal(json.loads(good(*words, '--json', '--keep', kept, home=home))['kept'], kept)
        answer = tern(*words, '--json', '--ndjson', home=home)
        tap.equal(answer.returncode, 2)


def test_an_outage_for_programs():
    with folder() as home:
        lines = lines_of(good('demo', '--seed', '7', '--scenario', 'outage', '--duration', '3m',
                              '--speed', 'max', '--ndjson', home=home))
        feeds = [(line['time'][11:19], line['silent']) for line in lines
                 if line['event'] == 'feed']
        tap.equal(feeds, [('09:02:05', True), ('09:02:46', False)])


def test_words_refused():
    with folder() as home:
        for name, value in [('--seed', '-1'), ('--seed', 'x'), ('--speed', '0'), ('--speed', 'no'),
                            ('--duration', '0s'), ('--duration', 'soon'), ('--scenario', 'crush'),
                            ('--tape', '/nowhere/abc.csv'), ('--tape', '')]:
            refused(2, 'demo', f'{name}={value}', home=home)
        refused(2, 'demo', '--tape', 'btc.csv', '--scenario', 'calm', home=home,
                says='with --scenario')
        refused(2, 'demo', '--tape', 'btc.csv', '--keep', 'x', home=home, says='with --keep')


tap.main()
