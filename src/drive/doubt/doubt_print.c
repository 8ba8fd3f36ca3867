/* Doubts as tables. */
#include <stdio.h>
#include <string.h>

#include "base/math.h"
#include "base/time.h"
#include "drive/doubt/doubt.h"
#include "drive/result/readable.h"

#define DAYS_A_YEAR 365
#define VERDICT_INDENT 24

static double annual_of(int64_t period_ns, double sharpe)
{
    if (period_ns <= 0)
        return double_nan();
    double periods = (double)(DAYS_A_YEAR * NANOSECONDS_PER_DAY) / (double)period_ns;
    return sharpe * math_sqrt(periods);
}

/* ---- cells ----------------------------------------------------------------------------------- */

/* Exact in the plain form, for people otherwise. */
static void cell_ratio(struct table *table, const struct table_style *style, double value)
{
    char text[DOUBLE_TEXT_SIZE > READABLE_SIZE ? DOUBLE_TEXT_SIZE : READABLE_SIZE] = "-";
    if (double_is_finite(value) && style->plain)
        (void)double_format(text, value);
    else if (double_is_finite(value))
        percent_format(text, value, true);
    table_cell(table, text_of(text));
}

static void cell_number(struct table *table, const struct table_style *style, double value,
                        unsigned places)
{
    char text[DOUBLE_TEXT_SIZE > READABLE_SIZE ? DOUBLE_TEXT_SIZE : READABLE_SIZE] = "-";
    if (double_is_finite(value) && style->plain)
        (void)double_format(text, value);
    else if (double_is_finite(value))
        number_format(text, value, places);
    table_cell(table, text_of(text));
}

static void cell_day(struct table *table, const struct table_style *style, int64_t time_ns)
{
    char text[TIME_TEXT_SIZE > READABLE_SIZE ? TIME_TEXT_SIZE : READABLE_SIZE];
    if (style->plain)
        (void)time_format(text, time_ns);
    else
        moment_format(text, time_ns);
    bool midnight = !style->plain && strlen(text) == 16 && strcmp(text + 10, " 00:00") == 0;
    table_cell(table, (struct text){text, midnight ? 10 : strlen(text)});
}

static enum status finish(struct table *table, const struct table_style *style,
                          struct text_buffer *out)
{
    if (!style->plain && out->size > 0)
        text_buffer_print(out, "\n");
    enum status status = table_write(table, style, out);
    table_release(table);
    return status;
}

/* ---- tables ---------------------------------------------------------------------------------- */

/* One verdict a line, broken between words where the screen ends: none may be cut. */
static void verdict_line(const struct doubt_verdict *verdict, const struct table_style *style,
                         struct text_buffer *out)
{
    static const enum table_tone tones[] = {TONE_BAD, TONE_WARN, TONE_DIM, TONE_GOOD};
    const struct text begin = tone_begin(style, tones[verdict->severity]);
    const struct text end = tone_end(style, tones[verdict->severity]);
    size_t width = style->width == 0 ? SIZE_MAX : style->width < 80 ? 80 : style->width;
    size_t column = VERDICT_INDENT;
    struct text rest = text_of(verdict->text);
    text_buffer_print(out, " %.*s%-9s%.*s %-13s", (int)begin.size, begin.data,
                      doubt_severity_name(verdict->severity), (int)end.size, end.data,
                      verdict->topic);
    while (rest.data != NULL) {
        struct text word = text_split(&rest, ' ');
        if (column > VERDICT_INDENT && column + 1 + word.size > width) {
            text_buffer_print(out, "\n%*s", VERDICT_INDENT, "");
            column = VERDICT_INDENT;
        }
        text_buffer_print(out, " %.*s", (int)word.size, word.data);
        column += 1 + word.size;
    }
    text_buffer_print(out, "\n");
}

