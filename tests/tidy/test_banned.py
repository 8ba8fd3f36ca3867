"""Calls that the house does not make, each with what to write in its place."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from sources import c_files, code, files, line_of, read

EVERYWHERE = ['']
PURE = ['core/', 'sim/']
# libm gives other bits on other machines: where a result can reach money or a published figure,
# only our own functions are used. Tests compare them with libm's.
SAME_BITS = ['base/', 'core/', 'sim/', 'drive/']

# (where under src, calls, what to use)
TABLE = [
    (EVERYWHERE, 'strcpy strcat strncpy strncat stpcpy', 'text_copy or text_buffer_append'),
    (EVERYWHERE, 'sprintf vsprintf', 'snprintf, text_buffer_print'),
    (EVERYWHERE, 'gets scanf fscanf sscanf', 'text_split and the parsers of base'),
    (EVERYWHERE, 'strtok strtok_r', 'text_split'),
    (EVERYWHERE, 'atoi atol atoll atof', 'decimal_parse_i64'),
    (PURE, 'strtol strtoll strtoul strtoull strtod strtof strtold', 'decimal_parse_i64'),
    (EVERYWHERE, 'rand srand random srandom rand_r drand48 lrand48', 'base/random.h'),
    (EVERYWHERE, 'time', 'clock_gettime in world or app, the engine time elsewhere'),
    (PURE, 'clock_gettime gettimeofday clock', 'the engine time of the input'),
    (EVERYWHERE, 'localtime localtime_r gmtime gmtime_r mktime timegm strftime strptime ctime '
     'asctime', 'base/time.h'),
    (EVERYWHERE, 'system popen alloca mktemp tmpnam tempnam', 'nothing: too easy to misuse'),
    (EVERYWHERE, 'assert', 'ASSERT (base/base.h), which stays on'),
    (EVERYWHERE, 'signal', 'sigaction'),
    (['core/'], 'malloc calloc realloc reallocarray free strdup strndup aligned_alloc',
     'an arena, filled before the first step'),
    (PURE, 'printf fprintf vprintf vfprintf puts fputs putchar fopen open read write getenv exit '
     'abort', 'a result or an ASSERT: the room is pure'),
    (SAME_BITS, ' '.join(name + suffix for suffix in ('', 'f', 'l') for name in (
        'exp exp2 exp10 expm1 log log2 log10 log1p pow tanh sinh cosh sin cos tan sincos asin acos '
        'atan atan2 asinh acosh atanh erf erfc tgamma lgamma cbrt hypot').split()),
     'math_… (base/math.h)'),
]

# (file, call): allowed all the same, and why.
EXCEPTIONS = {
    ('src/core/engine/engine.c', 'calloc'): 'engine_create takes all its memory once',
    ('src/core/engine/engine.c', 'free'): 'engine_free gives it back',
}


def calls_in(path, names):
    pattern = re.compile(r'(?<![\w.>])(' + '|'.join(names.split()) + r')\s*\(')
    text = code(path)
    for match in pattern.finditer(text):
        # `double exp(` declares; `#define time(` names.
        if re.search(r'[\w*]\s+\**$|#define\s+$', text[:match.start()].rsplit('\n', 1)[-1]) and \
                not re.search(r'\b(return|else|do|case)\s+$', text[:match.start()]):
            continue
        yield line_of(text, match.start()), match.group(1)


def test_banned_calls():
    bad = []
    for path in c_files('src/'):
        below = path.removeprefix('src/')
        for where, names, instead in TABLE:
            if below.startswith(tuple(where)):
                bad += [f'{path}:{number}: {name}(); use: {instead}'
                        for number, name in calls_in(path, names) if (path, name) not in EXCEPTIONS]
    tap.none(bad, 'banned calls')


def test_only_lc_ctype_is_set():
    bad = [f'{path}:{line_of(code(path), match.start())}' for path in c_files('src/')
           for match in re.finditer(r'\b(?:set|new)locale\s*\(\s*(?!LC_CTYPE(?:_MASK)?\b)',
                                        code(path))]
    tap.none(bad, 'setlocale for more than LC_CTYPE')


def test_struct_types_have_no_second_name():
    bad = [f'{path}:{line_of(code(path), match.start())}' for path in c_files('src/')
           for match in re.finditer(r'\btypedef\s+(?:struct|union|enum)\b', code(path))]
    tap.none(bad, 'typedef of a struct, union or enum')


def test_formatting_is_never_switched_off():
    bad = [path for path in c_files() if re.search(r'clang-format\s+(off|on)', read(path))]
    tap.none(bad, 'clang-format off')


def test_build_files_do_not_relax_arithmetic():
    bad = [f'{path}: {word}' for path in files('meson.build')
           for word in ('-ffast-math', '-Ofast', '-ffp-contract=fast', '-funsafe-math',
                        '-fassociative-math') if f"'{word}" in read(path)]
    tap.none(bad, 'compiler options that change results')


tap.main()
