/* tern data import, list, export and verify. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/time.h"
#include "face/cli/bar_files.h"
#include "face/cli/catalogue.h"
#include "face/cli/event_files.h"
#include "face/cli/progress.h"
#include "world/import/survey.h"
#include "world/tape/tape_bars.h"

#define LIST_TAPES_MAX 65536u

static enum status bar_length(struct cli *cli, int64_t *out)
{
    const char *text = cli->arguments.values[CLI_OPTION_BAR];
    *out = 0;
    if (text == NULL || (duration_parse(text_of(text), out) == STATUS_OK && *out > 0))
        return STATUS_OK;
    problem_set(&cli->problem, STATUS_USAGE, "--bar", "found \"%s\"", text);
    problem_allowed(&cli->problem, "a length such as 1m, 15m, 1h, 1d");
    return STATUS_USAGE;
}

/* ---- import ---------------------------------------------------------------------------------- */

enum import_outcome { IMPORT_WRITTEN, IMPORT_UNCHANGED };

struct import {
    struct cli *cli;
    const char *file;
    struct bar_source source;       /* of the file, as the options say */
    char columns[BAR_COLUMNS_SIZE]; /* that were asked for */
    char directory[CATALOGUE_PATH_SIZE];
    int64_t bar_ns;
    struct table table;
    struct json_writer json;
    struct progress progress;
};

static void report(struct import *import, const char *path, const struct bar_series *series,
                   enum import_outcome outcome)
{
    char length[DURATION_TEXT_SIZE], from[TIME_TEXT_SIZE], to[TIME_TEXT_SIZE];
    char hash[HASH_TEXT_SIZE];
    duration_format(length, series->bar_ns);
    time_format(from, series->bars[0].open_time_ns);
    time_format(to, series->bars[series->count - 1].open_time_ns);
    (void)hash128_format(hash, series->content_hash);
    const char *what = outcome == IMPORT_WRITTEN ? "written" : "unchanged";
    if (import->cli->json) {
        struct json_writer *json = &import->json;
        json_object_begin(json);
        json_key(json, "file");
        json_string(json, import->file);
        json_key(json, "tape");
        json_string(json, path);
        json_key(json, "form");
        json_string(json, bar_forms[series->form].name);
        json_key(json, "outcome");
        json_string(json, what);
        json_key(json, "bars");
        json_u64(json, series->count);
        json_key(json, "bar");
        json_string(json, length);
        json_key(json, "from");
        json_string(json, from);
        json_key(json, "to");
        json_string(json, to);
        json_key(json, "missing");
        json_u64(json, series->gap_bars_missing);
        json_key(json, "left_out");
        json_u64(json, series->unaligned_count + series->one_sided_count);
        json_key(json, "content_hash");
        json_string(json, hash);
        json_object_end(json);
        return;
    }
    table_cell(&import->table, text_of(path));
    table_cell(&import->table, text_of(bar_forms[series->form].name));
    table_cell(&import->table, text_of(what));
    table_cell_print(&import->table, "%zu", series->count);
    table_cell(&import->table, text_of(length));
    table_cell(&import->table, text_of(from));
    table_cell(&import->table, text_of(to));
    table_cell_print(&import->table, "%llu", (unsigned long long)series->gap_bars_missing);
    table_cell_print(&import->table, "%llu",
                     (unsigned long long)(series->unaligned_count + series->one_sided_count));
    table_cell(&import->table, text_of(hash));
}

/* Whether the tape there has just this content already. */
static bool is_there(const char *path, const char *instrument, const struct bar_series *series)
{
    struct tape_reader *reader;
    struct problem problem;
    problem_init(&problem);
    if (tape_reader_open(path, &reader, &problem) != STATUS_OK)
        return false;
    const struct tape_summary *summary = tape_reader_summary(reader);
    bool same = summary->complete && summary->facts.kind == TAPE_BARS &&
                hash128_equal(summary->content_hash, series->content_hash) &&
                strcmp(summary->facts.instrument, instrument) == 0;
    tape_reader_close(reader);
    return same;
}

