#include "drive/sweep/evaluator.h"

#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "core/signal/ema.h"
#include "drive/sweep/evaluator_masks.h"
#include "drive/result/statistics.h"

#define PERIODS_COUNT_MAX (INT64_C(1) << 20) /* as metrics have it */
/* Sums of a window stay below 2^62, so that they are exact in 64 bits. */
#define SUM_UNITS_MAX (INT64_C(1) << 62)

/* ---- what can be evaluated ------------------------------------------------------------------- */

/* Whether risk has no word but the structural ones, which the evaluator has too. */
static bool limits_are_off(const struct engine_config *engine)
{
    const struct risk_limits *limits = &engine->limits;
    if ((limits->account.on & ~(uint32_t)LIMIT_CASH_RESERVE) != 0)
        return false;
    if (limits->account.cash_reserve.units != 0)
        return false;
    for (uint32_t i = 0; i < engine->instruments_count; i++) {
        if (limits->instruments[i].on != 0)
            return false;
    }
    for (uint32_t i = 0; i < engine->books_count; i++) {
        if (limits->book_reserves[i].units != 0)
            return false;
    }
    return !engine->observe;
}

static const char *bot_trouble(const struct bot_config *bot)
{
    if (bot->class != &strategy_ma_cross)
        return "a kind of bot other than ma_cross";
    if (bot->confirm != 0 || bot->cooldown_ns != 0)
        return "confirm or cooldown";
    if (bot->stop_loss.ppm != 0 || bot->take_profit.ppm != 0)
        return "stop_loss or take_profit";
    if (bot->reserve.units != 0)
        return "a cash reserve";
    if (bot->size.method > SIZE_EQUITY)
        return "a size other than fixed, notional or equity";
    return NULL;
}

static const char *trouble_of(const struct backtest *backtest)
{
    const struct config *config = backtest->config;
    const struct engine_config *engine = &backtest->assembly.engine;
    if (config->bots_count != 1 || backtest->series_count != 1)
        return "more than one bot or series";
    const char *trouble = bot_trouble(&engine->bots[0]);
    if (trouble != NULL)
        return trouble;
    const struct backtest_series *series = &backtest->series[0];
    if (config->bots[0].style != CONFIG_STYLE_MARKET)
        return "orders other than market orders";
    if (config->simulation.fill != CONFIG_FILL_NEXT_OPEN)
        return "fills other than at the next opening";
    if (config->fees.tiers_count != 1 || config->fees.tiers[0].taker.ppm < 0)
        return "tiers of fees or a rebate for takers";
    if (engine->series[0].bar_ns != series->bar_ns || series->bar_ns > NANOSECONDS_PER_DAY)
        return "bars of the bot that are not the data's, or longer than a day";
    if (engine->bots[0].instrument != series->instrument)
        return "data of another instrument";
    if (!engine->instruments[series->instrument].tradable)
        return "an instrument that is not traded";
    if (engine->instruments[series->instrument].quote_asset != engine->currency_asset)
        return "a quote other than the currency";
    for (uint32_t i = 0; i < engine->balances_count; i++) {
        if (engine->balances[i].asset != engine->currency_asset && engine->balances[i].amount.units)
            return "an account in several assets";
        if (engine->balances[i].quantity.units != 0)
            return "an account that begins with a position";
    }
    if (!limits_are_off(engine))
        return "limits of risk";
    for (size_t i = 0; i < series->count; i++) {
        if (series->bars[i].close.units > SUM_UNITS_MAX / INDICATOR_PERIOD_MAX)
            return "prices beyond its range";
    }
    return NULL;
}

bool evaluator_suits(const struct backtest *backtest, const char **why)
{
    *why = trouble_of(backtest);
    return *why == NULL;
}

/* ---- what all pairs share -------------------------------------------------------------------- */

/* Moved slippage against us, then rounded against us to the tick: as the exchange takes. */
static int64_t taken(const struct evaluator *evaluator, struct price open, enum side side)
{
    const struct instrument *instrument = evaluator->instrument;
    int64_t ppm = evaluator->slippage.ppm;
    bool buy = side == SIDE_BUY;
    if (ppm == 0) {
        struct price rounded = price_round_against(instrument, open, side);
        return rounded.units > 0 ? rounded.units : instrument->tick.units;
    }
    i128 moved = (i128)open.units * (RATIO_ONE + (buy ? ppm : -ppm));
    i128 ticks = i128_divide(moved, (i128)RATIO_ONE * instrument->tick.units,
                             buy ? ROUND_CEILING : ROUND_FLOOR);
    return (int64_t)((ticks < 1 ? 1 : ticks) * instrument->tick.units);
}

