/* Doubts: variations beside what was written out by hand, jitter, verdicts from figures, and a true
 * edge and noise told apart from beginning to end. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/random.h"
#include "drive/doubt/doubt.h"

#define BARS 2400u /* a hundred days */
#define HOUR_NS (INT64_C(3600) * NANOSECONDS_PER_SECOND)
#define START_NS (INT64_C(1704067200) * NANOSECONDS_PER_SECOND)

static char folder[] = "/tmp/tern-doubt-XXXXXX";
static char config_path[64], other_path[64];

/* ---- data ------------------------------------------------------------------------------------ */

/* `edge`: the market goes up for twelve hours, then down for twelve, beside noise; without it there
 * is noise alone. Closes are openings of the next bar. */
static enum status make(const struct bar_request *request, struct bar_data *out, bool edge)
{
    struct random random;
    struct bar *bars = calloc(BARS, sizeof *bars);
    assert_non_null(bars);
    random_init(&random, 21, 0);
    int64_t price = INT64_C(4000000000000);
    size_t count = 0;
    for (unsigned i = 0; i < BARS; i++) {
        struct bar *bar = &bars[count];
        bar->open_time_ns = START_NS + i * HOUR_NS;
        bar->open.units = price;
        int64_t step = ((int64_t)random_below(&random, 8001) - 4000) * 10000000;
        price += step + (!edge ? 0 : i % 24 < 12 ? 20000000000 : -20000000000);
        bar->close.units = price;
        bar->high.units = i64_max(bar->open.units, price);
        bar->low.units = i64_min(bar->open.units, price);
        bar->volume = 1;
        count += bar->open_time_ns >= request->from_ns && bar->open_time_ns < request->to_ns;
    }
    *out = (struct bar_data){.bars = bars,
                             .count = count,
                             .price_decimals = request->price_decimals_min,
                             .bar_ns = HOUR_NS,
                             .content_hash = hash128_of(bars, count * sizeof *bars)};
    return STATUS_OK;
}

static enum status load_edge(const struct bar_request *request, struct bar_data *out,
                             struct problem *problem)
{
    (void)problem;
    return make(request, out, true);
}

static enum status load_noise(const struct bar_request *request, struct bar_data *out,
                              struct problem *problem)
{
    (void)problem;
    return make(request, out, false);
}

static void bars_release(struct bar_data *data)
{
    free(data->bars);
}

static const struct bar_port edge_port = {load_edge, bars_release};
static const struct bar_port noise_port = {load_noise, bars_release};
static const struct execute_ports with_edge = {.bars = &edge_port, .version = "test"};
static const struct execute_ports with_noise = {.bars = &noise_port, .version = "test"};

static void config_write(const char *path, const char *fees, const char *more)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fprintf(file,
                  "tern: 1\ncurrency: USD\ninstruments: [BTC-USD]\naccount: {USD: \"100000\"}\n"
                  "fees: %s\n%s"
                  "data:\n  - {file: made-up, kind: bars, instrument: BTC-USD, bar: 1h}\n"
                  "bots:\n  - {name: cross, kind: ma_cross, instrument: BTC-USD, bar: 1h,\n"
                  "     params: {average: sma, fast: 2, slow: 5},\n"
                  "     size: {method: fixed, quantity: \"0.1\"}}\n",
                  fees, more);
    assert_int_equal(fclose(file), 0);
}

static void bench_open(struct workbench *bench, const char *path, const struct execute_ports *ports)
{
    struct problem problem;
    struct execute_request request = {.config_path = path};
    problem_init(&problem);
    if (workbench_open(bench, ports, &request, &problem) != STATUS_OK)
        fail_msg("%s: %s", problem.where, problem.found);
}

static struct outcome outcome_of(const struct workbench *bench, const struct variation *variation)
{
    struct problem problem;
    struct outcome outcome;
    problem_init(&problem);
    assert_int_equal(variation_run(bench, variation, &outcome, &problem), STATUS_OK);
    assert_true(outcome.ran);
    return outcome;
}

/* ---- variations ------------------------------------------------------------------------------ */

