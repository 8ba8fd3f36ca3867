/* The generator's feed as a reader sees it: order books, quotes, trades and bars rebuilt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "generator_bench.h"

/* An order book and bars rebuilt from events alone, as a reader of the feed would. */
#define LEVELS_MAX 64
struct reader {
    bool cleared, in_snapshot;
    struct delta levels[LEVELS_MAX];
    size_t level_count;
    struct quote quote;
    uint64_t trade_id;
    int64_t last;
    int64_t trades, quotes, deltas, bars;
    /* Naive bars: the trades of the second and of the minute that the last trade was in. */
    struct bar naive[2];
};

static void reader_delta(struct reader *reader, const struct delta *delta)
{
    assert_true(delta->quantity.units >= 0);
    assert_true(delta->price.units > 0);
    size_t i = 0;
    while (i < reader->level_count && (reader->levels[i].side != delta->side ||
                                       reader->levels[i].price.units != delta->price.units)) {
        i++;
    }
    if (delta->quantity.units == 0) {
        assert_true(i < reader->level_count); /* only what is there is removed */
        reader->levels[i] = reader->levels[--reader->level_count];
        return;
    }
    if (i == reader->level_count) {
        assert_true(reader->level_count < LEVELS_MAX);
        reader->level_count++;
    }
    reader->levels[i] = *delta;
    for (size_t k = 0; k < reader->level_count; k++) {
        const struct delta *other = &reader->levels[k];
        if (other->side != delta->side) {
            const struct delta *bid = delta->side == SIDE_BUY ? delta : other;
            const struct delta *ask = delta->side == SIDE_BUY ? other : delta;
            assert_true(bid->price.units < ask->price.units);
        }
    }
}

static const struct delta *reader_best(const struct reader *reader, enum side side)
{
    const struct delta *best = NULL;
    for (size_t i = 0; i < reader->level_count; i++) {
        const struct delta *level = &reader->levels[i];
        if (level->side == side &&
            (best == NULL || (side == SIDE_BUY ? level->price.units > best->price.units
                                               : level->price.units < best->price.units))) {
            best = level;
        }
    }
    return best;
}

static void reader_bar(struct reader *reader, const struct market_event *event)
{
    const struct bar *bar = &event->bar.bar;
    assert_true(event->bar.bar_ns == SECOND || event->bar.bar_ns == 60 * SECOND);
    struct bar *naive = &reader->naive[event->bar.bar_ns == SECOND ? 0 : 1];
    assert_int_equal(event->time_ns, bar->open_time_ns + event->bar.bar_ns);
    assert_int_equal(bar->open_time_ns % event->bar.bar_ns, 0);
    assert_true(bar->low.units > 0 && bar->low.units <= bar->open.units &&
                bar->low.units <= bar->close.units && bar->high.units >= bar->open.units &&
                bar->high.units >= bar->close.units);
    bool traded = naive->volume > 0.0 && naive->open_time_ns == bar->open_time_ns;
    if (traded) {
        assert_int_equal(bar->open.units, naive->open.units);
        assert_int_equal(bar->high.units, naive->high.units);
        assert_int_equal(bar->low.units, naive->low.units);
    } else {
        assert_int_equal(bar->open.units, bar->close.units);
        assert_int_equal(bar->high.units, bar->low.units);
    }
    assert_true(reader->last == 0 || bar->close.units == reader->last);
    assert_true(traded ? bar->volume == naive->volume : bar->volume == 0.0);
    reader->bars++;
}

static void reader_trade(struct reader *reader, const struct market_event *event, double scale)
{
    const struct trade *trade = &event->trade;
    int64_t time_ns = event->time_ns;
    assert_false(reader->in_snapshot);
    assert_int_equal(event->trade_id, reader->trade_id + 1);
    assert_true(trade->quantity.units > 0);
    /* It takes from a level that is there, and no more than is there. */
    enum side from = trade->taker == SIDE_BUY ? SIDE_SELL : SIDE_BUY;
    size_t i = 0;
    while (i < reader->level_count && (reader->levels[i].side != from ||
                                       reader->levels[i].price.units != trade->price.units)) {
        i++;
    }
    assert_true(i < reader->level_count);
    assert_true(reader->levels[i].quantity.units >= trade->quantity.units);
    reader->trade_id = event->trade_id;
    reader->last = trade->price.units;
    reader->trades++;
    for (size_t k = 0; k < 2; k++) {
        struct bar *naive = &reader->naive[k];
        int64_t length_ns = k == 0 ? SECOND : 60 * SECOND;
        if (naive->volume <= 0.0 || time_ns - naive->open_time_ns >= length_ns) {
            *naive = (struct bar){.open_time_ns = time_ns - time_ns % length_ns};
            naive->open = trade->price;
            naive->high = trade->price;
            naive->low = trade->price;
        }
        naive->high.units = i64_max(naive->high.units, trade->price.units);
        naive->low.units = i64_min(naive->low.units, trade->price.units);
        naive->volume += (double)trade->quantity.units / scale;
    }
}

