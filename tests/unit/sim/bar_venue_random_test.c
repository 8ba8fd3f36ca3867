/* The exchange on bars beside a naive one: seeded random markets, orders, cancels and amends; every
 * answer is compared, and how many orders are left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bar_venue_naive.h"
#include "base/random.h"

#define INSTRUMENTS 2u
#define CAPACITY 32u
#define SEEDS 60u
#define STEPS 10000u /* of each seed in each mode: 1.8 million in all */

struct race {
    struct instrument instruments[INSTRUMENTS];
    struct bar_venue *venue;
    struct naive naive;
    struct random random;
    int64_t now_ns;
    int64_t prices[INSTRUMENTS];
    bool open[INSTRUMENTS]; /* a bar has opened and not closed */
    int64_t opened[INSTRUMENTS];
    uint64_t id;
    uint64_t counts[INPUT_VENUE_AMEND_REJECTED + 1]; /* [kind] of answers */
    uint64_t makers;
};

static uint64_t draw(struct race *race, uint64_t bound)
{
    return random_below(&race->random, bound);
}

static void race_init(struct race *race, enum bar_fill fill, uint64_t seed)
{
    static const int64_t slippages[] = {0, 0, 100, 777, 20000};
    *race = (struct race){.now_ns = 100 * NAIVE_DAY_NS, .prices = {10000, 731}};
    random_init(&race->random, seed, 0);
    for (uint32_t i = 0; i < INSTRUMENTS; i++) {
        race->instruments[i] = (struct instrument){.quote_asset = 7,
                                                   .price_decimals = 2,
                                                   .quantity_decimals = i == 0 ? 4 : 0,
                                                   .quote_decimals = 2,
                                                   .tradable = 1,
                                                   .tick = {i == 0 ? 5 : 1},
                                                   .lot = {10},
                                                   .quantity_min = {20}};
        assert_int_equal(instrument_derive(&race->instruments[i]), STATUS_OK);
        race->instruments[i].notional_min.units = (i128)power_of_ten(AMOUNT_DECIMALS);
    }
    i128 one = power_of_ten(AMOUNT_DECIMALS);
    struct bar_venue_config config = {
        .instruments = race->instruments,
        .instruments_count = INSTRUMENTS,
        .orders_capacity = CAPACITY,
        .fill = fill,
        .slippage = {slippages[seed % ARRAY_COUNT(slippages)]},
        .tiers = {{{0}, {4000}, {6000}},
                  {{one * 20000}, {2500}, {4000}},
                  {{one * 60000}, {-500}, {1234}}},
        .tiers_count = seed % 3 == 0 ? 1 : 3,
    };
    race->naive.config = config;
    assert_int_equal(bar_venue_create(&config, &race->venue), STATUS_OK);
}

static bool same(const struct race *race, const struct input *report,
                 const struct naive_report *truth)
{
    if (report->kind != truth->kind || report->order != truth->order)
        return false;
    if (truth->kind != INPUT_VENUE_EXPIRED && report->time_ns != race->now_ns)
        return false;
    if (truth->kind == INPUT_VENUE_FILL) {
        const struct venue_fill *fill = &report->fill;
        i128 fee = (i128)truth->fee * race->instruments[0].fee_unit;
        return fill->price.units == truth->price && fill->quantity.units == truth->quantity &&
               fill->liquidity == truth->liquidity && amount_from_bytes(fill->fee).units == fee &&
               amount_from_bytes(fill->fee_value).units == fee && fill->fee_asset == 7 &&
               fill->trade_id_low == truth->number;
    }
    return report->report.reason == truth->reason && report->report.price.units == truth->price &&
           report->report.quantity.units == truth->quantity &&
           report->report.venue_id_low == truth->number;
}

