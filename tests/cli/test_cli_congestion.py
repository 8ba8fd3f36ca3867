"""Congestion of the latency in a back-test on a recorded order book: what was sent alone is not
slowed, bursts are, by as much as the formula says; figures out of range are refused."""

import csv
import math
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from support import folder, good, refused

EXAMPLE = os.path.join(tap.ROOT, 'examples', 'session.yaml')
LATENCY_NS = 20_000_000


def configuration(home, lines):
    with open(EXAMPLE, encoding='utf-8') as file:
        text = file.read()
    text = text.replace('file: data/', f'file: {tap.ROOT}/examples/data/')
    path = os.path.join(home, 'session.yaml')
    with open(path, 'w', encoding='utf-8') as file:
        file.write(re.sub('\n  latency: 20ms[^\n]*', f'\n  latency: 20ms{lines}', text))
    return path


def run(home, lines):
    """Journal hash, and when each order was sent and had its end, in nanoseconds."""
    path = configuration(home, lines)
    out = os.path.join(home, 'out')
    text = good('backtest', 'run', path, '--out', out, '--no-trials', home=home)
    with open(os.path.join(out, 'orders.csv'), encoding='utf-8') as file:
        orders = [(int(row['time_ns']), int(row['end_time_ns'] or 0), row['type'])
                  for row in csv.DictReader(file)]
    return re.search('^run\t.*\t([0-9a-f]{32})$', text, re.MULTILINE).group(1), orders


def test_share_of_zero_is_none():
    with folder() as home:
        plain, orders = run(home, '')
        tap.equal(run(home, '\n  latency_congestion: 0')[0], plain)
        # Another configuration, so another hash; but no other order.
        tap.equal(run(home, '\n  latency_congestion_fade: 3s')[1], orders)


def test_bursts_are_slowed():
    with folder() as home:
        share, fade = 0.5, 2
        plain, before = run(home, '')
        crowded, after = run(home, f'\n  latency_congestion: {share}\n'
                                   f'  latency_congestion_fade: {fade}s')
        tap.check(crowded != plain, 'the same journal')
        # The first two orders leave together: the first is on an empty line, the second is slowed
        # by the first alone.
        tap.equal(after[0][0], after[1][0])
        tap.equal(before[0][0], after[0][0])
        takers = [(sent, end) for sent, end, kind in before if kind == 'market' and end > 0]
        tap.check(takers and min(end - sent for sent, end in takers) >= 2 * LATENCY_NS, f'{takers}')
        tap.equal(min(end - sent for sent, end in takers), 2 * LATENCY_NS)
        slowed = [end - sent for sent, end, kind in after if kind == 'market' and end > 0]
        tap.check(min(slowed) > 2 * LATENCY_NS, f'{slowed}')
        most = 2 * LATENCY_NS * (1 + share * len(after))
        tap.check(all(math.isfinite(each) and each <= most for each in slowed), f'{slowed}')


def test_refused():
    with folder() as home:
        for lines in ['latency_congestion: -0.1', 'latency_congestion: 101',
                      'latency_congestion: much', 'latency_congestion_fade: 0',
                      'latency_congestion_fade: 2h']:
            refused(5, 'backtest', 'run', configuration(home, f'\n  {lines}'), home=home,
                    says='simulation.latency_congestion')


tap.main()
