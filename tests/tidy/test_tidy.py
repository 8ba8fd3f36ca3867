"""What can be checked on text alone: sizes, blanks, links, words, the README of each folder."""

import codecs
import os
import re
import subprocess
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from sources import all_files, c_files, files, generated, read

LINES_MAX = 700
COLUMNS_MAX = 100
README_LINES_MAX = 60

SCRIPTS = ['run', 'test', '.ci/run', 'tools/bootstrap', 'tools/build', 'tools/format',
           'tools/matrix']
# Files that people write; the rest is data.
TEXT = ('.c', '.h', '.py', '.md', '.build', '.txt', '.yaml', '.yml', '.scn', '.ts', '.tsx', '.css',
        '.html')
# Recorded inputs and expected outputs stay as they are, byte by byte.
DATA = re.compile(r'^(tests/.*/(corpus|data|expected|recorded)/|web/dist/|LICENSE$)')

# Words that name how and where the work was done, and hosts of package registries: rot13, so that
# this list does not find itself.
FORBIDDEN = [codecs.decode(word, 'rot13') for word in (
    'pynhqr naguebcvp /jbex/znva /jbex/funerq /jbex/.yvoenel /gzc/oevrs fhontrag '
    'fho-ntrag pb-nhguberq-ol jbexcynpr qro.qrovna.bet clcv.bet ertvfgel.acczwf ertvfgel.acwf '
    'ercb1.znira cebkl.tbynat fgngvp.pengrf').split()]

# Documents that the program writes: (command from the root, file). The file must be what it prints.
GENERATED = [
    (['build/run/src/app/tern', 'help', topic, '--markdown'], f'docs/reference/{topic}.md')
    for topic in ('bots', 'errors', 'facts', 'fills', 'indicators', 'reasons')
]


def text_files():
    return [path for path in all_files()
            if (path.endswith(TEXT) or path in SCRIPTS) and not DATA.match(path)]


def source_files():
    return [path for path in text_files() if path.endswith(('.c', '.h', '.py', '.build'))
            or path in SCRIPTS]


def test_files_are_short():
    bad = [f'{path}: {read(path).count(chr(10))} lines' for path in source_files()
           if read(path).count('\n') > LINES_MAX and not generated(path)]
    tap.none(bad, f'more than {LINES_MAX} lines')


def test_lines_are_short():
    bad = [f'{path}:{number}: {len(line)} columns' for path in source_files()
           for number, line in enumerate(read(path).splitlines(), 1)
           if len(line) > COLUMNS_MAX and not generated(path) and 'llvm-*' not in line]
    tap.none(bad, f'more than {COLUMNS_MAX} columns')


def test_blanks():
    bad = []
    for path in text_files():
        text = read(path)
        if text and not text.endswith('\n'):
            bad.append(f'{path}: the last line does not end')
        if text.endswith('\n\n'):
            bad.append(f'{path}: empty lines at the end')
        for number, line in enumerate(text.split('\n'), 1):
            if line.rstrip() != line and not path.endswith('.md'):
                bad.append(f'{path}:{number}: trailing blanks')
            if '\t' in line and path.endswith(('.c', '.h', '.py', '.build', '.yaml')):
                bad.append(f'{path}:{number}: tab')
            if '\r' in line:
                bad.append(f'{path}:{number}: carriage return')
    tap.none(bad, 'blanks')


def folders_to_explain():
    """Folders of sources, tests, documents and examples, but those of recorded inputs."""
    found = set()
    for path in c_files('src/') + files('.c', '.h', '.py', '.scn', '.md', '.yaml', '.gz',
                                        under=('tests/', 'docs/', 'examples/')):
        folder = os.path.dirname(path)
        while folder:
            if not re.search(r'/(corpus|data/)', folder):
                found.add(folder)
            folder = os.path.dirname(folder)
    return sorted(found)


def test_every_folder_explains_itself():
    bad = []
    for folder in folders_to_explain():
        readme = f'{folder}/README.md'
        if readme not in all_files():
            bad.append(f'{folder}: no README.md')
        elif read(readme).count('\n') > README_LINES_MAX:
            bad.append(f'{readme}: more than {README_LINES_MAX} lines')
    tap.none(bad, 'folders without a short README.md')


def test_readmes_name_files_that_exist():
    """A README's reading order goes out of date silently: every `name.c`, `name.h` it quotes is
    there, in its folder or elsewhere."""
    bad = []
    for path in files('README.md', under='src/'):
        for name in re.findall(r'`([\w/]+\.[ch])`', read(path)):
            if not any(f'/{other}'.endswith(f'/{name}') for other in all_files()):
                bad.append(f'{path}: {name}')
    tap.none(bad, 'README.md names files that do not exist')


def test_links_lead_somewhere():
    bad = []
    for path in files('.md'):
        text = re.sub(r'```.*?```|`[^`\n]*`', '', read(path), flags=re.DOTALL)
        for target in re.findall(r'\]\(\s*<?([^)\s>]+)>?[^)]*\)', text):
            if re.match(r'[a-z]+:|#', target):
                continue
            target = urllib.parse.unquote(target.split('#')[0])
            place = os.path.normpath(os.path.join(os.path.dirname(path), target))
            if place.startswith('..') or not os.path.exists(os.path.join(tap.ROOT, place)):
                bad.append(f'{path}: {target}')
    tap.none(bad, 'links to files that do not exist')


def test_words():
    pattern = re.compile('|'.join(map(re.escape, FORBIDDEN)), re.IGNORECASE)
    bad = []
    for path in all_files():
        if pattern.search(path):
            bad.append(path)
        for number, line in enumerate(read(path).splitlines(), 1) if '\0' not in read(path) else ():
            match = pattern.search(line)
            if match:
                bad.append(f'{path}:{number}: {match.group(0)}')
    tap.none(bad, 'words that have no place in the project')


def test_scripts():
    bad = []
    for path in SCRIPTS:
        if path not in all_files():
            bad.append(f'{path}: missing')
        elif not os.access(os.path.join(tap.ROOT, path), os.X_OK):
            bad.append(f'{path}: not executable')
        elif read(path).startswith('#!/bin/bash'):
            check = subprocess.run(['bash', '-n', path], cwd=tap.ROOT, capture_output=True,
                                   text=True, check=False)
            if check.returncode != 0:
                bad.append(f'{path}: {check.stderr.strip()}')
    tap.none(bad, 'scripts')


def test_generated_documents_are_current():
    bad = []
    for command, path in GENERATED:
        result = subprocess.run(command, cwd=tap.ROOT, capture_output=True, text=True, check=False)
        if result.returncode != 0 or result.stdout != read(path):
            bad.append(f'{path}: write it anew: {" ".join(command)} > {path}')
    tap.none(bad, 'documents that are not what the program says')


tap.main()