/* Doubled costs are what a file with doubled costs gives. */
static void costs_as_written_out(void **state)
{
    (void)state;
    struct workbench bench, other;
    config_write(config_path, "{maker_bps: 5, taker_bps: 10}", "simulation: {slippage_bps: 3}\n");
    config_write(other_path, "{maker_bps: 10, taker_bps: 20}", "simulation: {slippage_bps: 11}\n");
    bench_open(&bench, config_path, &with_edge);
    bench_open(&other, other_path, &with_edge);
    struct outcome varied = outcome_of(&bench,
                                       &(struct variation){.cost_factor = 2, .slippage_bps = 5});
    struct outcome written = outcome_of(&other, &(struct variation){0});
    struct outcome plain = outcome_of(&bench, &(struct variation){0});
    assert_true(varied.result.end_equity.units == written.result.end_equity.units);
    assert_true(varied.result.fees.units == written.result.fees.units);
    assert_true(varied.result.end_equity.units < plain.result.end_equity.units);
    assert_int_equal(varied.result.fills_count, plain.result.fills_count);
    outcome_release(&varied);
    outcome_release(&written);
    outcome_release(&plain);
    workbench_close(&bench);
    workbench_close(&other);
}

/* One bar late: what would have filled at an opening fills at the next one. A bot decides nothing
 * while its order is on its way, so where signals are far apart every fill moves by one bar. */
static void late_orders_fill_a_bar_later(void **state)
{
    (void)state;
    struct workbench bench;
    config_write(config_path, "{maker_bps: 5, taker_bps: 10}", "");
    bench_open(&bench, config_path, &with_edge);
    struct config_layer slow = {.name = "t", .key = "bots[0].params.slow", .text = TEXT("8")};
    for (uint32_t bars = 1; bars <= 3; bars++) {
        struct variation variation = {.changes = &slow, .changes_count = 1, .delay_bars = bars};
        struct outcome late = outcome_of(&bench, &variation);
        variation.delay_bars = 0;
        struct outcome prompt = outcome_of(&bench, &variation);
        assert_true(prompt.result.fills_count > 100);
        uint64_t moved = 0;
        for (uint32_t i = 0; i < late.result.fills.count; i++) {
            const struct result_fill *fill = &late.result.fills.items[i];
            size_t at = (size_t)((fill->time_ns - START_NS) / HOUR_NS);
            assert_true(at < BARS);
            assert_true(fill->price.units == bench.data.series[0].bars[at].open.units);
            for (uint32_t k = 0; k < prompt.result.fills.count; k++)
                moved += prompt.result.fills.items[k].time_ns ==
                         fill->time_ns - (int64_t)bars * HOUR_NS;
        }
        /* But for the signals that came while an order was on its way. */
        assert_true(moved * 10 > late.result.fills_count * 8);
        outcome_release(&late);
        outcome_release(&prompt);
    }
    workbench_close(&bench);
}

/* A window holds nothing before it and, from where the whole run was flat at its beginning, does
 * what the whole run did. */
static void a_window_is_a_piece_of_the_whole(void **state)
{
    (void)state;
    struct workbench bench;
    config_write(config_path, "{maker_bps: 5, taker_bps: 10}", "");
    bench_open(&bench, config_path, &with_edge);
    struct outcome whole = outcome_of(&bench, &(struct variation){0});
    unsigned compared = 0;
    for (uint32_t trip = 10; trip < 60; trip += 7) {
        /* Right behind the end of a trip the whole run is flat and has just decided so. */
        int64_t from = whole.result.trips.items[trip].close_time_ns;
        int64_t to = from + 30 * 24 * HOUR_NS;
        struct outcome window = outcome_of(
            &bench, &(struct variation){.decide_from_ns = from, .end_ns = to});
        assert_true(window.result.from_ns == from);
        assert_true(window.result.equity.items[0].time_ns == from + HOUR_NS);
        uint32_t k = 0;
        for (uint32_t i = 0; i < whole.result.fills.count; i++) {
            const struct result_fill *fill = &whole.result.fills.items[i];
            if (fill->time_ns <= from || fill->time_ns >= to)
                continue;
            assert_true(k < window.result.fills.count);
            assert_true(window.result.fills.items[k].time_ns == fill->time_ns);
            assert_true(window.result.fills.items[k].price.units == fill->price.units);
            assert_true(window.result.fills.items[k].side == fill->side);
            k++;
        }
        assert_int_equal(k, window.result.fills.count);
        compared += k;
        outcome_release(&window);
    }
    assert_true(compared > 100);
    outcome_release(&whole);
    workbench_close(&bench);
}

/* ---- jitter ---------------------------------------------------------------------------------- */

