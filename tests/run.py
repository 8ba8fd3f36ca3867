"""Builds and runs the tests; see `./test --help`.

Every test program, whatever it is written in, prints TAP; this file starts them, two at a time,
reads what they say, adds up, and closes with one line: `N passed, N failed`.

    suite       where its tests come from
    -----       ----------------------------------------------------------------------------------
    any         test(…, suite: 'unit') in a meson.build: C, built in build/test with sanitizers
    any         tests/<suite>/**/test_*.py: Python scripts with tests/tap.py
    scenario    tests/scenario/*.scn, given as arguments to the meson test named `scenario`
    fuzz        tests/fuzz/*_fuzz.c: each runs its corpus, then looks further for some seconds"""

import argparse
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SUITES = ['tidy', 'unit', 'scenario', 'contract', 'cli', 'golden', 'drill', 'interop', 'fuzz',
          'web',
          'long']
NOT_BY_DEFAULT = ['long']
SCENARIOS_PER_JOB = 20
TIMEOUT_SECONDS = 300


class Job:
    """One test program: what to start, and afterwards what became of it."""

    def __init__(self, suite, name, command, **more):
        self.suite, self.name, self.command = suite, name, command
        self.timeout = more.get('timeout', TIMEOUT_SECONDS)
        self.environment = more.get('environment', {})
        self.target = more.get('target')       # (build variant, ninja target) it is built from
        self.needs_program = more.get('needs_program', False)
        self.tap = more.get('tap', True)
        self.skip = more.get('skip')           # why it cannot run here
        self.broken = more.get('broken')       # why it cannot even be started, though it should
        self.seconds = 0.0
        self.results = []                      # (outcome, test name, reason or output)

    @property
    def label(self):
        return f'{self.suite}/{self.name}'


# ---- What there is -------------------------------------------------------------------------------

def load_json(path):
    with open(path, encoding='utf-8') as file:
        return json.load(file)


def build(variant, *targets, configure=False):
    command = [os.path.join(ROOT, 'tools', 'build')]
    if configure:
        command.append('--configure')
    return subprocess.run([*command, variant, *targets], check=False).returncode == 0


def meson_jobs():
    directory = os.path.join(ROOT, 'build', 'test')
    for test in load_json(os.path.join(directory, 'meson-info', 'intro-tests.json')):
        suites = [suite.split(':')[-1] for suite in test['suite']] or ['unit']
        command = list(test['cmd'])
        more = {'timeout': test['timeout'], 'environment': test['env'],
                'tap': test['protocol'] == 'tap',
                'target': ('test', os.path.relpath(command[0], directory))}
        name = test['name'].split(':')[-1].strip()
        if suites[0] == 'scenario' and name == 'scenario':
            files = sorted(glob.glob(os.path.join(ROOT, 'tests', 'scenario', '**', '*.scn'),
                                     recursive=True))
            for first in range(0, len(files), SCENARIOS_PER_JOB):
                part = files[first:first + SCENARIOS_PER_JOB]
                yield Job('scenario', f'{stem(part[0])}…{stem(part[-1])}', command + part, **more)
        else:
            yield Job(suites[0], name, command, **more)


def stem(path):
    return os.path.splitext(os.path.basename(path))[0]


def python_jobs():
    for path in sorted(glob.glob(os.path.join(ROOT, 'tests', '*', '**', 'test_*.py'),
                                 recursive=True)):
        suite = os.path.relpath(path, os.path.join(ROOT, 'tests')).split(os.sep)[0]
        with open(path, encoding='utf-8') as file:
            head = ''.join(line for line, _ in zip(file, range(30)))
        limit = re.search(r'^# timeout: (\d+)', head, re.MULTILINE)
        yield Job(suite, stem(path), [sys.executable, path], needs_program=True,
                  timeout=int(limit.group(1)) if limit else TIMEOUT_SECONDS)


