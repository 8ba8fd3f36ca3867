"""Journals on the command line: verify, tail, replay, and the check of the ledger; damaged ones."""

import json
import os
import shutil
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from support import DATA, SCORE, folder, good, pairs, refused, table, tern


def result(home):
    path = os.path.join(home, 'r')
    answer = json.loads(good('backtest', 'run', SCORE, '--out', path, '--json', home=home))
    return path, answer


def records(path):
    """(offset, type, size) of each record of a journal."""
    with open(path, 'rb') as file:
        data = file.read()
    at = 8
    while at < len(data):
        kind, size = struct.unpack_from('<II', data, at)
        yield at, kind, size
        at += 16 + (size + 7) // 8 * 8


def test_verify():
    with folder() as home:
        path, answer = result(home)
        for name in [path, os.path.join(path, 'journal')]:
            text = good('journal', 'verify', name, home=home)
            found = pairs(text, 'journal')
            tap.equal(found['chain'], answer['journal_hash'])
            counts = {row['fact']: int(row['count']) for row in table(text, 'kinds')}
            tap.equal(counts['order_filled'], answer['fills'])
            tap.equal(sum(counts.values()), int(found['facts']))
        tap.equal(pairs(good('journal', 'verify', path, home=home), 'journal')['result'], 'same')
        found = json.loads(good('journal', 'verify', path, '--json', home=home))
        tap.equal(found['kinds']['order_filled'], answer['fills'])
        kinds = [kind for _, kind, _ in records(os.path.join(path, 'journal'))]
        tap.equal(found['frames'], kinds.count(5))
        tap.equal(found['inputs'], kinds.count(4))


def test_verify_of_another_journal_than_the_results():
    with folder() as home:
        path, _ = result(home)
        name = os.path.join(path, 'result.json')
        with open(name, encoding='utf-8') as file:
            text = json.load(file)
        text['journal_hash'] = '0' * 32
        with open(name, 'w', encoding='utf-8') as file:
            json.dump(text, file)
        refused(5, 'journal', 'verify', path, home=home, says='not the journal of the result')


def test_cut_journals():
    """Cut anywhere: told so, and never more."""
    with folder() as home:
        path, _ = result(home)
        with open(os.path.join(path, 'journal'), 'rb') as file:
            data = file.read()
        cut = os.path.join(home, 'cut')
        ends = [at for at, _, _ in records(os.path.join(path, 'journal'))]
        for size in sorted({0, 1, 7, 8, 9, 20, 24, 100, len(data) // 2, len(data) - 9,
                            len(data) - 1}):
            with open(cut, 'wb') as file:
                file.write(data[:size])
            if size in ends:
                continue
            error = refused(5, 'journal', 'verify', cut, home=home)
            tap.check(error['code'] in ('truncated', 'corrupt'), f'{size}: {error}')
            # tail shows what is whole.
            answer = tern('journal', 'tail', cut, '-n', '0', home=home)
            tap.check(answer.returncode in (0, 5), f'{size}: {answer.returncode}')
            refused(5, 'journal', 'replay', cut, home=home)


