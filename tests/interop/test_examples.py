"""The examples run, give whole and consistent results, the same each time and from every folder,
and those recorded in tests/golden/examples.json. Where a change of results is meant:

    python3 tests/interop/test_examples.py --accept

writes what build/run/src/app/tern computes now; say in the commit why."""

# timeout: 600

import glob
import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from results import Run, check_all, hashes

EXAMPLES = sorted(glob.glob(os.path.join(tap.ROOT, 'examples', '*.yaml')))
GOLDEN = os.path.join(tap.ROOT, 'tests', 'golden', 'examples.json')


def check_example(path):
    run = Run(path)
    check_all(run)
    tap.equal(hashes(Run(path)), hashes(run), 'a second run')
    tap.check(run.result['fills'] > 20, 'an example that hardly trades')


def test_there_are_examples():
    names = [os.path.basename(path) for path in EXAMPLES]
    for name in ('cross.yaml', 'desk.yaml', 'range.yaml', 'score.yaml'):
        tap.check(name in names, f'examples/{name} is missing')


def test_results_do_not_depend_on_the_folder():
    """Neither on the one it is started in nor on the one the files lie in."""
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, 'a', 'b c')
        os.makedirs(copy)
        os.symlink(os.path.join(tap.ROOT, 'examples', 'data'), os.path.join(copy, 'data'))
        for path in EXAMPLES:
            expected = hashes(Run(path))
            relative = os.path.relpath(path, folder)
            tap.equal(hashes(Run(relative, cwd=folder)), expected, f'{relative} from {folder}')
            with open(path, encoding='utf-8') as source, \
                    open(os.path.join(copy, 'x.yaml'), 'w', encoding='utf-8') as target:
                target.write(source.read())
            tap.equal(hashes(Run('x.yaml', cwd=copy)), expected, f'{path} elsewhere')


def test_results_are_those_recorded():
    with open(GOLDEN, encoding='utf-8') as file:
        recorded = json.load(file)
    tap.equal(sorted(recorded), [os.path.basename(path) for path in EXAMPLES], 'recorded examples')
    bad = [f'{name}: {key} is {value}, recorded {recorded[name].get(key)}'
           for name, run in ((os.path.basename(path), Run(path)) for path in EXAMPLES)
           for key, value in hashes(run).items() if recorded[name].get(key) != value]
    tap.none(bad, 'other results than those recorded; where that is meant: '
             'python3 tests/interop/test_examples.py --accept')


def make_test(path):
    def test():
        check_example(path)
    return test


for example in EXAMPLES:
    globals()[f'test_{os.path.splitext(os.path.basename(example))[0]}'] = make_test(example)

if sys.argv[1:] == ['--accept']:
    now = {os.path.basename(path): hashes(Run(path)) for path in EXAMPLES}
    with open(GOLDEN, 'w', encoding='utf-8') as golden:
        json.dump(now, golden, indent=2)
        golden.write('\n')
else:
    tap.main()