static enum status import_series(struct import *import, const char *symbol)
{
    struct cli *cli = import->cli;
    struct bar_source source = import->source;
    struct bar_series series;
    source.symbol = symbol;
    source.bar_ns = import->bar_ns;
    source.skip_unaligned = import->bar_ns > 0;
    enum status status;
    const char *instrument = cli->arguments.values[CLI_OPTION_INSTRUMENT];
    char own[TAPE_INSTRUMENT_SIZE] = "";
    if (tape_is_tape(import->file)) {
        struct tape_reader *reader;
        status = tape_reader_open(import->file, &reader, &cli->problem);
        if (status != STATUS_OK)
            return status;
        (void)text_copy(own, sizeof own, text_of(tape_reader_summary(reader)->facts.instrument));
        if (instrument == NULL)
            instrument = own;
        status = tape_reader_bars(reader, &source, true, &series, &cli->problem);
        tape_reader_close(reader);
        series.form = BAR_FORM_TAPE;
    } else {
        status = bar_series_read(&source, &series, &cli->problem);
    }
    if (status != STATUS_OK)
        return status;
    char path[CATALOGUE_PATH_SIZE];
    if (instrument == NULL)
        instrument = symbol != NULL ? symbol : "";
    if (!catalogue_tape_path(import->directory, instrument, import->file, series.bar_ns, path))
        status = problem_set(&cli->problem, STATUS_RANGE, import->file, "the path is too long");
    enum import_outcome outcome = IMPORT_UNCHANGED;
    if (status == STATUS_OK && !is_there(path, instrument, &series)) {
        outcome = IMPORT_WRITTEN;
        status = tape_write_bars(path, instrument, &series, cli_have(cli, CLI_OPTION_REPLACE),
                                 &cli->problem);
    }
    if (status == STATUS_OK)
        report(import, path, &series, outcome);
    bar_series_release(&series);
    return status;
}

/* An order book, quotes or trades; the word of the kind stands where bars have their length. */
static enum status import_recording(struct import *import, unsigned index)
{
    struct cli *cli = import->cli;
    struct event_import done;
    char from[TIME_TEXT_SIZE], to[TIME_TEXT_SIZE], hash[HASH_TEXT_SIZE];
    enum status status = event_file_import(cli, import->file, import->directory, &import->progress,
                                           index, cli->arguments.operands_count, &done);
    if (status != STATUS_OK)
        return status;
    time_format(from, done.from_ns);
    time_format(to, done.to_ns);
    (void)hash128_format(hash, done.content_hash);
    const char *const texts[] = {done.path, done.is_tape ? "tape" : "csv",
                                 done.written ? "written" : "unchanged"};
    static const char *const names[] = {"tape", "form", "outcome"};
    const char *kind = tape_kind_name(tape_kind_of(done.kind));
    struct json_writer *json = &import->json;
    if (cli->json) {
        json_object_begin(json);
        json_key(json, "file");
        json_string(json, import->file);
        for (unsigned i = 0; i < ARRAY_COUNT(texts); i++) {
            json_key(json, names[i]);
            json_string(json, texts[i]);
        }
        json_key(json, "kind");
        json_string(json, kind);
        json_key(json, "rows");
        json_u64(json, done.rows);
        json_key(json, "from");
        json_string(json, from);
        json_key(json, "to");
        json_string(json, to);
        json_key(json, "left_out");
        json_u64(json, done.left_out);
        json_key(json, "content_hash");
        json_string(json, hash);
        json_object_end(json);
        return STATUS_OK;
    }
    for (unsigned i = 0; i < ARRAY_COUNT(texts); i++)
        table_cell(&import->table, text_of(texts[i]));
    table_cell_print(&import->table, "%llu", (unsigned long long)done.rows);
    table_cell(&import->table, text_of(kind));
    table_cell(&import->table, text_of(from));
    table_cell(&import->table, text_of(to));
    table_cell(&import->table, TEXT(""));
    table_cell_print(&import->table, "%llu", (unsigned long long)done.left_out);
    table_cell(&import->table, text_of(hash));
    return STATUS_OK;
}

/* One tape a symbol where the file has several and none is named. */
static enum status import_file(struct import *import)
{
    struct cli *cli = import->cli;
    const char *symbol = cli->arguments.values[CLI_OPTION_SYMBOL];
    if (symbol != NULL || tape_is_tape(import->file) || !survey_has_symbols(&import->source))
        return import_series(import, symbol);
    struct survey survey;
    enum status status = survey_read(&import->source, &survey, &cli->problem);
    for (size_t i = 0; i < survey.count && status == STATUS_OK; i++) {
        if (!progress_step(&import->progress, "import", i, survey.count))
            status = problem_set(&cli->problem, STATUS_INTERRUPTED, import->file, "interrupted");
        else
            status = import_series(import, survey.series[i].symbol);
    }
    survey_release(&survey);
    return status;
}

