"""tools/format: code is clang-format's, the inside of tables is their author's."""

import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap

TOOL = os.path.join(tap.ROOT, 'tools', 'format')

TABLES = '''static const struct row rows[] = {
    /* a comment of its own */
    {"crash",   0.50, "a fall of a third"}, /* {braces} in a comment */
    {"outage",  0.0,  "a brace in a text: }"},
    {.name = "days", .kind = KIND_DAYS,
     .text = "goes on deeper"},
};

enum state {
#define STATE(name) STATE_##name,
    STATE_TABLE(STATE)
#undef STATE
    STATE_COUNT
};

static int function(void)
{
    const struct test tests[] = {
        test(one),
        test(another),
    };
    return use(tests);
}
'''

# What is formatted, and how.
FORMATTED = [
    ('int f( void ){return 1 ;}\n', 'int f(void)\n{\n    return 1;\n}\n'),
    # A row at the wrong level is no table.
    ('static const struct row rows[] = {\n  {1,   2},\n    {3, 4},\n};\n',
     'static const struct row rows[] = {\n    {1, 2},\n    {3, 4},\n};\n'),
    # A table in code that moves goes with it.
    ('void f(void)\n{\n      int a[] = {\n          1,   2,\n      };\n      g(a);\n}\n',
     'void f(void)\n{\n    int a[] = {\n        1,   2,\n    };\n    g(a);\n}\n'),
    # The body of an if is no table.
    ('void f(void)\n{\n    if (a == b) {\n        g( );\n    }\n}\n',
     'void f(void)\n{\n    if (a == b) {\n        g();\n    }\n}\n'),
]


def formatted(text):
    folder = os.path.join(tap.ROOT, 'build')
    os.makedirs(folder, exist_ok=True)
    with tempfile.NamedTemporaryFile('w', suffix='.c', dir=folder, encoding='utf-8') as file:
        file.write(text)
        file.flush()
        check = subprocess.run([TOOL, '--check', file.name], capture_output=True, check=False)
        if check.returncode == 3:
            tap.skip('no clang-format 14 here')
        subprocess.run([TOOL, file.name], check=True)
        with open(file.name, encoding='utf-8') as again:
            result = again.read()
    tap.equal(check.returncode, 0 if result == text else 1, 'exit code of --check')
    return result


def test_tables_stay():
    tap.equal(formatted(TABLES), TABLES)


def test_the_rest_is_formatted():
    for text, expected in FORMATTED:
        tap.equal(formatted(text), expected)
        tap.equal(formatted(expected), expected, 'formatted again')


tap.main()
