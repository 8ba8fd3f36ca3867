"""A recorded order book of one instrument and recorded bars of another in one run, computed a
second time without a line of the engine.

    bars = Bars(seed, first_ns, length_ns, count)       a walk, of whole cents
    fills, rows, end = together(market, bars, ...)      what two crossings must have done

The session is that of independent_session.py. On bars an order decided at a close fills at the
next opening, moved by the slippage against us and then to the tick. Fees follow the volume of the
thirty days before, of both. At one instant: closes, decisions, answers of the order book, openings;
a row of equity counts what was known when the bars of its instant closed."""

import os
import random
from collections import namedtuple
from decimal import Decimal, ROUND_CEILING, ROUND_FLOOR

from independent_session import CENT, ROUNDING, SECOND, Exchange, bars_of, middle_at

Bar = namedtuple('Bar', 'open_ns open high low close')
# When it was executed and when we knew; late: behind the answers of the same instant.
Deal = namedtuple('Deal', 'executed_ns known_ns late bot side quantity price')
Fill = namedtuple('Fill', 'time_ns bot side quantity price fee')
DAY = 86400 * SECOND


class Bars:
    def __init__(self, seed, first_ns, length_ns, count):
        draw = random.Random(seed)
        self.length_ns, self.rows, close = length_ns, [], 5000
        for index in range(count):
            opening = close + draw.randint(-9, 9)
            close = opening + draw.randint(-40, 40)
            high, low = max(opening, close) + draw.randint(0, 9), min(opening, close) - 5
            if draw.random() < 0.1:
                continue  # a gap: orders wait for the next opening there is
            self.rows.append(Bar(first_ns + index * length_ns,
                                 *(price * CENT for price in (opening, high, low, close))))

    def write(self, folder):
        path = os.path.join(folder, 'bars.csv')
        with open(path, 'w', encoding='utf-8') as file:
            file.write('ts_ms,open,high,low,close,volume\n')
            for bar in self.rows:
                row = (bar.open_ns // 10**6, *bar[1:], 1)
                file.write(','.join(map(str, row)) + '\n')
        return path


def crosses(closes, fast, slow):
    """True: long, False: flat, None: too early to say."""
    if len(closes) < slow:
        return None
    return sum(closes[-fast:]) * slow > sum(closes[-slow:]) * fast


def deals_of_session(market, ends, fast, slow, quantity, latency_ns, to_ns):
    exchange, closes, held = Exchange(market.depth), [], Decimal(0)
    for end, close in ends:
        closes.append(close)
        long = crosses(closes, fast, slow)
        if long is None or long == bool(held) or end + 2 * latency_ns > to_ns:
            continue
        side, wanted = ('buy', quantity) if long else ('sell', held)
        exchange.until(end + latency_ns)
        for price, part in exchange.take(side, wanted):
            held += part if side == 'buy' else -part
            yield Deal(end + latency_ns, end + 2 * latency_ns, 0, 'a', side, part, price)


def moved(price, side, slippage_bps):
    sign = 1 if side == 'buy' else -1
    rounding = ROUND_CEILING if side == 'buy' else ROUND_FLOOR
    exact = ROUNDING.multiply(price, 1 + sign * Decimal(slippage_bps) / 10000)
    return (exact / CENT).to_integral_value(rounding) * CENT


def deals_of_bars(bars, fast, slow, quantity, slippage_bps):
    closes, held = [], False
    for bar, later in zip(bars.rows, bars.rows[1:]):
        closes.append(bar.close)
        long = crosses(closes, fast, slow)
        if long is None or long == held:
            continue
        held, side = long, 'buy' if long else 'sell'
        yield Deal(later.open_ns, later.open_ns, 1, 'b', side, quantity,
                   moved(later.open, side, slippage_bps))


def with_fees(deals, tiers):
    """tiers: (volume from which it holds, bps)."""
    volumes = {}
    for deal in sorted(deals, key=lambda deal: deal.executed_ns):
        day = deal.executed_ns // DAY
        before = sum(volume for other, volume in volumes.items() if day - 30 <= other < day)
        bps = [Decimal(bps) for volume, bps in tiers if before >= Decimal(volume)][-1]
        notional = deal.price * deal.quantity
        volumes[day] = volumes.get(day, 0) + notional
        yield deal, (notional * bps / 10000).quantize(Decimal('1e-8'), context=ROUNDING)


def together(market, bars, bar_ns, latency_ns, fast, slow, quantities, cash, tiers, slippage_bps):
    """Fills as they were known, (time, equity) of each close, equity at the end."""
    session_to = max(market.depth[-1].receive_ns, market.trades[-1].receive_ns)
    to_ns = max(session_to, bars.rows[-1].open_ns + bars.length_ns)
    from_ns = min(market.depth[0].receive_ns, market.trades[0].receive_ns)
    ends = list(bars_of(market.trades, bar_ns, from_ns, session_to))
    deals = list(deals_of_session(market, ends, fast, slow, quantities[0], latency_ns, to_ns))
    deals += deals_of_bars(bars, fast, slow, quantities[1], slippage_bps)
    known = sorted(with_fees(deals, tiers), key=lambda row: (row[0].known_ns, row[0].late))
    closes = {bar.open_ns + bars.length_ns: bar.close for bar in bars.rows}
    account, held, at, last = Decimal(cash), {'a': Decimal(0), 'b': Decimal(0)}, 0, Decimal(0)

    def settle(until_ns):
        nonlocal account, at
        while at < len(known) and known[at][0].known_ns < until_ns:
            deal, fee = known[at]
            sign = 1 if deal.side == 'buy' else -1
            account -= sign * deal.price * deal.quantity + fee
            held[deal.bot] += sign * deal.quantity
            at += 1

    def equity(time_ns):
        settle(time_ns)
        middle = middle_at(market.depth, time_ns) if held['a'] else 0
        return account + held['a'] * middle + held['b'] * last

    rows = []
    for time_ns in sorted({end for end, _ in ends} | set(closes)):
        last = closes.get(time_ns, last)
        if time_ns % min(bar_ns, bars.length_ns) == 0:
            rows.append((time_ns, equity(time_ns)))
    fills = [Fill(deal.known_ns, deal.bot, deal.side, deal.quantity, deal.price, fee)
             for deal, fee in known]
    return fills, rows, equity(to_ns + 1)
