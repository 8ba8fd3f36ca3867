"""Bots that keep a set of orders, computed a second time from their definitions: grid, dca and
rebalance. The order of things at one instant is that of independent.py; beside it:

    1  a resting limit is filled at its price where the bar went beyond it (fill: range)
    4  at an opening a limit that has just come meets the price as a taker, one that rested before
       is filled at its own price where the opening is beyond it; either way only beyond it
    -  after a fill a grid places the opposite, and after the last sell of a rebalancing it buys

Every bot here has its own purse or shares the desk's, positions by instrument, and lots in the
order they were bought."""

from collections import deque
from decimal import Decimal

from independent import (Fill, Instrument, Longer, Purse, ROUNDING, Row, Unknown, ZERO,
                         Backtest, duration, read_bars)

# ---- What is held --------------------------------------------------------------------------------


class Holding:
    """One bot's lots of one instrument; looks like a bot of independent.py to a purse."""

    def __init__(self, instrument):
        self.instrument, self.lots = instrument, deque()

    @property
    def quantity(self):
        return sum((lot[0] for lot in self.lots), ZERO)

    @property
    def cost(self):
        return sum((quantity * price for quantity, price in self.lots), ZERO)

    def buy(self, quantity, price):
        self.lots.append([quantity, price])

    def sell(self, quantity, price):
        """What it gained."""
        gained = ZERO
        while quantity:
            lot = self.lots[0]
            part = min(lot[0], quantity)
            gained += part * (price - lot[1])
            lot[0] -= part
            quantity -= part
            if not lot[0]:
                self.lots.popleft()
        return gained


class Order:
    def __init__(self, bot, instrument, side, quantity, limit=None):
        self.bot, self.instrument, self.side = bot, instrument, side
        self.quantity, self.limit = quantity, limit
        self.rested, self.held = False, ZERO

    def beyond(self, price):
        """Whether the price is better than the limit."""
        return price < self.limit if self.side == 'buy' else price > self.limit


# ---- What bots want ------------------------------------------------------------------------------

class Plan:
    """after_fill and decide give orders to place, as (instrument, side, quantity, limit)."""

    KNOWN = {'name', 'kind', 'instrument', 'bar', 'budget', 'size', 'params'}
    every_instant = False

    def __init__(self, entry, market, purse):
        if set(entry) - self.KNOWN:
            raise Unknown(f'bot {entry["name"]}: {sorted(set(entry) - self.KNOWN)}')
        self.name, self.market, self.purse = entry['name'], market, purse
        self.params, self.size = entry.get('params') or {}, entry.get('size') or {}
        self.instruments = [market.by_name[name] for name in self.names(entry)]
        self.holdings = {instrument: Holding(instrument) for instrument in self.instruments}
        self.live = []
        self.realized = self.fees = ZERO
        part = market.parts[self.instruments[0].name]
        self.longer = Longer(duration(entry['bar']) if 'bar' in entry else part, part)
        purse.bots.extend(self.holdings.values())

    @staticmethod
    def names(entry):
        return [entry['instrument']]

    def decide(self, now):
        raise NotImplementedError

    def after_fill(self, order, price, now):
        return []


class Dca(Plan):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.every = duration(self.params.get('every', '1d'))
        self.amount = Decimal(self.params['amount'])
        self.dip = Decimal(self.params['dip']) if 'dip' in self.params else None
        self.most = Decimal(self.params['max']) if 'max' in self.params else None
        self.first = self.last_price = None
        self.spent, self.used = ZERO, 0

    def decide(self, now):
        close = self.instruments[0].price
        if self.live:
            return []
        due = self.first is None or (now - self.first) // self.every > self.used
        dips = (self.dip is not None and self.last_price is not None
                and close <= self.last_price * (1 - self.dip))
        amount = self.amount if self.most is None else min(self.amount, self.most - self.spent)
        if not (due or dips) or amount <= 0:
            return []
        return [(self.instruments[0], 'buy', self.instruments[0].lots(amount, close), None)]

    def placed(self, now):
        if self.first is None:
            self.first = now
        self.used = (now - self.first) // self.every

    def after_fill(self, order, price, now):
        self.spent += order.quantity * price
        self.last_price = price
        return []


class Rebalance(Plan):
    @staticmethod
    def names(entry):
        return entry['params']['instruments']

    def off(self):
        """How far each is from its weight, as a value."""
        equity = self.purse.equity()
        return [self.holdings[instrument].quantity * instrument.price - equity * Decimal(weight)
                for instrument, weight in zip(self.instruments, self.params['weights'])]

    def missing(self, sign):
        equity, found = max(self.purse.equity(), ZERO), []
        for instrument, weight in zip(self.instruments, self.params['weights']):
            target = instrument.lots(equity * Decimal(weight), instrument.price)
            quantity = sign * (target - self.holdings[instrument].quantity)
            if quantity >= instrument.lot:
                found.append((instrument, 'buy' if sign > 0 else 'sell', quantity, None))
        return found

    def decide(self, now):
        if self.live or any(instrument.price is None for instrument in self.instruments):
            return []
        equity = self.purse.equity()
        band = Decimal(self.params.get('band', '0.05')) * equity
        if equity <= 0 or max(map(abs, self.off())) < band:
            return []
        return self.missing(-1) or self.missing(1)

    def after_fill(self, order, price, now):
        return self.missing(1) if order.side == 'sell' and not self.live else []