/* What both answered since the last look is the same, and what they still work. */
static void compare(struct race *race, uint64_t seed, uint32_t step)
{
    uint32_t count = 0;
    const struct input *reports = bar_venue_reports(race->venue, &count);
    bool equal = count == race->naive.reports_count &&
                 bar_venue_live(race->venue) == race->naive.count;
    for (uint32_t i = 0; equal && i < count; i++) {
        equal = same(race, &reports[i], &race->naive.reports[i]);
        race->counts[reports[i].kind]++;
        race->makers += reports[i].kind == INPUT_VENUE_FILL &&
                        reports[i].fill.liquidity == LIQUIDITY_MAKER;
    }
    uint32_t waiting[INSTRUMENTS] = {0};
    for (uint32_t i = 0; i < race->naive.count; i++)
        waiting[race->naive.orders[i].is.instrument]++;
    for (uint32_t i = 0; i < INSTRUMENTS; i++)
        equal = equal && (bar_venue_waiting(race->venue)[i] != 0) == (waiting[i] != 0);
    if (!equal) {
        print_message("# mode %u seed %u step %u: they differ\n", (unsigned)race->naive.config.fill,
                      (unsigned)seed, (unsigned)step);
    }
    assert_true(equal);
    bar_venue_clear(race->venue);
    race->naive.reports_count = 0;
}

/* ---- what happens ---------------------------------------------------------------------------- */

static int64_t price_near(struct race *race, uint32_t instrument)
{
    int64_t price = race->prices[instrument];
    int64_t tick = race->instruments[instrument].tick.units;
    price += ((int64_t)draw(race, 41) - 20) * (price / 500 + 1);
    if (draw(race, 30) != 0)
        price -= price % tick;
    return price < tick ? tick : price;
}

static void place(struct race *race)
{
    uint32_t instrument = (uint32_t)draw(race, INSTRUMENTS);
    struct order order = {
        .id = draw(race, 40) == 0 && race->id > 0 ? 1 + draw(race, race->id) : ++race->id,
        .instrument = instrument,
        .side = (uint8_t)(draw(race, 2) == 0 ? SIDE_BUY : SIDE_SELL),
        .type = (uint8_t)(1 + draw(race, 4)),
        .tif = (uint8_t)(1 + draw(race, 4)),
    };
    bool on_lot = draw(race, 30) != 0;
    order.quantity.units = on_lot ? (int64_t)draw(race, 3000) * 10 : (int64_t)draw(race, 30000);
    if (order.type == ORDER_LIMIT || order.type == ORDER_STOP_LIMIT) {
        order.price.units = price_near(race, instrument);
        order.flags = (uint8_t)(draw(race, 5) == 0 ? ORDER_FLAG_POST_ONLY : 0);
    }
    if (order.type == ORDER_STOP || order.type == ORDER_STOP_LIMIT)
        order.stop_price.units = price_near(race, instrument);
    if (order.tif == TIF_GTD)
        order.expire_ns = race->now_ns + (int64_t)draw(race, 20) * 10;
    int64_t last = draw(race, 20) == 0 ? 0 : race->prices[instrument];
    bar_venue_place(race->venue, &order, (struct price){last}, race->now_ns);
    naive_place(&race->naive, &order, last, race->now_ns);
}

/* Mostly one that lives. */
static uint64_t some_order(struct race *race)
{
    if (race->naive.count > 0 && draw(race, 5) != 0)
        return race->naive.orders[draw(race, race->naive.count)].is.id;
    return 1 + draw(race, race->id + 2);
}

static void amend(struct race *race)
{
    uint64_t id = some_order(race);
    uint32_t at = naive_find(&race->naive, id);
    uint32_t instrument = at < race->naive.count ? race->naive.orders[at].is.instrument : 0;
    bool limit = at < race->naive.count && naive_has_limit(&race->naive.orders[at]);
    if (draw(race, 20) == 0)
        limit = !limit;
    int64_t price = limit ? price_near(race, instrument) : 0;
    int64_t quantity = draw(race, 10) == 0 ? (int64_t)draw(race, 100) - 20
                                           : (int64_t)draw(race, 3000) * 10;
    bar_venue_amend(race->venue, id, (struct price){price}, (struct quantity){quantity},
                    race->now_ns);
    naive_amend(&race->naive, id, price, quantity);
}

