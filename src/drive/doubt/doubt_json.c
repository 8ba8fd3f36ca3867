/* Doubts as a document. */
#include <stdio.h>
#include <string.h>

#include "base/math.h"
#include "base/time.h"
#include "drive/doubt/doubt.h"

#define DAYS_A_YEAR 365

static double annual_of(int64_t period_ns, double sharpe)
{
    if (period_ns <= 0)
        return double_nan();
    double periods = (double)(DAYS_A_YEAR * NANOSECONDS_PER_DAY) / (double)period_ns;
    return sharpe * math_sqrt(periods);
}

static void key_text(struct json_writer *json, const char *key, const char *value)
{
    json_key(json, key);
    json_string(json, value);
}

static void key_double(struct json_writer *json, const char *key, double value)
{
    json_key(json, key);
    json_double(json, value);
}

static void key_count(struct json_writer *json, const char *key, uint64_t value)
{
    json_key(json, key);
    json_u64(json, value);
}

static void key_time(struct json_writer *json, const char *key, int64_t time_ns)
{
    char text[TIME_TEXT_SIZE];
    (void)time_format(text, time_ns);
    key_text(json, key, text);
}

static void key_hash(struct json_writer *json, const char *key, struct hash128 hash)
{
    char text[HASH_TEXT_SIZE];
    hash128_format(text, hash);
    key_text(json, key, text);
}

static void key_amount(struct json_writer *json, const char *key, struct amount amount)
{
    json_key(json, key);
    json_decimal(json, amount.units, AMOUNT_DECIMALS);
}

static void key_spread(struct json_writer *json, const char *key,
                       const struct resample_summary *summary, double factor)
{
    json_key(json, key);
    json_object_begin(json);
    key_count(json, "count", summary->count);
    bool is = summary->count > 0;
    key_double(json, "mean", is ? summary->mean * factor : double_nan());
    key_double(json, "q05", is ? summary->quantile_05 * factor : double_nan());
    key_double(json, "median", is ? summary->median * factor : double_nan());
    key_double(json, "q95", is ? summary->quantile_95 * factor : double_nan());
    json_object_end(json);
}

static void result_members(struct json_writer *json, const struct doubt *doubt,
                           const struct doubt_result *result)
{
    json_key(json, "ran");
    json_bool(json, result->ran);
    if (!result->ran) {
        key_text(json, "why", result->why);
        return;
    }
    key_double(json, "return", result->gain);
    key_double(json, "sharpe", annual_of(doubt->period_ns, result->sharpe));
    key_double(json, "max_drawdown", result->max_drawdown);
    if (result == &doubt->hold)
        return;
    key_amount(json, "end_equity", result->end_equity);
    key_amount(json, "fees", result->fees);
    key_count(json, "trips", result->trips);
}

static void verdicts_json(struct json_writer *json, const struct doubt *doubt)
{
    json_key(json, "verdicts");
    json_array_begin(json);
    for (uint32_t i = 0; i < doubt->verdicts_count; i++) {
        json_object_begin(json);
        key_text(json, "verdict", doubt_severity_name(doubt->verdicts[i].severity));
        key_text(json, "about", doubt->verdicts[i].topic);
        key_text(json, "text", doubt->verdicts[i].text);
        json_object_end(json);
    }
    json_array_end(json);
    json_key(json, "warnings");
    json_array_begin(json);
    for (uint32_t i = 0; i < doubt->warnings_count; i++)
        json_string(json, doubt->warnings[i]);
    json_array_end(json);
}

static void runs_json(struct json_writer *json, const struct doubt *doubt)
{
    json_key(json, "base");
    json_object_begin(json);
    result_members(json, doubt, &doubt->base);
    json_object_end(json);
    json_key(json, "stress");
    json_array_begin(json);
    for (uint32_t i = 0; i < doubt->stresses_count; i++) {
        json_object_begin(json);
        key_text(json, "name", doubt->stresses[i].name);
        key_text(json, "what", doubt->stresses[i].what);
        result_members(json, doubt, &doubt->stresses[i].run);
        json_object_end(json);
    }
    json_array_end(json);
    json_key(json, "hold");
    if (!doubt->has_hold) {
        json_null(json);
        return;
    }
    json_object_begin(json);
    result_members(json, doubt, &doubt->hold);
    json_object_end(json);
}