def test_changed_journals():
    """Any byte changed, anywhere, is found by its checksum."""
    with folder() as home:
        path, _ = result(home)
        with open(os.path.join(path, 'journal'), 'rb') as file:
            data = bytearray(file.read())
        bad = os.path.join(home, 'bad')
        padding = set()
        for at, _, size in records(os.path.join(path, 'journal')):
            padding.update(range(at + 16 + size, at + 16 + (size + 7) // 8 * 8))
        for at in [i for i in range(0, len(data), 397) if i not in padding]:
            data[at] ^= 0x10
            with open(bad, 'wb') as file:
                file.write(data)
            refused(5, 'journal', 'verify', bad, home=home)
            refused(5, 'journal', 'tail', bad, home=home) if at < 8 else None
            data[at] ^= 0x10


def test_a_missing_frame_breaks_the_chain():
    with folder() as home:
        path, _ = result(home)
        name = os.path.join(path, 'journal')
        with open(name, 'rb') as file:
            data = file.read()
        frames = [(at, size) for at, kind, size in records(name) if kind == 5]
        at, size = frames[len(frames) // 2]
        bad = os.path.join(home, 'bad')
        with open(bad, 'wb') as file:
            file.write(data[:at] + data[at + 16 + (size + 7) // 8 * 8:])
        for command in ['verify', 'tail', 'replay']:
            refused(5, 'journal', command, bad, home=home)


def test_a_journal_that_ends_early():
    """Cut between two records it is whole, but not what the run does, and not the result's."""
    with folder() as home:
        path, _ = result(home)
        name = os.path.join(path, 'journal')
        with open(name, 'rb') as file:
            data = file.read()
        at = list(records(name))[-1][0]
        cut = os.path.join(home, 'cut')
        with open(cut, 'wb') as file:
            file.write(data[:at])
        good('journal', 'verify', cut, home=home)
        refused(5, 'journal', 'replay', cut, home=home, says='differs at input')
        shutil.copy(cut, name)
        refused(5, 'journal', 'verify', path, home=home, says='not the journal of the result')


def test_what_is_no_journal():
    with folder() as home:
        refused(5, 'journal', 'verify', SCORE, home=home, says='no journal')
        refused(3, 'journal', 'verify', 'nothing', home=home, says='tern backtest list')
        refused(3, 'journal', 'verify', os.path.join(home, 'x', 'y'), home=home)
        os.mkdir(os.path.join(home, 'empty'))
        refused(3, 'journal', 'verify', os.path.join(home, 'empty'), home=home)


def test_tail():
    with folder() as home:
        path, _ = result(home)
        every = good('journal', 'tail', path, '-n', '0', home=home).splitlines()
        facts = json.loads(good('journal', 'verify', path, '--json', home=home))['facts']
        tap.equal(len(every), facts)
        tap.equal([int(line.split('\t')[0]) for line in every], list(range(1, facts + 1)))
        tap.equal(good('journal', 'tail', path, home=home).splitlines(), every[-20:])
        tap.equal(good('journal', 'tail', path, '-n3', home=home).splitlines(), every[-3:])
        tap.equal(good('journal', 'tail', path, '--lines', '100000', home=home).splitlines(), every)
        lines = good('journal', 'tail', path, '-n', '0', '--ndjson', home=home).splitlines()
        document = good('journal', 'tail', path, '-n', '0', '--json', home=home)
        tap.equal(json.loads(document)['facts'], [json.loads(line) for line in lines])
        for line, text in zip(lines, every):
            fact, parts = json.loads(line), text.split('\t')
            first = [str(fact['seq']), fact['time'], str(fact['input']), fact['cause']]
            tap.equal(first, parts[:4])
            tap.check(parts[4].startswith(fact['fact']), text)
            for key, value in fact['fields'].items():
                if not isinstance(value, str):
                    tap.check(f' {key}={value}' in parts[4] + ' ', f'{key} in {text}')


def test_replay_and_ledger():
    with folder() as home:
        path, answer = result(home)
        found = pairs(good('journal', 'replay', path, home=home, cwd=DATA), 'replay')
        tap.equal(found['chain'], answer['journal_hash'])
        tap.equal(found['run_again'], 'same frames, same state')
        ledger = pairs(good('ledger', 'check', path, home=home), 'ledger')
        tap.equal(ledger['state'], found['state'])
        # By name, too.
        good('backtest', 'run', SCORE, home=home)
        tap.equal(json.loads(good('journal', 'replay', 'score', '--json', home=home))['state'],
                  found['state'])


def test_replay_finds_its_data():
    with folder() as home:
        place = os.path.join(home, 'p')
        shutil.copytree(DATA, place)
        config = os.path.join(place, 'score.yaml')
        path = os.path.join(home, 'r')
        good('backtest', 'run', config, '--out', path, home=home)
        os.rename(place, os.path.join(home, 'q'))
        config = os.path.join(home, 'q', 'score.yaml')
        refused(5, 'journal', 'replay', path, home=home, says='--config')
        good('journal', 'replay', path, '--config', config, home=home)
        good('ledger', 'check', path, '-c', config, home=home)
        # Other data, another configuration: not this journal's.
        data = os.path.join(home, 'q', 'btc-1h.csv')
        with open(data, encoding='ascii') as file:
            lines = file.read().splitlines()
        with open(data, 'w', encoding='ascii') as file:
            print(*lines[:-1], sep='\n', file=file)
        refused(5, 'journal', 'replay', path, '--config', config, home=home, says='other data')
        with open(config, encoding='utf-8') as file:
            text = file.read()
        with open(config, 'w', encoding='utf-8') as file:
            file.write(text.replace('0.05', '0.06'))
        refused(5, 'journal', 'replay', path, '--config', config, home=home,
                says='another configuration')


tap.main()
