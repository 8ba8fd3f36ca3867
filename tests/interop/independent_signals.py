"""Indicators and bots' opinions in decimals of 50 digits, from the definitions and nothing else.

Convention talib: an exponential average's first value is the mean of its first n closes; Wilder's
smoothing starts with a mean too; RSI and ATR have their first value at bar n (counted from 0); both
averages of MACD start at the slow one's bar, the signal line with the mean of its first values.
Convention classic: each average of MACD starts as soon as it has its n closes, and an RSI of
closes that never moved is 50, not 0. Convention tulip: an exponential average starts with its first
input, MACD's signal with the line of bar slow - 1, MACD(12, 26) takes k = 0.15 and 0.075, and the
first bar's high less low is the first true range."""

from collections import deque
from decimal import Context, Decimal, localcontext

# Nothing that is money passes here: these numbers only say which way to go.
DIGITS = Context(prec=50)
ONE = Decimal(1)


def tanh(x):
    with localcontext(DIGITS):
        if abs(x) > 60:  # beyond 50 digits it is one
            return ONE.copy_sign(x)
        squared = (2 * x).exp()
        return (squared - 1) / (squared + 1)


def sign(x):
    return (x > 0) - (x < 0)


class Sma:
    """The mean of the last n values; None before there are n."""

    def __init__(self, count):
        self.count, self.window, self.sum = count, deque(), Decimal(0)

    def update(self, value):
        self.window.append(value)
        self.sum += value
        if len(self.window) > self.count:
            self.sum -= self.window.popleft()
        return self.value()

    def value(self):
        return DIGITS.divide(self.sum, self.count) if len(self.window) == self.count else None


class Ema:
    """k = 2 / (n + 1); the first value is the mean of n values behind the first `skip`, with tulip
    the first of them."""

    def __init__(self, count, convention, skip=0):
        self.count, self.skip, self.seen = 1 if convention == 'tulip' else count, skip, 0
        self.factor = DIGITS.divide(Decimal(2), Decimal(count + 1))
        self.sum, self.current = Decimal(0), None

    def update(self, value):
        self.seen += 1
        if self.seen <= self.skip:
            return None
        if self.current is None:
            with localcontext(DIGITS):
                self.sum += value
                if self.seen == self.skip + self.count:
                    self.current = self.sum / self.count
        else:
            with localcontext(DIGITS):
                self.current += self.factor * (value - self.current)
        return self.current


class Wilder:
    """The mean of the first n values, then v <- (v (n - 1) + x) / n."""

    def __init__(self, count):
        self.count, self.seen, self.sum, self.current = count, 0, Decimal(0), None

    def update(self, value):
        with localcontext(DIGITS):
            self.seen += 1
            if self.current is not None:
                self.current = (self.current * (self.count - 1) + value) / self.count
            else:
                self.sum += value
                if self.seen == self.count:
                    self.current = self.sum / self.count
        return self.current


class Rsi:
    def __init__(self, count, convention):
        self.gain, self.loss, self.before = Wilder(count), Wilder(count), None
        # Where nothing rose and nothing fell.
        self.flat = Decimal(50 if convention == 'classic' else 0)

    def update(self, close):
        before, self.before = self.before, close
        if before is None:
            return None
        change = close - before
        gain = self.gain.update(max(change, Decimal(0)))
        loss = self.loss.update(max(-change, Decimal(0)))
        if gain is None:
            return None
        with localcontext(DIGITS):
            return 100 * gain / (gain + loss) if gain + loss else self.flat


class Atr:
    def __init__(self, count, convention):
        self.range, self.before, self.from_first = Wilder(count), None, convention == 'tulip'

    def update(self, high, low, close):
        before, self.before = self.before, close
        if before is None:
            return self.range.update(high - low) if self.from_first else None
        return self.range.update(max(high, before) - min(low, before))


class Macd:
    """update gives (line, histogram): None where they are not there yet."""

    def __init__(self, fast, slow, signal, convention):
        self.fast = Ema(fast, convention, slow - fast if convention == 'talib' else 0)
        self.slow, self.signal = Ema(slow, convention), Ema(signal, convention)
        self.seen, self.first = 0, slow if convention == 'tulip' else 0
        if convention == 'tulip' and (fast, slow) == (12, 26):
            self.fast.factor, self.slow.factor = Decimal('0.15'), Decimal('0.075')

    def update(self, close):
        fast, slow = self.fast.update(close), self.slow.update(close)
        self.seen += 1
        if slow is None or self.seen < self.first:
            return None, None
        line = DIGITS.subtract(fast, slow)
        signal = self.signal.update(line)
        return line, None if signal is None else DIGITS.subtract(line, signal)