static void jitter_moves_what_decides(void **state)
{
    (void)state;
    struct workbench bench;
    struct jitter jitter, again;
    struct problem problem;
    config_write(config_path, "{maker_bps: 5, taker_bps: 10}", "");
    bench_open(&bench, config_path, &with_edge);
    problem_init(&problem);
    assert_int_equal(jitter_run(&bench, 8, 3, NULL, &jitter, &problem), STATUS_OK);
    assert_int_equal(jitter_run(&bench, 8, 3, NULL, &again, &problem), STATUS_OK);
    assert_int_equal(jitter.keys_count, 2);
    assert_string_equal(jitter.keys[0].shown, "cross.fast");
    /* fast 2: 0 is none, 1, 3, 4 are; slow 5: 3, 4, 6, 7. */
    assert_string_equal(jitter.keys[0].moved[0], "");
    assert_string_equal(jitter.keys[0].moved[1], "1");
    assert_string_equal(jitter.keys[0].moved[4], "4");
    assert_string_equal(jitter.keys[1].moved[0], "3");
    assert_int_equal(jitter.alone, 7);
    assert_int_equal(jitter.count, 15);
    for (uint32_t i = 0; i < jitter.count; i++) {
        assert_true(jitter.runs[i].ran == again.runs[i].ran);
        assert_true(!jitter.runs[i].ran || !(jitter.runs[i].gain < again.runs[i].gain ||
                                             jitter.runs[i].gain > again.runs[i].gain));
    }
    /* One of them by hand. */
    struct config_layer change = {.name = "t", .key = "bots[0].params.slow", .text = TEXT("7")};
    struct outcome one = outcome_of(&bench, &(struct variation){&change, 1});
    double gain = (double)(one.result.end_equity.units - one.result.start_equity.units) /
                  (double)one.result.start_equity.units;
    assert_int_equal(jitter.runs[6].step, 2);
    assert_true(fabs(jitter.runs[6].gain - gain) < 1e-15);
    outcome_release(&one);
    jitter_release(&jitter);
    jitter_release(&again);
    workbench_close(&bench);
}

/* ---- bots ------------------------------------------------------------------------------------ */

static void trip_add(struct backtest_result *result, uint32_t bot, int day, int64_t money)
{
    struct result_trip trip = {.bot = bot,
                               .close_time_ns = START_NS + (day + 1) * NANOSECONDS_PER_DAY,
                               .net = {(i128)money * 1000000000000000000}};
    assert_int_equal(backtest_result_add_trip(result, &trip), STATUS_OK);
}

/* One bot does what another does, three times as large; a third is by itself. */
static void risk_of_bots(void **state)
{
    (void)state;
    struct backtest_result result;
    struct doubt doubt = {0};
    backtest_result_init(&result);
    result.from_ns = START_NS;
    result.to_ns = START_NS + 200 * NANOSECONDS_PER_DAY;
    for (int i = 0; i < 3; i++) {
        struct result_bot bot = {.open_at_end = false};
        (void)snprintf(bot.name, sizeof bot.name, "bot-%d", i);
        assert_int_equal(backtest_result_add_bot(&result, &bot), STATUS_OK);
    }
    struct random random;
    random_init(&random, 2, 0);
    for (int day = 0; day < 200; day++) {
        int64_t money = (int64_t)random_below(&random, 201) - 100;
        trip_add(&result, 0, day, money);
        trip_add(&result, 1, day, 3 * money);
        trip_add(&result, 2, day, (int64_t)random_below(&random, 201) - 100);
    }
    assert_int_equal(doubt_bots(&result, &doubt), STATUS_OK);
    assert_int_equal(doubt.bots_count, 3);
    double sum = doubt.bots[0].risk + doubt.bots[1].risk + doubt.bots[2].risk;
    assert_true(fabs(sum - 1) < 1e-12);
    assert_true(doubt.bots[1].risk > 2 * doubt.bots[0].risk);
    assert_true(doubt.bots[2].risk < 0.15);
    assert_true(doubt.bots_effective > 1 && doubt.bots_effective < 2);
    assert_true(doubt.bots_correlation > 0.2 && doubt.bots_correlation < 0.5);
    doubt_release(&doubt);
    /* Too few days, and one bot, say nothing. */
    result.to_ns = START_NS + 20 * NANOSECONDS_PER_DAY;
    doubt = (struct doubt){0};
    assert_int_equal(doubt_bots(&result, &doubt), STATUS_OK);
    assert_int_equal(doubt.bots_count, 0);
    backtest_result_release(&result);
}

/* ---- verdicts -------------------------------------------------------------------------------- */