/* A fee of the fixed quantity, in fee_unit. Products of a small factor divide in one instruction,
 * which is most of what making a row costs. */
static int64_t fee_units(const struct evaluator *evaluator, i128 notional)
{
    const struct instrument *instrument = evaluator->instrument;
    struct amount amount = {notional};
    struct amount fee = instrument_fee(instrument, amount, evaluator->fee_taker);
    return (int64_t)(fee.units / instrument->fee_unit);
}

/* Whether the fixed quantity passes at every bar's close whatever is decided there; then what it
 * costs is worked out once a bar. */
static bool fixed_always_passes(struct evaluator *evaluator)
{
    const struct instrument *instrument = evaluator->instrument;
    if (evaluator->size.method != SIZE_FIXED)
        return false;
    struct quantity quantity = quantity_round_down(instrument, evaluator->size.quantity);
    int64_t low = INT64_MAX, high = 0;
    for (size_t i = 0; i < evaluator->count; i++) {
        low = i64_min(low, i64_min(evaluator->close_units[i], evaluator->sells[i]));
        high = i64_max(high, i64_max(evaluator->close_units[i], evaluator->buys[i]));
    }
    i128 most = (i128)high * quantity.units;
    i128 least = (i128)low * quantity.units * instrument->amount_factor;
    if (quantity.units <= 0 || quantity.units < instrument->quantity_min.units)
        return false;
    if (instrument->quantity_max.units > 0 && quantity.units > instrument->quantity_max.units)
        return false;
    if (most > NOTIONAL_MAX / instrument->amount_factor || least < instrument->notional_min.units)
        return false;
    most *= instrument->amount_factor;
    int64_t rate = i64_max(evaluator->fee_taker.ppm, evaluator->fee_held.ppm);
    evaluator->fixed = quantity;
    /* More than any close costs with its fee, however that is rounded. */
    evaluator->cash_enough = most + (most / RATIO_ONE + 1) * rate + 2 * (i128)instrument->fee_unit;
    return true;
}

static enum status fills_make(struct evaluator *evaluator)
{
    const struct instrument *instrument = evaluator->instrument;
    evaluator->fills = malloc(evaluator->count * sizeof *evaluator->fills);
    if (evaluator->fills == NULL)
        return STATUS_NO_MEMORY;
    i128 factor = (i128)evaluator->fixed.units * instrument->amount_factor;
    for (size_t i = 0; i < evaluator->count; i++) {
        struct evaluator_fill *fill = &evaluator->fills[i];
        i128 buy = evaluator->buys[i] * factor;
        i128 sell = evaluator->sells[i] * factor;
        fill->buy_fee = fee_units(evaluator, buy);
        fill->sell_fee = evaluator->sells[i] == evaluator->buys[i] ? fill->buy_fee
                                                                   : fee_units(evaluator, sell);
        fill->paid = buy + (i128)fill->buy_fee * instrument->fee_unit;
        fill->received = sell - (i128)fill->sell_fee * instrument->fee_unit;
    }
    return STATUS_OK;
}

/* Periods of a day, as metrics cut them: a bar that closes at 00:00 closes the day before. */
static enum status days_make(struct evaluator *evaluator, const struct backtest_series *series)
{
    const struct bar *bars = series->bars;
    int64_t first = day_of_ns(bars[0].open_time_ns + series->bar_ns - 1);
    int64_t last = day_of_ns(bars[series->count - 1].open_time_ns + series->bar_ns - 1);
    if (last - first >= PERIODS_COUNT_MAX)
        return STATUS_RANGE;
    evaluator->days_count = (size_t)(last - first) + 1;
    evaluator->days = malloc(evaluator->days_count * sizeof *evaluator->days);
    if (evaluator->days == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < evaluator->days_count; i++)
        evaluator->days[i] = -1;
    for (size_t i = 0; i < series->count; i++) {
        int64_t close_ns = bars[i].open_time_ns + series->bar_ns;
        bool opens = i + 1 < series->count && bars[i + 1].open_time_ns == close_ns;
        evaluator->days[day_of_ns(close_ns - 1) - first] = ((int64_t)i << 1) | opens;
    }
    return STATUS_OK;
}

