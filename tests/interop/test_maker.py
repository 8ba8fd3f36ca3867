"""What a maker bot quotes on made-up order books, against its definition: every order that it
placed or amended, recomputed in decimals from the levels that it had received by then and from what
it held. What was filled is the exchange's to say (test_session.py) and is read from the journal."""

# timeout: 300

import json
import os
import random
import sys
import tempfile
from decimal import Context, Decimal, ROUND_CEILING, ROUND_FLOOR, localcontext

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

import tap
from independent_session import SECOND, Market
from scenarios import document, fixed, instrument

TICK, LOT = Decimal('0.01'), Decimal('0.00001')
MILLIONTH = Decimal('0.000001')
SCALE = 10**8  # of prices and quantities in facts


class Definition:
    def __init__(self, size, levels, spread, skew):
        self.size, self.levels = Decimal(size), levels
        self.spread, self.skew = Decimal(spread), Decimal(skew)

    def wanted(self, bid, ask, held):
        """{(side, price): [quantity]} around the middle, shifted down by the inventory."""
        with localcontext(Context(prec=60)):
            return self.rows(bid, ask, held)

    def rows(self, bid, ask, held):
        middle, full = (bid + ask) / 2, self.size * self.levels
        share = min(max(held, Decimal(0)), full)
        shift = (share * self.skew * self.spread / full).quantize(MILLIONTH, ROUND_FLOOR)
        rows, rest = {}, held
        for level in range(self.levels):
            away = self.spread * (level + Decimal('0.5'))
            price = self.on_tick(middle * (1 - shift - away), ROUND_FLOOR)
            if held + self.size * (level + 1) <= full:
                self.add(rows, 'buy', min(price, ask - TICK), self.size)
            offered = (min(self.size, rest) / LOT).to_integral_value(ROUND_FLOOR) * LOT
            if offered > 0:
                rest -= offered
                price = self.on_tick(middle * (1 - shift + away), ROUND_CEILING)
                self.add(rows, 'sell', max(price, bid + TICK), offered)
        return rows

    @staticmethod
    def add(rows, side, price, quantity):
        rows.setdefault((side, price), []).append(quantity)

    @staticmethod
    def on_tick(price, rounding):
        return (price / TICK).to_integral_value(rounding) * TICK


class Order:
    def __init__(self, side, price, quantity):
        self.side, self.price, self.quantity = side, price, quantity
        self.filled, self.busy, self.leaving = Decimal(0), True, False
        self.wanted = None  # of an amend without answer


class Watch:
    """Follows the journal fact by fact."""

    def __init__(self, definition, depth):
        self.definition, self.depth, self.at = definition, depth, 0
        self.shown, self.orders, self.held = {}, {}, Decimal(0)
        self.placed = self.amended = self.last_quote = 0

    def best(self, now):
        while self.at < len(self.depth) and self.depth[self.at].receive_ns <= now:
            self.shown.update({(side, price): size
                               for side, price, size in self.depth[self.at].levels})
            self.at += 1
        return (max(price for (side, price), size in self.shown.items() if side == 'bid' and size),
                min(price for (side, price), size in self.shown.items() if side == 'ask' and size))

    def frame(self, facts, refresh_ns):
        now, cause = facts[0]['time_ns'], facts[0]['cause']
        waits = {order.side for order in self.orders.values() if order.wanted}
        asked = False
        for fact in facts:
            asked = self.fact(fact['fact'], fact['fields'], now) or asked
        if not asked:
            return
        if cause == 'QUOTE':
            tap.check(now - self.last_quote >= refresh_ns, f'{now}: quoted before its time')
            self.last_quote = now
        else:
            tap.equal(cause, 'VENUE_FILL', f'{now}: what made it quote')
        tap.check(not any(fact['fact'] in ('order_denied', 'overdrawn') for fact in facts),
                  f'{now}: denied or overdrawn')
        # While an amend is not answered nothing is added to its side.
        self.complete(now, waits)

    def fact(self, kind, fields, now):
        """True where the bot asked for something."""
        order = self.orders.get(fields.get('order'))
        if kind == 'order_planned':
            order = Order('buy' if fields['side'] == 1 else 'sell',
                          Decimal(fields['price']) / SCALE, Decimal(fields['quantity']) / SCALE)
            tap.equal(fields['flags'], 1, f'{now}: post-only')
            self.orders[fields['order']] = order
            self.placed += 1
            self.check(order.side, order.price, order.quantity, now)
            return True
        if kind == 'amend_requested':
            order.wanted = Decimal(fields['price']) / SCALE, Decimal(fields['quantity']) / SCALE
            order.busy = True
            self.check(order.side, order.wanted[0], order.wanted[1] - order.filled, now)
            self.amended += 1
            return True
        if kind == 'cancel_requested':
            order.leaving = True
            return True
        if kind == 'order_filled':
            part = Decimal(fields['quantity']) / SCALE
            order.filled += part
            self.held += part if order.side == 'buy' else -part
        elif order is None:
            return False  # of the session, or an answer about an order that was filled meanwhile
        elif kind in ('order_accepted', 'amend_refused'):
            order.busy, order.wanted = False, None
        elif kind == 'order_amended':
            order.price, order.quantity = (Decimal(fields['price']) / SCALE,
                                           Decimal(fields['quantity']) / SCALE)
            order.busy, order.wanted = False, None
        elif kind == 'cancel_refused':
            order.leaving = False
        elif kind == 'order_ended':
            del self.orders[fields['order']]
        return False

    def check(self, side, price, quantity, now):
        wanted = self.definition.wanted(*self.best(now), self.held)
        quantities = wanted.get((side, price), [])
        # Of what is held, orders that are being changed may keep a part until they are answered.
        tap.check(quantity in quantities or side == 'sell' and 0 < quantity < max(
            quantities, default=0), f'{now}: {side} {quantity} at {price} is not wanted: {wanted}')

    def complete(self, now, waits):
        """Each wanted order is there, but for those whose place an order without answer keeps; of
        sells those for which there are coins."""
        wanted = self.definition.wanted(*self.best(now), self.held)
        for side in ('buy', 'sell'):
            live = [order for order in self.orders.values()
                    if order.side == side and not order.leaving]
            settled = sorted(order.price for order in live if not order.busy)
            prices = sorted(price for (at, price), quantities in wanted.items() if at == side
                            for _ in quantities)
            if side in waits:
                continue
            tap.check(len(live) == len(prices) or side == 'sell' and len(live) < len(prices),
                      f'{now}: {len(live)} live {side} orders, wanted {prices}')
            tap.check(all(price in prices for price in settled),
                      f'{now}: {side} at {settled}, wanted {prices}')