def fuzz_jobs(seconds):
    sources = sorted(glob.glob(os.path.join(ROOT, 'tests', 'fuzz', '*_fuzz.c')))
    if not sources:
        return
    if not shutil.which('clang') or not libfuzzer_works():
        for source in sources:
            yield Job('fuzz', stem(source), [], skip='needs clang with libFuzzer')
        return
    listed = []
    if build('fuzz', configure=True):
        listed = [target['name'] for target in load_json(
            os.path.join(ROOT, 'build', 'fuzz', 'meson-info', 'intro-targets.json'))]
    for name in map(stem, sources):
        if name not in listed:
            yield Job('fuzz', name, [], broken='its name is not in tests/fuzz/meson.build')
            continue
        yield Job('fuzz', name, [sys.executable, os.path.join(ROOT, 'tests', 'fuzz', 'fuzz.py'),
                                 name, str(seconds)],
                  timeout=seconds + TIMEOUT_SECONDS, target=('fuzz', f'tests/fuzz/{name}'))


def libfuzzer_works():
    with tempfile.TemporaryDirectory() as directory:
        source = os.path.join(directory, 'probe.c')
        with open(source, 'w', encoding='utf-8') as file:
            file.write('int LLVMFuzzerTestOneInput(const char *d, unsigned long n);\n'
                       'int LLVMFuzzerTestOneInput(const char *d, unsigned long n)'
                       '{ (void)d; (void)n; return 0; }\n')
        return subprocess.run(['clang', '-fsanitize=fuzzer,address', source, '-o',
                               os.path.join(directory, 'probe')], check=False,
                              capture_output=True).returncode == 0


# ---- Running one ---------------------------------------------------------------------------------

def environment_of(job, scratch):
    """The caller's environment without what would change tern's behaviour, and with places of the
    test's own, so that no test reads or writes the state of the person who runs it."""
    environment = {key: value for key, value in os.environ.items()
                   if not key.startswith(('TERN_', 'XDG_', 'CMOCKA_'))}
    for name in ['CONFIG_HOME', 'STATE_HOME', 'DATA_HOME', 'CACHE_HOME', 'RUNTIME_DIR']:
        path = os.path.join(scratch, name.lower())
        os.mkdir(path, 0o700)
        environment['XDG_' + name] = path
    environment['TMPDIR'] = scratch
    environment['PYTHONPATH'] = os.path.join(ROOT, 'tests')
    environment['PYTHONDONTWRITEBYTECODE'] = '1'
    # No detect_stack_use_after_return: gcc 12 then misaligns vectors on its fake stack.
    # A wild pointer ends the program with the sanitizer's report, which says more than cmocka
    # would.
    environment['ASAN_OPTIONS'] = ('detect_stack_use_after_return=0:strict_string_checks=1:'
                                   'handle_segv=2:handle_sigbus=2')
    environment['UBSAN_OPTIONS'] = 'print_stacktrace=1:halt_on_error=1'
    environment.update(job.environment)
    return environment


def run_job(job, running):
    if job.skip:
        job.results = [('skipped', job.name, job.skip)]
        return
    if job.broken:
        job.results = [('failed', job.name, [job.broken])]
        return
    started = time.monotonic()
    timed_out = False
    with tempfile.TemporaryDirectory(prefix='tern-test-') as scratch, \
            tempfile.TemporaryFile() as output:
        os.chmod(scratch, 0o711)               # some tests start the program without rights
        process = subprocess.Popen(fixed_addresses() + job.command, cwd=ROOT, stdout=output,
                                   stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                   env=environment_of(job, scratch), start_new_session=True)
        running[job] = process
        try:
            process.wait(job.timeout)
        except subprocess.TimeoutExpired:
            timed_out = True
        # Whatever it started goes with it.
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        code = process.wait()
        del running[job]
        output.seek(0)
        text = output.read().decode('utf-8', 'replace')
    job.seconds = time.monotonic() - started
    if job.tap:
        job.results = read_tap(text)
    judge_end(job, text, None if timed_out else code)


_fixed_addresses = None


def fixed_addresses():
    """Older sanitizers die at random where the kernel randomises addresses by more than 28 bits."""
    global _fixed_addresses
    if _fixed_addresses is None:
        _fixed_addresses = []
        try:
            with open('/proc/sys/vm/mmap_rnd_bits', encoding='ascii') as file:
                many = int(file.read()) > 28
        except (OSError, ValueError):
            many = False
        if many and shutil.which('setarch') and subprocess.run(
                ['setarch', '-R', 'true'], check=False, capture_output=True).returncode == 0:
            _fixed_addresses = ['setarch', '-R']
    return _fixed_addresses


