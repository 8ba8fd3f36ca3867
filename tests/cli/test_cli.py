"""The command line from end to end: every command, every class of error, every exit code."""

import csv
import filecmp
import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from support import (DATA, FILES, SCORE, environment, folder, good, pairs, refused, run_in_terminal,
                     table, tern)


def run(home, *more):
    """A result in home/r; its stdout."""
    return good('backtest', 'run', SCORE, '--out', os.path.join(home, 'r'), *more, home=home)


# ---- back-tests ----------------------------------------------------------------------------------

def test_run_writes_and_prints():
    with folder() as home:
        text = run(home)
        tap.equal(sorted(os.listdir(os.path.join(home, 'r'))), FILES)
        tap.equal(table(text, 'run')[0]['name'], 'score.yaml')
        tap.equal(table(text, 'bots')[0]['bot'], 'score-btc')
        with open(os.path.join(home, 'r', 'result.json'), encoding='utf-8') as file:
            result = json.load(file)
        tap.equal(result['schema'], 'tern.backtest/1')
        tap.equal(table(text, 'run')[0]['journal_hash'], result['journal_hash'])
        with open(os.path.join(home, 'r', 'fills.csv'), encoding='utf-8') as file:
            tap.equal(len(list(csv.DictReader(file))), result['fills'])


def test_run_prints_result_json():
    with folder() as home:
        text = run(home, '--json')
        with open(os.path.join(home, 'r', 'result.json'), encoding='utf-8') as file:
            tap.equal(text, file.read(), 'stdout')


def test_run_twice_gives_one_journal():
    with folder() as home:
        first = json.loads(run(home, '--json'))
        shutil.move(os.path.join(home, 'r'), os.path.join(home, 's'))
        second = json.loads(run(home, '--json'))
        tap.equal(first['journal_hash'], second['journal_hash'])
        for name in FILES:
            if name not in ('result.json', 'report.html'):  # these say how long it took
                tap.check(filecmp.cmp(os.path.join(home, 'r', name), os.path.join(home, 's', name),
                                      shallow=False), name)


def test_notes_go_to_stderr_and_quiet_is_quiet():
    with folder() as home:
        answer = tern('backtest', 'run', SCORE, '--out', os.path.join(home, 'r'), home=home)
        tap.check('written to' in answer.stderr and 'written to' not in answer.stdout, 'note')
        answer = tern('backtest', 'run', SCORE, '-q', home=home)
        tap.equal((answer.returncode, answer.stderr), (0, ''))


def test_default_directory_list_and_show():
    with folder() as home:
        text = good('backtest', 'run', SCORE, home=home)
        store = os.path.join(home, '.local', 'share', 'tern', 'backtests')
        names = os.listdir(store)
        tap.equal(len(names), 1)
        tap.check(re.fullmatch(r'score-[0-9a-f]{8}-[0-9a-f]{8}', names[0]), names[0])
        tap.equal(sorted(os.listdir(os.path.join(store, names[0]))), FILES)
        # The same again is the same place, and what is printed again is the same text.
        good('backtest', 'run', SCORE, home=home)
        tap.equal(os.listdir(store), names)
        text = good('backtest', 'run', SCORE, home=home)
        for name in [names[0], 'score', os.path.join(store, names[0])]:
            tap.equal(good('backtest', 'show', name, home=home), text, f'show {name}')
        tap.equal(good('backtest', 'show', home=home), text, 'show')
        run(home)
        rows = table(good('backtest', 'list', home=home), 'backtests')
        tap.equal([row['name'] for row in rows], [os.path.join(home, 'r'), names[0]])
        rows = json.loads(good('backtest', 'list', '--json', home=home))['backtests']
        tap.equal(rows[0]['directory'], os.path.join(home, 'r'))
        tap.equal(rows[0]['journal_hash'], rows[1]['journal_hash'])
        with open(os.path.join(home, 'r', 'result.json'), encoding='utf-8') as file:
            tap.equal(good('backtest', 'show', os.path.join(home, 'r'), '--json', home=home),
                      file.read())
        # What is gone or broken is left out.
        shutil.rmtree(os.path.join(home, 'r'))
        with open(os.path.join(store, names[0], 'result.json'), 'w', encoding='utf-8') as file:
            file.write('{')
        answer = tern('backtest', 'list', home=home)
        tap.equal(table(answer.stdout, 'backtests'), [])
        tap.check('left out' in answer.stderr, answer.stderr)
        refused(5, 'backtest', 'show', names[0], home=home, says='result.json')