class Grid(Plan):
    every_instant = True

    def __init__(self, *arguments):
        super().__init__(*arguments)
        low, high = Decimal(self.params['low']), Decimal(self.params['high'])
        count = int(self.params.get('levels', 10))
        tick = self.instruments[0].tick
        if self.params.get('spacing', 'arithmetic') == 'arithmetic':
            exact = [ROUNDING.add(low, ROUNDING.divide((high - low) * i, Decimal(count - 1)))
                     for i in range(count)]
        else:
            ratio = ROUNDING.divide(high, low)
            exact = [ROUNDING.multiply(low, ROUNDING.power(
                ratio, ROUNDING.divide(Decimal(i), Decimal(count - 1)))) for i in range(count)]
        half = Decimal('0.5')
        self.levels = [int(ROUNDING.add(ROUNDING.divide(value, tick), half)) * tick
                       for value in exact]
        self.levels[0], self.levels[-1] = low, high
        self.bought = [ZERO] * (count - 1)  # between a level and the next

    def wanted_quantity(self, price):
        method, instrument = self.size.get('method', 'equity'), self.instruments[0]
        if method == 'fixed':
            return instrument.lots(Decimal(self.size['quantity']), 1)
        if method == 'notional':
            return instrument.lots(Decimal(self.size['amount']), price)
        if method == 'equity':
            share = Decimal(self.size.get('fraction', '0.25')) * max(self.purse.equity(), ZERO)
            return instrument.lots(share, price)
        raise Unknown(f'size {method} of a grid')

    def has(self, side, price):
        return any(order.side == side and order.limit == price for order in self.live)

    def plan(self, opposite=None):
        """Sells from the lowest up, then buys from the highest down; what rests is left."""
        instrument, mark, wanted = self.instruments[0], self.market.marks[self.instruments[0]], []
        for cell, quantity in enumerate(self.bought):
            if quantity and not self.has('sell', self.levels[cell + 1]):
                wanted.append((instrument, 'sell', quantity, self.levels[cell + 1]))
        for cell in reversed(range(len(self.bought))):
            price = self.levels[cell]
            if not self.bought[cell] and not self.has('buy', price) and (
                    price < mark or opposite == self.levels[cell + 1]):
                wanted.append((instrument, 'buy', self.wanted_quantity(price), price))
        return wanted

    def decide(self, now):
        return self.plan() if self.instruments[0].price is not None else []

    def after_fill(self, order, price, now):
        if order.side == 'buy':
            self.bought[self.levels.index(order.limit)] += order.quantity
            return self.plan()
        self.bought[self.levels.index(order.limit) - 1] -= order.quantity
        return self.plan(opposite=order.limit)


KINDS = {'grid': Grid, 'dca': Dca, 'rebalance': Rebalance}


# ---- The run -------------------------------------------------------------------------------------