def compare(seed, levels, spread, skew, size, refresh_s, latency):
    market = Market(seed)
    with tempfile.TemporaryDirectory() as folder:
        depth, trades = market.write(folder)
        config = {
            'currency': 'USD', 'instruments': [instrument('BTC-USD')], 'account': {'USD': '100000'},
            'fees': {'maker_bps': '1', 'taker_bps': '2'}, 'cycle': '1s',
            'simulation': {'latency': latency},
            'data': [{'file': depth, 'kind': 'depth', 'instrument': 'BTC-USD'},
                     {'file': trades, 'kind': 'trades', 'instrument': 'BTC-USD'}],
            'bots': [{'name': 'a', 'kind': 'maker', 'instrument': 'BTC-USD', 'size': fixed(size),
                      'params': {'levels': levels, 'spread': spread, 'skew': skew,
                                 'refresh': f'{refresh_s}s'}}]}
        path, out = os.path.join(folder, 'maker.yaml'), os.path.join(folder, 'out')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(document(config))
        answer = tap.tern('backtest', 'run', path, '--out', out, '--no-trials', '--quiet')
        tap.check(answer.returncode == 0, answer.stderr)
        answer = tap.tern('journal', 'tail', os.path.join(out, 'journal'), '--ndjson', '-n', '0')
        tap.check(answer.returncode == 0, answer.stderr)
    watch = Watch(Definition(size, levels, spread, skew), market.depth)
    frames = {}
    for line in answer.stdout.splitlines():
        fact = json.loads(line)
        frames.setdefault(fact['input'], []).append(fact)
    for facts in frames.values():
        watch.frame(facts, refresh_s * SECOND)
    return watch.placed, watch.amended


def test_every_quote_follows_from_the_definition():
    placed = amended = 0
    for seed in range(8):
        found = compare(seed, (1, 2, 3, 5)[seed % 4], ('0.0002', '0.0004', '0.001')[seed % 3],
                        ('0', '0.7', '3')[seed % 3], ('0.5', '0.03217')[seed % 2],
                        1 + seed % 3, ('20ms', '0', '150ms')[seed % 3])
        placed, amended = placed + found[0], amended + found[1]
    tap.check(placed > 200 and amended > 200, f'only {placed} placed and {amended} amended')
    print(f'# {placed} orders placed, {amended} amended')


def test_nothing_that_a_maker_asks_for_is_denied():
    """Its fills, amends and cancels cross on their way, at every latency, and what it offers is
    within what it holds and can pay all the same."""
    fills = 0
    for seed in range(24):
        draw = random.Random(seed)
        market = Market(100 + seed, 60)
        with tempfile.TemporaryDirectory() as folder:
            depth, trades = market.write(folder)
            config = {
                'currency': 'USD', 'cycle': '1s', 'account': {'USD': draw.choice(('99999', '180'))},
                'instruments': [instrument('BTC-USD', lot=draw.choice(('0.00001', '0.1')))],
                'fees': {'maker_bps': '1', 'taker_bps': '2'},
                'simulation': {'latency': draw.choice(('0', '5ms', '20ms', '60ms', '150ms')),
                               'latency_sigma': draw.choice('01'),
                               'queue': {'model': draw.choice(('risk_averse', 'touch'))}},
                'data': [{'file': depth, 'kind': 'depth', 'instrument': 'BTC-USD'},
                         {'file': trades, 'kind': 'trades', 'instrument': 'BTC-USD'}],
                'bots': [{'name': 'a', 'kind': 'maker', 'instrument': 'BTC-USD',
                          'size': fixed(draw.choice(('0.1', '0.5', '1.3'))),
                          'params': {'levels': draw.choice((1, 2, 5)),
                                     'spread': draw.choice(('0.0001', '0.0004')),
                                     'skew': draw.choice(('0', '0.7', '3')),
                                     'refresh': draw.choice(('10ms', '100ms', '1s'))}}]}
            path, out = os.path.join(folder, 'maker.yaml'), os.path.join(folder, 'out')
            with open(path, 'w', encoding='utf-8') as file:
                file.write(document(config))
            answer = tap.tern('backtest', 'run', path, '--out', out, '--no-trials', '--json')
            tap.check(answer.returncode == 0, answer.stderr)
        result = json.loads(answer.stdout)
        fills += result['fills']
        tap.equal(result['denied'], {}, f'seed {seed}: {config}')
        tap.check(not result['bots'][0]['overdrawn'], f'seed {seed}: overdrawn')
    tap.check(fills > 500, f'only {fills} fills')
    print(f'# {fills} fills')


tap.main()