static enum status verdicts_print(const struct doubt *doubt, const struct table_style *style,
                                  struct text_buffer *out)
{
    struct table table;
    if (!style->plain) {
        text_buffer_print(out, " DOUBTS ABOUT %s\n", doubt->name);
        for (uint32_t i = 0; i < doubt->verdicts_count; i++)
            verdict_line(&doubt->verdicts[i], style, out);
        return out->status;
    }
    table_init(&table, "verdicts", NULL);
    table_column(&table, "verdict", TABLE_LEFT, 0);
    table_column(&table, "about", TABLE_LEFT, 0);
    table_column(&table, "text", TABLE_LEFT, 0);
    for (uint32_t i = 0; i < doubt->verdicts_count; i++) {
        const struct doubt_verdict *verdict = &doubt->verdicts[i];
        table_cell(&table, text_of(doubt_severity_name(verdict->severity)));
        table_cell(&table, text_of(verdict->topic));
        table_cell(&table, text_of(verdict->text));
    }
    return finish(&table, style, out);
}

static void result_row(struct table *table, const struct table_style *style,
                       const struct doubt *doubt, const char *name,
                       const struct doubt_result *result)
{
    table_cell(table, text_of(name));
    if (!result->ran) {
        for (int i = 0; i < 5; i++)
            table_cell(table, TEXT("-"));
        return;
    }
    cell_ratio(table, style, result->gain);
    cell_number(table, style, annual_of(doubt->period_ns, result->sharpe), 2);
    cell_ratio(table, style, -result->max_drawdown);
    if (result == &doubt->hold) {
        table_cell(table, TEXT("-"));
        table_cell(table, TEXT("-"));
        return;
    }
    char fees[READABLE_SIZE];
    char exact[DECIMAL_TEXT_SIZE];
    money_format(fees, result->fees, money_places(result->start_equity), false);
    (void)decimal_format_i128(exact, result->fees.units, AMOUNT_DECIMALS);
    table_cell(table, text_of(style->plain ? exact : fees));
    table_cell_print(table, "%llu", (unsigned long long)result->trips);
}

static enum status stress_print(const struct doubt *doubt, const struct table_style *style,
                                struct text_buffer *out)
{
    struct table table;
    table_init(&table, "stress", "UNDER STRESS");
    table_column(&table, "run", TABLE_LEFT, 0);
    table_column(&table, "return", TABLE_RIGHT, 0);
    table_column(&table, "sharpe", TABLE_RIGHT, 0);
    table_column(&table, "drawdown", TABLE_RIGHT, 0);
    table_column(&table, "fees", TABLE_RIGHT, 1);
    table_column(&table, "trips", TABLE_RIGHT, 2);
    result_row(&table, style, doubt, "as configured", &doubt->base);
    for (uint32_t i = 0; i < doubt->stresses_count; i++)
        result_row(&table, style, doubt, doubt->stresses[i].what, &doubt->stresses[i].run);
    if (doubt->has_hold)
        result_row(&table, style, doubt, "buying and holding", &doubt->hold);
    return finish(&table, style, out);
}

static void spread_row(struct table *table, const struct table_style *style, const char *name,
                       uint32_t runs, const struct resample_summary *summary, bool ratio,
                       double factor)
{
    const double values[] = {summary->quantile_05, summary->median, summary->quantile_95};
    table_cell(table, text_of(name));
    table_cell_print(table, "%u", runs);
    for (size_t i = 0; i < ARRAY_COUNT(values); i++) {
        double value = summary->count == 0 ? double_nan() : values[i] * factor;
        if (ratio)
            cell_ratio(table, style, value);
        else
            cell_number(table, style, value, 2);
    }
}

