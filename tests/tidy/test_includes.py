"""Includes run one way: every #include is checked against the table of the house."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from sources import c_files, code, files, line_of, read

# What all of drive may include.
DRIVE = ['base', 'core', 'sim', 'world/port', 'world/import', 'world/store', 'world/tape']

# Room: what it may include besides itself. A folder stands for all that is below it, a name ending
# in .h for that header alone. The longest room that matches a file is the one that holds for it.
#
# app > face > drive > world > {sim, core/model} > base, and drive > core; inside core:
# model < {ledger, signal} < {risk, execution} < strategy < engine; inside drive:
# config < result < report < backtest < sweep < doubt.
TABLE = {
    'base':           [],
    'core/model':     ['base'],
    'core/ledger':    ['base', 'core/model'],
    'core/signal':    ['base', 'core/model'],
    'core/risk':      ['base', 'core/model', 'core/ledger/read.h', 'core/signal'],
    'core/execution': ['base', 'core/model', 'core/ledger/read.h', 'core/signal'],
    'core/strategy':  ['base', 'core/model', 'core/ledger/read.h', 'core/signal', 'core/risk',
                       'core/execution'],
    'core/reconcile': ['base', 'core/model', 'core/ledger/read.h'],
    'core/engine':    ['base', 'core'],
    'sim':            ['base', 'core/model'],
    'world':          ['base', 'core/model', 'sim', 'world/port'],
    'world/port':     ['base', 'core/model', 'core/strategy/class.h'],
    'world/tape':     ['base', 'core/model', 'world/import'],
    'world/venue':    ['base', 'core/model', 'sim', 'world/port', 'world/net'],
    'drive':          [*DRIVE, 'drive'],
    'drive/config':   DRIVE,
    'drive/result':   [*DRIVE, 'drive/config'],
    'drive/report':   [*DRIVE, 'drive/config', 'drive/result'],
    'drive/backtest': [*DRIVE, 'drive/config', 'drive/result', 'drive/report'],
    'drive/sweep':    [*DRIVE, 'drive/config', 'drive/result', 'drive/report', 'drive/backtest'],
    'drive/doubt':    [*DRIVE, 'drive/config', 'drive/result', 'drive/report', 'drive/backtest',
                       'drive/sweep'],
    'face':           ['base', 'core/model', 'sim', 'world/port', 'world/import', 'world/store',
                       'world/tape', 'drive', 'face'],
    'app':            ['base', 'core', 'sim', 'world', 'drive', 'face'],
}

# Libraries from outside, and the only rooms that know them.
LIBRARIES = {
    'xxhash.h':       ['base'],
    'zlib.h':         ['world/import', 'world/store'],
    'zstd.h':         ['world/store'],
    'yaml.h':         ['drive/config'],
    'sqlite3.h':      ['world/store'],
    'curl/':          ['world/net'],
    'openssl/':       ['world/net', 'world/venue', 'world/secret'],
    'libwebsockets.h': ['world/net'],
    'uv.h':           ['world/net', 'drive/live'],
    'microhttpd.h':   ['face/api'],
    'sodium.h':       ['world/secret'],
    'yyjson.h':       ['world', 'face'],
    'lua':            ['world/script'],
    'nats/':          ['world/store'],
    'curses.h':       ['face/tui'],
    'ncurses':        ['face/tui'],
}

# Pure rooms neither read a clock, nor write a file, nor start a thread; core does not allocate but
# in the function that makes an engine.
PURE = ['core', 'sim']
PURE_STANDARD = ['float.h', 'inttypes.h', 'limits.h', 'stdalign.h', 'stdarg.h', 'stdbool.h',
                 'stddef.h', 'stdint.h', 'string.h',
                 'immintrin.h', 'arm_neon.h']
PURE_ALLOCATING = ['sim', 'core/engine/engine.c']

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)


def within(path, room):
    return path == room or (not room.endswith('.h') and path.startswith(room.rstrip('/') + '/'))


def room_of(path):
    rooms = [room for room in TABLE if within(path, room)]
    return max(rooms, key=len) if rooms else None


def own_folder(room, path):
    """What a file may always include: its room. Where the table has one line for many rooms, as for
    world and face, the second folder is the room."""
    if room in ('world', 'face', 'drive'):
        return '/'.join(path.split('/')[:2])
    return room


def judge(path, bracket, name):
    """Why `path` (below src) may not include `name`, or None."""
    room = room_of(path)
    if room is None:
        return f'{path.split("/")[0]} is no room of the house'
    if bracket == '"':
        allowed = [own_folder(room, path)] + TABLE[room]
        if not os.path.isfile(os.path.join(tap.ROOT, 'src', name)):
            return f'"{name}" is not found from src'
        if not any(within(name, other) for other in allowed):
            return f'{room} may not include "{name}"; it may: {" ".join(allowed)}'
        return None
    for library, rooms in LIBRARIES.items():
        if name.startswith(library) and not any(within(path, other) for other in rooms):
            return f'<{name}> is for {" ".join(rooms)} alone'
    if name == 'stdlib.h' and any(within(path, other) for other in PURE_ALLOCATING):
        return None
    if any(within(path, pure) for pure in PURE) and name not in PURE_STANDARD:
        return f'<{name}>: {room} is pure; it may include <{"> <".join(PURE_STANDARD)}>'
    return None


def includes(path):
    # Literals are gone in code(), so the names come from the text; a commented-out one is skipped.
    visible = code(path).splitlines()
    for match in INCLUDE.finditer(read(path)):
        number = line_of(read(path), match.end())
        if 'include' in visible[number - 1]:
            yield number, match.group(1), match.group(2)


def test_includes_run_one_way():
    bad = []
    for path in c_files('src/'):
        for number, bracket, name in includes(path):
            reason = judge(path.removeprefix('src/'), bracket, name)
            if reason:
                bad.append(f'{path}:{number}: {reason}')
    tap.none(bad, 'forbidden includes')


def test_the_table_is_enforced():
    """The judge itself, on edges whose verdict is known."""
    for path, bracket, name in [
            ('base/text.c', '"', 'core/model/number.h'), ('core/risk/a.c', '<', 'time.h'),
            ('core/risk/a.c', '"', 'core/ledger/ledger.h'), ('core/model/a.h', '<', 'stdlib.h'),
            ('sim/a.c', '"', 'core/ledger/read.h'), ('drive/live/a.c', '<', 'zlib.h'),
            ('drive/result/a.c', '"', 'drive/backtest/run.h'),
            ('elsewhere/a.c', '"', 'base/base.h'), ('core/model/a.h', '"', 'base/not_there.h')]:
        tap.check(judge(path, bracket, name), f'{path} may not include {name}, but nobody minds')
    for path, bracket, name in [
            ('core/model/a.c', '"', 'base/base.h'), ('core/risk/a.c', '"', 'core/model/number.h'),
            ('drive/live/a.c', '"', 'core/model/number.h'), ('base/hash.c', '<', 'xxhash.h'),
            ('app/main.c', '"', 'core/model/number.h'), ('world/store/a.c', '<', 'zlib.h')]:
        tap.equal(judge(path, bracket, name), None, f'{path} includes {name}')


def test_sources_do_not_include_sources():
    bad = [f'{path}:{number}: {name}' for path in c_files()
           for number, _, name in includes(path) if name.endswith('.c')]
    tap.none(bad, 'a .c file is included')


def test_header_guards_are_named_after_the_file():
    bad = []
    for path in files('.h', under='src/'):
        if 'No include guard' in read(path):
            continue
        guard = 'TERN_' + re.sub(r'[^A-Z0-9]', '_', path.removeprefix('src/').upper())
        if not re.search(rf'^#ifndef {guard}\n#define {guard}\n', read(path), re.MULTILINE):
            bad.append(f'{path}: expected {guard}')
    tap.none(bad, 'header guards')


tap.main()
