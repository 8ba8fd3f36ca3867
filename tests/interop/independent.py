"""A second calculation of back-tests, from the definitions and without a line of the engine.

    python3 tests/interop/independent.py examples/cross.yaml > fills.csv

reads a configuration and the gzipped bars that it names, and computes every fill, every row of
equity and the end. Money is decimal and exact: an operation that would round where no rounding is
defined raises. It is slow and simple on purpose: one pass over instants, nothing remembered that
could be looked up.

At one instant, in this order:

    1  closes, in the order of `instruments`: price, longer bars, indicators
    2  decisions, in the order of `bots`: stops first, then what the averages or the score say
    3  arrival of orders: with `fill: this_close` they fill here, at the close they were decided at
    4  openings, in the order of `instruments`: with `next_open` waiting orders fill here
    5  a row of equity, where a bar of the finest series closed: positions at their last close

Bots with a budget have a purse of their own, the others share what is left; each has its own
position. It knows the kinds that enter and leave on a signal, every size, market orders, stop_loss,
take_profit, confirm, cooldown and confidence_min, and of the limits cash_reserve; it refuses what
it does not know rather than ignore it. Bots that keep a set of orders are in
independent_plans.py."""

import csv
import datetime
import gzip
import os
import re
import sys
from collections import namedtuple
from decimal import (Context, Decimal, DivisionByZero, Inexact, InvalidOperation, ROUND_CEILING,
                     ROUND_FLOOR, ROUND_HALF_EVEN, setcontext)

import little_yaml
from independent_signals import KINDS, kelly, volatility

# Exact or an exception: this is the context of every operator below.
setcontext(Context(prec=120, traps=[Inexact, InvalidOperation, DivisionByZero]))
ROUNDING = Context(prec=120)
ZERO = Decimal(0)
NS = {'ms': 10**6, 's': 10**9, 'm': 60 * 10**9, 'h': 3600 * 10**9, 'd': 86400 * 10**9,
      'w': 7 * 86400 * 10**9}

Bar = namedtuple('Bar', 'open_ns close_ns open high low close')
Fill = namedtuple('Fill', 'time_ns bot instrument side quantity price fee')
Row = namedtuple('Row', 'time_ns equity cash')


class Unknown(Exception):
    """The configuration asks for something that this calculation does not cover."""


# ---- Reading -------------------------------------------------------------------------------------

def duration(text):
    if str(text) == '0':
        return 0
    parts = re.findall(r'(\d+)(ms|s|m|h|d|w)', text)
    if ''.join(number + unit for number, unit in parts) != text:
        raise ValueError(f'no duration: {text}')
    return sum(int(number) * NS[unit] for number, unit in parts)


def instant(text):
    moment = datetime.datetime.fromisoformat(text.replace('Z', '+00:00'))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.timezone.utc)
    return int(moment.timestamp()) * 10**9


def read_bars(entry, folder):
    """Bars of a CSV with ts_ms (the opening's), open, high, low, close."""
    length, bars = duration(entry['bar']), []
    first = instant(entry['from']) if 'from' in entry else 0
    end = instant(entry['to']) if 'to' in entry else 1 << 63
    path = os.path.join(folder, entry['file'])
    opener = gzip.open if path.endswith('.gz') else open
    with opener(path, 'rt', encoding='utf-8', newline='') as file:
        for row in csv.DictReader(file):
            if 'symbol' in entry and row['symbol'] != entry['symbol']:
                continue
            opened = int(row['ts_ms']) * 10**6
            if first <= opened < end:
                bars.append(Bar(opened, opened + length, *(
                    Decimal(row[name]) for name in ('open', 'high', 'low', 'close'))))
    return bars


# ---- What there is -------------------------------------------------------------------------------

class Instrument:
    def __init__(self, entry):
        entry = {'name': entry} if isinstance(entry, str) else entry
        self.name = entry['name']
        self.tick = Decimal(entry.get('price_increment', '0.00000001'))
        self.lot = Decimal(entry.get('quantity_increment', '0.00000001'))
        self.fee_step = Decimal(1).scaleb(-int(entry.get('quote_decimals', 8)))
        self.minimum_notional = Decimal(entry.get('minimum_notional', '0'))
        self.price = None          # the last close: what positions are valued at

    def lots(self, quantity_numerator, divisor):
        """quantity_numerator / divisor, rounded down to lots."""
        return quantity_numerator // (divisor * self.lot) * self.lot

    def against_us(self, price, side, slippage_bps):
        sign = 1 if side == 'buy' else -1
        moved = price * (10000 + sign * slippage_bps) / 10000
        ticks = ROUNDING.divide(moved, self.tick).to_integral_value(
            ROUND_CEILING if side == 'buy' else ROUND_FLOOR, ROUNDING)
        return max(ticks, 1) * self.tick  # never for nothing, even where the tick is coarse

    def fee(self, notional, bps):
        return (notional * bps / 10000).quantize(self.fee_step, ROUND_HALF_EVEN, ROUNDING)


