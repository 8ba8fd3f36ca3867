"""What only a build shows: that every source is built, that no global changes, the formatting."""

# timeout: 600

import glob
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from sources import all_files, files, read

# Object file below build/run/src, variable: why it may change.
MUTABLE = {
}


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
    """Writable sections of the release objects are empty. Tables of pointers are read-only after
    loading (.data.rel.ro) and so are constants."""
    objects = sorted(glob.glob(os.path.join(tap.ROOT, 'build/run/src/**/*.o'), recursive=True))
    tap.check(objects, 'no objects in build/run/src')
    output = subprocess.run(['nm', '--format=sysv', '--print-file-name', '--defined-only',
                             *objects], check=True, capture_output=True, text=True).stdout
    bad = []
    for line in output.splitlines():
        fields = [field.strip() for field in line.split('|')]
        if len(fields) < 7:
            continue
        place, _, symbol = fields[0].rpartition(':')
        if re.match(r'\.(data(?!\.rel\.ro)|bss|tdata|tbss)|\*COM\*', fields[6]):
            source = os.path.basename(place).removesuffix('.c.o')
            if (source, symbol) not in MUTABLE:
                bad.append(f'{source}: {symbol} in {fields[6]}')
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
