"""The unit tests of the pure rooms, built for arm64 and run under qemu-user."""

# timeout: 3600

import json
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap

DIRECTORY = os.path.join(tap.ROOT, 'build', 'matrix', 'aarch64')


def test_unit_tests_on_arm64():
    emulator = shutil.which('qemu-aarch64-static') or shutil.which('qemu-aarch64')
    if not emulator or not shutil.which('aarch64-linux-gnu-gcc'):
        tap.skip('no qemu-aarch64-static or no aarch64-linux-gnu-gcc')
    subprocess.run([os.path.join(tap.ROOT, 'tools', 'build'), 'matrix/aarch64'], check=True)
    with open(os.path.join(DIRECTORY, 'meson-info', 'intro-tests.json'), encoding='utf-8') as file:
        tests = json.load(file)
    bad, good = [], 0
    for test in tests:
        # Meson names the program, or the emulator and then the program.
        command = [emulator] + [word for word in test['cmd'] if word.startswith(DIRECTORY)]
        result = subprocess.run(command, capture_output=True, text=True, errors='replace',
                                check=False, stdin=subprocess.DEVNULL)
        good += result.stdout.count('\nok ')
        if result.returncode != 0:
            lines = (result.stdout + result.stderr).splitlines()
            bad.append(f'{test["name"]}: exit code {result.returncode}\n' + '\n'.join(
                line for line in lines[-200:] if not line.startswith('ok ')))
    tap.none(bad, 'unit tests that fail on arm64')
    tap.check(good, 'no unit test ran on arm64')


tap.main()