/* Columns are asked for while Ctrl-C still ends the program. */
static enum status begin_file(struct import *import)
{
    struct cli *cli = import->cli;
    enum status status = bar_file_source(cli, import->file, &import->source);
    if (status != STATUS_OK || tape_is_tape(import->file) || !bar_file_may_ask(cli))
        return status;
    progress_end(&import->progress);
    status = bar_file_ask(cli, &import->source, import->columns);
    progress_begin(&import->progress, !cli->quiet && progress_wanted());
    return status;
}

static enum status import_bars(struct import *import)
{
    enum status status = begin_file(import);
    return status == STATUS_OK ? import_file(import) : status;
}

static void import_begin(struct import *import)
{
    struct cli *cli = import->cli;
    if (cli->json) {
        cli_json_begin(cli, &import->json);
        json_object_begin(&import->json);
        json_key(&import->json, "tapes");
        json_array_begin(&import->json);
        return;
    }
    table_init(&import->table, "import", NULL);
    table_column(&import->table, "tape", TABLE_LEFT, 0);
    table_column(&import->table, "form", TABLE_LEFT, 1);
    table_column(&import->table, "outcome", TABLE_LEFT, 0);
    table_column(&import->table, "rows", TABLE_RIGHT, 0);
    table_column(&import->table, "bar", TABLE_RIGHT, 0);
    table_column(&import->table, "from", TABLE_LEFT, 2);
    table_column(&import->table, "to", TABLE_LEFT, 2);
    table_column(&import->table, "missing", TABLE_RIGHT, 0);
    table_column(&import->table, "left_out", TABLE_RIGHT, 3);
    table_column(&import->table, "content_hash", TABLE_LEFT, 4);
}

enum status run_data_import(struct cli *cli)
{
    struct import *import = calloc(1, sizeof *import);
    if (import == NULL)
        return problem_set(&cli->problem, STATUS_NO_MEMORY, "import", "not enough memory");
    import->cli = cli;
    enum status status = bar_length(cli, &import->bar_ns);
    /* The options are judged before anything is made. */
    if (status == STATUS_OK)
        status = bar_file_source(cli, cli->arguments.operands[0], &import->source);
    if (status == STATUS_OK)
        status = catalogue_path(cli->arguments.values[CLI_OPTION_OUT], true, import->directory,
                                &cli->problem);
    if (status != STATUS_OK) {
        free(import);
        return status;
    }
    import_begin(import);
    progress_begin(&import->progress, !cli->quiet && progress_wanted());
    for (unsigned i = 0; i < cli->arguments.operands_count && status == STATUS_OK; i++) {
        import->file = cli->arguments.operands[i];
        if (!progress_step(&import->progress, "import", i, cli->arguments.operands_count))
            status = problem_set(&cli->problem, STATUS_INTERRUPTED, import->file, "interrupted");
        else
            status = recording_is(import->file) ? import_recording(import, i) : import_bars(import);
    }
    progress_end(&import->progress);
    if (cli->json && status == STATUS_OK) {
        json_array_end(&import->json);
        json_object_end(&import->json);
        status = cli_json_end(cli, &import->json);
    }
    if (!cli->json) {
        /* What was done before a failure is told too; it stays done. */
        if (status == STATUS_OK || import->table.cells_count > 0) {
            enum status written = table_write(&import->table, &cli->style, &cli->out);
            if (written == STATUS_OK && status != STATUS_OK)
                written = cli_flush(cli);
            status = status == STATUS_OK ? written : status;
        }
        table_release(&import->table);
    }
    free(import);
    return status;
}

/* ---- list ------------------------------------------------------------------------------------ */

struct listing {
    struct cli *cli;
    struct table table;
    struct json_writer json;
};

