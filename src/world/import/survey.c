/* Reading every row; survey_judge.c judges them. */
#include "world/import/survey.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world/import/columns.h"
#include "world/import/digits.h"
#include "world/import/json_rows.h"
#include "world/import/survey_parts.h"

const struct survey_kind_row survey_kinds[SURVEY_KIND_COUNT] = {
#define SURVEY_ROW_OF(NAME, name, error, sentence) {name, error, sentence},
    SURVEY_TABLE(SURVEY_ROW_OF)
#undef SURVEY_ROW_OF
};

void survey_note(struct survey_series *series, enum survey_kind kind, uint64_t line,
                 int64_t time_ns, const char *text)
{
    uint64_t number = series->counts[kind]++;
    if (number >= SURVEY_PLACES_MAX)
        return;
    struct survey_place *place = &series->places[kind][number];
    place->line = line;
    place->time_ns = time_ns;
    (void)text_copy_clean(place->text, sizeof place->text, text_of(text));
}

struct reading {
    struct csv_reader csv;
    struct column_layout layout;
    struct survey *out;
    size_t capacity, last; /* last: index of the series of the row before */
    struct problem *problem;
    const char *path;
};

static struct text field(const struct reading *reading, enum column column)
{
    return reading->csv.fields[reading->layout.index[column]];
}

static struct survey_series *series_of(struct reading *reading, struct text symbol)
{
    struct survey *out = reading->out;
    if (symbol.size >= SURVEY_SYMBOL_SIZE)
        symbol.size = SURVEY_SYMBOL_SIZE - 1;
    if (reading->last < out->count &&
        text_equal(symbol, text_of(out->series[reading->last].symbol)))
        return &out->series[reading->last];
    for (size_t i = 0; i < out->count; i++) {
        if (text_equal(symbol, text_of(out->series[i].symbol))) {
            reading->last = i;
            return &out->series[i];
        }
    }
    if (out->count == SURVEY_SERIES_MAX)
        return NULL;
    if (out->count == reading->capacity) {
        size_t capacity = reading->capacity == 0 ? 1 : reading->capacity * 2;
        struct survey_series *series = realloc(out->series, capacity * sizeof *series);
        if (series == NULL)
            return NULL;
        out->series = series;
        reading->capacity = capacity;
    }
    reading->last = out->count++;
    out->series[reading->last] = (struct survey_series){0};
    (void)text_copy(out->series[reading->last].symbol, SURVEY_SYMBOL_SIZE, symbol);
    return &out->series[reading->last];
}

static bool add_row(struct survey_series *series, const struct survey_row *row)
{
    if (series->count == series->capacity) {
        size_t capacity = series->capacity == 0 ? 1024 : series->capacity * 2;
        struct survey_row *rows = realloc(series->rows, capacity * sizeof *rows);
        if (rows == NULL)
            return false;
        series->rows = rows;
        series->capacity = capacity;
    }
    series->rows[series->count++] = *row;
    return true;
}

/* A number with its sign apart; false where it is none. */
static bool read_number(struct text text, double *out)
{
    bool negative = text.size > 1 && text.data[0] == '-';
    struct text rest = negative ? (struct text){text.data + 1, text.size - 1} : text;
    if (digits_parse_double(rest, out) != STATUS_OK)
        return false;
    if (negative)
        *out = -*out;
    return true;
}

static bool read_price(const struct reading *reading, unsigned at, double *out)
{
    double bid, ask;
    if (!reading->layout.has_quotes)
        return read_number(field(reading, (enum column)(COLUMN_OPEN + at)), out);
    if (!read_number(field(reading, (enum column)(COLUMN_BID_OPEN + at)), &bid) ||
        !read_number(field(reading, (enum column)(COLUMN_ASK_OPEN + at)), &ask))
        return false;
    *out = (bid + ask) / 2;
    return true;
}

static enum status take_row(struct reading *reading)
{
    char text[SURVEY_TEXT_SIZE];
    bool fields = reading->csv.field_count == reading->layout.field_count;
    struct text symbol = fields && reading->layout.has_symbol ? field(reading, COLUMN_SYMBOL)
                                                              : (struct text){"", 0};
    struct survey_series *series = series_of(reading, symbol);
    if (series == NULL)
        return problem_set(reading->problem, STATUS_FULL, reading->path,
                           "more than %u symbols, or not enough memory", SURVEY_SERIES_MAX);
    uint64_t line = reading->csv.line;
    struct survey_row row = {.line = line, .time_ns = INT64_MIN};
    if (!fields) {
        (void)snprintf(text, sizeof text, "%zu fields, not %zu", reading->csv.field_count,
                       reading->layout.field_count);
        survey_note(series, SURVEY_ROW, line, INT64_MIN, text);
        return STATUS_OK;
    }
    struct text time = field(reading, COLUMN_TIME);
    if (!column_time_read(time, reading->layout.time_form, &row.time_ns)) {
        (void)snprintf(text, sizeof text, "\"%.*s\" is no time",
                       (int)(time.size < 60 ? time.size : 60), time.data);
        survey_note(series, SURVEY_ROW, line, INT64_MIN, text);
        return STATUS_OK;
    }
    double *const prices[] = {&row.open, &row.high, &row.low, &row.close};
    static const char *const names[] = {"open", "high", "low", "close"};
    for (unsigned i = 0; i < ARRAY_COUNT(prices); i++) {
        if (!read_price(reading, i, prices[i])) {
            (void)snprintf(text, sizeof text, "%s is no number", names[i]);
            survey_note(series, SURVEY_ROW, line, row.time_ns, text);
            return STATUS_OK;
        }
    }
    if (!reading->layout.has_quotes && !read_number(field(reading, COLUMN_VOLUME), &row.volume)) {
        survey_note(series, SURVEY_ROW, line, row.time_ns, "volume is no number");
        return STATUS_OK;
    }
    return add_row(series, &row) ? STATUS_OK
                                 : problem_set(reading->problem, STATUS_NO_MEMORY, reading->path,
                                               "not enough memory for all rows");
}

