/* tern data verify: what is wrong with files of bars and with tapes, and where. */
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "face/cli/bar_files.h"
#include "face/cli/event_files.h"
#include "world/import/survey.h"
#include "world/tape/tape_bars.h"

struct verify {
    struct cli *cli;
    const char *file;
    int64_t bar_ns;
    struct table table;
    struct json_writer json;
    uint64_t errors;
    const struct survey *survey; /* of the file */
};

/* The name of the part behind the file's, where there are several. */
static const char *part_name(const struct verify *verify, const struct survey_place *place)
{
    const struct survey *survey = verify->survey;
    if (survey->parts_count < 2 || place->line.part == 0 || place->line.part > survey->parts_count)
        return "";
    const char *name = survey->parts[place->line.part - 1];
    size_t size = strlen(verify->file);
    return strncmp(name, verify->file, size) == 0 ? name + size + (name[size] != '\0' ? 1 : 0)
                                                  : name;
}

static void place_text(const struct verify *verify, const struct survey_place *place, char *out,
                       size_t size)
{
    char time[TIME_TEXT_SIZE] = "";
    if (place->time_ns != INT64_MIN)
        time_format(time, place->time_ns);
    const char *part = part_name(verify, place);
    size_t used = 0;
    if (part[0] != '\0')
        used = (size_t)snprintf(out, size, "%.80s, ", part);
    out += used;
    size -= used;
    if (place->line.line > 0)
        (void)snprintf(out, size, "line %llu%s%s", (unsigned long long)place->line.line,
                       time[0] != '\0' ? ", " : "", time);
    else
        (void)snprintf(out, size, "%s", time);
}

static void print_kind(struct verify *verify, const struct survey_series *series,
                       enum survey_kind kind)
{
    uint64_t count = series->counts[kind];
    enum table_tone tone = survey_kinds[kind].error ? TONE_BAD : TONE_WARN;
    for (uint64_t i = 0; i < count && i < SURVEY_PLACES_MAX; i++) {
        char where[192];
        place_text(verify, &series->places[kind][i], where, sizeof where);
        table_cell(&verify->table, text_of(verify->file));
        table_cell(&verify->table, text_of(series->symbol));
        table_cell_tone(&verify->table, tone, text_of(survey_kinds[kind].name));
        table_cell_print(&verify->table, "%llu of %llu", (unsigned long long)i + 1,
                         (unsigned long long)count);
        table_cell(&verify->table, text_of(where));
        table_cell(&verify->table, text_of(series->places[kind][i].text));
    }
}

static void print_good(struct verify *verify, const struct survey_series *series)
{
    char length[DURATION_TEXT_SIZE] = "?";
    if (series->bar_ns > 0)
        duration_format(length, series->bar_ns);
    table_cell(&verify->table, text_of(verify->file));
    table_cell(&verify->table, text_of(series->symbol));
    table_cell_tone(&verify->table, survey_errors(series) == 0 ? TONE_GOOD : TONE_BAD,
                    survey_errors(series) == 0 ? TEXT("usable") : TEXT("not usable"));
    table_cell(&verify->table, TEXT(""));
    table_cell(&verify->table, TEXT(""));
    table_cell_print(&verify->table, "%zu bars of %s, %llu absent%s; %s", series->count, length,
                     (unsigned long long)series->bars_missing,
                     series->sessions   ? " (New York sessions)"
                     : series->weekdays ? " (New York calendar)"
                                        : "",
                     bar_forms[verify->survey->form].sentence);
}

static void json_series(struct verify *verify, const struct survey_series *series)
{
    struct json_writer *json = &verify->json;
    json_object_begin(json);
    json_key(json, "file");
    json_string(json, verify->file);
    json_key(json, "symbol");
    json_string(json, series->symbol);
    json_key(json, "form");
    json_string(json, bar_forms[verify->survey->form].name);
    json_key(json, "usable");
    json_bool(json, survey_errors(series) == 0);
    json_key(json, "bars");
    json_u64(json, series->count);
    json_key(json, "bar_ns");
    json_i64(json, series->bar_ns);
    json_key(json, "calendar");
    json_string(json, series->sessions   ? "new_york_sessions"
                      : series->weekdays ? "new_york"
                                         : "always");
    json_key(json, "missing");
    json_u64(json, series->bars_missing);
    json_key(json, "faults");
    json_object_begin(json);
    for (unsigned kind = 0; kind < SURVEY_KIND_COUNT; kind++) {
        json_key(json, survey_kinds[kind].name);
        json_object_begin(json);
        json_key(json, "count");
        json_u64(json, series->counts[kind]);
        json_key(json, "places");
        json_array_begin(json);
        for (uint64_t i = 0; i < series->counts[kind] && i < SURVEY_PLACES_MAX; i++) {
            const struct survey_place *place = &series->places[kind][i];
            char time[TIME_TEXT_SIZE] = "";
            if (place->time_ns != INT64_MIN)
                time_format(time, place->time_ns);
            json_object_begin(json);
            json_key(json, "part");
            json_string(json, part_name(verify, place));
            json_key(json, "line");
            json_u64(json, place->line.line);
            json_key(json, "time");
            json_string(json, time);
            json_key(json, "found");
            json_string(json, place->text);
            json_object_end(json);
        }
        json_array_end(json);
        json_object_end(json);
    }
    json_object_end(json);
    json_object_end(json);
}