static enum status market_make(struct evaluator *evaluator, const struct backtest_series *series)
{
    size_t count = evaluator->count;
    /* A block beyond the end is read, never used. */
    evaluator->closes = calloc(count + MASKS_BARS, sizeof *evaluator->closes);
    evaluator->close_units = malloc(count * sizeof *evaluator->close_units);
    evaluator->buys = malloc(count * sizeof *evaluator->buys);
    evaluator->sells = malloc(count * sizeof *evaluator->sells);
    if (evaluator->closes == NULL || evaluator->close_units == NULL || evaluator->buys == NULL ||
        evaluator->sells == NULL) {
        return STATUS_NO_MEMORY;
    }
    double scale = (double)evaluator->instrument->price_scale;
    for (size_t i = 0; i < count; i++) {
        evaluator->close_units[i] = series->bars[i].close.units;
        evaluator->closes[i] = (double)series->bars[i].close.units / scale;
        evaluator->buys[i] = taken(evaluator, series->bars[i].open, SIDE_BUY);
        evaluator->sells[i] = taken(evaluator, series->bars[i].open, SIDE_SELL);
    }
    return STATUS_OK;
}

enum status evaluator_init(struct evaluator *evaluator, const struct backtest *backtest)
{
    const struct engine_config *engine = &backtest->assembly.engine;
    const struct backtest_series *series = &backtest->series[0];
    const struct bot_config *bot = &engine->bots[0];
    ASSERT(trouble_of(backtest) == NULL);
    *evaluator = (struct evaluator){
        .instrument = &engine->instruments[bot->instrument],
        .size = bot->size,
        .fee_taker = engine->fee_taker,
        .fee_held = {i64_max(engine->fee_taker.ppm, engine->fee_maker.ppm)},
        .slippage = backtest->config->simulation.slippage,
        .count = series->count,
        .exponential = bot->params[MA_CROSS_AVERAGE] != 0,
        .convention = (enum indicator_convention)bot->params[MA_CROSS_CONVENTION],
    };
    for (uint32_t i = 0; i < engine->balances_count; i++)
        evaluator->start_equity.units += engine->balances[i].amount.units;
    evaluator->purse = bot->budget.units > 0 ? bot->budget : evaluator->start_equity;
    enum status status = market_make(evaluator, series);
    if (status == STATUS_OK)
        status = days_make(evaluator, series);
    if (status == STATUS_OK && fixed_always_passes(evaluator))
        status = fills_make(evaluator);
    if (status != STATUS_OK)
        evaluator_release(evaluator);
    return status;
}

void evaluator_release(struct evaluator *evaluator)
{
    free(evaluator->closes);
    free(evaluator->close_units);
    free(evaluator->buys);
    free(evaluator->sells);
    free(evaluator->fills);
    free(evaluator->days);
    *evaluator = (struct evaluator){0};
}

/* ---- one pair -------------------------------------------------------------------------------- */

struct pair_state {
    i128 cash;   /* of the purse */
    i128 before; /* equity at the last period's end */
    i128 fees;
    int64_t quantity;
    uint64_t fills;
    size_t day;   /* period to end next */
    bool is_gone; /* equity was not positive at a period's end: no shares any more */
};

struct pair_run {
    const struct evaluator *evaluator;
    struct pair_state state;
    double *returns; /* of this pair */
};

static i128 equity_of(const struct evaluator *evaluator, const struct pair_state *state, size_t bar)
{
    i128 aside = evaluator->start_equity.units - evaluator->purse.units;
    i128 value = (i128)evaluator->close_units[bar] * state->quantity;
    return aside + state->cash + value * evaluator->instrument->amount_factor;
}

/* The end of a period whose last bar this is, and of empty ones behind it. */
static void day_end(const struct evaluator *evaluator, struct pair_state *state, double *returns,
                    size_t bar)
{
    i128 equity = equity_of(evaluator, state, bar);
    if (state->before <= 0)
        state->is_gone = true;
    else
        returns[state->day] = (double)(equity - state->before) / (double)state->before;
    state->before = equity;
    state->day++;
    while (state->day < evaluator->days_count && evaluator->days[state->day] < 0)
        returns[state->day++] = 0;
}

/* Whether risk lets an entry of that quantity pass at the bar's close. */
static bool entry_passes(const struct evaluator *evaluator, const struct pair_state *state,
                         struct price close, struct quantity quantity)
{
    const struct instrument *instrument = evaluator->instrument;
    if (quantity.units <= 0 || quantity.units < instrument->quantity_min.units)
        return false;
    if (quantity.units > QUANTITY_UNITS_MAX)
        return false;
    if (instrument->quantity_max.units > 0 && quantity.units > instrument->quantity_max.units)
        return false;
    if ((i128)close.units * quantity.units > NOTIONAL_MAX / instrument->amount_factor)
        return false;
    struct amount notional = instrument_notional(instrument, close, quantity);
    struct amount fee = instrument_fee(instrument, notional, evaluator->fee_held);
    return notional.units >= instrument->notional_min.units &&
           notional.units + fee.units <= state->cash;
}

