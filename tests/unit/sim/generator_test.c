/* The generator's events: order, books, quotes, trades, bars, scenarios, determinism. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "sim/generator/generator.h"

#define SECOND NANOSECONDS_PER_SECOND
#define START (INT64_C(1735689600) * SECOND)

static const struct generator_instrument instruments[] = {
    {.name = {"BTC-USD", 7}, .price_decimals = 2, .quantity_decimals = 8, .tick = {1}, .lot = {1}},
    {.name = {"ETH-USD", 7},
     .price_decimals = 8,
     .quantity_decimals = 8,
     .tick = {1000000},
     .lot = {10000}},
    {.name = {"DOGE-USD", 8}, .price_decimals = 5, .quantity_decimals = 1, .tick = {1}, .lot = {1}},
    {.name = {"AAPL", 4}, .price_decimals = 2, .quantity_decimals = 0, .tick = {1}, .lot = {1}},
    /* Cheaper than its order book is deep: a tick is half a dollar, a cell too. */
    {.name = {"PENNY", 5},
     .price_decimals = 2,
     .quantity_decimals = 0,
     .tick = {5000},
     .lot = {100}},
};
#define INSTRUMENTS_COUNT 5

struct bench {
    struct arena arena;
    struct generator generator;
};

static void config_of(struct generator_config *config, uint64_t seed)
{
    generator_config_default(config);
    config->seed = seed;
    config->start_time_ns = START;
    config->instruments = instruments;
    config->instruments_count = INSTRUMENTS_COUNT;
    config->instruments_capacity = 8;
}

static void bench_start(struct bench *bench, const struct generator_config *config)
{
    struct arena measure;
    struct problem problem;
    problem_init(&problem);
    arena_measure_init(&measure);
    assert_int_equal(generator_init(&bench->generator, config, &measure, &problem), STATUS_OK);
    assert_int_equal(arena_init(&bench->arena, measure.used), STATUS_OK);
    assert_int_equal(generator_init(&bench->generator, config, &bench->arena, &problem), STATUS_OK);
    assert_true(bench->arena.used == measure.used);
}

static bool begins_snapshot(const struct market_event *event)
{
    return event->kind == MARKET_EVENT_DELTA && (event->delta.flags & DELTA_CLEAR) != 0;
}

/* Event as bytes without padding, little-endian, for hashing. */
struct event_bytes {
    uint8_t data[96];
    size_t size;
};

static void put(struct event_bytes *bytes, uint64_t value)
{
    for (unsigned i = 0; i < 8; i++) {
        bytes->data[bytes->size++] = (uint8_t)(value >> (8 * i));
    }
}

static struct event_bytes event_encode(const struct market_event *event)
{
    struct event_bytes bytes = {.size = 0};
    put(&bytes, (uint64_t)event->time_ns);
    put(&bytes, (uint64_t)event->slot << 32 | (uint64_t)event->kind);
    uint64_t volume;
    switch (event->kind) {
    case MARKET_EVENT_QUOTE:
        put(&bytes, (uint64_t)event->quote.bid.units);
        put(&bytes, (uint64_t)event->quote.ask.units);
        put(&bytes, (uint64_t)event->quote.bid_quantity.units);
        put(&bytes, (uint64_t)event->quote.ask_quantity.units);
        break;
    case MARKET_EVENT_TRADE:
        put(&bytes, event->trade_id);
        put(&bytes, (uint64_t)event->trade.price.units);
        put(&bytes, (uint64_t)event->trade.quantity.units);
        put(&bytes, (uint64_t)event->trade.taker);
        break;
    case MARKET_EVENT_DELTA:
        put(&bytes, (uint64_t)event->delta.side);
        put(&bytes, (uint64_t)event->delta.price.units);
        put(&bytes, (uint64_t)event->delta.quantity.units);
        put(&bytes, event->delta.flags);
        break;
    case MARKET_EVENT_BAR:
        put(&bytes, (uint64_t)event->bar.bar_ns);
        put(&bytes, (uint64_t)event->bar.bar.open_time_ns);
        put(&bytes, (uint64_t)event->bar.bar.open.units);
        put(&bytes, (uint64_t)event->bar.bar.high.units);
        put(&bytes, (uint64_t)event->bar.bar.low.units);
        put(&bytes, (uint64_t)event->bar.bar.close.units);
        memcpy(&volume, &event->bar.bar.volume, sizeof volume);
        put(&bytes, volume);
        break;
    }
    return bytes;
}