static void list_columns(struct table *table)
{
    table_init(table, "tapes", NULL);
    table_column(table, "tape", TABLE_LEFT, 0);
    table_column(table, "instrument", TABLE_LEFT, 0);
    table_column(table, "kind", TABLE_LEFT, 0);
    table_column(table, "bar", TABLE_RIGHT, 0);
    table_column(table, "rows", TABLE_RIGHT, 0);
    table_column(table, "from", TABLE_LEFT, 1);
    table_column(table, "to", TABLE_LEFT, 1);
    table_column(table, "bytes", TABLE_RIGHT, 2);
    table_column(table, "state", TABLE_LEFT, 0);
    table_column(table, "content_hash", TABLE_LEFT, 3);
}

static void list_one(struct listing *listing, const char *path)
{
    struct tape_reader *reader;
    struct problem problem;
    problem_init(&problem);
    struct tape_summary nothing = {.facts.kind = TAPE_BARS};
    const struct tape_summary *summary = &nothing;
    const char *state = "unreadable";
    enum status status = tape_reader_open(path, &reader, &problem);
    if (status == STATUS_OK) {
        summary = tape_reader_summary(reader);
        state = summary->complete ? "whole" : "cut";
    }
    char length[DURATION_TEXT_SIZE] = "", from[TIME_TEXT_SIZE] = "", to[TIME_TEXT_SIZE] = "";
    char hash[HASH_TEXT_SIZE];
    if (summary->facts.bar_ns > 0)
        duration_format(length, summary->facts.bar_ns);
    if (summary->blocks_count > 0) {
        time_format(from, summary->blocks[0].first_ns);
        time_format(to, summary->blocks[summary->blocks_count - 1].last_ns);
    }
    (void)hash128_format(hash, summary->content_hash);
    const char *const texts[] = {path, summary->facts.instrument,
                                 tape_kind_name(summary->facts.kind), length};
    static const char *const names[] = {"tape", "instrument", "kind", "bar"};
    struct json_writer *json = &listing->json;
    struct table *table = &listing->table;
    bool in_json = listing->cli->json;
    if (in_json)
        json_object_begin(json);
    for (unsigned i = 0; i < ARRAY_COUNT(texts); i++) {
        if (in_json) {
            json_key(json, names[i]);
            json_string(json, texts[i]);
        } else {
            table_cell(table, text_of(texts[i]));
        }
    }
    if (!in_json) {
        table_cell_print(table, "%llu", (unsigned long long)summary->rows);
        table_cell(table, text_of(from));
        table_cell(table, text_of(to));
        table_cell_print(table, "%llu", (unsigned long long)summary->size);
        table_cell_tone(table, summary->complete ? TONE_PLAIN : TONE_WARN, text_of(state));
        table_cell(table, text_of(hash));
    } else {
        json_key(json, "rows");
        json_u64(json, summary->rows);
        json_key(json, "from");
        json_string(json, from);
        json_key(json, "to");
        json_string(json, to);
        json_key(json, "bytes");
        json_u64(json, summary->size);
        json_key(json, "state");
        json_string(json, state);
        json_key(json, "content_hash");
        json_string(json, hash);
        json_object_end(json);
    }
    if (status == STATUS_OK)
        tape_reader_close(reader);
}

static enum status list_directory(struct listing *listing, const char *directory)
{
    struct dirent **entries = NULL;
    int count = scandir(directory, &entries, NULL, alphasort);
    if (count < 0 && errno == ENOENT && listing->cli->arguments.operands_count == 0)
        return STATUS_OK; /* no catalogue yet: an empty one */
    if (count < 0)
        return problem_set(&listing->cli->problem, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO,
                           directory, "%s", strerror(errno));
    for (int i = 0; i < count; i++) {
        char path[CATALOGUE_PATH_SIZE];
        int size = snprintf(path, sizeof path, "%s/%s", directory, entries[i]->d_name);
        size_t length = strlen(entries[i]->d_name);
        if (size > 0 && (size_t)size < sizeof path && length > 5 &&
            strcmp(entries[i]->d_name + length - 5, ".tape") == 0)
            list_one(listing, path);
        free(entries[i]);
    }
    free(entries);
    return STATUS_OK;
}

