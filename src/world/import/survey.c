/* Reading every row; survey_judge.c judges them. */
#include "world/import/survey.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world/import/digits.h"
#include "world/import/rows.h"
#include "world/import/survey_parts.h"

const struct survey_kind_row survey_kinds[SURVEY_KIND_COUNT] = {
#define SURVEY_ROW_OF(NAME, name, error, sentence) {name, error, sentence},
    SURVEY_TABLE(SURVEY_ROW_OF)
#undef SURVEY_ROW_OF
};

void survey_note(struct survey_series *series, enum survey_kind kind, struct survey_line line,
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
    struct row_reader *rows;
    struct survey *out;
    size_t capacity, last; /* last: index of the series of the row before */
    int64_t time_ns;       /* of the row before; INT64_MIN: none */
    struct problem *problem;
    const char *path;
};

static struct text field(const struct reading *reading, enum column column)
{
    return row_field(reading->rows, column);
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
    double scale = (double)power_of_ten(reading->rows->price_scale);
    if (!reading->rows->layout.has_quotes) {
        if (!read_number(field(reading, (enum column)(COLUMN_OPEN + at)), out))
            return false;
        *out /= scale;
        return true;
    }
    if (!read_number(field(reading, (enum column)(COLUMN_BID_OPEN + at)), &bid) ||
        !read_number(field(reading, (enum column)(COLUMN_ASK_OPEN + at)), &ask))
        return false;
    *out = (bid + ask) / 2 / scale;
    return true;
}

static enum status take_row(struct reading *reading)
{
    char text[SURVEY_TEXT_SIZE];
    const struct row_reader *rows = reading->rows;
    const struct column_layout *layout = &rows->layout;
    bool fields = rows->csv.field_count == layout->field_count;
    struct text symbol = fields && layout->has_symbol ? field(reading, COLUMN_SYMBOL)
                                                      : (struct text){"", 0};
    struct survey_series *series = series_of(reading, symbol);
    if (series == NULL)
        return problem_set(reading->problem, STATUS_FULL, reading->path,
                           "more than %u symbols, or not enough memory", SURVEY_SERIES_MAX);
    struct survey_row row = {.line = {rows->csv.line, (uint32_t)reading->out->parts_count},
                             .time_ns = INT64_MIN};
    if (!fields) {
        (void)snprintf(text, sizeof text, "%zu fields, not %zu", rows->csv.field_count,
                       layout->field_count);
        survey_note(series, SURVEY_ROW, row.line, INT64_MIN, text);
        return STATUS_OK;
    }
    struct text time = field(reading, COLUMN_TIME);
    if (!row_time(rows, reading->time_ns, &row.time_ns)) {
        (void)snprintf(text, sizeof text, "\"%.*s\" is no time",
                       (int)(time.size < 60 ? time.size : 60), time.data);
        survey_note(series, SURVEY_ROW, row.line, INT64_MIN, text);
        return STATUS_OK;
    }
    if (layout->one_sided && row_is_one_sided(rows))
        return STATUS_OK;
    reading->time_ns = row.time_ns;
    double *const prices[] = {&row.open, &row.high, &row.low, &row.close};
    static const char *const names[] = {"open", "high", "low", "close"};
    for (unsigned i = 0; i < ARRAY_COUNT(prices); i++) {
        if (!read_price(reading, i, prices[i])) {
            (void)snprintf(text, sizeof text, "%s is no number", names[i]);
            survey_note(series, SURVEY_ROW, row.line, row.time_ns, text);
            return STATUS_OK;
        }
    }
    if (layout->has_volume && !read_number(field(reading, COLUMN_VOLUME), &row.volume)) {
        survey_note(series, SURVEY_ROW, row.line, row.time_ns, "volume is no number");
        return STATUS_OK;
    }
    return add_row(series, &row) ? STATUS_OK
                                 : problem_set(reading->problem, STATUS_NO_MEMORY, reading->path,
                                               "not enough memory for all rows");
}

/* The names of the parts, once each, for the places of faults. */
static enum status note_part(struct reading *reading)
{
    struct survey *out = reading->out;
    /* A part with a header alone has no row, and its number no other name. */
    while (out->parts_count < reading->rows->part) {
        char **parts = realloc(out->parts, (out->parts_count + 1) * sizeof *parts);
        if (parts != NULL)
            out->parts = parts;
        char *name = parts != NULL ? strdup(row_reader_place(reading->rows)) : NULL;
        if (name == NULL)
            return problem_set(reading->problem, STATUS_NO_MEMORY, reading->path,
                               "not enough memory");
        parts[out->parts_count++] = name;
    }
    return STATUS_OK;
}

static enum status read_all(struct reading *reading)
{
    enum status status;
    while ((status = row_reader_next(reading->rows, reading->problem)) == STATUS_OK) {
        status = note_part(reading);
        if (status == STATUS_OK)
            status = take_row(reading);
        if (status != STATUS_OK)
            return status;
    }
    reading->out->form = reading->rows->form;
    return status == STATUS_END ? STATUS_OK : status;
}

enum status survey_read(const struct bar_source *source, struct survey *out,
                        struct problem *problem)
{
    struct reading reading = {
        .out = out, .problem = problem, .path = source->path, .time_ns = INT64_MIN};
    *out = (struct survey){0};
    enum status status = row_reader_open(source, &reading.rows, problem);
    if (status == STATUS_OK)
        status = read_all(&reading);
    row_reader_close(reading.rows);
    if (status == STATUS_OK && out->count == 0)
        status = problem_set(problem, STATUS_DATA_INVALID, source->path, "no rows");
    if (status != STATUS_OK)
        survey_release(out);
    return status;
}

bool survey_has_symbols(const struct bar_source *source)
{
    struct problem problem;
    struct row_reader *rows;
    problem_init(&problem);
    if (row_reader_open(source, &rows, &problem) != STATUS_OK)
        return false;
    bool has = row_reader_next(rows, &problem) == STATUS_OK && rows->layout.has_symbol;
    row_reader_close(rows);
    return has;
}

enum status survey_of_bars(const struct bar *bars, size_t count, unsigned price_decimals,
                           struct survey *out)
{
    *out = (struct survey){
        .series = calloc(1, sizeof *out->series), .count = 1, .form = BAR_FORM_TAPE};
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
                                 {0, 0}};
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
    for (size_t i = 0; i < survey->parts_count; i++)
        free(survey->parts[i]);
    free(survey->parts);
    *survey = (struct survey){0};
}

uint64_t survey_errors(const struct survey_series *series)
{
    uint64_t count = 0;
    for (unsigned i = 0; i < SURVEY_KIND_COUNT; i++)
        count += survey_kinds[i].error ? series->counts[i] : 0;
    return count;
}