class PlanBacktest:
    """As independent.Backtest, for bots of this file alone."""

    def __init__(self, config, folder='.'):
        Backtest.check_known(config)
        self.instruments = [Instrument(entry) for entry in config['instruments']]
        self.by_name = {instrument.name: instrument for instrument in self.instruments}
        fees, simulation = config.get('fees') or {}, config.get('simulation') or {}
        self.maker_bps = Decimal(fees.get('maker_bps', '40'))
        self.taker_bps = Decimal(fees.get('taker_bps', '60'))
        self.slippage_bps = Decimal(simulation.get('slippage_bps', '0'))
        self.mode = simulation.get('fill', 'next_open')
        if config.get('risk'):
            raise Unknown('risk')
        self.series = {entry['instrument']: read_bars(entry, folder) for entry in config['data']}
        self.parts = {entry['instrument']: duration(entry['bar']) for entry in config['data']}
        self.finest = min(self.parts.values())
        self.fine = [self.by_name[name] for name, part in self.parts.items()
                     if part == self.finest]
        account = config.get('account') or {'': '10000'}
        self.desk = Purse(sum(map(Decimal, account.values()), ZERO))
        self.start_equity = self.desk.cash
        self.purses, self.bots = [self.desk], []
        self.marks = {}
        for entry in config['bots']:
            purse = self.desk
            if 'budget' in entry:
                purse = Purse(Decimal(entry['budget']))
                self.desk.cash -= purse.cash
                self.purses.append(purse)
            if entry['kind'] not in KINDS:
                raise Unknown(f'{entry["kind"]} beside bots that plan')
            self.bots.append(KINDS[entry['kind']](entry, self, purse))
        self.resting = []  # every live order, in order of arrival
        self.fills, self.rows, self.decisions = [], [], {}

    def run(self):
        closes, opens = {}, {}
        for instrument in self.instruments:
            for bar in self.series[instrument.name]:
                closes.setdefault(bar.close_ns, []).append((instrument, bar))
                opens.setdefault(bar.open_ns, []).append((instrument, bar))
        for now in sorted(set(closes) | set(opens)):
            closed = closes.get(now, [])
            for instrument, bar in closed:
                self.close(instrument, bar, now)
            if closed:
                self.decide_all(dict(closed), now)
            for instrument, bar in opens.get(now, []):
                self.marks[instrument] = bar.open
                self.open(instrument, bar.open, now)
            if any(instrument in self.fine for instrument, _ in closed):
                self.rows.append(Row(now, self.equity(), sum(p.cash for p in self.purses)))
        self.end_equity = self.equity()
        return self

    def equity(self):
        return sum((purse.equity() for purse in self.purses), ZERO)

    def totals(self):
        return {bot.name: (bot.realized, sum(
            holding.quantity * (holding.instrument.price or 0) - holding.cost
            for holding in bot.holdings.values()), bot.fees) for bot in self.bots}

    # -- the market

    def close(self, instrument, bar, now):
        instrument.price = self.marks[instrument] = bar.close
        if self.mode == 'range':
            hit = [order for order in self.resting if order.instrument is instrument
                   and order.limit is not None and order.rested
                   and order.beyond(bar.low if order.side == 'buy' else bar.high)]
            self.fill_all([(order, order.limit, self.maker_bps) for order in hit], now)

    def open(self, instrument, price, now):
        if self.mode == 'this_close':
            return
        hit = []
        for order in self.resting:
            if order.instrument is not instrument:
                continue
            first, order.rested = not order.rested, True
            if order.limit is None:
                hit.append((order, self.taken(order, price), self.taker_bps))
            elif order.beyond(price) and not first:
                hit.append((order, order.limit, self.maker_bps))
            elif order.beyond(price):
                taken = self.taken(order, price)
                if not (taken > order.limit if order.side == 'buy' else taken < order.limit):
                    hit.append((order, taken, self.taker_bps))
        self.fill_all(hit, now)

    def taken(self, order, price):
        return order.instrument.against_us(price, order.side, self.slippage_bps)

    def fill_all(self, hit, now):
        """The venue has said all of it before the first answer comes."""
        for order, _, _ in hit:
            self.resting.remove(order)
        for order, price, bps in hit:
            self.fill(order, price, bps, now)

    def fill(self, order, price, bps, now):
        bot, notional = order.bot, order.quantity * price
        fee = order.instrument.fee(notional, bps)
        bot.live.remove(order)
        bot.purse.held -= order.held
        holding = bot.holdings[order.instrument]
        if order.side == 'buy':
            bot.purse.cash -= notional + fee
            holding.buy(order.quantity, price)
        else:
            bot.purse.cash += notional - fee
            bot.realized += holding.sell(order.quantity, price)
        bot.fees += fee
        self.fills.append(Fill(now, bot.name, order.instrument.name, order.side, order.quantity,
                               price, fee))
        self.place_all(bot, bot.after_fill(order, price, now), now)

    # -- the bots

    def decide_all(self, closed, now):
        for bot in self.bots:
            bar = closed.get(bot.instruments[0])
            complete = bot.longer.add(bar) if bar else None
            if complete or bot.every_instant:
                wanted = bot.decide(now)
                self.decisions[bot.name, now] = {
                    'wanted': [row[1:] for row in wanted], 'free': bot.purse.free(),
                    'live': len(bot.live)}
                self.place_all(bot, wanted, now)
        self.arrive(now)

    def arrive(self, now):
        """At this close what has no limit is filled at once, and so is what follows from it."""
        while self.mode == 'this_close' and self.resting:
            if any(order.limit is not None for order in self.resting):
                raise Unknown('limits at this_close')
            self.fill_all([(order, self.taken(order, order.instrument.price), self.taker_bps)
                           for order in self.resting[:1]], now)

    def costs(self, instrument, quantity, price):
        notional = quantity * price
        bps = max(self.maker_bps, self.taker_bps)
        return notional + max(instrument.fee(notional, bps), notional * bps / 10000)

    def affordable(self, bot, instrument, quantity, price):
        low, high = 0, int(quantity / instrument.lot)
        while low < high:
            middle = (low + high + 1) // 2
            if self.costs(instrument, middle * instrument.lot, price) <= bot.purse.free():
                low = middle
            else:
                high = middle - 1
        return low * instrument.lot

    def place_all(self, bot, wanted, now):
        for instrument, side, quantity, limit in wanted:
            price = self.marks[instrument] if limit is None else limit
            order = Order(bot, instrument, side, quantity, limit)
            if side == 'buy':
                order.quantity = self.affordable(bot, instrument, quantity, price)
                notional = order.quantity * price
                bps = max(self.maker_bps, self.taker_bps)
                order.held = notional + instrument.fee(notional, bps)
            if not order.quantity or order.quantity * price < instrument.minimum_notional:
                continue
            bot.purse.held += order.held
            bot.live.append(order)
            self.resting.append(order)
            if isinstance(bot, Dca):
                bot.placed(now)
