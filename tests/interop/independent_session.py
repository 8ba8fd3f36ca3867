"""Sessions on the order book, made up and computed a second time without a line of the engine.

    market = Market(seed)                       depth, trades: events with two clocks, as dicts
    market.write(folder)                        the two files that tern reads, depth and trades
    fills, rows, end = trade(market, ...)       what one crossing of averages must have done

    python3 tests/interop/independent_session.py SEED SECONDS PREFIX      writes packed files

The exchange lives by event_ns, the bot by receive_ns. A market order that is decided at t meets the
order book of t + latency: it takes the levels of the other side best first, each its own fill, what
was taken stays taken until the data show the level again; the bot knows the fills at t + 2 latency.
The bot decides at the end of each bar of trades that it received; the equity of a bar's end counts
what it knows by then, positions at the middle of the last quote it saw."""

import csv
import gzip
import os
import random
import sys
from collections import namedtuple
from decimal import Context, Decimal, ROUND_HALF_EVEN

SECOND = 10**9
MILLISECOND = 10**6
START = 1_700_000_000 * SECOND
CENT = Decimal('0.01')
ROUNDING = Context(prec=60, rounding=ROUND_HALF_EVEN)

# levels: (side, price, size); of the first event, a snapshot.
Event = namedtuple('Event', 'event_ns receive_ns number levels')
Trade = namedtuple('Trade', 'event_ns receive_ns number price size taker')
Fill = namedtuple('Fill', 'time_ns side quantity price fee')


class Market:
    """Sixteen levels around a middle that walks; now and then somebody trades at the best."""

    def __init__(self, seed, seconds=90):
        self.random = random.Random(seed)
        self.depth, self.trades = [], []
        self.middle, self.book = 10000, {}
        self.now, self.received = START + 1, 0
        self.emit({(side, self.middle + sign * distance): self.size() for distance in range(1, 9)
                   for side, sign in (('bid', -1), ('ask', 1))})
        while self.now < START + seconds * SECOND:
            self.now += self.random.randint(5 * MILLISECOND, 60 * MILLISECOND)
            self.random.choice((self.walk, self.resize, self.resize, self.trade, self.trade))()

    def size(self):
        return Decimal(self.random.randint(1, 90000)) / 100000

    def emit(self, levels):
        self.book.update(levels)
        self.book = {key: size for key, size in self.book.items() if size}
        number = len(self.depth) + 1
        self.depth.append(Event(self.now, self.receive(), number, [
            (side, price * CENT, size) for (side, price), size in levels.items()]))

    def receive(self):
        self.received = max(self.received + 1,
                            self.now + self.random.randint(MILLISECOND, 40 * MILLISECOND))
        return self.received

    def walk(self):
        self.middle += self.random.choice((-2, -1, 1, 2))
        wanted = {(side, self.middle + sign * distance) for distance in range(1, 9)
                  for side, sign in (('bid', -1), ('ask', 1))}
        levels = {key: Decimal(0) for key in self.book if key not in wanted}
        levels.update({key: self.size() for key in sorted(wanted) if key not in self.book})
        self.emit(levels)

    def resize(self):
        key = self.random.choice(sorted(self.book))
        self.emit({key: self.size()})

    def trade(self):
        taker, side, pick = self.random.choice((('buy', 'ask', min), ('sell', 'bid', max)))
        price = pick(price for held, price in self.book if held == side)
        self.trades.append(Trade(self.now, self.receive(), len(self.trades) + 1, price * CENT,
                                 self.size(), taker))

    def write(self, folder):
        """The paths of depth and trades."""
        paths = [os.path.join(folder, name) for name in ('depth.csv', 'trades.csv')]
        with open(paths[0], 'w', encoding='utf-8', newline='') as file:
            rows = csv.writer(file)
            rows.writerow('recv_ns exch_ns first_id last_id kind side price size'.split())
            for event in self.depth:
                kind = 'snapshot' if event is self.depth[0] else 'update'
                rows.writerows([event.receive_ns, event.event_ns, event.number, event.number, kind,
                                *level] for level in event.levels)
        with open(paths[1], 'w', encoding='utf-8', newline='') as file:
            rows = csv.writer(file)
            rows.writerow('recv_ns trade_ns trade_id price size taker_side'.split())
            rows.writerows([trade.receive_ns, trade.event_ns, trade.number, trade.price, trade.size,
                            trade.taker] for trade in self.trades)
        return paths


