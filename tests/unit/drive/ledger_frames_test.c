/* Folds the journal of a back-test and audits the ledger between its frames: by default that of
 * examples/score39.yaml, after every tenth frame and at the end. AUDIT_EVERY says how often,
 * AUDIT_CONFIG of what; tests/long audits after each frame, on recorded bars too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "playback_fixture.h"
#include "world/import/bars.h"

/* ---- bars from files ------------------------------------------------------------------------- */

static enum status load(const struct bar_request *request, struct bar_data *out,
                        struct problem *problem)
{
    struct bar_source source;
    struct bar_series series;
    bar_source_init(&source, request->path);
    source.instrument = request->instrument;
    source.bar_ns = request->bar_ns;
    source.price_decimals_min = request->price_decimals_min;
    source.price_decimals_max = request->price_decimals_max;
    enum status status = bar_series_read(&source, &series, problem);
    if (status != STATUS_OK)
        return status;
    *out = (struct bar_data){.bars = series.bars,
                             .count = series.count,
                             .price_decimals = series.price_decimals,
                             .bar_ns = series.bar_ns,
                             .content_hash = series.content_hash,
                             .bars_missing = series.gap_bars_missing};
    return STATUS_OK;
}

static void unload(struct bar_data *data)
{
    struct bar_series series = {.bars = data->bars, .count = data->count};
    bar_series_release(&series);
    data->bars = NULL;
}

static const struct bar_port file_bars = {load, unload};
static const struct execute_ports file_ports = {.bars = &file_bars, .version = "test"};

/* ---- the fold -------------------------------------------------------------------------------- */

struct watch {
    struct tape *tape;
    const struct backtest *backtest;
    uint64_t every, frames, audits;
};

static void audit(struct watch *watch)
{
    uint64_t detail = 0;
    const char *broken = engine_audit(watch->backtest->engine, &detail);
    watch->audits++;
    if (broken != NULL)
        fail_msg("behind frame %llu: %s (%llu)", (unsigned long long)watch->frames, broken,
                 (unsigned long long)detail);
}

/* What was given before has been folded when the next is asked for. */
static enum status watched_next(void *context, struct journal_record *record)
{
    struct watch *watch = context;
    size_t given = watch->tape->next;
    if (given > 0 && !watch->tape->records[given - 1].is_input &&
        ++watch->frames % watch->every == 0)
        audit(watch);
    return tape_next(watch->tape, record);
}

static uint64_t number_of(const char *text, uint64_t otherwise)
{
    return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

static void test_the_ledger_holds_behind_every_frame(void **state)
{
    (void)state;
    const char *named = getenv("AUDIT_CONFIG");
    const char *path = named == NULL ? TERN_SOURCE_ROOT "/examples/score39.yaml" : named;
    struct stage stage = {0};
    struct tape tape;
    struct problem problem;
    struct execute_request request = {0};
    problem_init(&problem);
    enum status status = config_read_file(path, CONFIG_BACKTEST, &stage.config, &problem);
    if (status == STATUS_OK)
        status = data_load(&file_ports, &stage.config, &request, &stage.data, &problem);
    if (status == STATUS_OK)
        status = backtest_open(&stage.backtest, &stage.config, &stage.data, &problem);
    if (status != STATUS_OK)
        fail_msg("%s: %s", problem.where, problem.found);
    tape_init(&tape);
    struct backtest_options options = {.collect_rows = true};
    backtest_result_init(&stage.result);
    assert_int_equal(backtest_run(&stage.backtest, &tape.sink, &options, &stage.result, &problem),
                     STATUS_OK);
    struct hash128 after = engine_state_hash(stage.backtest.engine);
    stage_again(&stage);
    struct watch watch = {
        .tape = &tape, .backtest = &stage.backtest, .every = number_of(getenv("AUDIT_EVERY"), 10)};
    assert_true(watch.every > 0);
    struct journal_records records = {&watch, watched_next};
    assert_int_equal(backtest_fold(&stage.backtest, &records, &problem), STATUS_OK);
    audit(&watch);
    assert_true(hash128_equal(after, engine_state_hash(stage.backtest.engine)));
    print_message("# %llu fills, %llu frames, %llu audits\n",
                  (unsigned long long)stage.result.fills_count, (unsigned long long)watch.frames,
                  (unsigned long long)watch.audits);
    assert_true(watch.frames > 2 * stage.result.fills_count && watch.audits > 100);
    tape_release(&tape);
    backtest_result_release(&stage.result);
    backtest_release(&stage.backtest);
    data_release(&file_ports, &stage.data);
    config_release(&stage.config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_ledger_holds_behind_every_frame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