enum status run_data_list(struct cli *cli)
{
    struct listing listing = {.cli = cli};
    char directory[CATALOGUE_PATH_SIZE];
    enum status status = STATUS_OK;
    if (cli->arguments.operands_count == 0)
        status = catalogue_path(NULL, false, directory, &cli->problem);
    if (status != STATUS_OK)
        return status;
    if (cli->json) {
        cli_json_begin(cli, &listing.json);
        json_object_begin(&listing.json);
        json_key(&listing.json, "tapes");
        json_array_begin(&listing.json);
    } else {
        list_columns(&listing.table);
    }
    if (cli->arguments.operands_count == 0)
        status = list_directory(&listing, directory);
    for (unsigned i = 0; i < cli->arguments.operands_count && status == STATUS_OK; i++) {
        struct stat info;
        const char *path = cli->arguments.operands[i];
        if (stat(path, &info) == 0 && !S_ISDIR(info.st_mode))
            list_one(&listing, path);
        else
            status = list_directory(&listing, path);
    }
    if (cli->json && status == STATUS_OK) {
        json_array_end(&listing.json);
        json_object_end(&listing.json);
        return cli_json_end(cli, &listing.json);
    }
    if (!cli->json) {
        if (status == STATUS_OK)
            status = table_write(&listing.table, &cli->style, &cli->out);
        table_release(&listing.table);
    }
    return status;
}

/* ---- export ---------------------------------------------------------------------------------- */

/* A row, or with `ndjson` an object; prices are texts there, so that none becomes a double. */
static void export_row(struct cli *cli, const struct bar *bar, unsigned decimals, int64_t unit,
                       bool ndjson)
{
    static const char *const names[] = {"open", "high", "low", "close"};
    char text[DECIMAL_TEXT_SIZE], volume[DOUBLE_TEXT_SIZE];
    const struct price *const prices[] = {&bar->open, &bar->high, &bar->low, &bar->close};
    long long time = (long long)(bar->open_time_ns / unit);
    if (ndjson)
        text_buffer_print(&cli->out, "{\"%s\":%lld", unit == 1 ? "ts_ns" : "ts_ms", time);
    else
        text_buffer_print(&cli->out, "%lld", time);
    for (unsigned i = 0; i < ARRAY_COUNT(prices); i++) {
        size_t size = decimal_format_i64(text, prices[i]->units, decimals);
        if (ndjson)
            text_buffer_print(&cli->out, ",\"%s\":\"", names[i]);
        else
            text_buffer_append(&cli->out, TEXT(","));
        text_buffer_append(&cli->out, (struct text){text, size});
        text_buffer_append(&cli->out, ndjson ? TEXT("\"") : TEXT(""));
    }
    size_t size = double_format_plain(volume, bar->volume);
    text_buffer_append(&cli->out, ndjson ? TEXT(",\"volume\":") : TEXT(","));
    text_buffer_append(&cli->out, (struct text){volume, size});
    text_buffer_append(&cli->out, ndjson ? TEXT("}\n") : TEXT("\n"));
}

enum status run_data_export(struct cli *cli)
{
    struct bar_source source;
    struct bar_series series;
    if (cli->json)
        return problem_set(&cli->problem, STATUS_USAGE, "--json",
                           "an export is CSV, or with --ndjson one object a line");
    if (recording_is(cli->arguments.operands[0]))
        return event_file_export(cli, cli->arguments.operands[0]);
    enum status status = bar_file_source(cli, cli->arguments.operands[0], &source);
    if (status != STATUS_OK)
        return status;
    source.symbol = cli->arguments.values[CLI_OPTION_SYMBOL];
    status = tape_is_tape(source.path) ? tape_read_bars(&source, &series, &cli->problem)
                                       : bar_series_read(&source, &series, &cli->problem);
    if (status != STATUS_OK)
        return status;
    bool ndjson = cli_have(cli, CLI_OPTION_NDJSON);
    bool whole_ms = series.bar_ns % 1000000 == 0;
    if (!ndjson)
        text_buffer_append(&cli->out, whole_ms ? TEXT("ts_ms,open,high,low,close,volume\n")
                                               : TEXT("ts_ns,open,high,low,close,volume\n"));
    for (size_t i = 0; i < series.count && status == STATUS_OK; i++) {
        export_row(cli, &series.bars[i], series.price_decimals, whole_ms ? 1000000 : 1, ndjson);
        if (cli->out.size > 65536)
            status = cli_flush(cli);
    }
    bar_series_release(&series);
    return status;
}