class Exchange:
    """The order book at its own time, and how much of each level is taken."""

    def __init__(self, events):
        self.events, self.at = events, 0
        self.shown, self.taken = {}, {}

    def until(self, time_ns):
        while self.at < len(self.events) and self.events[self.at].event_ns <= time_ns:
            for side, price, size in self.events[self.at].levels:
                key = (side, price)
                self.shown[key] = size
                self.taken[key] = min(self.taken.get(key, Decimal(0)), size)
            self.at += 1

    def take(self, side, quantity):
        """The (price, quantity) that a market order finds."""
        other = 'ask' if side == 'buy' else 'bid'
        prices = sorted((price for held, price in self.shown if held == other),
                        reverse=other == 'bid')
        for price in prices:
            key = (other, price)
            part = min(quantity, self.shown[key] - self.taken[key])
            if part <= 0:
                continue
            self.taken[key] += part
            quantity -= part
            yield price, part
            if not quantity:
                return


def bars_of(trades, bar_ns, from_ns, to_ns):
    """(end, close) of every whole bar; one without a trade has the close before."""
    first = -(-from_ns // bar_ns) * bar_ns
    close, at = None, 0
    for end in range(first + bar_ns, to_ns + 1, bar_ns):
        while at < len(trades) and trades[at].receive_ns < end:
            close = trades[at].price
            at += 1
        if close is not None:
            yield end, close


def middle_at(events, time_ns):
    """Of the best prices received before a time."""
    shown = {}
    for event in events:
        if event.receive_ns >= time_ns:
            break
        shown.update({(side, price): size for side, price, size in event.levels})
    bid = max(price for (side, price), size in shown.items() if side == 'bid' and size)
    ask = min(price for (side, price), size in shown.items() if side == 'ask' and size)
    return (bid + ask) / 2


class Piece:
    """What happened from a time on and before another; the order book begins as it was then."""

    def __init__(self, market, from_ns, to_ns):
        before = [event for event in market.depth if event.event_ns < from_ns]
        self.depth = [event for event in market.depth if event.event_ns < to_ns]
        self.trades = [trade for trade in market.trades if from_ns <= trade.event_ns < to_ns]
        first = max(from_ns, before[-1].receive_ns) if before else self.depth[0].receive_ns
        self.from_ns = min(first, self.trades[0].receive_ns)


def trade(market, fast, slow, quantity, bar_ns, latency_ns, cash, fee_bps):
    """A long-or-flat crossing of simple averages: fills, (time, equity) of each bar, equity at the
    end."""
    exchange = Exchange(market.depth)
    from_ns = min(market.depth[0].receive_ns, market.trades[0].receive_ns)
    from_ns = getattr(market, 'from_ns', from_ns)
    to_ns = max(market.depth[-1].receive_ns, market.trades[-1].receive_ns)
    closes, fills, rows, held = [], [], [], Decimal(0)
    account = [Decimal(cash), Decimal(0)]
    known = 0

    def settle(until_ns):
        nonlocal known
        while known < len(fills) and fills[known].time_ns < until_ns:
            fill = fills[known]
            sign = 1 if fill.side == 'buy' else -1
            account[0] -= sign * fill.price * fill.quantity + fill.fee
            account[1] += sign * fill.quantity
            known += 1

    for end, close in bars_of(market.trades, bar_ns, from_ns, to_ns):
        settle(end)
        closes.append(close)
        rows.append((end, account[0] + account[1] * middle_at(market.depth, end)))
        if len(closes) < slow:
            continue
        long = sum(closes[-fast:]) * slow > sum(closes[-slow:]) * fast
        if long == bool(held) or end + 2 * latency_ns > to_ns:
            continue
        side, wanted = ('buy', quantity) if long else ('sell', held)
        exchange.until(end + latency_ns)
        for price, part in exchange.take(side, wanted):
            fee = (price * part * Decimal(fee_bps) / 10000).quantize(Decimal('1e-8'),
                                                                     context=ROUNDING)
            fills.append(Fill(end + 2 * latency_ns, side, part, price, fee))
            held += part if side == 'buy' else -part
    settle(to_ns + 1)
    return fills, rows, account[0] + account[1] * middle_at(market.depth, to_ns + 1)


def main():
    """What examples/data has of it; the same arguments give the same bytes."""
    seed, seconds, prefix = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    for path in Market(seed, seconds).write(os.path.dirname(prefix) or '.'):
        name = prefix + '-' + os.path.basename(path) + '.gz'
        with open(path, 'rb') as plain, open(name, 'wb') as packed:
            packed.write(gzip.compress(plain.read(), 9, mtime=0))
        os.remove(path)


if __name__ == '__main__':
    main()