def test_show_is_the_same_on_a_terminal():
    with folder() as home:
        def tables(text):
            return text.replace('\r\n', '\n')
        code, first = run_in_terminal('backtest', 'run', SCORE, '-q', home=home)
        again, second = run_in_terminal('backtest', 'show', '-q', home=home)
        tap.equal((code, again), (0, 0))
        tap.equal(tables(second), tables(first))
        tap.check('\033[' in first and '│' not in first and 'SUMMARY' in first, first[:200])


def test_nothing_to_list_or_show():
    with folder() as home:
        answer = tern('backtest', 'list', home=home)
        tap.equal((answer.returncode, table(answer.stdout, 'backtests')), (0, []))
        tap.equal(json.loads(good('backtest', 'list', '--json', home=home)), {'backtests': []})
        refused(3, 'backtest', 'show', home=home, says='tern backtest run FILE')
        refused(3, 'backtest', 'show', 'nothing', home=home, says='tern backtest list')
        refused(3, 'backtest', 'show', './nothing', home=home)


def test_without_a_home():
    with folder() as home:
        answer = tern('backtest', 'run', SCORE, home=home, HOME=None)
        tap.equal(answer.returncode, 0)
        tap.check('nothing is kept' in answer.stderr, answer.stderr)
        tap.check('#metrics' in answer.stdout, 'the tables are printed all the same')
        answer = tern('backtest', 'list', home=home, HOME=None)
        tap.equal(answer.returncode, 0)


def test_places_of_xdg():
    with folder() as home:
        data, state = os.path.join(home, 'd'), os.path.join(home, 's')
        good('backtest', 'run', SCORE, home=home, XDG_DATA_HOME=data, XDG_STATE_HOME=state)
        tap.equal(len(os.listdir(os.path.join(data, 'tern', 'backtests'))), 1)
        tap.check(os.path.isfile(os.path.join(state, 'tern', 'trials')), 'trials')
        tap.equal(sorted(os.listdir(home)), ['d', 's'])


def test_trials():
    with folder() as home:
        trials = os.path.join(home, '.local', 'state', 'tern', 'trials')
        run(home, '--no-trials')
        tap.check(not os.path.exists(trials), 'trials although --no-trials')
        run(home)
        with open(trials, encoding='utf-8') as file:
            tap.equal(len(file.readlines()), 1)


# ---- refused runs --------------------------------------------------------------------------------

def test_a_refused_run_writes_nothing():
    with folder() as home:
        out = os.path.join(home, 'deep', 'r')
        with open(SCORE, encoding='utf-8') as file:
            text = file.read().replace('btc-1h.csv', os.path.join(DATA, 'btc-1h.csv'))
        cases = [
            (3, 'missing.yaml', None, 'no such file'),
            (5, 'key.yaml', text.replace('enter:', 'entr:'), 'entr'),
            (5, 'range.yaml', text.replace('enter: 0.05', 'enter: 5'), 'allowed: '),
            (5, 'type.yaml', text.replace('cycle', 'x') + 'cycle: soon\n', 'cycle'),
            (5, 'empty.yaml', '', ''),
            (5, 'syntax.yaml', 'tern: [', ''),
            (5, 'data.yaml', text.replace('btc-1h.csv', 'none.csv'), 'none.csv'),
            (5, 'bytes.yaml', text.replace(os.path.join(DATA, 'btc-1h.csv'), 'bad.csv'), 'bad.csv'),
            (5, 'warm.yaml', text.replace('enter:', 'signals: {ma: {slow: 600}}\n    enter:'), ''),
        ]
        with open(os.path.join(home, 'bad.csv'), 'w', encoding='ascii') as file:
            file.write('timestamp,open,high,low,close,volume\n2024-01-01,1,2,3,x,5\n')
        for code, name, content, says in cases:
            if content is not None:
                with open(os.path.join(home, name), 'w', encoding='utf-8') as file:
                    file.write(content)
            before = sorted(os.listdir(home))
            refused(code, 'backtest', 'run', os.path.join(home, name), '--out', out, home=home,
                    says=says)
            tap.equal(sorted(os.listdir(home)), before, f'{name} left something')
            # Nor where results go by themselves.
            refused(code, 'backtest', 'run', os.path.join(home, name), home=home, says=says)
            tap.equal(sorted(os.listdir(home)), before, f'{name} left something')


