"""Thirty-nine bots, and the ledger audited after every single frame of their journal: of the
example, and of the same file on recorded bars where they are at hand."""

# timeout: 3600

import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'interop'))

import tap
from recorded import EXAMPLE, example_on_recorded_bars

PROGRAM = 'tests/unit/drive/ledger_frames_test'


def audit(path):
    subprocess.run([os.path.join(tap.ROOT, 'tools', 'build'), 'test', PROGRAM], check=True)
    answer = subprocess.run([os.path.join(tap.ROOT, 'build', 'test', PROGRAM)], check=False,
                            env={**os.environ, 'AUDIT_EVERY': '1', 'AUDIT_CONFIG': path},
                            capture_output=True, text=True)
    tap.check(answer.returncode == 0, answer.stdout + answer.stderr)
    print(*(line for line in answer.stdout.splitlines() if ' audits' in line))


def test_every_frame_of_the_example():
    audit(EXAMPLE)


def test_every_frame_on_recorded_bars():
    with tempfile.TemporaryDirectory() as folder:
        audit(example_on_recorded_bars(folder))


tap.main()
