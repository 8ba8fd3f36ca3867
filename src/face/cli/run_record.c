/* tern data record: a feed into tapes while it runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/time.h"
#include "drive/record/feed_generator.h"
#include "drive/record/feed_session.h"
#include "drive/record/recorder.h"
#include "face/cli/catalogue.h"
#include "face/cli/cli_context.h"
#include "face/cli/progress.h"

#define SEED_DEFAULT 42u
#define SPEED_MAX INT64_C(100000000) /* 100,000 times */
#define DURATION_MAX_NS (365 * NANOSECONDS_PER_DAY)
#define SLICE_NS (NANOSECONDS_PER_SECOND / 20)
#define INSTRUMENTS_DEFAULT "BTC-USD,ETH-USD"

/* ---- what was asked -------------------------------------------------------------------------- */

static enum status refuse(struct cli *cli, const char *option, const char *value,
                          const char *allowed)
{
    problem_set(&cli->problem, STATUS_USAGE, option, "\"%s\"", value);
    problem_allowed(&cli->problem, "%s", allowed);
    return STATUS_USAGE;
}

static enum status read_speed(struct cli *cli, int64_t *out)
{
    const char *text = cli->arguments.values[CLI_OPTION_SPEED];
    *out = RECORD_SPEED_ONE;
    if (text == NULL)
        return STATUS_OK;
    if (strcmp(text, "max") == 0) {
        *out = 0;
        return STATUS_OK;
    }
    if (decimal_parse_i64(text_of(text), 3, out) == STATUS_OK && *out > 0 && *out <= SPEED_MAX)
        return STATUS_OK;
    return refuse(cli, "--speed", text, "0.001 to 100000 seconds of the market a second, or max");
}

static enum status read_duration(struct cli *cli, int64_t *out)
{
    const char *text = cli->arguments.values[CLI_OPTION_DURATION];
    *out = 0;
    if (text == NULL ||
        (duration_parse(text_of(text), out) == STATUS_OK && *out > 0 && *out <= DURATION_MAX_NS))
        return STATUS_OK;
    return refuse(cli, "--duration", text, "time of the market up to 365d, such as 30s, 10m, 2h");
}

static enum status read_kinds(struct cli *cli, uint32_t *out)
{
    static const enum depth_kind kinds[] = {DEPTH_LEVELS, DEPTH_QUOTE, DEPTH_TRADE};
    const char *text = cli->arguments.values[CLI_OPTION_KINDS];
    struct text rest = text == NULL ? TEXT("") : text_of(text);
    *out = 0;
    while (text != NULL && rest.size > 0) {
        struct text word = text_split(&rest, ',');
        size_t at = 0;
        while (at < ARRAY_COUNT(kinds) &&
               !text_equal(word, text_of(tape_kind_name(tape_kind_of(kinds[at])))))
            at++;
        if (at == ARRAY_COUNT(kinds))
            return refuse(cli, "--kinds", text, "depth, quotes, trades, with commas between them");
        *out |= 1u << kinds[at];
    }
    if (text != NULL && *out == 0)
        return refuse(cli, "--kinds", text, "depth, quotes, trades, with commas between them");
    return STATUS_OK;
}

/* Options that the feed does not have are refused, not ignored. */
static enum status refuse_others(struct cli *cli, const char *feed, uint64_t options)
{
    for (unsigned option = 0; option < CLI_OPTION_COUNT; option++) {
        if ((options & UINT64_C(1) << option) == 0 || cli->arguments.values[option] == NULL)
            continue;
        problem_set(&cli->problem, STATUS_USAGE, "data record", "--%s with --feed %s",
                    cli_options[option].name, feed);
        problem_next(&cli->problem, "tern data record --help");
        return STATUS_USAGE;
    }
    return STATUS_OK;
}