class Purse:
    """Cash that one bot owns (its budget) or that the bots without a budget share."""

    def __init__(self, cash):
        self.cash, self.held, self.bots = cash, ZERO, []

    def free(self):
        return self.cash - self.held

    def equity(self):
        return self.cash + sum((bot.quantity * bot.instrument.price for bot in self.bots
                                if bot.quantity), ZERO)


class Longer:
    """Builds bars of a multiple of the data's, aligned to UTC, where every part is there."""

    def __init__(self, length, part):
        if length % part:
            raise Unknown(f'bars of {length} ns from bars of {part} ns')
        self.length, self.count, self.parts = length, length // part, []

    def add(self, bar):
        """The longer bar that this one completes, or None."""
        if self.count == 1:
            return bar
        begin = bar.open_ns - bar.open_ns % self.length
        self.parts = [part for part in self.parts if part.open_ns >= begin] + [bar]
        if bar.close_ns != begin + self.length or len(self.parts) != self.count:
            return None
        parts = self.parts
        return Bar(begin, bar.close_ns, parts[0].open, max(part.high for part in parts),
                   min(part.low for part in parts), bar.close)


class Order:
    def __init__(self, bot, side, quantity, held):
        self.bot, self.side, self.quantity, self.held = bot, side, quantity, held


class Bot:
    KNOWN = {'name', 'kind', 'instrument', 'bar', 'budget', 'signals', 'enter', 'exit', 'confirm',
             'cooldown', 'size', 'execute', 'stop_loss', 'take_profit', 'params', 'confidence_min',
             'convention'}

    def __init__(self, entry, instrument, part, purse, convention):
        unknown = set(entry) - self.KNOWN
        if unknown or entry['kind'] not in KINDS or entry.get(
                'execute', {'style': 'market'}) != {'style': 'market'}:
            raise Unknown(f'bot {entry["name"]}: {sorted(unknown) or entry["kind"]}')
        self.name, self.instrument, self.purse = entry['name'], instrument, purse
        self.longer = Longer(duration(entry['bar']) if 'bar' in entry else part, part)
        self.opinion = KINDS[entry['kind']]({'convention': convention, **entry})
        self.size = entry.get('size') or {'method': 'equity'}
        self.stop_loss = Decimal(entry['stop_loss']) if 'stop_loss' in entry else None
        self.take_profit = Decimal(entry['take_profit']) if 'take_profit' in entry else None
        self.confirm = int(entry.get('confirm', 0))
        self.cooldown = duration(entry.get('cooldown', '0'))
        self.quantity = self.cost = ZERO
        self.realized = self.fees = ZERO
        self.bar = self.order = self.last_fill_ns = None
        self.streak_action, self.streak = None, 0
        self.closes, self.returns = [], []  # what sizing measures: closes, closed trips
        purse.bots.append(self)

    def wanted_quantity(self):
        """What an entry is sized by its method, before what is affordable."""
        method, close = self.size.get('method', 'equity'), self.bar.close
        if method == 'fixed':
            return self.instrument.lots(Decimal(self.size['quantity']), 1)
        if method == 'notional':
            return self.instrument.lots(Decimal(self.size['amount']), close)
        if method == 'equity':
            share = Decimal(self.size.get('fraction', '0.25')) * max(self.purse.equity(), ZERO)
            return self.instrument.lots(share, close)
        if method in ('volatility', 'kelly'):
            share = self.measured_share() * max(self.purse.equity(), ZERO)
            return self.instrument.lots(share, close)
        raise Unknown(f'size {method}')

    def measured_share(self):
        """Of equity, rounded down to a millionth; 0 where there is no entry."""
        cap = Decimal(self.size.get('cap', '0.25'))
        if self.size['method'] == 'volatility':
            measure = volatility(self.closes, self.longer.length)
            share = ROUNDING.divide(Decimal(self.size.get('target', '0.2')),
                                    measure) if measure else ZERO
            cap = Decimal(1)
        else:
            measure = kelly(self.returns)
            share = cap / 2 if measure is None else ROUNDING.multiply(
                measure, Decimal(self.size.get('fraction', '0.25')))
        return min(share, cap).quantize(Decimal('0.000001'), ROUND_FLOOR, ROUNDING)

    def protective(self):
        """Whether the position's value at the close has left what was paid for it, without fees,
        by too much."""
        value = self.quantity * self.bar.close
        return (self.stop_loss is not None and value <= self.cost * (1 - self.stop_loss)
                or self.take_profit is not None and value >= self.cost * (1 + self.take_profit))