static enum status read_all(struct reading *reading)
{
    enum status status = csv_reader_next(&reading->csv, reading->problem);
    if (status == STATUS_END)
        return problem_set(reading->problem, STATUS_DATA_INVALID, reading->path,
                           "the file is empty");
    if (status == STATUS_OK)
        status = column_layout_read(&reading->csv, (struct text){"", 0}, &reading->layout,
                                    reading->problem);
    if (status == STATUS_OK && !reading->layout.has_header)
        status = take_row(reading);
    while (status == STATUS_OK) {
        status = csv_reader_next(&reading->csv, reading->problem);
        if (status == STATUS_OK)
            status = take_row(reading);
    }
    return status == STATUS_END ? STATUS_OK : status;
}

enum status survey_read(const char *path, struct survey *out, struct problem *problem)
{
    *out = (struct survey){0};
    struct reading *reading = calloc(1, sizeof *reading);
    if (reading == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, path, "not enough memory");
    reading->out = out;
    reading->problem = problem;
    reading->path = path;
    struct byte_source *file = NULL, *bytes = NULL;
    enum status status = byte_source_open_file(path, &file, problem);
    if (status == STATUS_OK)
        status = byte_source_open_decoded(file, &file, problem);
    if (status == STATUS_OK)
        status = byte_source_open_rows(file, &bytes, problem);
    if (status == STATUS_OK)
        status = csv_reader_init(&reading->csv, bytes, problem);
    if (status == STATUS_OK) {
        status = read_all(reading);
        csv_reader_release(&reading->csv);
    }
    byte_source_close(bytes);
    free(reading);
    if (status == STATUS_OK && out->count == 0)
        status = problem_set(problem, STATUS_DATA_INVALID, path, "no rows");
    if (status != STATUS_OK)
        survey_release(out);
    return status;
}

bool survey_has_symbols(const char *path)
{
    struct problem problem;
    struct csv_reader csv;
    struct column_layout layout;
    struct byte_source *file = NULL, *bytes = NULL;
    bool has = false;
    problem_init(&problem);
    if (byte_source_open_file(path, &file, &problem) == STATUS_OK &&
        byte_source_open_decoded(file, &file, &problem) == STATUS_OK &&
        byte_source_open_rows(file, &bytes, &problem) == STATUS_OK &&
        csv_reader_init(&csv, bytes, &problem) == STATUS_OK) {
        has = csv_reader_next(&csv, &problem) == STATUS_OK &&
              column_layout_read(&csv, (struct text){"", 0}, &layout, &problem) == STATUS_OK &&
              layout.has_symbol;
        csv_reader_release(&csv);
    }
    byte_source_close(bytes);
    return has;
}

enum status survey_of_bars(const struct bar *bars, size_t count, unsigned price_decimals,
                           struct survey *out)
{
    *out = (struct survey){calloc(1, sizeof *out->series), 1};
    if (out->series == NULL) {
        *out = (struct survey){0};
        return STATUS_NO_MEMORY;
    }
    int64_t scale = power_of_ten(price_decimals);
    for (size_t i = 0; i < count; i++) {
        const struct bar *bar = &bars[i];
        struct survey_row row = {bar->open_time_ns,
                                 units_to_double(bar->open.units, scale),
                                 units_to_double(bar->high.units, scale),
                                 units_to_double(bar->low.units, scale),
                                 units_to_double(bar->close.units, scale),
                                 bar->volume,
                                 0};
        if (!add_row(out->series, &row)) {
            survey_release(out);
            return STATUS_NO_MEMORY;
        }
    }
    return STATUS_OK;
}

void survey_release(struct survey *survey)
{
    for (size_t i = 0; i < survey->count; i++)
        free(survey->series[i].rows);
    free(survey->series);
    *survey = (struct survey){0};
}

uint64_t survey_errors(const struct survey_series *series)
{
    uint64_t count = 0;
    for (unsigned i = 0; i < SURVEY_KIND_COUNT; i++)
        count += survey_kinds[i].error ? series->counts[i] : 0;
    return count;
}