static enum status open_generator(struct cli *cli, struct feed **out)
{
    const char *const *values = cli->arguments.values;
    const char *names = values[CLI_OPTION_INSTRUMENTS];
    enum scenario scenario = SCENARIO_NORMAL;
    uint64_t seed;
    enum status status = refuse_others(cli, "generator", CLI_OPTION_BIT(TAPE));
    if (status == STATUS_OK)
        status = arguments_number(&cli->arguments, CLI_OPTION_SEED, INT64_MAX, SEED_DEFAULT, &seed,
                                  &cli->problem);
    if (status == STATUS_OK && values[CLI_OPTION_SCENARIO] != NULL &&
        !scenario_parse(text_of(values[CLI_OPTION_SCENARIO]), &scenario))
        status = refuse(cli, "--scenario", values[CLI_OPTION_SCENARIO],
                        "normal, calm, trend, crash, chop, outage");
    if (status != STATUS_OK)
        return status;
    return feed_generator_open(seed, scenario, text_of(names == NULL ? INSTRUMENTS_DEFAULT : names),
                               out, &cli->problem);
}

static enum status open_feed(struct cli *cli, struct feed **out)
{
    const char *const *values = cli->arguments.values;
    const char *name = values[CLI_OPTION_FEED];
    *out = NULL;
    if (name == NULL || (strcmp(name, "generator") != 0 && strcmp(name, "tape") != 0)) {
        problem_set(&cli->problem, STATUS_USAGE, "--feed", "%s%s%s", name == NULL ? "" : "\"",
                    name == NULL ? "not given" : name, name == NULL ? "" : "\"");
        problem_allowed(&cli->problem, "generator, or tape with --tape FILE[,FILE…]; no venue yet");
        return STATUS_USAGE;
    }
    if (strcmp(name, "generator") == 0)
        return open_generator(cli, out);
    if (values[CLI_OPTION_TAPE] == NULL)
        return refuse(cli, "--tape", "", "what to play: FILE[,FILE…]");
    enum status status = refuse_others(
        cli, "tape", CLI_OPTION_BIT(SEED) | CLI_OPTION_BIT(SCENARIO) | CLI_OPTION_BIT(INSTRUMENTS));
    return status == STATUS_OK ? feed_session_open(values[CLI_OPTION_TAPE], out, &cli->problem)
                               : status;
}

/* ---- the machine's clock --------------------------------------------------------------------- */

struct watch {
    struct progress progress;
    int64_t duration_ns;
};

static int64_t watch_now(void *context)
{
    (void)context;
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NANOSECONDS_PER_SECOND + now.tv_nsec;
}

/* Sleeps in slices, so that somebody who wants to stop need not wait for the market. */
static bool watch_wait(void *context, int64_t due_ns, uint64_t events, int64_t market_ns)
{
    struct watch *watch = context;
    for (;;) {
        /* Of an end that is known the events are reckoned that there will be. */
        uint64_t total = 0;
        if (watch->duration_ns > 0 && market_ns > 0)
            total = (uint64_t)((double)events * ((double)watch->duration_ns / (double)market_ns));
        if (!progress_step(&watch->progress, "record", events, total))
            return false;
        int64_t left = due_ns - watch_now(NULL);
        if (left <= 0)
            return true;
        left = i64_min(left, SLICE_NS);
        struct timespec slice = {.tv_sec = 0, .tv_nsec = (long)left};
        (void)nanosleep(&slice, NULL);
    }
}

/* ---- the answer ------------------------------------------------------------------------------ */

static void print_tape(const struct recorder *recorder, const struct recorded_tape *tape,
                       struct table *table)
{
    char hash[HASH_TEXT_SIZE];
    (void)hash128_format(hash, tape->now.content_hash);
    table_cell(table, text_of(tape->path));
    table_cell(table, text_of(recorder->feed->instruments[tape->instrument].name));
    table_cell(table, text_of(tape_kind_name(tape_kind_of(tape->kind))));
    table_cell_print(table, "%llu", (unsigned long long)tape->now.events);
    table_cell_print(table, "%llu", (unsigned long long)tape->there.events);
    table_cell_print(table, "%llu", (unsigned long long)tape->now.rows);
    table_cell(table, text_of(hash));
}

