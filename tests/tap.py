"""A small helper for tests written in Python: each function named test_* of a script is a test.

    import tap

    def test_sum():
        tap.equal(1 + 1, 2)

    def test_cross():
        if not shutil.which('qemu-aarch64-static'):
            tap.skip('no qemu-aarch64-static')

    tap.main()

The output is TAP (Test Anything Protocol), which tests/run.py reads. A comment `# timeout: SECONDS`
among the first lines of the script changes the time it may take."""

import os
import signal
import subprocess
import sys
import traceback

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROGRAM = os.path.join(ROOT, 'build', 'run', 'src', 'app', 'tern')


class Skip(Exception):
    """The test cannot run here; its text says why."""


def skip(reason):
    raise Skip(reason)


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def equal(found, expected, what='value'):
    if found != expected:
        raise AssertionError(f'{what}: found {found!r}, expected {expected!r}')


def none(findings, what):
    """Fails with the list of findings where there are any."""
    if findings:
        lines = '\n'.join(f'  {finding}' for finding in findings[:50])
        more = f'\n  … and {len(findings) - 50} more' if len(findings) > 50 else ''
        raise AssertionError(f'{what}:\n{lines}{more}')


def tern(*arguments, timeout=120, **options):
    """Runs the program; the answer has .returncode, .stdout and .stderr as text."""
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=timeout,
                          stdin=subprocess.DEVNULL, check=False, **options)


def _comment(text):
    for line in text.splitlines():
        print(f'# {line}')


def main():
    script = sys.modules['__main__']
    # A shell lets what it puts in the background ignore Ctrl-C, and programs would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    wanted = sys.argv[1:]
    tests = [(name, function) for name, function in vars(script).items()
             if name.startswith('test_') and callable(function)
             and (not wanted or any(word in name for word in wanted))]
    failed = 0
    print(f'1..{len(tests)}', flush=True)
    for number, (name, function) in enumerate(tests, 1):
        try:
            function()
            print(f'ok {number} - {name}')
        except Skip as reason:
            print(f'ok {number} - {name} # SKIP {reason}')
        except AssertionError as error:
            failed += 1
            print(f'not ok {number} - {name}')
            _comment(str(error) or traceback.format_exc())
        except Exception:  # a broken test is a failed test
            failed += 1
            print(f'not ok {number} - {name}')
            _comment(traceback.format_exc())
        sys.stdout.flush()
    sys.exit(1 if failed else 0)
