/* What fills on order books cost: fees by tiers, and impact. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "base/math.h"
#include "book_venue_rig.h"

static const struct quantity daily_volume[] = {{10000 * LOT}};
static void test_fees(void **state)
{
    (void)state;
    struct rig rig;
    struct input report;
    struct book_venue_config config = {.tiers_count = 2};
    config.tiers[0] = (struct fee_tier){.maker = {1000}, .taker = {2000}};
    config.tiers[1] = (struct fee_tier){
        .volume = {(i128)500 * 1000000000 * 1000000}, .maker = {-500}, .taker = {1000}};
    rig_open_as(&rig, config);
    snapshot(&rig);
    /* 0.1 at 5.05 is 0.505: 0.002 of it is 0.00101, half a day later 0.001 of 0.01 at 5.10. */
    place(&rig, market(1, SIDE_BUY, 10));
    assert_true(book_venue_report_next(rig.venue, INT64_MAX, &report));
    assert_true(book_venue_report_next(rig.venue, INT64_MAX, &report));
    i128 unit = (i128)1000000000 * 10000; /* 0.00001 */
    assert_true(amount_from_bytes(report.fill.fee).units == 101 * unit);
    rig.now += NANOSECONDS_PER_DAY;
    place(&rig, market(2, SIDE_BUY, 1));
    assert_true(book_venue_report_next(rig.venue, INT64_MAX, &report));
    assert_true(book_venue_report_next(rig.venue, INT64_MAX, &report));
    assert_true(amount_from_bytes(report.fill.fee).units == 5 * unit);
    rig_close(&rig);
}

/* A volume of exactly a tier's is of that tier, a unit less is not. */
static void test_tier_boundary(void **state)
{
    (void)state;
    for (int64_t missing = -1; missing <= 1; missing++) {
        struct rig rig;
        struct input report;
        struct book_venue_config config = {.tiers_count = 2};
        i128 volume = (i128)505 * 1000000000 * 1000000; /* 0.1 at 5.05 is 0.505 */
        config.tiers[0] = (struct fee_tier){.maker = {1000}, .taker = {2000}};
        config.tiers[1] = (struct fee_tier){
            .volume = {volume + missing}, .maker = {1000}, .taker = {1000}};
        rig_open_as(&rig, config);
        snapshot(&rig);
        place(&rig, market(1, SIDE_BUY, 10));
        rig.now += NANOSECONDS_PER_DAY;
        place(&rig, market(2, SIDE_BUY, 10));
        for (int i = 0; i < 4; i++)
            assert_true(book_venue_report_next(rig.venue, INT64_MAX, &report));
        /* 0.1 at 5.10: 2 or 1 per mille of 0.51. */
        i128 unit = (i128)1000000000 * 10000;
        i128 fee = amount_from_bytes(report.fill.fee).units;
        assert_true(fee == (missing > 0 ? 102 : 51) * unit);
        rig_close(&rig);
    }
}

