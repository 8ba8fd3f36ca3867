"""Metrics calculated again from the CSV files alone, and formulas with their numbers worked out.

Nothing of tern's arithmetic is used: the definitions of docs/reference/metrics.md, written out here
with Python's floats and statistics."""

import csv
import datetime
import gzip
import json
import math
import os
import re
import statistics
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap

DAY = 86400 * 10**9
EXAMPLES = ('cross.yaml', 'score.yaml', 'range.yaml')
KEPT = {}


def run(example):
    """(directory, result) of an example, run once."""
    if example not in KEPT:
        folder = tempfile.mkdtemp(prefix='tern-metrics-')
        out = os.path.join(folder, 'out')
        answer = tap.tern('backtest', 'run', os.path.join(tap.ROOT, 'examples', example), '--out',
                          out, '--json', '--no-trials')
        tap.equal(answer.returncode, 0, answer.stderr)
        KEPT[example] = (out, json.loads(answer.stdout))
    return KEPT[example]


def rows(folder, name):
    with open(os.path.join(folder, name), encoding='utf-8', newline='') as file:
        return list(csv.DictReader(file))


class Numbers:
    """What the formulas are made of."""

    def __init__(self, folder, result):
        self.result = result
        self.equity = [(int(row['time_ns']), float(row['equity']), float(row['exposure']))
                       for row in rows(folder, 'equity.csv')]
        self.nets = [float(row['net']) for row in rows(folder, 'trips.csv')]
        self.start, self.end = float(result['start_equity']), float(result['end_equity'])
        closes = {}
        for time_ns, equity, _ in self.equity:
            closes[(time_ns - 1) // DAY] = equity
        before, self.returns = self.start, []
        for day in range(min(closes), max(closes) + 1):
            close = closes.get(day, before)
            self.returns.append(close / before - 1)
            before = close
        self.drawdowns, peak = [], self.start
        for _, equity, _ in self.equity:
            peak = max(peak, equity)
            self.drawdowns.append((peak - equity) / peak)

    def all(self):
        r, n, nets = self.returns, len(self.returns), self.nets
        mean, sd = statistics.fmean(r), statistics.stdev(r)
        wins = [net for net in nets if net > 0]
        losses = [-net for net in nets if net < 0]
        ulcer = math.sqrt(statistics.fmean(d * d for d in self.drawdowns))
        sharpe = mean / sd * math.sqrt(365)
        sortino = mean / math.sqrt(sum(min(x, 0)**2 for x in r) / n) * math.sqrt(365)
        gains, falls = sum(x for x in r if x > 0), -sum(x for x in r if x < 0)
        days = (parse(self.result['to']) - parse(self.result['from'])) / 86400
        cagr = (self.end / self.start)**(365 / days) - 1
        factor, rate = sum(wins) / sum(losses), len(wins) / len(nets)
        payoff = statistics.fmean(wins) / statistics.fmean(losses)
        tail = abs(quantile(r, 0.95)) / abs(quantile(r, 0.05))
        penalty, worst = self.penalty(), sorted(r)[:math.ceil(n / 20)]
        return {
            'return': self.end / self.start - 1, 'cagr': cagr, 'sharpe': sharpe,
            'sortino': sortino, 'calmar': cagr / max(self.drawdowns),
            'max_drawdown': max(self.drawdowns), 'profit_factor': factor, 'win_rate': rate,
            'expectancy': statistics.fmean(nets), 'volatility': sd * math.sqrt(365),
            'sqn': math.sqrt(len(nets)) * statistics.fmean(nets) / statistics.stdev(nets),
            'exposure': statistics.fmean(exposed > 0 for _, _, exposed in self.equity),
            'best_day': max(r), 'worst_day': min(r), 'value_at_risk': -worst[-1],
            'expected_shortfall': -statistics.fmean(worst), 'tail_ratio': tail,
            'omega': gains / falls, 'ulcer_index': ulcer, 'payoff_ratio': payoff,
            'gain_to_pain': sum(r) / falls, 'martin_ratio': cagr / ulcer,
            'common_sense_ratio': gains / falls * tail, 'cpc_index': factor * rate * payoff,
            'kelly_fraction': rate - (1 - rate) / payoff,
            'expectancy_ratio': (1 + payoff) * rate - 1, 'average_day': mean,
            'geometric_mean': (self.end / self.start)**(1 / n) - 1,
            'time_under_water': statistics.fmean(d > 0 for d in self.drawdowns),
            'smart_sharpe': sharpe / penalty, 'smart_sortino': sortino / penalty,
            'serenity_index': self.serenity(sd), 'consecutive_losses': streak(nets, -1),
            'consecutive_wins': streak(nets, 1), 'wins': len(wins), 'losses': len(losses),
            'gross_profit': sum(wins), 'gross_loss': sum(losses), 'best_trip': max(nets),
            'worst_trip': min(nets), 'average_win': statistics.fmean(wins),
            'average_loss': statistics.fmean(losses), 'profit': self.end - self.start,
            'trips_per_day': len(nets) / days}

    def penalty(self):
        n, c = len(self.returns), abs(correlation(self.returns[:-1], self.returns[1:]))
        return math.sqrt(1 + 2 * sum((n - k) / n * c**k for k in range(1, n)))

    def serenity(self, sd):
        value = peak = 1.0
        depths = []
        for change in self.returns:
            value *= 1 + change
            peak = max(peak, value)
            depths.append(1 - value / peak)
        deepest = sorted(depths)[-math.ceil(len(depths) / 20):]
        ulcer = math.sqrt(statistics.fmean(d * d for d in depths))
        return sum(self.returns) / (ulcer * statistics.fmean(deepest) / sd)


def correlation(a, b):
    mean_a, mean_b = statistics.fmean(a), statistics.fmean(b)
    both = math.fsum((x - mean_a) * (y - mean_b) for x, y in zip(a, b))
    return both / math.sqrt(math.fsum((x - mean_a)**2 for x in a) *
                            math.fsum((y - mean_b)**2 for y in b))


def quantile(values, share):
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def streak(nets, sign):
    longest = row = 0
    for net in nets:
        row = row + 1 if net * sign > 0 else 0
        longest = max(longest, row)
    return longest


def parse(text):
    return datetime.datetime.fromisoformat(text.replace('Z', '+00:00')).timestamp()


def near(found, wanted):
    return abs(found - wanted) <= 1e-7 * max(1e-6, abs(wanted), abs(found))


def test_every_metric_again():
    for example in EXAMPLES:
        folder, result = run(example)
        numbers = Numbers(folder, result).all()
        tap.check(len(numbers) > 40, 'metrics calculated')
        for name, wanted in numbers.items():
            found = result['metrics'][name]
            tap.check(found is not None and near(float(found), wanted),
                      f'{example}: {name} is {found}, not {wanted}')


def test_numbers_in_formulas():
    """`here` is the formula with numbers: whatever can be worked out gives the value behind =."""
    folder, result = run('cross.yaml')
    worked_out = 0
    for name in result['metrics']:
        answer = tap.tern('backtest', 'show', folder, '--explain', name, '--json')
        tap.equal(answer.returncode, 0, answer.stderr)
        told = json.loads(answer.stdout)
        tap.equal(told['name'], name, 'name')
        if told['here'] is None:
            continue
        formula, value = told['here'].rsplit(' = ', 1)
        tap.equal(value, told['value'], f'{name}: value')
        formula = re.sub(r'\bdays\b', '', formula.split(', ')[0] if 'SR' in formula else formula)
        if re.search(r'[A-Za-z]', re.sub(r'\bsqrt\b|\d[eE]-?\d', '', formula)) or ',' in formula:
            continue
        found = eval(formula.replace('^', '**'),  # numbers and operators alone, as checked above
                     {'__builtins__': {}, 'sqrt': math.sqrt})
        tap.check(near(found, float(value)), f'{name}: {formula} is {found}, not {value}')
        worked_out += 1
    tap.check(worked_out >= 24, f'only {worked_out} formulas could be worked out')


def test_rolling_sharpe_of_the_report():
    """The table below the picture: the ratio of the ninety days that end then."""
    folder, result = run('cross.yaml')
    with open(os.path.join(folder, 'report.html'), encoding='utf-8') as file:
        table = re.search(r'aria-label="Rolling Sharpe ratio in numbers".*?</table>', file.read(),
                          re.DOTALL).group(0)
    found = re.findall(r'<td class="left">([\d-]+)</td><td>(-?[\d.]+)</td>', table)
    tap.equal(len(found), 12, 'rows')
    numbers = Numbers(folder, result)
    first = (numbers.equity[0][0] - 1) // DAY
    for day, value in found:
        end = int(parse(day + 'T00:00:00Z')) // 86400 - first
        window = numbers.returns[end - 90:end]
        wanted = statistics.fmean(window) / statistics.stdev(window) * math.sqrt(365)
        tap.check(abs(float(value) - wanted) < 0.006, f'{day}: {value}, not {wanted}')


def test_slippage_of_the_report():
    """What fills paid beyond the opening of their bar, to a tick each: bars of four hours hold the
    opening of each day."""
    folder, _ = run('score.yaml')
    with open(os.path.join(folder, 'report.md'), encoding='utf-8') as file:
        said = next(line for line in file if line.startswith('| slippage'))
    said = float(said.split('|')[2].replace(',', ''))
    opens = {}
    path = os.path.join(tap.ROOT, 'examples', 'data', 'coinbase-btc-usd-4h.csv.gz')
    with gzip.open(path, 'rt', encoding='ascii') as file:
        for row in csv.DictReader(file):
            opens[int(row['ts_ms']) * 10**6] = float(row['open'])
    paid = room = 0.0
    for fill in rows(folder, 'fills.csv'):
        sign = 1 if fill['side'] == 'buy' else -1
        quantity = float(fill['quantity'])
        paid += sign * (float(fill['price']) - opens[int(fill['time_ns'])]) * quantity
        room += 0.011 * quantity
    tap.check(paid > 0 and abs(said - paid) <= room + 0.01, f'{said} said, {paid} paid, {room}')


def test_names_of_other_programs():
    for theirs, ours in (
            ('sharpe_ratio', 'sharpe'), ('winrate', 'win_rate'), ('cvar', 'expected_shortfall'),
            ('upi', 'martin_ratio'), ('holding_avg', 'average_duration'),
            ('max_drawdown_account', 'max_drawdown'), ('ghpr', 'geometric_mean')):
        answer = tap.tern('help', 'metrics', '--explain', theirs, '--json')
        tap.equal(json.loads(answer.stdout)['name'], ours, theirs)


def test_what_cannot_be_explained():
    folder, _ = run('cross.yaml')
    for arguments, code, words in (
            (('help', 'metrics', '--explain', 'shrpe'), 3, ('no metric "shrpe"', 'sharpe?')),
            (('help', 'metrics', '--explain', 'risk_of_ruin'), 3, ('QuantStats', 'falls to 0')),
            (('help', '--explain', 'sharpe'), 2, ('without the topic', 'tern help metrics')),
            (('help', 'bots', '--explain', 'sharpe'), 2, ('tern help metrics --explain NAME',)),
            (('backtest', 'show', folder, '--explain', 'Sharpe'), 3, ('did you mean sharpe?',)),
            (('backtest', 'show', folder, '--explain', ''), 2, ('--explain',))):
        answer = tap.tern(*arguments)
        tap.equal(answer.returncode, code, f'{arguments}: exit code')
        tap.equal(answer.stdout, '', f'{arguments}: stdout')
        for word in words:
            tap.check(word in answer.stderr, f'{arguments}: {word!r} is not in {answer.stderr!r}')


tap.main()
