"""The determinism matrix: every build of tools/matrix computes the same bytes."""

# timeout: 1800

import difflib
import os
import shlex
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap

MATRIX = os.path.join(tap.ROOT, 'tools', 'matrix')
REFERENCE = 'gcc-O3'
EXPECTED = os.path.join(tap.ROOT, 'tests', 'golden', 'golden.txt')

# Commands of the program whose output (of the named file, or stdout) is the same in every build:
# (arguments, file written below {out}, or None).
PROGRAM_RUNS = [
]


def output(command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True,
                          stdin=subprocess.DEVNULL, cwd=tap.ROOT, **options).stdout


def build(variant):
    """(command of the golden program, program or '-'); skips where it cannot be built."""
    try:
        _, golden, program = output([MATRIX, variant]).rstrip('\n').split('\t')
    except subprocess.CalledProcessError:
        raise AssertionError(f'tools/matrix {variant}: the build failed, see above') from None
    if golden == 'skip':
        tap.skip(program)
    return shlex.split(golden), program


def differences(found, expected):
    """Lines of either text that the other does not have, marked - and +."""
    return [line for line in difflib.unified_diff(expected, found, lineterm='', n=0)
            if line[0] in '+-' and not line.startswith(('---', '+++'))]


def test_golden_text():
    golden, _ = build(REFERENCE)
    with open(EXPECTED, encoding='ascii') as file:
        expected = file.read().splitlines()
    tap.none(differences(output(golden).splitlines(), expected), 'other results than those recorded '
             'in tests/golden/golden.txt; where that is meant: tools/matrix --accept')


def check_variant(variant):
    golden, program = build(variant)
    reference, _ = build(REFERENCE)
    tap.none(differences(output(golden).splitlines(), output(reference).splitlines()),
             f'{variant} computes other bytes than {REFERENCE}')
    if program != '-':
        for arguments, name in PROGRAM_RUNS:
            first = run_program(os.path.join(tap.ROOT, 'build', 'run', 'src', 'app', 'tern'),
                                arguments, name)
            tap.equal(run_program(program, arguments, name), first, f'{variant}: {arguments}')


def run_program(program, arguments, name):
    out = os.path.join(os.environ.get('TMPDIR', '/tmp'), 'matrix-' + str(abs(hash(program))))
    text = output([program, *(argument.format(out=out) for argument in arguments)])
    if name is None:
        return text
    with open(os.path.join(out, name), 'rb') as file:
        return file.read()


def make_test(variant):
    def test():
        check_variant(variant)
    return test


for name in output([MATRIX, '--list']).split():
    if name == REFERENCE:
        continue
    globals()['test_' + name.replace('-', '_')] = make_test(name)

tap.main()
