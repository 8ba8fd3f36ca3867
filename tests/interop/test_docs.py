"""The documents say what is: every command in them is run, every path, function and command that
they name is there, every page that the program prints is as it prints it."""

# timeout: 600

import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from document import INLINE, INTERRUPT, blocks, commands, first_missing, without_blocks

SECONDS_MAX = 60
LINES_SHOWN = 80
DOCUMENTS = re.compile(r'^([A-Z]+\.md|(docs|examples)/.*\.md)$')


def documents():
    listed = subprocess.run(['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
                            cwd=tap.ROOT, check=True, capture_output=True).stdout.decode()
    return sorted(path for path in set(listed.split('\0')) if DOCUMENTS.match(path)
                  and os.path.isfile(os.path.join(tap.ROOT, path)))


def read(path):
    with open(os.path.join(tap.ROOT, path), encoding='utf-8') as file:
        return file.read()


# ---- Sessions ------------------------------------------------------------------------------------

def environment(home):
    kept = {key: value for key, value in os.environ.items()
            if not key.startswith(('TERN_', 'XDG_', 'LC_'))}
    kept.update(HOME=home, LANG='C.UTF-8', TERM='xterm', NO_COLOR='1', COLUMNS='100', TZ='UTC',
                PATH=os.path.join(home, 'bin') + os.pathsep + kept.get('PATH', ''))
    return kept


def prepare(home, folder):
    """A folder like the project's root to a reader: ./run, examples, and tern in PATH."""
    os.makedirs(os.path.join(home, 'bin'))
    os.makedirs(folder)
    os.symlink(tap.PROGRAM, os.path.join(home, 'bin', 'tern'))
    with open(os.path.join(folder, 'run'), 'w', encoding='ascii') as file:
        file.write('#!/bin/bash\n[[ $# -gt 0 ]] || set -- demo\nexec tern "$@"\n')
    os.chmod(os.path.join(folder, 'run'), 0o755)
    examples = os.path.join(tap.ROOT, 'examples')
    if os.path.isdir(examples):
        shutil.copytree(examples, os.path.join(folder, 'examples'))


def plain(data):
    """What stands on the terminal in the end, without what was redrawn in place."""
    text = re.sub(r'\x1b\[[0-9;?]*[A-Za-z]', '', data.decode('utf-8', 'replace'))
    return '\n'.join(line.rstrip('\r').split('\r')[-1] for line in text.split('\n'))


def run(command, home, folder):
    """Exit code and what was written, on a terminal, as a reader would see it."""
    control, terminal = pty.openpty()
    process = subprocess.Popen(['bash', '-c', command.words], cwd=folder, env=environment(home),
                               stdin=subprocess.DEVNULL, stdout=terminal, stderr=terminal,
                               start_new_session=True)
    os.close(terminal)
    before = command.expected[:command.expected.index(INTERRUPT)] \
        if INTERRUPT in command.expected else None
    data, end = b'', time.monotonic() + SECONDS_MAX
    while time.monotonic() < end:
        if before is not None and not first_missing(before, plain(data)):
            os.killpg(process.pid, signal.SIGINT)
            before = None
        if not select.select([control], [], [], 0.2)[0]:
            continue
        try:
            part = os.read(control, 65536)
        except OSError:  # the other side is closed
            break
        if not part:
            break
        data += part
    else:
        os.killpg(process.pid, signal.SIGKILL)
    os.close(control)
    return process.wait(SECONDS_MAX), plain(data)


def play(path):
    """Runs a document's sessions from top to bottom; what is wrong, as texts."""
    bad = []
    home = tempfile.mkdtemp(prefix='tern-docs-')
    folder = os.path.join(home, 'tern')
    prepare(home, folder)
    try:
        for block in blocks(read(path)):
            if block.name and block.kind != 'console':
                with open(os.path.join(folder, block.name), 'w', encoding='utf-8') as file:
                    file.write(block.text)
            for command in commands(block) if block.kind == 'console' else ():
                if command.words.startswith('./test'):
                    continue  # it would run this test
                code, output = run(command, home, folder)
                shown = '\n'.join(output.splitlines()[:LINES_SHOWN])
                where = f'{path}:{command.line}: {command.words}'
                missing = first_missing(command.expected, output)
                if code != command.code:
                    bad.append(f'{where}: exit code {code}:\n{shown}')
                elif missing:
                    bad.append(f'{where}: no line "{missing.strip()}" in\n{shown}')
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return bad


def test_sessions():
    tap.none([line for path in documents() for line in play(path)],
             'documents whose commands do something else')


def test_commands_stand_in_sessions():
    """A command in another kind of block would not be run."""
    bad = []
    for path in documents():
        for block in blocks(read(path)):
            lines = enumerate(block.text.splitlines(), block.line + 1)
            bad += [f'{path}:{number}: {line}' for number, line in lines if block.kind != 'console'
                    and re.match(r'(\$ |\./run\b|tern [a-z])', line)]
    tap.none(bad, 'commands outside a ```console block')


# ---- The picture ---------------------------------------------------------------------------------

def test_the_picture_is_that_of_the_example():
    with tempfile.TemporaryDirectory(prefix='tern-docs-') as home:
        out = os.path.join(home, 'out')
        answer = tap.tern('backtest', 'run', os.path.join(tap.ROOT, 'examples/cross.yaml'), '--out',
                          out, '--no-trials', env=environment(home))
        tap.equal(answer.returncode, 0, answer.stderr)
        data = [os.path.join(tap.ROOT, 'examples/data', name) for name in
                ('coinbase-btc-usd-4h.csv.gz', 'coinbase-eth-usd-1d.csv.gz')]
        script = os.path.join(tap.ROOT, 'docs/pictures/draw.py')
        drawn = subprocess.run([sys.executable, script, out, *data], capture_output=True,
                               text=True, check=True).stdout
        tap.check(drawn == read('docs/pictures/equity.svg'), 'draw it again; draw.py says how')


# ---- Words ---------------------------------------------------------------------------------------

def spans():
    """(document, line, text) of each piece of code within a line."""
    for path in documents():
        for number, line in enumerate(without_blocks(read(path)).splitlines(), 1):
            for match in INLINE.finditer(line):
                yield path, number, match.group(1)


def test_commands_exist():
    known = {entry['command'] for entry in
             json.loads(tap.tern('help', 'commands', '--json').stdout)['commands']}
    nouns = {command.split()[0] for command in known}
    bad = []
    for path, number, span in spans():
        words = re.sub(r'^(\./run|tern)\b', '', span).split()
        if not re.match(r'(\./run|tern) [a-z]', span) or words[0] in known:
            continue
        if words[0] not in nouns or (len(words) > 1 and ' '.join(words[:2]) not in known):
            bad.append(f'{path}:{number}: {span}')
    tap.none(bad, 'commands that tern does not have')


def test_paths_exist():
    bad = [f'{path}:{number}: {span}' for path, number, span in spans()
           if re.fullmatch(r'(src|tests|docs|tools|examples)/[\w./-]*', span)
           and not os.path.exists(os.path.join(tap.ROOT, span))]
    tap.none(bad, 'paths that are not there')


def test_functions_exist():
    """`evolve_fact()` in a document is a function of the sources."""
    sources = subprocess.run(['git', 'grep', '-hoE', '[a-z_][a-z0-9_]*\\(', '--', 'src/*.[ch]'],
                             cwd=tap.ROOT, check=True, capture_output=True, text=True).stdout
    known = set(sources.split())
    bad = [f'{path}:{number}: {span}' for path, number, span in spans()
           if re.fullmatch(r'[a-z_][a-z0-9_]*\(\)', span) and span[:-1] not in known]
    tap.none(bad, 'functions that are not in src')


def test_the_reader_of_documents():
    """The rules of document.py, on lines whose verdict is known."""
    output = 'written to a\n return   +1.5 %  x\nlast\n'
    for expected in [['return +1.5 % x'], ['written … a', 'last'], ['… x'], ['…', 'last'],
                     ['return 2.25 % … # figures differ'], ['return +9 % x  # figures differ'], []]:
        tap.equal(first_missing(expected, output), None, f'{expected}')
    for expected in [['return +1.6 % x'], ['last', 'written to a'], ['return'], ['lost …']]:
        tap.check(first_missing(expected, output), f'{expected} is found')


tap.main()
