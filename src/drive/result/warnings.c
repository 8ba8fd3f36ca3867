#include "drive/result/warnings.h"

#include "drive/result/trials.h"

#include <stdio.h>
#include <string.h>

#define DETAIL_SIZE 120
#define TRIPS_ENOUGH 30u
#define TRIALS_MANY 20u

/* Whether the warning holds; detail is what %s of its text becomes. */
typedef bool warning_function(const struct backtest_result *result, const struct metrics *metrics,
                              char detail[DETAIL_SIZE]);

/* Appends a name to a list `a, b`; where it does not fit the list ends in `, ...`. */
static void detail_add(char detail[DETAIL_SIZE], const char *name)
{
    static const char more[] = ", ...";
    size_t used = strlen(detail);
    size_t wanted = strlen(name) + (used > 0 ? 2 : 0);
    if (used >= sizeof(more) && strcmp(detail + used - (sizeof(more) - 1), more) == 0)
        return;
    if (used + wanted + sizeof(more) <= DETAIL_SIZE)
        (void)snprintf(detail + used, DETAIL_SIZE - used, "%s%s", used > 0 ? ", " : "", name);
    else
        (void)snprintf(detail + used, DETAIL_SIZE - used, "%s", more);
}

static bool holds_THIS_CLOSE(const struct backtest_result *result, const struct metrics *metrics,
                             char detail[DETAIL_SIZE])
{
    (void)metrics;
    (void)detail;
    return result->fills_at_this_close && result->fills_count > 0;
}

static bool holds_OVERDRAWN(const struct backtest_result *result, const struct metrics *metrics,
                            char detail[DETAIL_SIZE])
{
    (void)metrics;
    for (uint32_t i = 0; i < result->bots.count; i++) {
        if (result->bots.items[i].overdrawn)
            detail_add(detail, result->bots.items[i].name);
    }
    return detail[0] != '\0';
}

static bool holds_NO_TRIPS(const struct backtest_result *result, const struct metrics *metrics,
                           char detail[DETAIL_SIZE])
{
    (void)metrics;
    (void)detail;
    return result->trips_count == 0;
}

static bool holds_FEW_TRIPS(const struct backtest_result *result, const struct metrics *metrics,
                            char detail[DETAIL_SIZE])
{
    (void)metrics;
    (void)detail;
    return result->trips_count < TRIPS_ENOUGH;
}

static bool holds_ZERO_COST(const struct backtest_result *result, const struct metrics *metrics,
                            char detail[DETAIL_SIZE])
{
    (void)metrics;
    (void)detail;
    return result->fills_count > 0 && result->fees.units <= 0;
}

static bool above(const struct metrics *metrics, enum metric metric, double bound)
{
    return metrics->values[metric].present && metrics->values[metric].number > bound;
}

static bool holds_PROFIT_FACTOR(const struct backtest_result *result, const struct metrics *metrics,
                                char detail[DETAIL_SIZE])
{
    (void)result;
    (void)detail;
    /* Without a single loss the factor is not defined, and more absurd still. */
    bool only_wins = metrics->values[METRIC_WINS].integer > 0 &&
                     metrics->values[METRIC_LOSSES].integer == 0;
    return only_wins || above(metrics, METRIC_PROFIT_FACTOR, 5);
}

static bool holds_SHARPE(const struct backtest_result *result, const struct metrics *metrics,
                         char detail[DETAIL_SIZE])
{
    (void)result;
    (void)detail;
    return above(metrics, METRIC_SHARPE, 5);
}

/* So few losses are what a rule has that knows the next bar, or one that never takes a loss. */
static bool holds_WIN_RATE(const struct backtest_result *result, const struct metrics *metrics,
                           char detail[DETAIL_SIZE])
{
    (void)detail;
    return result->trips_count >= TRIPS_ENOUGH && above(metrics, METRIC_WIN_RATE, 0.9);
}

static bool holds_GROWTH(const struct backtest_result *result, const struct metrics *metrics,
                         char detail[DETAIL_SIZE])
{
    (void)result;
    (void)detail;
    return above(metrics, METRIC_CAGR, 10);
}

static bool holds_MANY_TRIALS(const struct backtest_result *result, const struct metrics *metrics,
                              char detail[DETAIL_SIZE])
{
    const struct metric_value *deflated = &metrics->values[METRIC_DEFLATED_SHARPE];
    (void)snprintf(detail, DETAIL_SIZE, "%llu", (unsigned long long)result->trials_count);
    return result->trials_count >= TRIALS_MANY && deflated->present && deflated->number < 0.5;
}

