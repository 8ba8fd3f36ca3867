"""The determinism matrix: every build of tools/matrix computes the same bytes."""

# timeout: 1800

import os
import shlex
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap

MATRIX = os.path.join(tap.ROOT, 'tools', 'matrix')
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


def check_variant(variant):
    golden, program = build(variant)
    with open(EXPECTED, encoding='ascii') as file:
        expected = file.read().splitlines()
    found = output(golden).splitlines()
    tap.none([f'{variant}: {line}' for line in sorted(set(found) ^ set(expected))],
             'lines that are only in the output or only in tests/golden/golden.txt')
    tap.equal(found, expected, 'order of the lines')
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
    globals()['test_' + name.replace('-', '_')] = make_test(name)

tap.main()