def test_a_taken_directory_is_refused():
    with folder() as home:
        out = os.path.join(home, 'r')
        os.mkdir(out)
        with open(os.path.join(out, 'mine.txt'), 'w', encoding='ascii') as file:
            file.write('mine')
        error = refused(2, 'backtest', 'run', SCORE, '--out', out, home=home, says=out)
        tap.equal(error['code'], 'exists')
        tap.equal(os.listdir(out), ['mine.txt'])
        os.remove(os.path.join(out, 'mine.txt'))
        run(home)
        run(home)  # an earlier result is replaced
        tap.equal(sorted(os.listdir(out)), FILES)


def test_places_that_cannot_be_written():
    with folder() as home:
        refused(1, 'backtest', 'run', SCORE, '--out', '/dev/null/x', home=home)
        refused(1, 'backtest', 'run', SCORE, '--out', '/proc/tern-x', home=home)
        # A default place that cannot be had is no reason to fail.
        answer = tern('backtest', 'run', SCORE, home='/proc/nobody')
        tap.equal(answer.returncode, 0)
        tap.check('nothing is kept' in answer.stderr, answer.stderr)


# ---- usage ---------------------------------------------------------------------------------------

def test_usage_errors():
    with folder() as home:
        for arguments, says in [
                (['backtst', 'run'], 'did you mean tern backtest?'),
                (['backtest'], 'allowed: run, list, show'),
                (['backtest', 'rum'], 'did you mean tern backtest run?'),
                (['backtest', 'run'], 'FILE is missing'),
                (['backtest', 'run', 'a', 'b'], 'one word too many'),
                (['backtest', 'run', 'a', '--outt', 'b'], 'did you mean --out?'),
                (['backtest', 'run', 'a', '--out'], 'without its value'),
                (['backtest', 'run', 'a', '--out='], 'empty value'),
                (['backtest', 'run', 'a', '--plain=1'], 'without a value'),
                (['backtest', 'list', '--out', 'x'], 'does not take'),
                (['backtest', 'run', 'a', '--out', 'b', '--out', 'c'], 'given twice'),
                (['completion', 'tcsh'], 'allowed: bash, zsh, fish'),
                (['journal', 'tail', 'x', '-n', 'many'], '--lines'),
                (['version', 'x'], 'one word too many'),
                (['\033[31mred'], 'unknown command')]:
            error = refused(2, *arguments, home=home, says=says)
            tap.equal(error['code'], 'usage')


def test_control_characters_do_not_reach_the_terminal():
    with folder() as home:
        for word in ['\033[31mred', 'a\nb', 'a\x07b', '\u202eabc']:
            for arguments in [[word], ['backtest', 'run', word], ['backtest', 'show', word],
                              ['help', word], ['backtest', 'run', SCORE, '--out', '/proc/' + word]]:
                answer = tern(*arguments, home=home)
                tap.check(not re.search('[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e]', answer.stderr),
                          f'{arguments}: {answer.stderr!r}')
                tap.equal(answer.stderr.count('\n'), 1, f'{arguments}')


def test_planned_commands_say_so():
    with folder() as home:
        for arguments in [['up'], ['order', 'buy', 'BTC-USD', '1'], ['market', 'scan'],
                          ['key', 'add'], ['flatten'], ['order', 'cancel-all', '--json']]:
            if '--json' not in arguments:
                refused(2, *arguments, home=home, says='is not in this version')
        tap.check('order buy' not in good('help', home=home), 'planned commands are not shown')
        tap.equal(tern('order', 'sel', home=home).returncode, 2)


def test_options_in_any_place():
    with folder() as home:
        out = os.path.join(home, 'r')
        plain = good('backtest', 'run', SCORE, '--out', out, '--json', '-q', home=home)
        for arguments in [['--json', '-q', 'backtest', 'run', '--out=' + out, SCORE],
                          ['backtest', '-qo', out, 'run', '--json', '--', SCORE],
                          ['-o' + out, 'backtest', 'run', SCORE, '-q', '--json', '--no-color',
                           '--no-input', '--plain']]:
            answer = json.loads(good(*arguments, home=home))
            tap.equal(answer['journal_hash'], json.loads(plain)['journal_hash'], f'{arguments}')