RESULT = re.compile(r'^\s*(ok|not ok)\b\s*\d*\s*-?\s*(.*)$')
SKIP = re.compile(r'#\s*skip\b[:\s]*(.*)$', re.IGNORECASE)
PLAN = re.compile(r'^\s*1\.\.(\d+)\s*(?:#\s*(.*))?$')


def read_tap(text):
    """What cmocka (both of its dialects) and tests/tap.py print. A failed test keeps the lines
    around its result, which say why; several plans in one output, one a group, add up."""
    results, block, planned, plans = [], [], 0, 0
    for line in text.splitlines():
        plan = PLAN.match(line)
        result = RESULT.match(line)
        if plan:
            plans += 1
            planned += int(plan.group(1))
            if int(plan.group(1)) == 0:
                planned += 1
                results.append(('skipped', 'all', plan.group(2) or 'nothing to do'))
            block = []
        elif result:
            skip = SKIP.search(result.group(2))
            name = SKIP.sub('', result.group(2)).strip()
            if skip:
                # cmocka puts the name where the reason should be; the reason was printed before.
                reason = skip.group(1).strip()
                if not name:
                    name, reason = reason, ' '.join(block[-2:]).strip(' #')
                results.append(('skipped', name, reason))
            else:
                outcome = 'passed' if result.group(1) == 'ok' else 'failed'
                results.append((outcome, name, block + [line]))
            block = []
        elif line.startswith('#') and results and results[-1][0] == 'failed':
            results[-1][2].append(line)
        elif not re.match(r'# (not )?ok - ', line):
            block.append(line)
    if plans and planned != len(results) and not any(r[0] == 'failed' for r in results):
        results.append(('failed', 'plan', [f'planned {planned} tests, ran {len(results)}'] + block))
    return results


def judge_end(job, text, code):
    """What the way a program ended adds to what it said; code is None after the time limit."""
    said_failure = any(outcome == 'failed' for outcome, _, _ in job.results)
    tail = text.splitlines()[-60:]
    if code is None:
        job.results.append(('failed', 'time limit', tail + [f'stopped after {job.timeout} s']))
    elif code < 0:
        name = signal.strsignal(-code)
        job.results.append(('failed', 'end', tail + [f'ended by signal {-code} ({name})']))
    elif code != 0 and not said_failure:
        job.results.append(('failed', 'end', tail + [f'ended with exit code {code}']))
    elif not job.tap and not said_failure:
        job.results.append(('passed', job.name, ''))
    elif not job.results:
        job.results.append(('failed', 'end', tail + ['it ran no test']))


# ---- Running all ---------------------------------------------------------------------------------

class Screen:
    """A line that says how far we are, on a terminal; failures as they come; a summary."""

    def __init__(self, total, verbose):
        self.total, self.verbose, self.done, self.failed = total, verbose, 0, 0
        self.terminal = sys.stdout.isatty()
        self.started = time.monotonic()
        self.lock = threading.Lock()

    def progress(self, running):
        if not self.terminal:
            return
        names = ', '.join(job.name for job in list(running))
        line = (f'{self.done}/{self.total}  {self.failed} failed  '
                f'{time.monotonic() - self.started:.0f} s  {names}')
        width = shutil.get_terminal_size().columns - 1
        with self.lock:
            print(f'\r\033[K{line[:width]}', end='', flush=True)

    def finished(self, job):
        failures = [result for result in job.results if result[0] == 'failed']
        with self.lock:
            self.done += 1
            self.failed += len(failures)
            if self.terminal:
                print('\r\033[K', end='')
            if self.verbose:
                counts = {outcome: sum(r[0] == outcome for r in job.results)
                          for outcome in ('passed', 'failed', 'skipped')}
                print(f'  {job.label}: ' + ', '.join(
                    f'{count} {outcome}' for outcome, count in counts.items() if count)
                    + f'  {job.seconds:.1f} s')
            for _, name, lines in failures:
                print(f'FAILED {job.label}: {name}')
                for line in lines[-80:]:
                    print(f'    | {line[:500]}')
            sys.stdout.flush()

    def summary(self, jobs):
        if self.terminal:
            print('\r\033[K', end='')
        for job in jobs:
            for outcome, name, reason in job.results:
                if outcome == 'skipped':
                    print(f'skipped {job.label}: {name}: {reason or "no reason given"}')
        for suite in SUITES:
            of_suite = [job for job in jobs if job.suite == suite]
            results = [result for job in of_suite for result in job.results]
            if of_suite:
                good = sum(result[0] == 'passed' for result in results)
                print(f'  {suite:<10}{good:>6} of {len(results):<6} good'
                      f'{sum(job.seconds for job in of_suite):>9.1f} s')