static void jitter_json(struct json_writer *json, const struct doubt *doubt)
{
    const struct jitter *jitter = &doubt->jitter;
    json_key(json, "jitter");
    json_object_begin(json);
    key_count(json, "runs", jitter->ran);
    key_double(json, "profitable", jitter->profitable);
    key_spread(json, "return", &jitter->gain, 1);
    key_spread(json, "sharpe", &jitter->sharpe, annual_of(doubt->period_ns, 1));
    key_count(json, "parameters_left", jitter->keys_left);
    json_key(json, "parameters");
    json_array_begin(json);
    for (uint32_t i = 0; i < jitter->alone; i++) {
        const struct jitter_run *run = &jitter->runs[i];
        const struct jitter_key *key = &jitter->keys[run->key];
        json_object_begin(json);
        key_text(json, "parameter", key->shown);
        key_text(json, "configured", key->value);
        json_key(json, "steps");
        json_i64(json, run->step);
        key_text(json, "value", key->moved[run->step + JITTER_STEPS]);
        key_double(json, "return", run->ran ? run->gain : double_nan());
        key_double(json, "sharpe",
                   run->ran ? annual_of(doubt->period_ns, run->sharpe) : double_nan());
        json_object_end(json);
    }
    json_array_end(json);
    json_object_end(json);
}

static void luck_json(struct json_writer *json, const struct doubt *doubt)
{
    double year = annual_of(doubt->period_ns, 1);
    json_key(json, "luck");
    json_object_begin(json);
    key_count(json, "trials", doubt->trials);
    key_double(json, "deflated_sharpe", doubt->deflated);
    key_double(json, "probabilistic_sharpe", doubt->probabilistic);
    key_count(json, "returns", doubt->returns_count);
    key_double(json, "minimum_track_record", doubt->track_record);
    key_double(json, "bootstrap_block", doubt->block_length);
    key_spread(json, "bootstrap_sharpe", &doubt->bootstrap, year);
    key_double(json, "bootstrap_above_zero", doubt->bootstrap_above_zero);
    json_object_end(json);
    json_key(json, "shuffle");
    if (doubt->is_session) {
        json_null(json);
    } else {
        json_object_begin(json);
        key_count(json, "markets", doubt->shuffle.ran);
        key_double(json, "block", doubt->shuffle.block_mean);
        key_double(json, "step_seconds", (double)doubt->shuffle.step_ns * 1e-9);
        key_double(json, "p_value", doubt->shuffle.p_value);
        key_double(json, "p_value_return", doubt->shuffle.p_value_gain);
        key_spread(json, "return", &doubt->shuffle.gain, 1);
        key_spread(json, "sharpe", &doubt->shuffle.sharpe, year);
        json_object_end(json);
    }
    json_key(json, "trip_order");
    json_object_begin(json);
    key_double(json, "drawdown_as_it_was", doubt->trips_drawdown);
    key_spread(json, "drawdown", &doubt->trips_shuffled.drawdown, 1);
    key_spread(json, "drawdown_drawn", &doubt->trips_drawn.drawdown, 1);
    key_spread(json, "end_equity_drawn", &doubt->trips_drawn.end_equity, 1);
    key_double(json, "ruin_share", doubt->trips_drawn.ruin_share);
    json_object_end(json);
}

static void bots_json(struct json_writer *json, const struct doubt *doubt)
{
    json_key(json, "bots");
    json_object_begin(json);
    key_double(json, "effective", doubt->bots_count > 0 ? doubt->bots_effective : double_nan());
    key_double(json, "correlation", doubt->bots_count > 0 ? doubt->bots_correlation : double_nan());
    json_key(json, "shares");
    json_array_begin(json);
    for (uint32_t i = 0; i < doubt->bots_count; i++) {
        json_object_begin(json);
        key_text(json, "name", doubt->bots[i].name);
        key_amount(json, "net", doubt->bots[i].net);
        key_double(json, "risk", doubt->bots[i].risk);
        json_object_end(json);
    }
    json_array_end(json);
    json_object_end(json);
}

