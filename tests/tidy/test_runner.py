"""The runner counts right: what test programs can print and how they can end."""

import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import run
import tap

# What cmocka 1.1.5 prints of two groups: a skip has its name where the reason belongs, and what the
# test printed before is the reason; a failed assertion follows its result.
CMOCKA = '''1..4
ok 1 - one
not ok 2 - two
# 0x1 != 0x2
# a.c:7: error: Failure!
the file is not there
not ok 3 # SKIP three
not ok 4 - four Could not run test: Test setup failed
# not ok - group a
1..1
ok 1 - five
# ok - group b
'''

# A later cmocka.
CMOCKA_LATER = '''TAP version 13
1..2
ok 1 - one
ok 2 # SKIP two
# ok - tests
'''


def outcomes(text, code=0):
    job = run.Job('unit', 'x', [])
    job.results = run.read_tap(text)
    run.judge_end(job, text, code)
    return [(outcome, name) for outcome, name, _ in job.results], job.results


def test_cmocka():
    found, results = outcomes(CMOCKA, 2)
    tap.equal(found, [('passed', 'one'), ('failed', 'two'), ('skipped', 'three'),
                      ('failed', 'four Could not run test: Test setup failed'),
                      ('passed', 'five')])
    tap.check('# a.c:7: error: Failure!' in results[1][2], 'the place of the failure is kept')
    tap.equal(results[2][2], 'the file is not there', 'reason of the skip')


def test_later_cmocka():
    found, _ = outcomes(CMOCKA_LATER)
    tap.equal(found, [('passed', 'one'), ('skipped', 'two')])


def test_a_failed_group_setup_is_a_failure():
    found, _ = outcomes('1..3\nnot ok 0 - u [  FAILED  ] GROUP SETUP\n# ok - u\n', 1)
    tap.equal([outcome for outcome, _ in found], ['failed'])


def test_ends():
    for text, code, expected in [
            ('1..2\nok 1 - a\n', 0, ['passed', 'failed']),              # one is missing
            ('1..2\nok 1 - a\n', -6, ['passed', 'failed', 'failed']),   # died in the second
            ('1..1\nok 1 - a\n', 1, ['passed', 'failed']),              # all good, yet exit code 1
            ('1..1\nok 1 - a\n', None, ['passed', 'failed']),           # time limit
            ('', 0, ['failed']),                                        # nothing ran
            ('', 127, ['failed']),
            ('1..0 # SKIP no network\n', 0, ['skipped']),
            ('ok 1 - a\nok 2 - b # SKIP why\n', 0, ['passed', 'skipped'])]:
        found, _ = outcomes(text, code)
        tap.equal([outcome for outcome, _ in found], expected, f'{text!r} with {code}')


def test_a_program_without_tap_counts_by_its_exit_code():
    for code, expected in [(0, ['passed']), (1, ['failed']), (-11, ['failed'])]:
        job = run.Job('unit', 'x', [], tap=False)
        run.judge_end(job, 'some text', code)
        tap.equal([result[0] for result in job.results], expected, f'exit code {code}')


def run_script(script, timeout=20):
    job = run.Job('unit', 'x', [sys.executable, '-c', script], timeout=timeout)
    run.run_job(job, {})
    return job


def test_a_job_is_stopped_with_everything_it_started():
    with tempfile.TemporaryDirectory() as directory:
        mark = os.path.join(directory, 'mark')
        job = run_script('import subprocess, time\n'
                         f'subprocess.Popen(["sh", "-c", "sleep 2; touch {mark}"])\n'
                         'print("ok 1 - a", flush=True)\n'
                         'time.sleep(60)\n', timeout=1)
        tap.equal([result[:2] for result in job.results],
                  [('passed', 'a'), ('failed', 'time limit')])
        subprocess.run(['sleep', '2.5'], check=True)
        tap.check(not os.path.exists(mark), 'what the job started outlived it')


def test_a_job_has_places_of_its_own():
    os.environ['TERN_LEFT_OVER'] = '1'
    job = run_script('import os, sys\n'
                     'assert "TERN_LEFT_OVER" not in os.environ\n'
                     'assert os.path.isdir(os.environ["XDG_STATE_HOME"])\n'
                     'assert os.environ["TMPDIR"] != "/tmp"\n'
                     'assert sys.stdin.read() == ""\n'
                     'print("ok 1 - a")\n')
    tap.equal([result[:2] for result in job.results], [('passed', 'a')], str(job.results))


def test_the_closing_line():
    script = 'import run, sys\njobs = [run.Job("unit", "x", [])]\njobs[0].results = {!r}\n' \
             'sys.exit(run.close(jobs))'
    for results, line, code in [
            ([], '0 passed, 0 failed', 1),
            ([('passed', 'a', '')], '1 passed, 0 failed', 0),
            ([('skipped', 'a', '')], '0 passed, 0 failed, 1 skipped', 1),
            ([('passed', 'a', ''), ('failed', 'b', []), ('skipped', 'c', '')],
             '1 passed, 1 failed, 1 skipped', 1)]:
        result = subprocess.run([sys.executable, '-c', script.format(results)], text=True,
                                capture_output=True, check=False, env={
                                    **os.environ, 'PYTHONPATH': os.path.dirname(run.__file__)})
        tap.equal((result.stdout, result.returncode), (line + '\n', code), 'closing line')


tap.main()
