"""What only a build shows: that every source is built, that no global changes, the formatting."""

# timeout: 600

import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from sources import all_files, files, read

# Writable symbols that the C library, the compiler and the linker put into every program.
NOT_OURS = (r'(__TMC_END__|__bss_start|__cpu_(features2|model)|_*data_start|__dso_handle|_edata'
            r'|_end|completed\.\d+|(_*environ|std(in|out|err))(@.*)?)$')


def introspect(variant, what):
    path = os.path.join(tap.ROOT, 'build', variant, 'meson-info', f'intro-{what}.json')
    if not os.path.exists(path):
        tap.skip(f'build/{variant} is not configured')
    with open(path, encoding='utf-8') as file:
        return json.load(file)


def built_sources(variant):
    found = set()
    for target in introspect(variant, 'targets'):
        for group in target['target_sources']:
            found |= {os.path.relpath(path, tap.ROOT) for path in group.get('sources', [])}
    return found


def test_every_source_is_built():
    built = built_sources('run')
    bad = [path for path in files('.c', under='src/') if path not in built]
    tap.none(bad, 'not in the meson.build of its folder')


def test_every_unit_test_is_built():
    built = built_sources('test')
    bad = [path for path in files('_test.c', under='tests/') if path not in built]
    tap.none(bad, 'not in the meson.build of its folder')


def test_every_fuzz_target_is_listed():
    listed = set(re.findall(r"'(\w+)'", re.search(r'\[(.*?)\]', read('tests/fuzz/meson.build'),
                                                  re.DOTALL).group(1)))
    present = {os.path.basename(path).removesuffix('_fuzz.c')
               for path in files('_fuzz.c', under='tests/fuzz/')}
    tap.equal(sorted(listed ^ present), [], 'names in tests/fuzz/meson.build against *_fuzz.c')


def test_globals_are_constants():
    """Nothing of ours in the program can be written to. Tables of pointers are read-only after
    loading (.data.rel.ro) and so are constants."""
    program = os.path.join(tap.ROOT, 'build/run/src/app/tern')
    tap.check(os.path.exists(program), f'no {program}')
    output = subprocess.run(['nm', '--format=sysv', '--defined-only', program], check=True,
                            capture_output=True, text=True).stdout
    bad = []
    seen = 0
    for line in output.splitlines():
        fields = [field.strip() for field in line.split('|')]
        if len(fields) < 7:
            continue
        seen += 1
        writable = re.match(r'\.(data(?!\.rel\.ro)|bss|tdata|tbss)|\*COM\*', fields[6])
        if writable and not re.match(NOT_OURS, fields[0]):
            bad.append(f'{fields[0]} in {fields[6]}')
    tap.check(seen > 1000, f'{program} has no symbols')
    tap.none(bad, 'globals that can change')


def test_formatting():
    paths = files('.c', '.h', under='src/') + files('.c', '.h', under='tests/')
    result = subprocess.run(['tools/format', '--check', *paths], cwd=tap.ROOT, capture_output=True,
                            text=True, check=False)
    if result.returncode == 3:
        tap.skip('clang-format 14 formats; other versions differ')
    tap.none(result.stdout.splitlines(), 'run tools/format FILE…')
    tap.equal(result.returncode, 0, 'exit code of tools/format --check: ' + result.stderr)


def test_ignored_files_are_not_tracked():
    tracked = subprocess.run(['git', 'ls-files', '-ci', '--exclude-standard'], cwd=tap.ROOT,
                             check=True, capture_output=True, text=True).stdout.split()
    tap.none(tracked, 'tracked and ignored')
    large = [f'{path}: {os.path.getsize(os.path.join(tap.ROOT, path)) >> 20} MiB'
             for path in all_files() if os.path.getsize(os.path.join(tap.ROOT, path)) > 8 << 20]
    tap.none(large, 'large files')


tap.main()