static void reader_read(struct reader *reader, const struct generator *generator,
                        const struct market_event *event)
{
    const struct generator_slot *slot = &generator->slots[event->slot];
    switch (event->kind) {
    case MARKET_EVENT_DELTA:
        if (event->delta.flags & DELTA_CLEAR) {
            assert_false(reader->in_snapshot);
            reader->cleared = true;
            reader->in_snapshot = true;
            reader->level_count = 0;
            reader->last = 0;
        }
        assert_true(reader->in_snapshot || event->delta.flags == 0);
        assert_true(reader->cleared);
        assert_int_equal(event->delta.price.units % slot->tick, 0);
        assert_int_equal(event->delta.quantity.units % slot->lot, 0);
        reader_delta(reader, &event->delta);
        if (event->delta.flags & DELTA_LAST) {
            reader->in_snapshot = false;
        }
        reader->deltas++;
        break;
    case MARKET_EVENT_QUOTE: {
        const struct delta *bid = reader_best(reader, SIDE_BUY);
        const struct delta *ask = reader_best(reader, SIDE_SELL);
        if (bid == NULL || ask == NULL) {
            fail_msg("a quote of a book with an empty side");
            return;
        }
        assert_int_equal(event->quote.bid.units, bid->price.units);
        assert_int_equal(event->quote.ask.units, ask->price.units);
        assert_int_equal(event->quote.bid_quantity.units, bid->quantity.units);
        assert_int_equal(event->quote.ask_quantity.units, ask->quantity.units);
        assert_true(event->quote.bid_quantity.units > 0 && event->quote.ask_quantity.units > 0);
        reader->quote = event->quote;
        reader->quotes++;
        break;
    }
    case MARKET_EVENT_TRADE:
        assert_int_equal(event->trade.price.units % slot->tick, 0);
        assert_int_equal(event->trade.quantity.units % slot->lot, 0);
        reader_trade(reader, event, (double)slot->quantity_scale);
        break;
    case MARKET_EVENT_BAR: reader_bar(reader, event); break;
    }
}

/* Everything a reader can check, in every scenario and for three update intervals. */
static void test_invariants_in_every_scenario(void **state)
{
    (void)state;
    const int64_t intervals[] = {GENERATOR_UPDATE_INTERVAL_DEFAULT_NS, SECOND, 13700001};
    for (unsigned run = 0; run < SCENARIO_COUNT * ARRAY_COUNT(intervals); run++) {
        struct bench bench;
        struct generator_config config;
        config_of(&config, 100 + run);
        config.scenario = (enum scenario)(run % SCENARIO_COUNT);
        config.update_interval_ns = intervals[run / SCENARIO_COUNT];
        bench_start(&bench, &config);
        struct generator *generator = &bench.generator;
        static struct reader readers[INSTRUMENTS_COUNT];
        memset(readers, 0, sizeof readers);
        struct market_event event, former = {0};
        int64_t end = START + (run == SCENARIO_CRASH ? 400 : 200) * SECOND;
        while (generator_next_before(generator, end, &event)) {
            assert_true(event.time_ns >= START && event.time_ns < end);
            assert_true(event.time_ns >= former.time_ns);
            assert_true(event.time_ns > former.time_ns || event.slot >= former.slot);
            assert_true(event.slot < INSTRUMENTS_COUNT);
            former = event;
            reader_read(&readers[event.slot], generator, &event);
        }
        for (size_t i = 0; i < INSTRUMENTS_COUNT; i++) {
            assert_true(readers[i].trades > 50);
            assert_true(readers[i].quotes > 100);
            assert_true(readers[i].deltas > 150);
            assert_true(readers[i].bars > 100);
            assert_int_equal(readers[i].level_count > 0, true);
        }
        arena_release(&bench.arena);
    }
}

/* Book and path agree: the reference price lies between bid and ask after every update, and the
 * middle follows it within a few spreads. */