static bool holds_DATA_GAPS(const struct backtest_result *result, const struct metrics *metrics,
                            char detail[DETAIL_SIZE])
{
    (void)metrics;
    for (uint32_t i = 0; i < result->instruments.count; i++) {
        const struct result_instrument *instrument = &result->instruments.items[i];
        uint64_t expected = instrument->bars_count + instrument->bars_missing;
        if (instrument->bars_missing > expected / 100)
            detail_add(detail, instrument->name);
    }
    return detail[0] != '\0';
}

static bool holds_OPEN_POSITION(const struct backtest_result *result, const struct metrics *metrics,
                                char detail[DETAIL_SIZE])
{
    (void)metrics;
    for (uint32_t i = 0; i < result->bots.count; i++) {
        if (result->bots.items[i].open_at_end)
            detail_add(detail, result->bots.items[i].name);
    }
    return detail[0] != '\0';
}

static bool holds_STALE_PRICE(const struct backtest_result *result, const struct metrics *metrics,
                              char detail[DETAIL_SIZE])
{
    (void)metrics;
    for (uint32_t i = 0; i < result->instruments.count; i++) {
        if (result->instruments.items[i].stale_at_end)
            detail_add(detail, result->instruments.items[i].name);
    }
    return detail[0] != '\0';
}

/* Only backtest_result_conclude knows, and adds it itself. */
static bool holds_TRIALS_UNKNOWN(const struct backtest_result *result,
                                 const struct metrics *metrics, char detail[DETAIL_SIZE])
{
    (void)result;
    (void)metrics;
    (void)detail;
    return false;
}

static const struct {
    const char *text;
    warning_function *holds;
} warning_rows[WARNING_COUNT] = {
#define WARNING_ROW(NAME, text) {text, holds_##NAME},
    WARNING_TABLE(WARNING_ROW)
#undef WARNING_ROW
};

/* The text with its %s replaced; the texts are our own, so this is all the formatting there is. */
static enum status warning_add(struct backtest_result *result, enum warning warning,
                               const char *detail)
{
    char text[RESULT_WARNING_SIZE];
    const char *format = warning_rows[warning].text;
    const char *place = strstr(format, "%s");
    if (place == NULL)
        return backtest_result_add_warning(result, text_of(format));
    int size = snprintf(text, sizeof(text), "%.*s%s%s", (int)(place - format), format, detail,
                        place + 2);
    ASSERT(size > 0);
    return backtest_result_add_warning(result, text_of(text));
}

enum status warnings_find(struct backtest_result *result, const struct metrics *metrics)
{
    for (size_t i = 0; i < WARNING_COUNT; i++) {
        char detail[DETAIL_SIZE] = "";
        if (!warning_rows[i].holds(result, metrics, detail))
            continue;
        enum status status = warning_add(result, (enum warning)i, detail);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status trial_count(struct backtest_result *result, const char *path,
                               const struct metrics *metrics)
{
    struct trial trial = {.data_hash = result->data_hash,
                          .config_hash = result->config_hash,
                          .kind = result->kind,
                          .count = 1,
                          .sharpe_mean = metrics->sharpe_period};
    struct trials trials;
    struct problem problem;
    problem_init(&problem);
    enum status status = trials_record(path, &trial, &trials, &problem);
    result->trials_count = trials.count;
    result->trials_sharpe_variance = trials.sharpe_variance;
    if (status == STATUS_OK)
        return STATUS_OK;
    char detail[DETAIL_SIZE];
    (void)snprintf(detail, sizeof(detail), "%.60s: %.50s", problem.where, problem.found);
    return warning_add(result, WARNING_TRIALS_UNKNOWN, detail);
}

enum status backtest_result_conclude(struct backtest_result *result, const char *trials_path,
                                     struct metrics *metrics)
{
    enum status status = backtest_result_finish(result);
    if (status == STATUS_OK)
        status = metrics_compute(result, metrics);
    if (status == STATUS_OK && trials_path != NULL) {
        status = trial_count(result, trials_path, metrics);
        /* Once more, now that the deflated Sharpe ratio knows its trials. */
        if (status == STATUS_OK)
            status = metrics_compute(result, metrics);
    }
    return status == STATUS_OK ? warnings_find(result, metrics) : status;
}