# ---- Opinions ------------------------------------------------------------------------------------

class Cross:
    """Long while the fast average is above the slow one, flat otherwise."""

    def __init__(self, bot):
        params = bot.get('params') or {}
        periods = int(params.get('fast', 10)), int(params.get('slow', 30))
        if params.get('average', 'sma') == 'sma':
            self.fast, self.slow = map(Sma, periods)
        else:
            self.fast, self.slow = (Ema(period, bot['convention']) for period in periods)

    def update(self, bar):
        """(+1 buy, -1 sell, 0 neither; None before it is ready), and what it is derived from."""
        fast, slow = self.fast.update(bar.close), self.slow.update(bar.close)
        if fast is None or slow is None:
            return None, {}
        return (1 if fast > slow else -1), {'fast': fast, 'slow': slow}


class Score:
    """The weighted mean of what RSI, averages and MACD say, from -1 to 1."""

    DEFAULTS = {'rsi': {'weight': '0.40', 'period': '14', 'oversold': '30', 'overbought': '70'},
                'ma': {'weight': '0.35', 'fast': '10', 'slow': '20'},
                'macd': {'weight': '0.25', 'fast': '12', 'slow': '26', 'signal': '9'}}

    def __init__(self, bot):
        named = bot.get('signals') or {name: {} for name in self.DEFAULTS}
        self.signals = {name: {**self.DEFAULTS[name], **(keys or {})}
                        for name, keys in named.items() if keys != 'off'}
        self.enter = Decimal(bot.get('enter', '0.05'))
        self.exit = Decimal(bot.get('exit', '-0.05'))
        self.confidence_min = Decimal(bot.get('confidence_min', '0'))
        convention = bot['convention']
        self.atr = Atr(14, convention)
        self.rsi = self.fast = self.slow = self.macd = None
        if 'rsi' in self.signals:
            self.rsi = Rsi(int(self.signals['rsi']['period']), convention)
        if 'ma' in self.signals:
            self.fast = Sma(int(self.signals['ma']['fast']))
            self.slow = Sma(int(self.signals['ma']['slow']))
        if 'macd' in self.signals:
            keys = self.signals['macd']
            self.macd = Macd(int(keys['fast']), int(keys['slow']), int(keys['signal']), convention)

    def opinions(self, bar):
        """Signal by name; None is not ready. Second: the averages they come from."""
        said, inputs = {}, {}
        atr = inputs['atr'] = self.atr.update(bar.high, bar.low, bar.close)
        if self.rsi:
            keys = self.signals['rsi']
            rsi = inputs['rsi'] = self.rsi.update(bar.close)
            half = (Decimal(keys['overbought']) - Decimal(keys['oversold'])) / 2
            said['rsi'] = None if rsi is None else max(-ONE, min(
                ONE, DIGITS.divide(DIGITS.subtract(Decimal(50), rsi), half)))
        if self.fast:
            fast, slow = self.fast.update(bar.close), self.slow.update(bar.close)
            inputs['fast'], inputs['slow'] = fast, slow
            said['ma'] = None if None in (fast, slow, atr) else tanh(
                self.ratio(DIGITS.subtract(fast, slow), atr))
        if self.macd:
            inputs['line'], histogram = self.macd.update(bar.close)
            inputs['histogram'] = histogram
            said['macd'] = None if None in (histogram, atr) else tanh(self.ratio(histogram, atr))
        return said, inputs

    @staticmethod
    def ratio(difference, atr):
        """Without any range a difference is beyond all bounds."""
        if atr:
            return DIGITS.divide(difference, atr)
        return Decimal(1000).copy_sign(difference) if difference else Decimal(0)

    def update(self, bar):
        said, inputs = self.opinions(bar)
        if None in said.values():
            return None, inputs
        with localcontext(DIGITS):
            weights = {name: Decimal(self.signals[name]['weight']) for name in said}
            total = sum(weights.values())
            score = sum(weights[name] * said[name] for name in said) / total
            confidence = sum((weights[name] for name in said if sign(said[name]) == sign(score)),
                             Decimal(0)) / total
        inputs.update(said, score=score, confidence=confidence)
        if confidence < self.confidence_min:
            return 0, inputs
        return (1 if score >= self.enter else -1 if score <= self.exit else 0), inputs