/* eta 0.1, q / V = 1 / 1000: 0.1 * 10^-1.8 is 16 bps, of 101 ticks less than one tick. */
static void test_impact(void **state)
{
    (void)state;
    struct rig rig;
    struct book_venue_config config = {
        .impact = {.eta = 0.1, .gamma = 20, .daily_volumes = daily_volume}};
    rig_open_as(&rig, config);
    snapshot(&rig);
    place(&rig, market(1, SIDE_BUY, 10));
    hear(&rig, "accepted 1, fill 1 10@102 taker");
    /* Permanent: 2 % of 99 and 102; a seller does not gain by it. */
    place(&rig, market(2, SIDE_SELL, 1));
    hear(&rig, "accepted 2, fill 2 1@99 taker");
    place(&rig, market(3, SIDE_BUY, 1));
    hear(&rig, "accepted 3, fill 3 1@104 taker");
    with_tif(&rig, 4, SIDE_BUY, 1, 103, TIF_IOC); /* never beyond its limit */
    hear(&rig, "accepted 4, fill 4 1@103 taker");
    rig_close(&rig);
    /* Transient: 10 lots push by 10 % and a quarter of the time constant's root is left. */
    config.impact = (struct impact_model){
        .kappa = 6.309573444801933, .tau_ns = 100, .daily_volumes = daily_volume};
    rig_open_as(&rig, config);
    snapshot(&rig);
    place(&rig, market(1, SIDE_BUY, 10));
    rig.now += 1500; /* (1 + 15)^-1/2 = 1/4 of 10 % */
    place(&rig, market(2, SIDE_BUY, 1));
    hear(&rig, "accepted 1, fill 1 10@101 taker, accepted 2, fill 2 1@105 taker");
    rig_close(&rig);
    config.impact.tau_ns = 0;
    struct book_venue *none;
    config.instruments = &rig.instrument;
    config.instruments_count = 1;
    config.orders_capacity = 64;
    config.levels_capacity = 1;
    config.tiers_count = 1;
    assert_int_equal(book_venue_create(&config, &none), STATUS_RANGE);
}

static void assert_parts(double found, double expected)
{
    if (fabs(found - expected) > 1e-12)
        fail_msg("%.15f, not %.15f", found, expected);
}

/* By hand: 10^-1.8, 10^-2.4, 1 / 4 and 1 / 3 of it. */
static void test_impact_of_times(void **state)
{
    (void)state;
    const double part = 0.01584893192461113;
    const double tenth = 0.003981071705534973;
    struct impact_model model = {.eta = 1, .kappa = 2, .tau_ns = 100};
    struct quantity volume = {100000};
    struct impact impact = {0};
    assert_parts(impact_shift(&model, &impact, volume, SIDE_BUY, (struct quantity){100}, 0), part);
    impact_taken(&model, &impact, volume, SIDE_BUY, (struct quantity){100}, 0);
    assert_parts(impact_shift(&model, &impact, volume, SIDE_BUY, (struct quantity){10}, 1500),
                 tenth + 2 * part / 4);
    impact_taken(&model, &impact, volume, SIDE_SELL, (struct quantity){10}, 1500);
    model.gamma = 1;
    impact_taken(&model, &impact, volume, SIDE_BUY, (struct quantity){0}, 1500);
    assert_parts(impact_shift(&model, &impact, volume, SIDE_BUY, (struct quantity){0}, 2300),
                 2 * part / math_sqrt(24) - 2 * tenth / 3);
    assert_parts(impact_shift(&model, &impact, volume, SIDE_SELL, (struct quantity){0}, 2300), 0);
    impact_taken(&model, &impact, volume, SIDE_SELL, (struct quantity){100000}, 2300);
    assert_parts(impact_shift(&model, &impact, volume, SIDE_SELL, (struct quantity){0}, 2300), 0.5);
    /* The smallest shift is a tick. */
    struct instrument instrument = {.tick = {TICK}};
    assert_int_equal(impact_price(&instrument, (struct price){505}, SIDE_BUY, 1e-15).units, 510);
    assert_int_equal(impact_price(&instrument, (struct price){505}, SIDE_SELL, 1e-15).units, 500);
    /* Older ones count together when there are many, and never too little. */
    struct impact many = {0};
    double exact = 0;
    model.gamma = 0;
    for (int64_t i = 0; i < 3 * IMPACT_MEMORY; i++) {
        impact_taken(&model, &many, volume, SIDE_BUY, (struct quantity){1}, i);
        exact += 2 * 0.001 / math_sqrt(1 + (double)(200 - i) / 100);
    }
    double found = impact_shift(&model, &many, volume, SIDE_BUY, (struct quantity){0}, 200);
    assert_true(found >= exact && found < 1.2 * exact);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fees),
        cmocka_unit_test(test_tier_boundary),
        cmocka_unit_test(test_impact),
        cmocka_unit_test(test_impact_of_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