/* An order decided at a close, filled at the opening of the bar behind it. False: denied, so that
 * the next close tries again. */
static bool enter(const struct evaluator *evaluator, struct pair_state *state, size_t bar)
{
    const struct instrument *instrument = evaluator->instrument;
    if (evaluator->fills != NULL && state->cash >= evaluator->cash_enough) {
        if (bar + 1 == evaluator->count)
            return true;
        const struct evaluator_fill *fill = &evaluator->fills[bar + 1];
        state->cash -= fill->paid;
        state->fees += (i128)fill->buy_fee * instrument->fee_unit;
        state->quantity = evaluator->fixed.units;
        state->fills++;
        return true;
    }
    struct price close = {evaluator->close_units[bar]};
    struct amount cash = {state->cash};
    struct quantity quantity = risk_size(instrument, &evaluator->size, cash, cash, close,
                                         evaluator->fee_taker, 0);
    if (!entry_passes(evaluator, state, close, quantity))
        return false;
    if (bar + 1 == evaluator->count)
        return true;
    struct price price = {evaluator->buys[bar + 1]};
    struct amount notional = instrument_notional(instrument, price, quantity);
    struct amount fee = instrument_fee(instrument, notional, evaluator->fee_taker);
    state->cash -= notional.units + fee.units;
    state->fees += fee.units;
    state->quantity = quantity.units;
    state->fills++;
    return true;
}

static bool leave(const struct evaluator *evaluator, struct pair_state *state, size_t bar)
{
    const struct instrument *instrument = evaluator->instrument;
    struct quantity quantity = {state->quantity};
    bool is_fixed = evaluator->fills != NULL && quantity.units == evaluator->fixed.units;
    struct price close = {evaluator->close_units[bar]};
    if (!is_fixed &&
        instrument_notional(instrument, close, quantity).units < instrument->notional_min.units) {
        return false;
    }
    if (bar + 1 == evaluator->count)
        return true;
    state->quantity = 0;
    state->fills++;
    if (is_fixed) {
        const struct evaluator_fill *fill = &evaluator->fills[bar + 1];
        state->cash += fill->received;
        state->fees += (i128)fill->sell_fee * instrument->fee_unit;
        return true;
    }
    struct price price = {evaluator->sells[bar + 1]};
    struct amount notional = instrument_notional(instrument, price, quantity);
    struct amount fee = instrument_fee(instrument, notional, evaluator->fee_taker);
    state->cash += notional.units - fee.units;
    state->fees += fee.units;
    return true;
}

/* The decisions at bars first to end - 1 of one block. Only bits that ask for a change are looked
 * at: while flat the ones, while holding the zeros. */
static void decide(const struct evaluator *evaluator, struct pair_state *state,
                   const uint64_t words[MASKS_WORDS], size_t block, size_t first, size_t end)
{
    while (first < end) {
        size_t at = first - block;
        uint64_t wanted = state->quantity == 0 ? words[at / 64] : ~words[at / 64];
        wanted &= ~UINT64_C(0) << (at % 64);
        if (wanted == 0) {
            first = block + (at / 64 + 1) * 64;
            continue;
        }
        size_t bar = block + at / 64 * 64 + (size_t)__builtin_ctzll(wanted);
        if (bar >= end)
            return;
        if (state->quantity != 0)
            (void)leave(evaluator, state, bar);
        else if (!enter(evaluator, state, bar) && state->cash <= 0)
            return; /* nothing will ever be affordable again */
        first = bar + 1;
    }
}

/* One block of bars: decisions, and equity where a period ends. What the bar that ends it decides
 * is filled before equity is taken only where the next bar opens at the same instant. */
static void block_run(struct pair_run *run, const uint64_t words[MASKS_WORDS], size_t block,
                      size_t end)
{
    const struct evaluator *evaluator = run->evaluator;
    struct pair_state state = run->state;
    size_t first = block;
    while (state.day < evaluator->days_count) {
        size_t bar = (size_t)evaluator->days[state.day] >> 1;
        if (bar >= end)
            break;
        size_t decided = bar + (size_t)(evaluator->days[state.day] & 1);
        decide(evaluator, &state, words, block, first, decided);
        day_end(evaluator, &state, run->returns, bar);
        first = decided;
    }
    decide(evaluator, &state, words, block, first, end);
    run->state = state;
}