# ---- The run -------------------------------------------------------------------------------------

class Backtest:
    """After run(): fills, rows (of equity), decisions (inputs by bot and time), end_equity."""

    def __init__(self, config, folder='.'):
        self.check_known(config)
        self.instruments = [Instrument(entry) for entry in config['instruments']]
        by_name = {instrument.name: instrument for instrument in self.instruments}
        fees, simulation = config.get('fees') or {}, config.get('simulation') or {}
        self.fee_bps = Decimal(fees.get('taker_bps', '60'))
        self.slippage_bps = Decimal(simulation.get('slippage_bps', '0'))
        self.mode = simulation.get('fill', 'next_open')
        if self.mode not in ('next_open', 'this_close'):
            raise Unknown(f'fill: {self.mode}')
        self.reserve = Decimal((config.get('risk') or {}).get('cash_reserve', '0'))
        self.series = {entry['instrument']: read_bars(entry, folder) for entry in config['data']}
        parts = {entry['instrument']: duration(entry['bar']) for entry in config['data']}
        self.finest = min(parts.values())
        self.fine = [by_name[name] for name, part in parts.items() if part == self.finest]
        account = config.get('account') or {'': '10000'}
        self.desk = Purse(sum(map(Decimal, account.values()), ZERO))
        self.start_equity = self.desk.cash
        self.purses, self.bots = [self.desk], []
        for entry in config['bots']:
            purse = self.desk
            if 'budget' in entry:
                purse = Purse(Decimal(entry['budget']))
                self.desk.cash -= purse.cash
                self.purses.append(purse)
            name = entry['instrument']
            self.bots.append(Bot(entry, by_name[name], parts[name], purse,
                                 config.get('convention', 'talib')))
        self.waiting, self.arriving = [], []
        self.fills, self.rows, self.decisions = [], [], {}

    @staticmethod
    def check_known(config):
        for known, keys in (
                ({'tern', 'profile', 'currency', 'instruments', 'account', 'fees', 'simulation',
                  'data', 'bots', 'risk', 'seed', 'convention'}, config),
                ({'maker_bps', 'taker_bps'}, config.get('fees') or {}),
                ({'slippage_bps', 'fill', 'latency'}, config.get('simulation') or {}),
                ({'cash_reserve'}, config.get('risk') or {})):
            if set(keys) - known:
                raise Unknown(f'{sorted(set(keys) - known)}')

    def run(self):
        closes, opens = {}, {}
        for instrument in self.instruments:
            for bar in self.series[instrument.name]:
                closes.setdefault(bar.close_ns, []).append((instrument, bar))
                opens.setdefault(bar.open_ns, []).append((instrument, bar))
        for now in sorted(set(closes) | set(opens)):
            for instrument, bar in closes.get(now, []):
                instrument.price = bar.close
            self.decide_all(closes.get(now, []), now)
            self.arrive(now)
            for instrument, bar in opens.get(now, []):
                self.fill_waiting(instrument, bar.open, now)
            if any(instrument in self.fine for instrument, _ in closes.get(now, [])):
                self.rows.append(Row(now, self.equity(), sum(p.cash for p in self.purses)))
        self.end_equity = self.equity()
        return self

    def equity(self):
        return sum((purse.equity() for purse in self.purses), ZERO)

    def decide_all(self, closed, now):
        bars = {instrument: bar for instrument, bar in closed}
        for bot in self.bots:
            bar = bot.longer.add(bars[bot.instrument]) if bot.instrument in bars else None
            if bar:
                bot.bar = bar
                self.decide(bot, now)

    def decide(self, bot, now):
        bot.closes.append(bot.bar.close)
        wish, inputs = bot.opinion.update(bot.bar)
        action = None
        if wish is not None and not self.cooling(bot, now):
            if wish > 0 and not bot.quantity:
                action = 'buy'
            elif wish < 0 and bot.quantity:
                action = 'sell'
        stopped = bool(bot.quantity) and bot.protective()
        bot.streak = bot.streak + 1 if action == bot.streak_action else 0
        bot.streak_action = action
        self.decisions[bot.name, now] = dict(
            inputs, close=bot.bar.close, wish=wish, action='stop' if stopped else action,
            streak=bot.streak, free=bot.purse.free(), position=bot.quantity, cost=bot.cost,
            last_fill_ns=bot.last_fill_ns)
        if bot.order:
            return
        if stopped:
            self.order(bot, 'sell', bot.quantity)
            bot.streak_action = None
        elif action and bot.streak >= bot.confirm:
            bot.streak_action = None
            self.order(bot, action, bot.quantity if action == 'sell' else self.affordable(bot))

    @staticmethod
    def cooling(bot, now):
        return bot.last_fill_ns is not None and now - bot.last_fill_ns < bot.cooldown

    def affordable(self, bot):
        """The size by its method, but never more than the purse can pay at this close with fees."""
        instrument, close = bot.instrument, bot.bar.close
        free = bot.purse.free()
        if free <= 0:
            return ZERO
        quantity = min(bot.wanted_quantity(), instrument.lots(free, close))

        def costs(lots_quantity):
            # The fee before or after its rounding, whichever is more.
            notional = lots_quantity * close
            fee = instrument.fee(notional, self.fee_bps)
            return notional + max(fee, notional * self.fee_bps / 10000)
        # The most lots that are not too dear, by halving: none costs nothing, one too many is
        # there.
        low, high = 0, int(quantity / instrument.lot)
        while low < high:
            middle = (low + high + 1) // 2
            if costs(middle * instrument.lot) <= free:
                low = middle
            else:
                high = middle - 1
        quantity = low * instrument.lot
        if quantity * close < instrument.minimum_notional:
            return ZERO
        return quantity

    def order(self, bot, side, quantity):
        if quantity <= 0:
            return
        held = ZERO
        if side == 'buy':
            notional = quantity * bot.bar.close
            held = notional + bot.instrument.fee(notional, self.fee_bps)
            if self.reserve and sum(purse.free() for purse in self.purses) - held < self.reserve:
                return
        bot.purse.held += held
        bot.order = Order(bot, side, quantity, held)
        (self.arriving if self.mode == 'this_close' else self.waiting).append(bot.order)

    def arrive(self, now):
        for order in self.arriving:
            self.fill(order, order.bot.bar.close, now)
        self.arriving = []

    def fill_waiting(self, instrument, price, now):
        for order in [order for order in self.waiting if order.bot.instrument is instrument]:
            self.waiting.remove(order)
            self.fill(order, price, now)

    def fill(self, order, reference, now):
        bot, instrument = order.bot, order.bot.instrument
        price = instrument.against_us(reference, order.side, self.slippage_bps)
        notional = order.quantity * price
        fee = instrument.fee(notional, self.fee_bps)
        bot.purse.held -= order.held
        if order.side == 'buy':
            bot.purse.cash -= notional + fee
            bot.quantity, bot.cost, bot.paid = order.quantity, notional, fee
        else:
            bot.purse.cash += notional - fee
            bot.realized += notional - bot.cost
            bot.returns.append(ROUNDING.divide(
                notional - bot.cost - fee - bot.paid, bot.cost).quantize(
                    Decimal('1e-12'), ROUND_HALF_EVEN, ROUNDING))
            bot.quantity = bot.cost = ZERO
        bot.fees += fee
        bot.order, bot.last_fill_ns = None, now
        self.fills.append(Fill(now, bot.name, instrument.name, order.side, order.quantity, price,
                               fee))

    def totals(self):
        """What the result says of the end, bot by bot: realized, unrealized, fees."""
        return {bot.name: (bot.realized, bot.quantity * (bot.instrument.price or 0) - bot.cost,
                           bot.fees) for bot in self.bots}


def plain(number):
    """A decimal without exponent and without zeros at its end, as CSV files have them."""
    text = f'{number:f}'
    text = text.rstrip('0').rstrip('.') if '.' in text else text
    return '0' if text == '-0' else text


def run_file(path):
    import independent_plans  # it is built on this file
    config, folder = little_yaml.load(path), os.path.dirname(os.path.abspath(path))
    plans = any(bot['kind'] in independent_plans.KINDS for bot in config['bots'])
    return (independent_plans.PlanBacktest if plans else Backtest)(config, folder).run()


def main():
    backtest = run_file(sys.argv[1])
    writer = csv.writer(sys.stdout, lineterminator='\n')
    writer.writerow(Fill._fields)
    for fill in backtest.fills:
        writer.writerow([plain(value) if isinstance(value, Decimal) else value for value in fill])
    print(f'end equity {plain(backtest.end_equity)}', file=sys.stderr)


if __name__ == '__main__':
    main()