static void test_book_follows_the_path(void **state)
{
    (void)state;
    struct bench bench;
    struct generator_config config;
    config_of(&config, 9);
    config.instruments_count = 4;
    bench_start(&bench, &config);
    struct generator *generator = &bench.generator;
    struct market_event event;
    double worst = 0.0;
    for (unsigned second = 1; second <= 600; second++) {
        while (generator_next_before(generator, START + second * SECOND, &event)) {
        }
        for (size_t i = 0; i < 4; i++) {
            const struct generator_slot *slot = &generator->slots[i];
            double reference = generator->path.prices[i] * (double)slot->price_scale;
            assert_true((double)slot->quote.bid.units < reference);
            assert_true((double)slot->quote.ask.units > reference);
            double middle = 0.5 * (double)(slot->quote.bid.units + slot->quote.ask.units);
            worst = fmax(worst, fabs(middle / reference - 1.0) * 1e4 /
                                    generator->path.slots[i].model.spread_bps);
        }
    }
    assert_true(worst < 6.0);
    arena_release(&bench.arena);
}

/* Trades lean to the side of the price's last move. */
static void test_trades_follow_the_price(void **state)
{
    (void)state;
    struct bench bench;
    struct generator_config config;
    config_of(&config, 21);
    config.instruments_count = 1;
    config.kinds = MARKET_EVENT_BIT(MARKET_EVENT_TRADE);
    bench_start(&bench, &config);
    struct generator *generator = &bench.generator;
    struct market_event event;
    int64_t same = 0, count = 0;
    for (int64_t update = 1; update <= 40 * 1800; update++) {
        double before = generator->path.prices[0];
        int64_t until = START + update * config.update_interval_ns;
        while (generator_next_before(generator, until, &event)) {
            bool rose = generator->path.prices[0] > before;
            same += (event.trade.taker == SIDE_BUY) == rose;
            count++;
        }
    }
    assert_true(count > 1000);
    assert_true((double)same > 0.55 * (double)count);
    assert_true((double)same < 0.80 * (double)count);
    arena_release(&bench.arena);
}

/* About as many updates, trades and bars as were asked for. */
static void test_rates(void **state)
{
    (void)state;
    struct bench bench;
    struct generator_config config;
    config_of(&config, 4);
    config.instruments_count = 1;
    config.features = (struct path_features){0};
    bench_start(&bench, &config);
    struct market_event event;
    int64_t counts[4] = {0};
    int64_t snapshots = 0;
    double volume = 0.0;
    enum { SECONDS = 3600 };
    int64_t book_time = 0;
    int64_t book_times = 0;
    while (generator_next_before(&bench.generator, START + SECONDS * SECOND, &event)) {
        counts[event.kind]++;
        if (event.kind == MARKET_EVENT_DELTA) {
            snapshots += begins_snapshot(&event);
            book_times += event.time_ns != book_time;
            book_time = event.time_ns;
        }
        volume += event.kind == MARKET_EVENT_TRADE ? (double)event.trade.quantity.units * 1e-8 : 0;
    }
    /* 40 a second, less the few acts that find nothing to do, plus the trades' own. */
    assert_true(book_times > 38 * SECONDS && book_times < 44 * SECONDS);
    assert_true(counts[MARKET_EVENT_TRADE] > 12 * SECONDS / 10);
    assert_true(counts[MARKET_EVENT_TRADE] < 25 * SECONDS / 10);
    /* The last second ends at the hour, the last minute too: not before it. */
    assert_int_equal(counts[MARKET_EVENT_BAR], SECONDS - 1 + SECONDS / 60 - 1);
    assert_int_equal(snapshots, 1);
    double daily = bench.generator.path.slots[0].model.volume_per_day * SECONDS / 86400.0;
    assert_true(volume > 0.8 * daily && volume < 1.2 * daily);
    arena_release(&bench.arena);
}

/* Minutes with much volume are minutes with large moves. */
static void test_volume_goes_with_volatility(void **state)
{
    (void)state;
    struct bench bench;
    struct generator_config config;
    config_of(&config, 42);
    config.instruments_count = 1;
    config.kinds = MARKET_EVENT_BIT(MARKET_EVENT_BAR);
    config.update_interval_ns = SECOND / 2;
    config.bar_lengths_ns[0] = 0;
    bench_start(&bench, &config);
    struct market_event event;
    double n = 0, sv = 0, sr = 0, vv = 0, rr = 0, vr = 0;
    while (generator_next_before(&bench.generator, START + 5 * NANOSECONDS_PER_DAY, &event)) {
        double v = event.bar.bar.volume;
        double r = fabs(log((double)event.bar.bar.close.units / (double)event.bar.bar.open.units));
        n += 1.0, sv += v, sr += r, vv += v * v, rr += r * r, vr += v * r;
    }
    double correlation = (vr - sv * sr / n) / sqrt((vv - sv * sv / n) * (rr - sr * sr / n));
    assert_true(correlation > 0.05);
    arena_release(&bench.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_invariants_in_every_scenario),
        cmocka_unit_test(test_book_follows_the_path),
        cmocka_unit_test(test_trades_follow_the_price),
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_volume_goes_with_volatility),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