class RsiCross:
    """Buys when RSI crosses up through oversold, sells when it crosses down through overbought."""

    def __init__(self, bot):
        params = bot.get('params') or {}
        self.rsi = Rsi(int(params.get('period', 14)), bot['convention'])
        self.low = Decimal(params.get('oversold', '30'))
        self.high = Decimal(params.get('overbought', '70'))
        self.before = None

    def update(self, bar):
        before, self.before = self.before, self.rsi.update(bar.close)
        if before is None:
            return None, {}
        said = {'before': before, 'rsi': self.before}
        if before < self.low <= self.before:
            return 1, said
        return (-1 if before > self.high >= self.before else 0), said


class MacdCross:
    """Long while the line is above its signal."""

    def __init__(self, bot):
        params = bot.get('params') or {}
        self.macd = Macd(*(int(params.get(name, default)) for name, default in (
            ('fast', 12), ('slow', 26), ('signal', 9))), bot['convention'])

    def update(self, bar):
        line, histogram = self.macd.update(bar.close)
        if histogram is None:
            return None, {}
        return (1 if histogram > 0 else -1), {'line': line, 'histogram': histogram}


class Bollinger:
    """Bands of population deviations around the mean of the last closes, this one included."""

    def __init__(self, bot):
        params = bot.get('params') or {}
        self.closes = deque(maxlen=int(params.get('period', 20)))
        self.width = Decimal(params.get('deviations', '2'))
        self.breaks = params.get('mode', 'revert') == 'break'

    def update(self, bar):
        self.closes.append(bar.close)
        if len(self.closes) < self.closes.maxlen:
            return None, {}
        with localcontext(DIGITS):
            count = len(self.closes)
            middle = sum(self.closes) / count
            squares = sum((close - middle) ** 2 for close in self.closes)
            reach = self.width * (squares / count).sqrt()
            lower, upper = middle - reach, middle + reach
        said = {'lower': lower, 'middle': middle, 'upper': upper}
        if self.breaks:
            return (1 if bar.close > upper else -1 if bar.close <= middle else 0), said
        return (1 if bar.close < lower else -1 if bar.close >= middle else 0), said


class Donchian:
    """The highest high and the lowest low of the bars before this one."""

    def __init__(self, bot):
        params = bot.get('params') or {}
        self.highs = deque(maxlen=int(params.get('entry', 20)))
        self.lows = deque(maxlen=int(params.get('exit', 10)))

    def update(self, bar):
        full = len(self.highs) == self.highs.maxlen and len(self.lows) == self.lows.maxlen
        upper = max(self.highs, default=None)
        lower = min(self.lows, default=None)
        self.highs.append(bar.high)
        self.lows.append(bar.low)
        if not full:
            return None, {}
        said = {'upper': upper, 'lower': lower}
        return (1 if bar.close > upper else -1 if bar.close < lower else 0), said


KINDS = {'ma_cross': Cross, 'score': Score, 'rsi': RsiCross, 'macd': MacdCross,
         'bollinger': Bollinger, 'donchian': Donchian}


# ---- What sizing measures ------------------------------------------------------------------------

def volatility(closes, bar_ns):
    """A year's, of the last 20 log returns: their sample deviation; None before there are 20."""
    if len(closes) < 21:
        return None
    with localcontext(DIGITS):
        closes = closes[-21:]
        returns = [(after / before).ln() for before, after in zip(closes, closes[1:])]
        mean = sum(returns) / 20
        variance = sum((change - mean) ** 2 for change in returns) / 19
        return (variance * 365 * 86400 * 10**9 / bar_ns).sqrt()


def kelly(returns):
    """The bounded bet of closed trips: w - (1 - w) / b; None before there are ten."""
    if len(returns) < 10:
        return None
    won = [gain for gain in returns if gain > 0]
    lost = [-gain for gain in returns if gain <= 0]
    if not won:
        return Decimal(0)
    with localcontext(DIGITS):
        share = Decimal(len(won)) / len(returns)
        share = min(max(share, Decimal('0.01')), Decimal('0.99'))
        ratio = Decimal(100)
        if sum(lost):
            ratio = min(ratio, (sum(won) / len(won)) / (sum(lost) / len(lost)))
        return max(Decimal(0), share - (1 - share) / ratio)