# ---- help ----------------------------------------------------------------------------------------

TOPICS = ['commands', 'metrics', 'config', 'bots', 'indicators', 'risk', 'fills', 'facts', 'errors',
          'exit-codes']


def test_help():
    with folder() as home:
        overview = good('help', home=home)
        tap.equal(good(home=home), overview)
        tap.equal(good('--help', home=home), overview)
        tap.equal(good('-h', home=home), overview)
        for topic in TOPICS:
            tap.check(topic in overview, topic)
            text = good('help', topic, home=home)
            tap.check(len(text) > 200, topic)
            json.loads(good('help', topic, '--json', home=home))
            tap.check(good('help', topic, '--markdown', home=home).startswith('# '), topic)
        for command in json.loads(good('help', '--json', home=home))['commands']:
            words = command['command'].split()
            tap.check(command['command'] in overview, f'{words} is not in the overview')
            text = good(*words, '--help', home=home)
            tap.check(text.startswith('usage: ' + command['synopsis']), text)
            if words[0] != 'help':  # `help config` is the topic
                tap.equal(good('help', *words, home=home), text)
        tap.check('run' in good('help', 'backtest', home=home), 'help of a noun')
        tap.equal(good('backtest', '--help', home=home), good('help', 'backtest', home=home))
        refused(3, 'help', 'metrcs', home=home, says='did you mean tern help metrics?')
        refused(3, 'help', 'backtest', 'xyz', home=home)
        refused(3, 'help', 'order', home=home)


def test_help_of_metrics_is_the_reference_page():
    with folder() as home:
        with open(os.path.join(tap.ROOT, 'docs/reference/metrics.md'), encoding='utf-8') as file:
            tap.equal(good('help', 'metrics', '--markdown', home=home), file.read())


def test_reference_of_commands_is_current():
    with folder() as home:
        path = os.path.join(tap.ROOT, 'docs/reference/commands.md')
        text = good('help', 'commands', '--markdown', home=home)
        with open(path, encoding='utf-8') as file:
            tap.check(text == file.read(), 'write it anew: build/run/src/app/tern help commands '
                      '--markdown > docs/reference/commands.md')


def test_exit_codes_are_documented():
    with folder() as home:
        codes = {row['exit code'] for row in
                 json.loads(good('help', 'exit-codes', '--json', home=home))['exit_codes']}
        tap.equal(codes, {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '130'})
        for row in json.loads(good('help', 'errors', '--json', home=home))['errors']:
            tap.check(row['exit code'] in codes, f'{row}')


def test_version():
    with folder() as home:
        text = good('version', home=home)
        tap.check(re.fullmatch(r'tern \d+\.\d+\.\d+( \([0-9a-f]+\))?, .+\n', text), text)
        tap.equal(good('--version', home=home), text)
        tap.equal(good('-V', home=home), text)
        answer = json.loads(good('version', '--json', home=home))
        tap.equal(sorted(answer), ['commit', 'compiler', 'version'])
        tap.check(answer['version'] in text, text)


# ---- configuration -------------------------------------------------------------------------------

def test_config_validate():
    with folder() as home:
        answer = pairs(good('config', 'validate', SCORE, home=home), 'config')
        tap.equal((answer['verdict'], answer['bots']), ('valid', '1'))
        answer = json.loads(good('config', 'validate', SCORE, '--json', home=home))
        tap.equal(answer['config_hash'], json.loads(run(home, '--json'))['config_hash'])
        refused(3, 'config', 'validate', 'none.yaml', home=home)
        bad = os.path.join(home, 'bad.yaml')
        with open(bad, 'w', encoding='ascii') as file:
            file.write('tern: 1\ninstruments: [BTC-USD]\nrisk:\n  drawdown_max: 2\n')
        error = refused(5, 'config', 'validate', bad, home=home, says='bad.yaml:4: risk.drawdown')
        tap.equal(error['code'], 'config_invalid')