static void json_tape(const struct recorder *recorder, const struct recorded_tape *tape,
                      struct json_writer *json)
{
    char hash[HASH_TEXT_SIZE];
    (void)hash128_format(hash, tape->now.content_hash);
    json_object_begin(json);
    json_key(json, "tape");
    json_string(json, tape->path);
    json_key(json, "instrument");
    json_string(json, recorder->feed->instruments[tape->instrument].name);
    json_key(json, "kind");
    json_string(json, tape_kind_name(tape_kind_of(tape->kind)));
    json_key(json, "events");
    json_u64(json, tape->now.events);
    json_key(json, "found");
    json_u64(json, tape->there.events);
    json_key(json, "rows");
    json_u64(json, tape->now.rows);
    json_key(json, "content_hash");
    json_string(json, hash);
    json_object_end(json);
}

static enum status answer(struct cli *cli, const struct recorder *recorder)
{
    if (cli->json) {
        struct json_writer json;
        cli_json_begin(cli, &json);
        json_object_begin(&json);
        json_key(&json, "stopped");
        json_bool(&json, recorder->stopped);
        json_key(&json, "clock_back");
        json_u64(&json, recorder->moved_up);
        json_key(&json, "tapes");
        json_array_begin(&json);
        for (uint32_t i = 0; i < recorder->tapes_count; i++)
            json_tape(recorder, &recorder->tapes[i], &json);
        json_array_end(&json);
        json_object_end(&json);
        return cli_json_end(cli, &json);
    }
    struct table table;
    table_init(&table, "record", NULL);
    table_column(&table, "tape", TABLE_LEFT, 0);
    table_column(&table, "instrument", TABLE_LEFT, 2);
    table_column(&table, "kind", TABLE_LEFT, 2);
    table_column(&table, "events", TABLE_RIGHT, 0);
    table_column(&table, "found", TABLE_RIGHT, 1);
    table_column(&table, "rows", TABLE_RIGHT, 0);
    table_column(&table, "content_hash", TABLE_LEFT, 3);
    for (uint32_t i = 0; i < recorder->tapes_count; i++)
        print_tape(recorder, &recorder->tapes[i], &table);
    enum status status = table_write(&table, &cli->style, &cli->out);
    table_release(&table);
    if (recorder->moved_up > 0)
        cli_note(cli, "the clock of receipt went back %llu times; those times were moved up",
                 (unsigned long long)recorder->moved_up);
    return status;
}

static enum status record(struct cli *cli, struct feed *feed,
                          const struct recorder_options *options)
{
    struct watch watch = {.duration_ns = options->duration_ns};
    const struct record_clock clock = {&watch, watch_now, watch_wait};
    struct recorder recorder;
    enum status status = recorder_open(&recorder, feed, &clock, options, &cli->problem);
    if (status != STATUS_OK)
        return status;
    progress_begin(&watch.progress, !cli->quiet && progress_wanted());
    status = recorder_run(&recorder, &cli->problem);
    if (status == STATUS_OK)
        status = recorder_finish(&recorder, &cli->problem);
    else
        recorder_abort(&recorder);
    progress_end(&watch.progress);
    if (status == STATUS_OK)
        status = answer(cli, &recorder);
    recorder_release(&recorder);
    return status;
}

enum status run_data_record(struct cli *cli)
{
    struct recorder_options options = {0};
    char directory[CATALOGUE_PATH_SIZE];
    struct feed *feed = NULL;
    enum status status = read_speed(cli, &options.speed);
    if (status == STATUS_OK)
        status = read_duration(cli, &options.duration_ns);
    if (status == STATUS_OK)
        status = read_kinds(cli, &options.kinds);
    if (status == STATUS_OK)
        status = open_feed(cli, &feed);
    if (status == STATUS_OK)
        status = catalogue_path(cli->arguments.values[CLI_OPTION_OUT], true, directory,
                                &cli->problem);
    options.directory = directory;
    if (status == STATUS_OK)
        status = record(cli, feed, &options);
    if (feed != NULL)
        feed->class->close(feed);
    return status;
}
