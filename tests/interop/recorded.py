"""Recorded bars in the place of those that examples/score39.yaml comes with."""

import os

import little_yaml
import tap
from compare import shared

EXAMPLE = os.path.join(tap.ROOT, 'examples', 'score39.yaml')


def recorded(name):
    """The file of shared data for `data/made-bars/ada-usdt-5m.csv.gz`; skips where it is not."""
    asset, _, bar = os.path.basename(name).split('.')[0].split('-')
    window = '_2025H1' if bar == '5m' else ''
    return shared(f'binance_{bar}{window}_{asset}usdt.csv.gz')


def example_on_recorded_bars(folder):
    """Not a letter of the file is another: recorded bars lie where it looks for its own."""
    os.makedirs(os.path.join(folder, 'data', 'made-bars'))
    for entry in little_yaml.load(EXAMPLE)['data']:
        os.symlink(recorded(entry['file']), os.path.join(folder, entry['file']))
    path = os.path.join(folder, 'score39.yaml')
    os.symlink(EXAMPLE, path)
    return path