/* A doubt without any. */
static struct doubt good_doubt(void)
{
    struct doubt doubt = {.period_ns = NANOSECONDS_PER_DAY, .returns_count = 1000, .trials = 3};
    doubt.base = (struct doubt_result){
        .ran = true, .gain = 0.4, .sharpe = 0.08, .max_drawdown = 0.1, .trips = 80};
    doubt.stresses_count = 1;
    doubt.stresses[0] = (struct doubt_stress){"costs_x2", "fees and slippage x2", doubt.base};
    doubt.stresses[0].run.gain = 0.3;
    doubt.hold = (struct doubt_result){.ran = true, .gain = 0.2, .sharpe = 0.02};
    doubt.has_hold = true;
    doubt.jitter.ran = 40;
    doubt.jitter.profitable = 0.95;
    doubt.jitter.gain.quantile_95 = 0.5;
    doubt.shuffle = (struct doubt_shuffle){.ran = 200, .p_value = 0.01};
    doubt.bootstrap = (struct resample_summary){.count = 2000, .quantile_05 = 0.02};
    doubt.deflated = 0.97;
    doubt.trips_drawdown = 0.1;
    doubt.track_record = 600;
    doubt.trips_shuffled.drawdown = (struct resample_summary){.count = 2000, .quantile_95 = 0.12};
    doubt.lookahead.count = 8;
    doubt.has_refit = true;
    doubt.overfit = 0.1;
    doubt.refit = (struct refit){.efficiency = 0.8, .test_return = 0.1, .count = 6};
    return doubt;
}

static const struct doubt_verdict *verdict_find(const struct doubt *doubt,
                                                enum doubt_severity severity, const char *part)
{
    for (uint32_t i = 0; i < doubt->verdicts_count; i++) {
        if (doubt->verdicts[i].severity == severity &&
            strstr(doubt->verdicts[i].text, part) != NULL)
            return &doubt->verdicts[i];
    }
    return NULL;
}

