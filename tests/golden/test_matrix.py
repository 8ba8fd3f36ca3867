"""The determinism matrix: every build of tools/matrix computes the same bytes."""

# timeout: 1800

import difflib
import glob
import json
import os
import shlex
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap

MATRIX = os.path.join(tap.ROOT, 'tools', 'matrix')
REFERENCE = 'gcc-O3'
EXPECTED = os.path.join(tap.ROOT, 'tests', 'golden', 'golden.txt')

# Back-tests whose result is the same in every build: the examples.
RUNS = os.path.join(tap.ROOT, 'examples', '*.yaml')
RELEASE = os.path.join(tap.ROOT, 'build', 'run', 'src', 'app', 'tern')


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
    tap.none(differences(output(golden).splitlines(), expected),
             'other results than those recorded in tests/golden/golden.txt; '
             'where that is meant: tools/matrix --accept')


def check_variant(variant):
    golden, program = build(variant)
    reference, _ = build(REFERENCE)
    tap.none(differences(output(golden).splitlines(), output(reference).splitlines()),
             f'{variant} computes other bytes than {REFERENCE}')
    for path in sorted(glob.glob(RUNS)) if program != '-' else []:
        tap.equal(journal_of(program, path), journal_of(RELEASE, path),
                  f'{variant}: journal of {os.path.basename(path)}')


def journal_of(program, path, **options):
    """The journal's hash of a back-test, and its fills, byte for byte."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, 'out')
        result = json.loads(output([program, 'backtest', 'run', path, '--json', '--no-trials',
                                    '--out', out], **options))
        with open(os.path.join(out, 'fills.csv'), encoding='utf-8') as file:
            return result['journal_hash'], file.read()


def test_without_fma():
    """The C library's fused multiply-add switched off: its other variants round otherwise."""
    golden, program = build(REFERENCE)
    off = dict(os.environ, GLIBC_TUNABLES='glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2,-AVX512F')
    tap.none(differences(output(golden, env=off).splitlines(), output(golden).splitlines()),
             'without FMA in the C library other bytes come out')
    for path in sorted(glob.glob(RUNS)):
        tap.equal(journal_of(program, path, env=off), journal_of(program, path),
                  f'without FMA: journal of {os.path.basename(path)}')


def test_two_processes():
    for path in sorted(glob.glob(RUNS)):
        tap.equal(journal_of(RELEASE, path), journal_of(RELEASE, path),
                  f'two processes: journal of {os.path.basename(path)}')


def make_test(variant):
    def test():
        check_variant(variant)
    return test


for name in output([MATRIX, '--list']).split():
    if name == REFERENCE:
        continue
    globals()['test_' + name.replace('-', '_')] = make_test(name)

tap.main()