def run_all(jobs, count, screen):
    queue, running, finished = list(jobs), {}, threading.Event()
    lock = threading.Lock()

    def worker():
        while not finished.is_set():
            with lock:
                if not queue:
                    return
                job = queue.pop(0)
            try:
                run_job(job, running)
            except Exception as error:  # reported as a failure
                job.results = [('failed', 'start', [repr(error)])]
            if not finished.is_set():
                screen.finished(job)

    threads = [threading.Thread(target=worker) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        while any(thread.is_alive() for thread in threads):
            screen.progress(running)
            time.sleep(0.1)
    except KeyboardInterrupt:
        finished.set()
        for process in list(running.values()):
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        for thread in threads:
            thread.join()
        print('\ninterrupted')
        sys.exit(130)


# ---- The command line ----------------------------------------------------------------------------

def parse_arguments():
    parser = argparse.ArgumentParser(prog='./test', allow_abbrev=False, description=(
        'Builds and runs the tests. Without a suite: all but ' + ', '.join(NOT_BY_DEFAULT) + '.'))
    parser.add_argument('words', nargs='*', metavar='SUITE|NAME',
                        help=f'suites ({" ".join(SUITES)}) and parts of test names')
    parser.add_argument('--list', action='store_true', help='print the tests, run none')
    parser.add_argument('--seconds', type=int, default=3,
                        help='how long each fuzz target looks for new inputs (3)')
    parser.add_argument('--jobs', type=int, default=2, help='tests at a time (2)')
    parser.add_argument('--verbose', action='store_true', help='print a line for each test program')
    arguments = parser.parse_args()
    arguments.suites = [word for word in arguments.words if word in SUITES]
    arguments.names = [word for word in arguments.words if word not in SUITES]
    return arguments


def chosen_jobs(arguments):
    suites = arguments.suites or [suite for suite in SUITES
                                  if arguments.names or suite not in NOT_BY_DEFAULT]
    jobs = list(meson_jobs()) + list(python_jobs())
    if 'fuzz' in suites:
        jobs += fuzz_jobs(arguments.seconds)
    unknown = sorted({job.suite for job in jobs} - set(SUITES))
    if unknown:
        sys.exit(f'tern: no such suite: {", ".join(unknown)}; known: {" ".join(SUITES)}')
    jobs = [job for job in jobs if job.suite in suites
            and (not arguments.names or any(name in job.label for name in arguments.names))]
    return sorted(jobs, key=lambda job: SUITES.index(job.suite))


def build_all(jobs):
    """Builds what the jobs need and nothing else."""
    wanted = {}
    for job in jobs:
        if job.target and not job.skip:
            wanted.setdefault(job.target[0], set()).add(job.target[1])
    if any(job.needs_program for job in jobs) and not build('run'):
        return False
    return all(build(variant, *sorted(targets)) for variant, targets in wanted.items())


def close(jobs):
    outcomes = [result[0] for job in jobs for result in job.results]
    passed, failed, skipped = (outcomes.count(o) for o in ('passed', 'failed', 'skipped'))
    print(f'{passed} passed, {failed} failed' + (f', {skipped} skipped' if skipped else ''))
    return 1 if failed or not passed else 0


def main():
    arguments = parse_arguments()
    if not build('test', configure=True):
        print('0 passed, 1 failed')
        return 1
    jobs = chosen_jobs(arguments)
    if arguments.list:
        for job in jobs:
            print(f'{job.suite}\t{job.name}')
        return 0
    if not jobs:
        print(f'tern: no test is called so: {" ".join(arguments.words)}; ./test --list shows them',
              file=sys.stderr)
    if not build_all(jobs):
        print('tern: the build failed', file=sys.stderr)
        print('0 passed, 1 failed')
        return 1
    screen = Screen(len(jobs), arguments.verbose)
    run_all(jobs, max(1, arguments.jobs), screen)
    screen.summary(jobs)
    return close(jobs)


if __name__ == '__main__':
    sys.exit(main())