/* ---- averages -------------------------------------------------------------------------------- */

struct averages {
    uint32_t periods[INDICATOR_PERIOD_MAX]; /* rising */
    uint16_t lane_of[INDICATOR_PERIOD_MAX + 1];
    struct ema *emas;             /* owned, [lane] */
    double *keep, *take, *values; /* owned, [lane] */
    union {
        double *means;
        int64_t *sums;
    } rows; /* owned, [lane][bar of the block] */
    uint32_t lanes, lanes_used, longest;
    enum masks_level level;
};

static void averages_release(struct averages *averages)
{
    free(averages->emas);
    free(averages->keep);
    free(averages->take);
    free(averages->values);
    free(averages->rows.means);
}

static enum status averages_init(struct averages *averages, const struct evaluator_pair *pairs,
                                 size_t count, enum indicator_convention convention)
{
    bool used[INDICATOR_PERIOD_MAX + 1] = {false};
    *averages = (struct averages){.level = masks_level_best()};
    for (size_t i = 0; i < count; i++)
        used[pairs[i].fast] = used[pairs[i].slow] = true;
    for (uint32_t period = 1; period <= INDICATOR_PERIOD_MAX; period++) {
        if (!used[period])
            continue;
        averages->lane_of[period] = (uint16_t)averages->lanes_used;
        averages->periods[averages->lanes_used++] = period;
        averages->longest = period;
    }
    averages->lanes = (averages->lanes_used + MASKS_LANES - 1) / MASKS_LANES * MASKS_LANES;
    averages->emas = calloc(averages->lanes, sizeof *averages->emas);
    averages->keep = calloc(averages->lanes, sizeof *averages->keep);
    averages->take = calloc(averages->lanes, sizeof *averages->take);
    averages->values = calloc(averages->lanes, sizeof *averages->values);
    /* On cache lines, so that no vector lies across two. */
    size_t rows_size = (size_t)averages->lanes * MASKS_BARS * sizeof(double);
    averages->rows.means = aligned_alloc(64, rows_size);
    if (averages->emas == NULL || averages->keep == NULL || averages->take == NULL ||
        averages->values == NULL || averages->rows.means == NULL) {
        averages_release(averages);
        return STATUS_NO_MEMORY;
    }
    memset(averages->rows.means, 0, rows_size);
    for (uint32_t lane = 0; lane < averages->lanes_used; lane++) {
        ema_init_as(&averages->emas[lane], averages->periods[lane], convention);
        averages->keep[lane] = averages->emas[lane].keep;
        averages->take[lane] = averages->emas[lane].take;
    }
    return STATUS_OK;
}

/* While a first value is still to come: one bar after the other, as the engine does. */
static void averages_begin(struct averages *averages, const double *closes, size_t count)
{
    for (uint32_t lane = 0; lane < averages->lanes_used; lane++) {
        double *row = averages->rows.means + (size_t)lane * MASKS_BARS;
        for (size_t i = 0; i < count; i++) {
            (void)ema_update(&averages->emas[lane], closes[i]);
            row[i] = averages->emas[lane].value;
        }
        averages->values[lane] = averages->emas[lane].value;
    }
}

static void averages_sums(struct averages *averages, const struct evaluator *evaluator,
                          size_t block, size_t count)
{
    const int64_t *closes = evaluator->close_units;
    for (uint32_t lane = 0; lane < averages->lanes_used; lane++) {
        int64_t *row = averages->rows.sums + (size_t)lane * MASKS_BARS;
        uint32_t period = averages->periods[lane];
        int64_t sum = block == 0 ? 0 : row[MASKS_BARS - 1];
        for (size_t i = 0; i < count; i++) {
            size_t bar = block + i;
            sum += closes[bar] - (bar >= period ? closes[bar - period] : 0);
            row[i] = sum;
        }
    }
}

static void averages_block(struct averages *averages, const struct evaluator *evaluator,
                           size_t block, size_t count)
{
    if (!evaluator->exponential) {
        averages_sums(averages, evaluator, block, count);
    } else if (block < averages->longest) {
        averages_begin(averages, evaluator->closes + block, count);
    } else {
        for (uint32_t lane = 0; lane < averages->lanes; lane += MASKS_LANES) {
            masks_averages(averages->level, evaluator->closes + block, count, averages->keep + lane,
                           averages->take + lane, averages->values + lane,
                           averages->rows.means + (size_t)lane * MASKS_BARS);
        }
    }
}