/* A tape is read to its end, every block against its checksum and its content hash. */
static enum status survey_tape(struct verify *verify, struct survey *survey)
{
    struct problem *problem = &verify->cli->problem;
    struct tape_reader *reader;
    struct bar_source source;
    struct bar_series series;
    enum status status = tape_reader_open(verify->file, &reader, problem);
    if (status != STATUS_OK)
        return status;
    bar_source_init(&source, verify->file);
    source.price_decimals_min = 0;
    source.price_decimals_max = 18;
    status = tape_reader_bars(reader, &source, false, &series, problem);
    struct hash128 told = tape_reader_summary(reader)->content_hash;
    tape_reader_close(reader);
    if (status != STATUS_OK)
        return status;
    if ((told.low | told.high) != 0 && !hash128_equal(told, series.content_hash))
        status = problem_set(problem, STATUS_CORRUPT, verify->file,
                             "the content does not match the content hash at its end");
    else if (survey_of_bars(series.bars, series.count, series.price_decimals, survey) != STATUS_OK)
        status = problem_set(problem, STATUS_NO_MEMORY, verify->file, "not enough memory");
    if (verify->bar_ns == 0)
        verify->bar_ns = series.bar_ns;
    bar_series_release(&series);
    return status;
}

static enum status survey_file(struct verify *verify, struct survey *survey)
{
    struct bar_source source;
    char columns[BAR_COLUMNS_SIZE];
    struct cli *cli = verify->cli;
    if (tape_is_tape(verify->file))
        return survey_tape(verify, survey);
    enum status status = bar_file_source(cli, verify->file, &source);
    if (status == STATUS_OK && bar_file_may_ask(cli))
        status = bar_file_ask(cli, &source, columns);
    return status == STATUS_OK ? survey_read(&source, survey, &cli->problem) : status;
}

static enum status verify_file(struct verify *verify)
{
    if (recording_is(verify->file))
        return event_file_verify(verify->cli, verify->file, &verify->table, &verify->json,
                                 &verify->errors);
    struct survey survey = {0};
    int64_t given = verify->bar_ns;
    enum status status = survey_file(verify, &survey);
    verify->survey = &survey;
    for (size_t i = 0; i < survey.count && status == STATUS_OK; i++) {
        struct survey_series *series = &survey.series[i];
        survey_judge(series, verify->bar_ns);
        verify->errors += survey_errors(series);
        if (verify->cli->json) {
            json_series(verify, series);
            continue;
        }
        print_good(verify, series);
        for (unsigned kind = 0; kind < SURVEY_KIND_COUNT; kind++)
            print_kind(verify, series, (enum survey_kind)kind);
    }
    verify->bar_ns = given;
    survey_release(&survey);
    return status;
}

static void verify_begin(struct verify *verify)
{
    if (verify->cli->json) {
        cli_json_begin(verify->cli, &verify->json);
        json_object_begin(&verify->json);
        json_key(&verify->json, "series");
        json_array_begin(&verify->json);
        return;
    }
    table_init(&verify->table, "verify", NULL);
    table_column(&verify->table, "file", TABLE_LEFT, 2);
    table_column(&verify->table, "symbol", TABLE_LEFT, 1);
    table_column(&verify->table, "fault", TABLE_LEFT, 0);
    table_column(&verify->table, "count", TABLE_RIGHT, 0);
    table_column(&verify->table, "where", TABLE_LEFT, 0);
    table_column(&verify->table, "found", TABLE_LEFT, 0);
}

enum status run_data_verify(struct cli *cli)
{
    struct verify verify = {.cli = cli};
    const char *bar = cli->arguments.values[CLI_OPTION_BAR];
    if (bar != NULL &&
        (duration_parse(text_of(bar), &verify.bar_ns) != STATUS_OK || verify.bar_ns <= 0)) {
        problem_set(&cli->problem, STATUS_USAGE, "--bar", "found \"%s\"", bar);
        problem_allowed(&cli->problem, "a length such as 1m, 15m, 1h, 1d");
        return STATUS_USAGE;
    }
    enum status status = STATUS_OK;
    verify_begin(&verify);
    for (unsigned i = 0; i < cli->arguments.operands_count && status == STATUS_OK; i++) {
        verify.file = cli->arguments.operands[i];
        status = verify_file(&verify);
    }
    if (cli->json && status == STATUS_OK) {
        json_array_end(&verify.json);
        json_object_end(&verify.json);
        status = cli_json_end(cli, &verify.json);
    }
    if (!cli->json) {
        if (status == STATUS_OK)
            status = table_write(&verify.table, &cli->style, &cli->out);
        table_release(&verify.table);
    }
    if (status != STATUS_OK || verify.errors == 0)
        return status;
    status = cli_flush(cli);
    if (status != STATUS_OK)
        return status;
    /* The document that was just printed is the answer; a second one would spoil it. */
    cli->json = false;
    problem_set(&cli->problem, STATUS_DATA_INVALID, "data", "%llu faults that an import refuses",
                (unsigned long long)verify.errors);
    problem_next(&cli->problem, "mend the rows named, then tern data import");
    return STATUS_DATA_INVALID;
}