static int64_t moved(struct race *race, int64_t price)
{
    int64_t change = (int64_t)draw(race, (uint64_t)price / 60 + 3);
    return price < 300 || (price < 40000 && draw(race, 2) == 0) ? price + change : price - change;
}

/* Time passes, seldom days of it; bars open and close in turn. */
static void move(struct race *race)
{
    uint32_t i = (uint32_t)draw(race, INSTRUMENTS);
    race->now_ns += (int64_t)draw(race, 30);
    if (draw(race, 60) == 0)
        race->now_ns += (int64_t)(1 + draw(race, draw(race, 5) == 0 ? 45 : 3)) * NAIVE_DAY_NS;
    if (!race->open[i]) {
        race->prices[i] = race->opened[i] = moved(race, race->prices[i]);
        race->open[i] = true;
        bar_venue_open(race->venue, i, (struct price){race->opened[i]}, race->now_ns);
        naive_open(&race->naive, i, race->opened[i], race->now_ns);
        return;
    }
    int64_t close = moved(race, race->opened[i]);
    struct bar bar = {.open = {race->opened[i]}, .close = {close}};
    bar.high.units = i64_max(race->opened[i], close) + (int64_t)draw(race, 100);
    bar.low.units = i64_min(race->opened[i], close) - (int64_t)draw(race, 100);
    race->prices[i] = close;
    race->open[i] = false;
    bar_venue_close(race->venue, i, &bar, race->now_ns);
    naive_close(&race->naive, i, &bar, race->now_ns);
}

static void race_run(enum bar_fill fill)
{
    uint64_t counts[INPUT_VENUE_AMEND_REJECTED + 1] = {0};
    uint64_t makers = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct race race;
        race_init(&race, fill, seed);
        for (uint32_t step = 0; step < STEPS; step++) {
            uint64_t choice = draw(&race, 100);
            if (choice < 40) {
                place(&race);
            } else if (choice < 47) {
                uint64_t id = some_order(&race);
                bar_venue_cancel(race.venue, id, race.now_ns);
                naive_cancel(&race.naive, id);
            } else if (choice < 55) {
                amend(&race);
            } else {
                move(&race);
            }
            compare(&race, seed, step);
        }
        for (size_t i = 0; i < ARRAY_COUNT(counts); i++)
            counts[i] += race.counts[i];
        makers += race.makers;
        bar_venue_free(race.venue);
    }
    print_message("# %u accepted, %u fills, %u of makers, %u amended, %u expired\n",
                  (unsigned)counts[INPUT_VENUE_ACCEPTED], (unsigned)counts[INPUT_VENUE_FILL],
                  (unsigned)makers, (unsigned)counts[INPUT_VENUE_AMENDED],
                  (unsigned)counts[INPUT_VENUE_EXPIRED]);
    /* A run in which something never happens proves nothing about it. */
    for (uint32_t kind = INPUT_VENUE_ACCEPTED; kind < ARRAY_COUNT(counts); kind++)
        assert_true(counts[kind] > SEEDS);
    assert_true(makers > SEEDS * 10 && counts[INPUT_VENUE_FILL] - makers > SEEDS * 10);
}

static void next_open_equals_the_naive_one(void **state)
{
    (void)state;
    race_run(BAR_FILL_NEXT_OPEN);
}

static void this_close_equals_the_naive_one(void **state)
{
    (void)state;
    race_run(BAR_FILL_THIS_CLOSE);
}

static void range_equals_the_naive_one(void **state)
{
    (void)state;
    race_run(BAR_FILL_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(next_open_equals_the_naive_one),
        cmocka_unit_test(this_close_equals_the_naive_one),
        cmocka_unit_test(range_equals_the_naive_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