static enum status spreads_print(const struct doubt *doubt, const struct table_style *style,
                                 struct text_buffer *out)
{
    struct table table;
    double year = annual_of(doubt->period_ns, 1);
    table_init(&table, "spread", "WHAT ELSE COULD HAVE BEEN");
    table_column(&table, "of", TABLE_LEFT, 0);
    table_column(&table, "runs", TABLE_RIGHT, 1);
    table_column(&table, "5 %", TABLE_RIGHT, 0);
    table_column(&table, "median", TABLE_RIGHT, 0);
    table_column(&table, "95 %", TABLE_RIGHT, 0);
    spread_row(&table, style, "return, parameters moved", doubt->jitter.ran, &doubt->jitter.gain,
               true, 1);
    spread_row(&table, style, "sharpe, parameters moved", doubt->jitter.ran, &doubt->jitter.sharpe,
               false, year);
    if (!doubt->is_session) {
        spread_row(&table, style, "return, shuffled markets", doubt->shuffle.ran,
                   &doubt->shuffle.gain, true, 1);
        spread_row(&table, style, "sharpe, shuffled markets", doubt->shuffle.ran,
                   &doubt->shuffle.sharpe, false, year);
    }
    spread_row(&table, style, "sharpe, bootstrap of days", (uint32_t)doubt->bootstrap.count,
               &doubt->bootstrap, false, year);
    spread_row(&table, style, "drawdown, trips in other orders",
               (uint32_t)doubt->trips_shuffled.drawdown.count, &doubt->trips_shuffled.drawdown,
               true, -1);
    spread_row(&table, style, "drawdown, trips drawn anew",
               (uint32_t)doubt->trips_drawn.drawdown.count, &doubt->trips_drawn.drawdown, true, -1);
    return finish(&table, style, out);
}

static void figure(struct table *table, const struct table_style *style, const char *name,
                   double value, unsigned places, const char *meaning)
{
    table_cell(table, text_of(name));
    cell_number(table, style, value, places);
    table_cell(table, text_of(meaning));
}

static enum status figures_print(const struct doubt *doubt, const struct table_style *style,
                                 struct text_buffer *out)
{
    struct table table;
    char block[80];
    table_init(&table, "luck", "SKILL OR LUCK");
    table_column(&table, "what", TABLE_LEFT, 0);
    table_column(&table, "value", TABLE_RIGHT, 0);
    table_column(&table, "meaning", TABLE_LEFT, 1);
    figure(&table, style, "trials counted", (double)doubt->trials, 0,
           "of these data and this kind of bot, ever");
    figure(&table, style, "deflated Sharpe", doubt->deflated, 3,
           "probability of skill after all of them; 0.95 is good");
    figure(&table, style, "probabilistic Sharpe", doubt->probabilistic, 3,
           "the same, were this the only trial");
    figure(&table, style, "bootstraps above 0", doubt->bootstrap_above_zero, 3,
           "share with a Sharpe ratio above 0");
    figure(&table, style, "returns", (double)doubt->returns_count, 0,
           "days, or bars that are longer");
    figure(&table, style, "returns needed", doubt->track_record, 0,
           "until 95 % sure that there is any skill");
    if (!doubt->is_session) {
        char step[DURATION_TEXT_SIZE];
        duration_format(step, doubt->shuffle.step_ns);
        (void)snprintf(block, sizeof block, "blocks of %.1f x %s on average",
                       doubt->shuffle.block_mean, step);
        figure(&table, style, "p, shuffled markets", doubt->shuffle.p_value, 3, block);
    }
    if (doubt->has_refit)
        figure(&table, style, "PBO", doubt->overfit, 3,
               "how often the best of one half is below the median of the other");
    figure(&table, style, "neighbours that earn", doubt->jitter.profitable, 3,
           "share of runs with parameters moved");
    return finish(&table, style, out);
}

/* The neighbours of the few parameters that matter most are all there is room for: of each key the
 * gain at every step. */
