"""tern backtest compare: what differs between two results, and where they part."""

import json
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from support import SCORE, folder, good, refused, run_in_terminal, tern


def copied(home, name):
    """The configuration of the tests by another name; its path."""
    with open(SCORE, encoding='utf-8') as file:
        text = file.read()
    text = re.sub(r'file: *(?=[^/,\s])', f'file: {os.path.dirname(SCORE)}/', text)
    path = os.path.join(home, name)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
    return path


def two(home):
    """Results A and B; B has slippage and another seed."""
    a, b = os.path.join(home, 'a'), os.path.join(home, 'b')
    good('backtest', 'run', copied(home, 'a.yaml'), '--out', a, home=home)
    path = copied(home, 'b.yaml')
    with open(path, 'a', encoding='utf-8') as file:
        file.write('seed: 7\nsimulation: {slippage_bps: 30}\n')
    good('backtest', 'run', path, '--out', b, home=home)
    return a, b


def rows_of(document, group):
    return {row['name']: row for row in document['rows'] if row['group'] == group}


def test_key_by_key():
    with folder() as home:
        a, b = two(home)
        document = json.loads(good('backtest', 'compare', a, b, '--json', home=home))
        settings = rows_of(document, 'settings')
        slippage = settings['simulation.slippage_bps']
        tap.equal((slippage['a'], slippage['b']), ('0', '30'), 'slippage')
        tap.equal((slippage['a_default'], slippage['b_default']), (True, False), 'whose is default')
        tap.equal((settings['seed']['a'], settings['seed']['b']), ('0', '7'), 'seed')
        tap.check(not any('file' in name for name in settings), 'paths are no settings')
        data = rows_of(document, 'data')
        tap.equal({row['differs'] for row in data.values()}, {False}, 'the same data')
        result = rows_of(document, 'result')
        for name in ('end_equity', 'journal_hash'):
            tap.check(result[name]['differs'], f'{name} differs')
        with open(os.path.join(b, 'result.json'), encoding='utf-8') as file:
            written = json.load(file)
        tap.equal(result['end_equity']['b'], written['end_equity'], 'end equity of B')
        tap.equal(set(rows_of(document, 'metrics')), set(written['metrics']), 'every metric')
        bots = rows_of(document, 'bots')
        for bot in written['bots']:
            tap.equal(bots[f'{bot["name"]} trips']['b'], str(bot['trips']), 'trips of a bot')
            tap.equal(bots[f'{bot["name"]} fees']['b'], bot['fees'], 'fees of a bot')
        tap.equal(document['differ'], sum(row['differs'] for row in document['rows']), 'count')


def test_where_they_part():
    with folder() as home:
        a, b = two(home)
        parting = rows_of(json.loads(good('backtest', 'compare', a, b, '--json', home=home)),
                          'parting')
        fill = next(row for name, row in parting.items() if name.startswith('fill '))
        number = int(next(name for name in parting if name.startswith('fill ')).split()[1])
        lines = []
        for path in (a, b):
            with open(os.path.join(path, 'fills.csv'), encoding='utf-8') as file:
                lines.append([line.split(',') for line in file.read().splitlines()[1:]])
        same = [left[:10] == right[:10] for left, right in zip(*lines)]
        tap.equal(number, same.index(False) + 1, 'the first fill that is another one')
        for side, rows in zip('ab', lines):
            words = rows[number - 1]
            tap.equal(fill[side], ' '.join([words[0]] + words[2:10]), f'fill of {side}')
        nothing = json.loads(good('backtest', 'compare', a, a, '--json', home=home))
        tap.equal((nothing['differ'], rows_of(nothing, 'parting')), (0, {}), 'with itself')
        tap.equal(set(rows_of(nothing, 'settings')), {'version', 'name', 'config_hash', 'currency'},
                  'keys that are the same are not listed')


def test_for_people_and_in_pipes():
    with folder() as home:
        a, b = two(home)
        lines = [line.split('\t') for line in
                 good('backtest', 'compare', a, b, '--plain', home=home).splitlines()]
        tap.equal(lines[0][:5], ['#compare', 'of', 'what', 'A', 'B'], 'head')
        tap.check(['compare', 'settings', 'simulation.slippage_bps', '0', '30', 'differs'] in lines,
                  'a row')
        code, text = run_in_terminal('backtest', 'compare', a, b, home=home, NO_COLOR='1')
        tap.equal(code, 0, text)
        lines = [line.rstrip() for line in text.replace('\r', '').split('\n')]
        tap.equal([line for line in lines if len(line) > 100 and line[3:4] not in 'AB'], [],
                  'lines wider than the terminal')
        tap.check(re.search(r'simulation.slippage_bps +0 \(default\) +30  differs', text), text)
        tap.check(re.search(r'They part at fill \d+\n   A  20\d\d-.* (buy|sell) .*\n   B  ',
                            text.replace('\r', '')), 'where they part')


def test_page():
    with folder() as home:
        a, b = two(home)
        evil = os.path.join(home, '<script>alert(1)')
        shutil.copytree(a, evil)
        page = good('backtest', 'compare', evil, b, '--html', home=home)
        tap.equal(page, good('backtest', 'compare', evil, b, '--html', home=home), 'the same bytes')
        tap.check(page.startswith('<!doctype html>') and page.endswith('</html>\n'), 'a page')
        tap.check('&lt;script&gt;alert(1)' in page and '<script>alert' not in page, 'escaped')
        tap.equal(page.count('<svg'), 2, 'equity and drawdown')
        for word in ('simulation.slippage_bps', '(default)', 'Where they part', 'end_equity'):
            tap.check(word in page, f'{word!r} is not on the page')
        tap.check('http://' not in page and 'https://' not in page, 'nothing is fetched')


def test_without_a_journal():
    with folder() as home:
        a, b = two(home)
        os.remove(os.path.join(b, 'journal'))
        answer = tern('backtest', 'compare', a, b, '--json', home=home)
        tap.equal(answer.returncode, 0, 'exit code')
        tap.check('has no journal that can be read' in answer.stderr, answer.stderr)
        settings = rows_of(json.loads(answer.stdout), 'settings')
        for name in ('config_hash', 'seed'):
            tap.check(settings[name]['differs'], f'{name} differs')


def test_what_cannot_be_compared():
    with folder() as home:
        a, b = two(home)
        refused(3, 'backtest', 'compare', a, os.path.join(home, 'none'), home=home, says='none')
        refused(2, 'backtest', 'compare', a, home=home)
        os.remove(os.path.join(b, 'orders.csv'))
        refused(3, 'backtest', 'compare', a, b, home=home, says='orders.csv')
        with open(os.path.join(b, 'result.json'), 'w', encoding='utf-8') as file:
            file.write('{')
        refused(5, 'backtest', 'compare', a, b, home=home, says='result.json')


tap.main()