def test_config_show():
    with folder() as home:
        rows = {row['key']: row for row in
                table(good('config', 'show', '--origin', SCORE, home=home), 'config')}
        tap.equal(rows['currency']['value'], 'USDT')
        tap.equal(rows['currency']['origin'], SCORE + ':2')
        tap.equal(rows['seed']['origin'], 'default')
        rows = table(good('config', 'show', SCORE, home=home), 'config')
        tap.check('origin' not in rows[0], 'origin without --origin')
        values = json.loads(good('config', 'show', SCORE, '--json', home=home))['values']
        tap.equal({row['key']: row['value'] for row in values}['bots[0].name'], 'score-btc')
        # For trading limits have defaults that a back-test does not have.
        live = table(good('config', 'show', '--live', SCORE, home=home), 'config')
        tap.check({row['key']: row['value'] for row in live} !=
                  {row['key']: row['value'] for row in rows}, '--live changes nothing')


def test_config_explain():
    with folder() as home:
        text = good('config', 'explain', 'risk.drawdown_max', home=home)
        tap.check('risk.drawdown_max' in text and 'default: 0.1' in text, text)
        keys = json.loads(good('config', 'explain', 'fast', '--json', home=home))['keys']
        tap.check(len(keys) > 2 and all(row['key'].endswith('.fast') for row in keys), f'{keys}')
        refused(3, 'config', 'explain', 'drawdwn_max', home=home, says='did you mean drawdown_max?')
        # Every key that is shown can be explained.
        for row in table(good('config', 'show', SCORE, home=home), 'config'):
            good('config', 'explain', row['key'], home=home)


# ---- completion ----------------------------------------------------------------------------------

def complete(script, words):
    program = (f'source {script}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tern; '
               'printf "%s\\n" "${COMPREPLY[@]}"')
    path = os.path.dirname(tap.PROGRAM) + os.pathsep + os.environ['PATH']
    answer = subprocess.run(['bash', '-c', program, 'bash', *words], capture_output=True, text=True,
                            check=False, cwd=DATA,
                            env=environment(os.path.dirname(script), PATH=path))
    tap.equal((answer.returncode, answer.stderr), (0, ''), f'{words}')
    return answer.stdout.split()


def test_completion_of_bash():
    with folder() as home:
        script = os.path.join(home, 'tern.bash')
        with open(script, 'w', encoding='utf-8') as file:
            file.write(good('completion', 'bash', home=home))
        tap.equal(complete(script, ['tern', 'back']), ['backtest'])
        tap.equal(complete(script, ['tern', 'backtest', '']),
                  ['run', 'list', 'show', 'sweep', 'walk-forward', 'doubt', 'compare'])
        tap.equal(complete(script, ['tern', 'backtest', 'run', '--o']), ['--out'])
        tap.equal(complete(script, ['tern', 'backtest', 'run', 'sc']), ['score.yaml'])
        tap.equal(complete(script, ['tern', '-q', 'backtest', 'run', '--out', 'd', 'sc']),
                  ['score.yaml'])
        tap.equal(complete(script, ['tern', 'demo', '--scenario', 'c']), ['calm', 'crash', 'chop'])
        tap.equal(complete(script, ['tern', 'completion', 'b']), ['bash'])
        tap.check('metrics' in complete(script, ['tern', 'help', '']), 'topics')
        tap.equal(complete(script, ['tern', 'journal', 'tail', 'x', '-n', '']), [])
        good('backtest', 'run', SCORE, home=home)
        name = os.listdir(os.path.join(home, '.local', 'share', 'tern', 'backtests'))[0]
        tap.equal(complete(script, ['tern', 'backtest', 'show', 'score-']), [name])
        every = [command['command'] for command in
                 json.loads(good('help', '--json', home=home))['commands']]
        for command in every:
            words = command.split()
            tap.check(words[-1] in complete(script, ['tern', *words]), command)


def test_completion_of_zsh_and_fish():
    with folder() as home:
        missing = []
        for shell in ['zsh', 'fish']:
            text = good('completion', shell, home=home)
            tap.check('backtest' in text and 'preflight' not in text, shell)
            if not shutil.which(shell):
                missing.append(shell)
                continue
            answer = subprocess.run([shell, '-n', '/dev/stdin'], input=text, text=True,
                                    capture_output=True, check=False)
            tap.equal((answer.returncode, answer.stderr), (0, ''), shell)
        if missing:
            tap.skip('no ' + ' and no '.join(missing) + ' to read the scripts')


# ---- demo and bench ------------------------------------------------------------------------------

def test_demo_and_bench_are_known():
    with folder() as home:
        for name in ['demo', 'bench']:
            tap.check('usage: tern ' + name in good(name, '--help', home=home), name)


tap.main()