static enum status jitter_print(const struct doubt *doubt, const struct table_style *style,
                                struct text_buffer *out)
{
    static const char *const heads[] = {"-2", "-1", "+1", "+2"};
    const struct jitter *jitter = &doubt->jitter;
    struct table table;
    table_init(&table, "jitter", "RETURN WITH ONE PARAMETER MOVED");
    table_column(&table, "parameter", TABLE_LEFT, 0);
    table_column(&table, "value", TABLE_RIGHT, 0);
    for (size_t i = 0; i < ARRAY_COUNT(heads); i++)
        table_column(&table, heads[i], TABLE_RIGHT, 0);
    uint32_t at = 0;
    for (uint32_t key = 0; key < jitter->keys_count && at < jitter->alone; key++) {
        if (jitter->runs[at].key != key)
            continue;
        table_cell(&table, text_of(jitter->keys[key].shown));
        table_cell(&table, text_of(jitter->keys[key].value));
        for (int step = -JITTER_STEPS; step <= JITTER_STEPS; step++) {
            if (step == 0)
                continue;
            bool is = at < jitter->alone && jitter->runs[at].key == key &&
                      jitter->runs[at].step == step;
            cell_ratio(&table, style,
                       is && jitter->runs[at].ran ? jitter->runs[at].gain : double_nan());
            at += is;
        }
    }
    enum status status = finish(&table, style, out);
    if (jitter->keys_left > 0 && !style->plain)
        text_buffer_print(out, " and %u more that were not moved\n", jitter->keys_left);
    return status;
}

static enum status lookahead_print(const struct doubt *doubt, const struct table_style *style,
                                   struct text_buffer *out)
{
    struct table table;
    table_init(&table, "look_ahead", "LOOK-AHEAD");
    table_column(&table, "data cut at", TABLE_LEFT, 0);
    table_column(&table, "frames before", TABLE_RIGHT, 1);
    table_column(&table, "the same", TABLE_LEFT, 0);
    table_column(&table, "differs at", TABLE_LEFT, 0);
    table_column(&table, "what", TABLE_LEFT, 0);
    for (uint32_t i = 0; i < doubt->lookahead.count; i++) {
        const struct lookahead_cut *cut = &doubt->lookahead.cuts[i];
        cell_day(&table, style, cut->time_ns);
        table_cell_print(&table, "%llu", (unsigned long long)cut->frames);
        table_cell(&table, text_of(cut->same ? "yes" : "no"));
        if (cut->same) {
            table_cell(&table, TEXT("-"));
            table_cell(&table, TEXT("-"));
            continue;
        }
        cell_day(&table, style, cut->differs_ns);
        table_cell_print(&table, "%s %s", cut->cause, cut->how);
    }
    return finish(&table, style, out);
}

static enum status bots_print(const struct doubt *doubt, const struct table_style *style,
                              struct text_buffer *out)
{
    struct table table;
    unsigned places = money_places(doubt->base.start_equity);
    table_init(&table, "bots", "WHO CARRIES THE RISK");
    table_column(&table, "bot", TABLE_LEFT, 0);
    table_column(&table, "net of trips", TABLE_RIGHT, 1);
    table_column(&table, "share of risk", TABLE_RIGHT, 0);
    for (uint32_t i = 0; i < doubt->bots_count; i++) {
        char net[READABLE_SIZE];
        char exact[DECIMAL_TEXT_SIZE];
        money_format(net, doubt->bots[i].net, places, true);
        (void)decimal_format_i128(exact, doubt->bots[i].net.units, AMOUNT_DECIMALS);
        table_cell(&table, text_of(doubt->bots[i].name));
        table_cell(&table, text_of(style->plain ? exact : net));
        cell_ratio(&table, style, doubt->bots[i].risk);
    }
    return finish(&table, style, out);
}

enum status doubt_print(const struct doubt *doubt, const struct table_style *style,
                        struct text_buffer *out)
{
    enum status status = verdicts_print(doubt, style, out);
    if (status == STATUS_OK)
        status = stress_print(doubt, style, out);
    if (status == STATUS_OK)
        status = spreads_print(doubt, style, out);
    if (status == STATUS_OK)
        status = figures_print(doubt, style, out);
    if (status == STATUS_OK && doubt->jitter.alone > 0)
        status = jitter_print(doubt, style, out);
    if (status == STATUS_OK && doubt->bots_count > 0)
        status = bots_print(doubt, style, out);
    if (status == STATUS_OK && doubt->lookahead.differ > 0)
        status = lookahead_print(doubt, style, out);
    if (status == STATUS_OK && doubt->has_refit)
        status = refit_print(&doubt->refit, doubt->refit_metric, style, out);
    return status;
}