static void verdicts_say_what_figures_say(void **state)
{
    (void)state;
    struct doubt doubt = good_doubt();
    doubt_judge(&doubt);
    assert_true(doubt.verdicts_count >= 8);
    for (uint32_t i = 0; i < doubt.verdicts_count; i++)
        assert_int_equal(doubt.verdicts[i].severity, DOUBT_GOOD);

#define CASE(change, wanted, part)                                                              \
    do {                                                                                        \
        doubt = good_doubt();                                                                   \
        change;                                                                                 \
        doubt_judge(&doubt);                                                                    \
        if (verdict_find(&doubt, wanted, part) == NULL || doubt.verdicts[0].severity != wanted) \
            fail_msg("%s: %s", #change, doubt.verdicts[0].text);                                \
    } while (0)
    CASE(doubt.stresses[0].run.gain = -0.1, DOUBT_BAD,
         "the profit becomes a loss, +40.00 % becomes -10.00 %");
    CASE(doubt.stresses[0].run.gain = 0.1, DOUBT_WARN, "more than half of the profit goes");
    CASE(doubt.base.gain = -0.1, DOUBT_BAD, "it earns nothing as it is: -10.00 %");
    CASE(doubt.lookahead.differ = 2, DOUBT_BAD, "2 of 8 cuts");
    CASE(doubt.lookahead.count = 0, DOUBT_UNKNOWN, "not checked");
    CASE(doubt.shuffle.p_value = 0.4, DOUBT_BAD, "nothing to know: on shuffled markets p = 0.400");
    CASE(doubt.shuffle.p_value = 0.07, DOUBT_WARN, "hardly better");
    CASE(doubt.shuffle.ran = 0, DOUBT_UNKNOWN, "could not be shuffled");
    CASE(doubt.deflated = 0.3, DOUBT_BAD, "the best of 3 trials without skill");
    CASE((doubt.deflated = 0.3, doubt.trials = 1), DOUBT_BAD, "no skill is likelier");
    CASE(doubt.deflated = 0.7, DOUBT_WARN, "it may be luck");
    CASE(doubt.deflated = double_nan(), DOUBT_UNKNOWN, "not defined");
    CASE(doubt.track_record = 1200, DOUBT_WARN, "1000 returns, 1200 needed");
    CASE(doubt.bootstrap.quantile_05 = -0.01, DOUBT_WARN, "may be none");
    CASE(doubt.jitter.profitable = 0.3, DOUBT_BAD, "30.00 % of 40 runs earn");
    CASE(doubt.jitter.profitable = 0.7, DOUBT_WARN, "70.00 %");
    CASE(doubt.jitter.gain.quantile_95 = 0.3, DOUBT_WARN, "stand out");
    CASE(doubt.jitter.ran = 0, DOUBT_UNKNOWN, "no parameter");
    CASE(doubt.hold.sharpe = 0.1, DOUBT_WARN, "buying and holding was no worse");
    CASE(doubt.trips_shuffled.drawdown.quantile_95 = 0.2, DOUBT_WARN, "their order was kind");
    CASE(doubt.trips_shuffled.ruin_share = 0.1, DOUBT_BAD, "lose everything");
    CASE(doubt.refit.test_return = -0.1, DOUBT_BAD, "earned nothing behind it: -10.00 % in 6");
    CASE(doubt.overfit = 0.6, DOUBT_BAD, "which values are best is luck");
    CASE(doubt.overfit = 0.3, DOUBT_WARN, "PBO 0.30");
    CASE(doubt.overfit = double_nan(), DOUBT_UNKNOWN, "too few trials");
    CASE(doubt.refit.efficiency = 0.2, DOUBT_WARN, "efficiency 0.20");
    CASE(doubt.refit.efficiency = double_nan(), DOUBT_WARN, "efficiency -");
#undef CASE
    /* The worst first, warnings of the back-test among the doubtful. */
    static char warnings[1][RESULT_WARNING_SIZE] = {"fewer than 30 round trips"};
    doubt = good_doubt();
    doubt.warnings = warnings;
    doubt.warnings_count = 1;
    doubt.deflated = 0.1;
    doubt_judge(&doubt);
    assert_int_equal(doubt.verdicts[0].severity, DOUBT_BAD);
    assert_string_equal(doubt.verdicts[1].text, "fewer than 30 round trips");
    for (uint32_t i = 1; i < doubt.verdicts_count; i++)
        assert_true(doubt.verdicts[i - 1].severity <= doubt.verdicts[i].severity);
}

/* ---- from beginning to end ------------------------------------------------------------------- */

static void run(const struct execute_ports *ports, struct doubt *out)
{
    struct problem problem;
    struct doubt_request request = {
        .ports = ports, .config_path = config_path, .seed = 1, .shuffles = 100, .cuts = 12};
    problem_init(&problem);
    if (doubt_run(&request, out, &problem) != STATUS_OK)
        fail_msg("%s: %s", problem.where, problem.found);
}

static void an_edge_and_noise(void **state)
{
    (void)state;
    struct doubt doubt;
    config_write(config_path, "{maker_bps: 5, taker_bps: 10}", "");
    run(&with_edge, &doubt);
    assert_true(doubt.base.gain > 0 && doubt.stresses[0].run.gain < doubt.base.gain);
    assert_true(doubt.stresses[2].run.gain < doubt.base.gain);
    assert_int_equal(doubt.lookahead.differ, 0);
    assert_int_equal(doubt.lookahead.count, 12);
    /* No shuffle comes near: the least that 100 of them can say. */
    assert_true(fabs(doubt.shuffle.p_value - 1.0 / 101) < 1e-12);
    assert_true(doubt.deflated > 0.95 && doubt.jitter.profitable > 0.9);
    assert_non_null(verdict_find(&doubt, DOUBT_GOOD, "better than on shuffled markets"));
    struct text_buffer json, tables, again;
    text_buffer_init(&json, 1 << 20);
    text_buffer_init(&tables, 1 << 20);
    text_buffer_init(&again, 1 << 20);
    doubt_json_print(&doubt, &json);
    assert_int_equal(json.status, STATUS_OK);
    struct table_style style = {.width = 100};
    assert_int_equal(doubt_print(&doubt, &style, &tables), STATUS_OK);
    assert_non_null(strstr(tables.data, "UNDER STRESS"));
    doubt_release(&doubt);
    /* The same again, to the last byte, whatever order threads ran in. */
    run(&with_edge, &doubt);
    doubt_json_print(&doubt, &again);
    assert_int_equal(again.size, json.size);
    assert_memory_equal(again.data, json.data, json.size);
    doubt_release(&doubt);
    text_buffer_release(&json);
    text_buffer_release(&tables);
    text_buffer_release(&again);

    run(&with_noise, &doubt);
    assert_true(doubt.shuffle.p_value > 0.1);
    assert_true(doubt.deflated < 0.95);
    assert_int_equal(doubt.verdicts[0].severity, DOUBT_BAD);
    doubt_release(&doubt);
}

static int setup(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    (void)snprintf(config_path, sizeof config_path, "%s/a.yaml", folder);
    (void)snprintf(other_path, sizeof other_path, "%s/b.yaml", folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    (void)unlink(config_path);
    (void)unlink(other_path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(costs_as_written_out),
        cmocka_unit_test(late_orders_fill_a_bar_later),
        cmocka_unit_test(a_window_is_a_piece_of_the_whole),
        cmocka_unit_test(jitter_moves_what_decides),
        cmocka_unit_test(risk_of_bots),
        cmocka_unit_test(verdicts_say_what_figures_say),
        cmocka_unit_test(an_edge_and_noise),
    };
    return cmocka_run_group_tests_name("doubt", tests, setup, teardown);
}
