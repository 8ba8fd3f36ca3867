"""The demo from the command line: one seed is one journal, Ctrl-C, recordings, words refused."""

import os
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from support import environment, folder, good, refused

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
        process = subprocess.Popen([tap.PROGRAM, 'demo', '--seed', '3'], env=surroundings,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=60)
        tap.equal(process.returncode, 0)
        tap.check('stopping: interrupted' in out and 'to the last digit: ok' in out, out + error)


def test_kept_journal_is_sound():
    with folder() as home:
        kept = os.path.join(home, 'kept')
        text = good('demo', '--seed', '5', '--duration', '2m', '--speed', 'max', '--keep', kept,
                    home=home)
        verified = good('journal', 'verify', os.path.join(kept, 'journal'), home=home)
        tap.check(journal_hash(text) in verified, verified)


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


def test_words_refused():
    with folder() as home:
        for name, value in [('--seed', '-1'), ('--seed', 'x'), ('--speed', '0'), ('--speed', 'no'),
                            ('--duration', '0s'), ('--duration', 'soon'), ('--scenario', 'crush'),
                            ('--tape', '/nowhere/xrp.csv'), ('--tape', '')]:
            refused(2, 'demo', f'{name}={value}', home=home)
        refused(2, 'demo', '--tape', 'btc.csv', '--scenario', 'calm', home=home,
                says='with --scenario')
        refused(2, 'demo', '--tape', 'btc.csv', '--keep', 'x', home=home, says='with --keep')


tap.main()