/* Bits of bars before the slow average has a value, and of bars beyond the data, are no wish. */
static void words_bound(uint64_t words[MASKS_WORDS], size_t block, size_t ready)
{
    if (block >= ready)
        return;
    for (size_t word = 0; word < MASKS_WORDS; word++) {
        size_t bar = block + word * 64;
        if (bar + 64 <= ready)
            words[word] = 0;
        else if (bar < ready)
            words[word] &= ~UINT64_C(0) << (ready - bar);
    }
}

static void words_make(const struct averages *averages, const struct evaluator *evaluator,
                       const struct evaluator_pair *pair, size_t block, uint64_t words[MASKS_WORDS])
{
    size_t fast = (size_t)averages->lane_of[pair->fast] * MASKS_BARS;
    size_t slow = (size_t)averages->lane_of[pair->slow] * MASKS_BARS;
    if (evaluator->exponential) {
        masks_above(averages->level, averages->rows.means + fast, averages->rows.means + slow,
                    words);
    } else {
        masks_above_sums(averages->rows.sums + fast, averages->rows.sums + slow, pair->fast,
                         pair->slow, words);
    }
    words_bound(words, block,
                evaluator->exponential ? ema_lead(pair->slow, evaluator->convention)
                                       : pair->slow - 1);
}

/* ---- all pairs ------------------------------------------------------------------------------- */

static void run_end(struct pair_run *run, struct evaluator_outcome *out)
{
    const struct evaluator *evaluator = run->evaluator;
    const struct pair_state *state = &run->state;
    out->end_equity.units = equity_of(evaluator, state, evaluator->count - 1);
    out->fees.units = state->fees;
    out->fills = state->fills;
    out->sharpe = double_nan();
    if (state->is_gone) {
        memset(run->returns, 0, evaluator->days_count * sizeof *run->returns);
        return;
    }
    struct moments moments = moments_of(run->returns, evaluator->days_count);
    if (!moments_without_variance(run->returns, evaluator->days_count, &moments))
        out->sharpe = moments.mean / moments.deviation;
}

static enum status run_blocks(const struct evaluator *evaluator, struct averages *averages,
                              const struct evaluator_pair *pairs, size_t count,
                              struct pair_run *runs, bool (*stop)(void *context), void *context)
{
    for (size_t block = 0; block < evaluator->count; block += MASKS_BARS) {
        size_t left = evaluator->count - block;
        size_t bars = left < MASKS_BARS ? left : MASKS_BARS;
        if (stop != NULL && stop(context))
            return STATUS_INTERRUPTED;
        averages_block(averages, evaluator, block, bars);
        for (size_t i = 0; i < count; i++) {
            uint64_t words[MASKS_WORDS];
            words_make(averages, evaluator, &pairs[i], block, words);
            block_run(&runs[i], words, block, block + bars);
        }
    }
    return STATUS_OK;
}

enum status evaluator_run(const struct evaluator *evaluator, const struct evaluator_pair *pairs,
                          size_t count, struct evaluator_outcome *out, double *returns,
                          bool (*stop)(void *context), void *context)
{
    struct averages averages;
    for (size_t i = 0; i < count; i++) {
        ASSERT(pairs[i].fast >= 1 && pairs[i].fast < pairs[i].slow &&
               pairs[i].slow <= INDICATOR_PERIOD_MAX);
    }
    enum status status = averages_init(&averages, pairs, count, evaluator->convention);
    if (status != STATUS_OK)
        return status;
    struct pair_run *runs = calloc(count + 1, sizeof *runs);
    double *own = returns != NULL ? NULL
                                  : malloc((count * evaluator->days_count + 1) * sizeof *own);
    double *rows = returns != NULL ? returns : own;
    status = runs == NULL || rows == NULL ? STATUS_NO_MEMORY : STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        runs[i] = (struct pair_run){.evaluator = evaluator,
                                    .returns = rows + i * evaluator->days_count};
        runs[i].state.cash = evaluator->purse.units;
        runs[i].state.before = evaluator->start_equity.units;
    }
    if (status == STATUS_OK)
        status = run_blocks(evaluator, &averages, pairs, count, runs, stop, context);
    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        run_end(&runs[i], &out[i]);
    free(runs);
    free(own);
    averages_release(&averages);
    return status;
}