static void lookahead_json(struct json_writer *json, const struct doubt *doubt)
{
    json_key(json, "look_ahead");
    json_object_begin(json);
    key_count(json, "frames", doubt->lookahead.frames);
    key_count(json, "differ", doubt->lookahead.differ);
    json_key(json, "cuts");
    json_array_begin(json);
    for (uint32_t i = 0; i < doubt->lookahead.count; i++) {
        const struct lookahead_cut *cut = &doubt->lookahead.cuts[i];
        json_object_begin(json);
        key_time(json, "time", cut->time_ns);
        key_count(json, "frames", cut->frames);
        json_key(json, "same");
        json_bool(json, cut->same);
        if (!cut->same) {
            key_time(json, "differs", cut->differs_ns);
            key_count(json, "input_seq", cut->differs_seq);
            key_text(json, "cause", cut->cause);
            key_text(json, "how", cut->how);
        }
        json_object_end(json);
    }
    json_array_end(json);
    json_object_end(json);
}

void refit_json_print(const struct refit *refit, enum refit_metric metric, struct json_writer *json)
{
    json_object_begin(json);
    key_text(json, "schema", "tern.walk-forward/2");
    key_text(json, "by", refit_metric_name(metric));
    json_key(json, "anchored");
    json_bool(json, refit->plan.anchored);
    key_double(json, "train_days", (double)refit->plan.train_ns / 86400e9);
    key_double(json, "test_days", (double)refit->plan.test_ns / 86400e9);
    key_count(json, "purge_bars", refit->plan.purge_bars);
    key_count(json, "embargo_bars", refit->plan.embargo_bars);
    key_double(json, "between_days", (double)refit->gap_ns / 86400e9);
    key_double(json, "efficiency", refit->efficiency);
    key_double(json, "sharpe", annual_of(refit->period_ns, refit->test_sharpe));
    key_double(json, "probabilistic_sharpe", refit->probabilistic);
    key_double(json, "return", refit->test_return);
    key_double(json, "max_drawdown", refit->max_drawdown);
    key_count(json, "tests_that_earned", refit->positive);
    key_count(json, "trials", refit->trials);
    key_count(json, "trials_counted", refit->counted);
    json_key(json, "windows");
    json_array_begin(json);
    for (uint32_t i = 0; i < refit->count; i++) {
        const struct refit_window *window = &refit->windows[i];
        json_object_begin(json);
        key_time(json, "train_from", window->train_from_ns);
        key_time(json, "train_to", window->train_to_ns);
        key_time(json, "test_from", window->test_from_ns);
        key_time(json, "test_to", window->test_to_ns);
        key_count(json, "trials", window->trials);
        json_key(json, "trial");
        if (window->chosen == REFIT_NONE)
            json_null(json);
        else
            json_u64(json, window->chosen);
        key_text(json, "parameters", window->params);
        key_double(json, "train_sharpe", annual_of(refit->period_ns, window->train_sharpe));
        key_double(json, "test_sharpe", annual_of(refit->period_ns, window->test_sharpe));
        key_double(json, "train_return", window->train_return);
        key_double(json, "test_return", window->test_return);
        key_amount(json, "fees", window->fees);
        key_count(json, "trips", window->trips);
        json_key(json, "open_at_end");
        json_bool(json, window->open_at_end);
        json_object_end(json);
    }
    json_array_end(json);
    json_object_end(json);
}

void doubt_json_print(const struct doubt *doubt, struct text_buffer *out)
{
    struct json_writer json;
    json_write_init(&json, out, 1);
    json_object_begin(&json);
    key_text(&json, "schema", DOUBT_SCHEMA);
    key_text(&json, "name", doubt->name);
    key_text(&json, "currency", doubt->currency);
    key_hash(&json, "config_hash", doubt->config_hash);
    key_hash(&json, "data_hash", doubt->data_hash);
    key_hash(&json, "journal_hash", doubt->journal_hash);
    char seed[32];
    (void)snprintf(seed, sizeof seed, "%llu", (unsigned long long)doubt->seed);
    key_text(&json, "seed", seed);
    key_time(&json, "from", doubt->from_ns);
    key_time(&json, "to", doubt->to_ns);
    verdicts_json(&json, doubt);
    runs_json(&json, doubt);
    jitter_json(&json, doubt);
    luck_json(&json, doubt);
    bots_json(&json, doubt);
    lookahead_json(&json, doubt);
    key_double(&json, "pbo", doubt->has_refit ? doubt->overfit : double_nan());
    key_count(&json, "sweep_trials", doubt->sweep_trials);
    json_key(&json, "walk_forward");
    if (doubt->has_refit)
        refit_json_print(&doubt->refit, doubt->refit_metric, &json);
    else
        json_null(&json);
    json_object_end(&json);
    (void)!json_write_finish(&json);
}