/* FNV-1a over 64 bits. */
static void hash_append(uint64_t *hash, const void *data, size_t size)
{
    const uint8_t *bytes = data;
    *hash = *hash == 0 ? UINT64_C(0xcbf29ce484222325) : *hash;
    for (size_t i = 0; i < size; i++) {
        *hash = (*hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    }
}

static uint64_t hash_events(struct generator *generator, size_t count)
{
    uint64_t hash = 0;
    struct market_event event;
    for (size_t i = 0; i < count; i++) {
        assert_true(generator_next(generator, &event));
        struct event_bytes bytes = event_encode(&event);
        hash_append(&hash, bytes.data, bytes.size);
    }
    return hash;
}

static void assert_hash(uint64_t found, uint64_t expected)
{
    if (found != expected) {
        fail_msg("hash 0x%016llx, expected 0x%016llx", (unsigned long long)found,
                 (unsigned long long)expected);
    }
}

/* The bytes of seed 42 are the same on every build and machine. Where the model is changed on
 * purpose, these hashes change with it. */
static void test_determinism_vector(void **state)
{
    (void)state;
    struct bench bench;
    struct generator_config config;
    config_of(&config, 42);
    bench_start(&bench, &config);
    assert_hash(hash_events(&bench.generator, 10000), UINT64_C(0x3b389d539bb12cba));
    arena_release(&bench.arena);
    /* Whole runs of prices as well, with every feature. */
    config.features = generator_features_workstation();
    config.features.clustering = true;
    config.features.jumps = true;
    bench_start(&bench, &config);
    uint64_t hash = 0;
    for (unsigned i = 0; i < 10000; i++) {
        struct price prices[8];
        generator_step(&bench.generator, 60 * SECOND, prices);
        struct event_bytes bytes = {.size = 0};
        for (size_t k = 0; k < INSTRUMENTS_COUNT; k++) {
            put(&bytes, (uint64_t)prices[k].units);
        }
        hash_append(&hash, bytes.data, bytes.size);
    }
    assert_hash(hash, UINT64_C(0x5f1252cda02ddd33));
    arena_release(&bench.arena);
}

static void test_seeds_differ(void **state)
{
    (void)state;
    uint64_t hashes[4];
    for (uint64_t i = 0; i < 4; i++) {
        struct bench bench;
        struct generator_config config;
        config_of(&config, i == 3 ? 0 : i);
        bench_start(&bench, &config);
        hashes[i] = hash_events(&bench.generator, 2000);
        arena_release(&bench.arena);
    }
    assert_true(hashes[0] == hashes[3]);
    assert_true(hashes[0] != hashes[1]);
    assert_true(hashes[1] != hashes[2]);
}

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

/* The event's bytes of all other instruments are the same, whoever comes and goes. */
static void test_company_changes_nothing(void **state)
{
    (void)state;
    uint64_t hashes[2] = {0};
    for (unsigned round = 0; round < 2; round++) {
        struct bench bench;
        struct generator_config config;
        config_of(&config, 12);
        bench_start(&bench, &config);
        struct generator *generator = &bench.generator;
        struct market_event event;
        struct problem problem;
        problem_init(&problem);
        size_t slot;
        bool seen_new = false;
        uint64_t trade_id = 0;
        for (int64_t second = 1; second <= 60; second++) {
            if (round == 1 && second == 10) {
                struct generator_instrument added = instruments[0];
                added.name = TEXT("PYPL");
                assert_int_equal(generator_add(generator, &added, &slot, &problem), STATUS_OK);
                assert_int_equal(slot, 5);
                assert_int_equal(generator_remove(generator, TEXT("ETH-USD")), STATUS_OK);
                assert_int_equal(generator_remove(generator, TEXT("ETH-USD")), STATUS_NOT_FOUND);
            }
            if (round == 1 && second == 30) {
                assert_int_equal(generator_add(generator, &instruments[1], &slot, &problem),
                                 STATUS_OK);
                assert_int_equal(slot, 1);
            }
            /* In the middle of an update interval, where events wait to be taken. */
            int64_t until = START + second * SECOND - 7000000;
            while (generator_next_before(generator, until, &event)) {
                if (event.slot == 1) {
                    assert_true(round == 0 || second < 10 || second >= 30);
                    if (event.kind == MARKET_EVENT_TRADE) {
                        assert_int_equal(event.trade_id, trade_id + 1);
                        trade_id++;
                    }
                } else if (event.slot == 5) {
                    assert_true(round == 1 && second >= 10);
                    assert_true(seen_new || begins_snapshot(&event));
                    seen_new = true;
                } else {
                    struct event_bytes bytes = event_encode(&event);
                    hash_append(&hashes[round], bytes.data, bytes.size);
                }
            }
        }
        assert_int_equal(seen_new, round == 1);
        arena_release(&bench.arena);
    }
    assert_hash(hashes[1], hashes[0]);
}

static void test_nobody_left(void **state)
{
    (void)state;
    struct bench bench;
    struct generator_config config;
    config_of(&config, 12);
    config.instruments_count = 1;
    config.instruments_capacity = 1;
    bench_start(&bench, &config);
    struct market_event event;
    assert_true(generator_next(&bench.generator, &event));
    assert_int_equal(generator_remove(&bench.generator, TEXT("BTC-USD")), STATUS_OK);
    assert_false(generator_next(&bench.generator, &event));
    assert_false(generator_next_before(&bench.generator, START + 5 * SECOND, &event));
    struct problem problem;
    problem_init(&problem);
    struct generator_instrument other = instruments[0];
    size_t slot;
    other.price_decimals = 3;
    assert_int_equal(generator_add(&bench.generator, &other, &slot, &problem),
                     STATUS_CONFIG_INVALID);
    assert_int_equal(generator_add(&bench.generator, &instruments[0], &slot, &problem), STATUS_OK);
    assert_int_equal(generator_add(&bench.generator, &instruments[1], &slot, &problem),
                     STATUS_FULL);
    assert_true(generator_next(&bench.generator, &event));
    assert_true(begins_snapshot(&event));
    arena_release(&bench.arena);
}

/* The kinds asked for are a filter: the rest of the market is the same. */
static void test_kinds_filter(void **state)
{
    (void)state;
    struct bench all, bars;
    struct generator_config config;
    config_of(&config, 77);
    bench_start(&all, &config);
    config.kinds = MARKET_EVENT_BIT(MARKET_EVENT_BAR) | MARKET_EVENT_BIT(MARKET_EVENT_TRADE);
    bench_start(&bars, &config);
    struct market_event event, other;
    size_t count = 0;
    while (generator_next_before(&all.generator, START + 130 * SECOND, &event)) {
        if (event.kind == MARKET_EVENT_BAR || event.kind == MARKET_EVENT_TRADE) {
            assert_true(generator_next(&bars.generator, &other));
            struct event_bytes a = event_encode(&event), b = event_encode(&other);
            assert_int_equal(a.size, b.size);
            assert_memory_equal(a.data, b.data, a.size);
            count++;
        }
    }
    assert_true(count > 1000);
    arena_release(&all.arena);
    arena_release(&bars.arena);
}

/* Prices of BTC-USD each minute of a scenario. */
static void minutes_of(enum scenario scenario, uint64_t seed, double *out, size_t count)
{
    struct bench bench;
    struct generator_config config;
    config_of(&config, seed);
    config.scenario = scenario;
    bench_start(&bench, &config);
    for (size_t i = 0; i < count * 60; i++) {
        struct price prices[8];
        generator_step(&bench.generator, SECOND, prices);
        if (i % 60 == 59) {
            out[i / 60] = (double)prices[0].units * 0.01;
        }
    }
    arena_release(&bench.arena);
}

static double volatility_of(const double *prices, size_t count)
{
    double squares = 0.0;
    for (size_t i = 1; i < count; i++) {
        double r = log(prices[i] / prices[i - 1]);
        squares += r * r;
    }
    return sqrt(squares / (double)(count - 1));
}

static void test_scenarios_do_what_they_say(void **state)
{
    (void)state;
    enum { MINUTES = 420 };
    static double normal[MINUTES], calm[MINUTES], trend[MINUTES], crash[MINUTES], chop[MINUTES];
    for (uint64_t seed = 1; seed <= 5; seed++) {
        minutes_of(SCENARIO_NORMAL, seed, normal, MINUTES);
        minutes_of(SCENARIO_CALM, seed, calm, MINUTES);
        minutes_of(SCENARIO_TREND, seed, trend, MINUTES);
        minutes_of(SCENARIO_CRASH, seed, crash, MINUTES);
        minutes_of(SCENARIO_CHOP, seed, chop, MINUTES);
        double ordinary = volatility_of(normal, MINUTES);
        assert_true(volatility_of(calm, MINUTES) < 0.75 * ordinary);
        /* Up for three hours, and most of the way back by the end of the next three and a half. */
        assert_true(trend[179] > 1.04 * trend[0]);
        assert_true(trend[389] < 0.96 * trend[209]);
        /* Ordinary for two minutes, a fifth lower after five, then half recovered. */
        assert_true(fabs(crash[1] / crash[0] - 1.0) < 0.01);
        assert_true(crash[4] < 0.88 * crash[1] && crash[4] > 0.70 * crash[1]);
        assert_true(volatility_of(crash + 5, 10) > 2.0 * volatility_of(normal + 5, 10));
        /* Lively, but within a band around its start. */
        for (size_t i = 0; i < MINUTES; i++) {
            assert_true(fabs(log(chop[i] / 106794.53)) < 0.04);
        }
        assert_true(volatility_of(chop, MINUTES) > 1.1 * ordinary);
    }
}

/* The feed is silent from 2:00 to 2:45; bars resume at the next whole interval, the book anew. */
static void test_outage(void **state)
{
    (void)state;
    struct bench bench;
    struct generator_config config;
    config_of(&config, 5);
    config.scenario = SCENARIO_OUTAGE;
    bench_start(&bench, &config);
    struct market_event event;
    int64_t down = START + 120 * SECOND, up = START + 165 * SECOND;
    unsigned clears = 0;
    int64_t before = 0, after = 0;
    assert_false(generator_feed_down(&bench.generator));
    while (generator_next_before(&bench.generator, START + 290 * SECOND, &event)) {
        assert_true(event.time_ns < down || event.time_ns >= up);
        clears += begins_snapshot(&event);
        if (event.kind == MARKET_EVENT_BAR && event.time_ns >= up) {
            assert_true(event.bar.bar.open_time_ns >= up);
        }
        before += event.time_ns < down;
        after += event.time_ns >= up;
    }
    assert_int_equal(clears, 2 * INSTRUMENTS_COUNT);
    assert_true(before > 10000 && after > 10000);
    arena_release(&bench.arena);

    config_of(&config, 5);
    config.scenario = SCENARIO_OUTAGE;
    bench_start(&bench, &config);
    while (generator_next_before(&bench.generator, START + 150 * SECOND, &event)) {
    }
    assert_true(generator_feed_down(&bench.generator));
    assert_true(generator_next(&bench.generator, &event));
    assert_int_equal(event.time_ns, up);
    arena_release(&bench.arena);
}

static void test_scenario_table(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SCENARIO_COUNT; i++) {
        enum scenario found;
        assert_true(scenario_parse(text_of(scenario_name((enum scenario)i)), &found));
        assert_int_equal(found, i);
        assert_true(strlen(scenario_sentence((enum scenario)i)) > 10);
        assert_true(scenario_phase_at((enum scenario)i, 0.0)->seconds > 0.0);
        assert_true(scenario_phase_at((enum scenario)i, 1e7) != NULL);
    }
    enum scenario found;
    assert_false(scenario_parse(TEXT("panic"), &found));
    /* Phases begin where the ones before end, and the cycle repeats: six hours and a quarter. */
    assert_false(scenario_phase_at(SCENARIO_CRASH, 119.9)->spread_factor > 1.0);
    assert_true(scenario_phase_at(SCENARIO_CRASH, 120.0)->spread_factor > 5.0);
    double cycle = 2 * 60 + 3 * 60 + 600 + 3600 + 5 * 3600;
    assert_true(scenario_phase_at(SCENARIO_CRASH, cycle + 130.0) ==
                scenario_phase_at(SCENARIO_CRASH, 130.0));
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

static void test_configuration_is_judged(void **state)
{
    (void)state;
    struct generator_instrument one = instruments[0];
    for (unsigned fault = 0; fault < 16; fault++) {
        struct generator_config config;
        config_of(&config, 1);
        config.instruments = &one;
        config.instruments_count = 1;
        one = instruments[0];
        switch (fault) {
        case 0: config.instruments_count = 0; break;
        case 1: config.instruments_capacity = 0; break;
        case 2: config.instruments_capacity = GENERATOR_INSTRUMENTS_MAX + 1; break;
        case 3: config.instruments_count = 9; break;
        case 4: one.tick.units = 0; break;
        case 5: one.lot.units = -1; break;
        case 6: one.price_decimals = 13; break;
        case 7: config.update_interval_ns = SECOND + 1; break;
        case 8: config.update_interval_ns = 999999; break;
        case 9: config.bar_lengths_ns[3] = SECOND - 1; break;
        case 10: config.arrivals.jump = config.arrivals.decay; break;
        case 11: config.arrivals.base = (double)NAN; break;
        case 12: config.start_time_ns = -1; break;
        case 13: config.kinds = 0; break;
        case 14:
            config.kinds = MARKET_EVENT_BIT(MARKET_EVENT_BAR);
            memset(config.bar_lengths_ns, 0, sizeof config.bar_lengths_ns);
            break;
        default: one.name.size = 0; break;
        }
        struct bench bench;
        struct problem problem;
        problem_init(&problem);
        assert_int_equal(arena_init(&bench.arena, 1u << 22), STATUS_OK);
        assert_int_equal(generator_init(&bench.generator, &config, &bench.arena, &problem),
                         STATUS_CONFIG_INVALID);
        assert_int_equal(problem.status, STATUS_CONFIG_INVALID);
        assert_true(strlen(problem.found) > 0);
        arena_release(&bench.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_determinism_vector),
        cmocka_unit_test(test_seeds_differ),
        cmocka_unit_test(test_invariants_in_every_scenario),
        cmocka_unit_test(test_book_follows_the_path),
        cmocka_unit_test(test_trades_follow_the_price),
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_company_changes_nothing),
        cmocka_unit_test(test_nobody_left),
        cmocka_unit_test(test_kinds_filter),
        cmocka_unit_test(test_scenarios_do_what_they_say),
        cmocka_unit_test(test_outage),
        cmocka_unit_test(test_scenario_table),
        cmocka_unit_test(test_volume_goes_with_volatility),
        cmocka_unit_test(test_configuration_is_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