/* ---- walk-forward ---------------------------------------------------------------------------- */

static enum status windows_print(const struct refit *refit, const struct table_style *style,
                                 struct text_buffer *out)
{
    struct table table;
    table_init(&table, "windows", "WALK-FORWARD, A SWEEP FOR EACH WINDOW");
    table_column(&table, "train from", TABLE_LEFT, 2);
    table_column(&table, "test from", TABLE_LEFT, 0);
    table_column(&table, "test to", TABLE_LEFT, 1);
    table_column(&table, "chosen", TABLE_LEFT, 0);
    table_column(&table, "train sharpe", TABLE_RIGHT, 0);
    table_column(&table, "test sharpe", TABLE_RIGHT, 0);
    table_column(&table, "train return", TABLE_RIGHT, 3);
    table_column(&table, "test return", TABLE_RIGHT, 0);
    table_column(&table, "trips", TABLE_RIGHT, 4);
    for (uint32_t i = 0; i < refit->count; i++) {
        const struct refit_window *window = &refit->windows[i];
        cell_day(&table, style, window->train_from_ns);
        cell_day(&table, style, window->test_from_ns);
        cell_day(&table, style, window->test_to_ns);
        table_cell(&table, text_of(window->params[0] == '\0' ? "-" : window->params));
        cell_number(&table, style, annual_of(refit->period_ns, window->train_sharpe), 2);
        cell_number(&table, style, annual_of(refit->period_ns, window->test_sharpe), 2);
        cell_ratio(&table, style, window->train_return);
        cell_ratio(&table, style, window->test_return);
        table_cell_print(&table, "%llu", (unsigned long long)window->trips);
    }
    return finish(&table, style, out);
}

enum status refit_print(const struct refit *refit, enum refit_metric metric,
                        const struct table_style *style, struct text_buffer *out)
{
    struct table table;
    char chosen[80];
    uint32_t open = 0;
    enum status status = windows_print(refit, style, out);
    if (status != STATUS_OK)
        return status;
    for (uint32_t i = 0; i < refit->count; i++)
        open += refit->windows[i].open_at_end;
    table_init(&table, "walk_forward", "ALL TESTS TOGETHER");
    table_column(&table, "what", TABLE_LEFT, 0);
    table_column(&table, "value", TABLE_RIGHT, 0);
    table_column(&table, "meaning", TABLE_LEFT, 1);
    figure(&table, style, "efficiency", refit->efficiency, 3,
           "mean return of the tests over that of the trains");
    figure(&table, style, "sharpe", annual_of(refit->period_ns, refit->test_sharpe), 2,
           "of the tests");
    figure(&table, style, "probabilistic Sharpe", refit->probabilistic, 3,
           "that it is above 0; nothing was chosen by the tests");
    table_cell(&table, TEXT("return"));
    cell_ratio(&table, style, refit->test_return);
    table_cell(&table, TEXT("of the tests, compounded"));
    table_cell(&table, TEXT("drawdown"));
    cell_ratio(&table, style, -refit->max_drawdown);
    table_cell(&table, TEXT("of the tests put together"));
    figure(&table, style, "tests that earned", refit->positive, 0, "");
    figure(&table, style, "trips open at an end", open, 0,
           "valued at the last close of their test");
    (void)snprintf(chosen, sizeof chosen, "in all windows; the best by %s was chosen",
                   refit_metric_name(metric));
    figure(&table, style, "trials", (double)refit->trials, 0, chosen);
    return finish(&table, style, out);
}
