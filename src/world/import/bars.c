/* CSV rows to bars. */
#include "world/import/bars.h"

#include "base/time.h"
#include "world/import/bar_builder.h"
#include "world/import/byte_source.h"
#include "world/import/rows.h"

#include <stdio.h>
#include <string.h>

#define SYMBOLS_KEPT 256  /* for a suggestion */
#define SYMBOLS_LISTED 16 /* in a message */
_Static_assert(CSV_FIELD_PADDING >= DIGITS_PADDING, "fields are read eight bytes at a time");

struct reading {
    const struct bar_source *source;
    struct row_reader *rows;
    struct bar_builder builder;
    uint64_t one_sided_count;
    struct problem *problem;
    char wanted[COLUMN_NAME_SIZE];      /* symbol without separators; "" = none given */
    char wanted_base[COLUMN_NAME_SIZE]; /* its base asset, which serves as well; or empty */
    char symbol[COLUMN_NAME_SIZE];      /* the last row's, as it stands there */
    bool symbol_known;                  /* there was a last row */
    bool symbol_wanted;                 /* and it was the wanted one */
    char symbols[SYMBOLS_KEPT][COLUMN_NAME_SIZE]; /* the first ones seen, for messages */
    size_t symbol_count;                          /* of those kept */
};

void bar_source_init(struct bar_source *source, const char *path)
{
    *source = (struct bar_source){
        .path = path,
        .price_decimals_min = 8,
        .price_decimals_max = 10,
        .price_scale = -1,
        .from_ns = INT64_MIN,
        .to_ns = INT64_MAX,
    };
}

/* ---- what is wrong with a row ---- */

static const char *column_name(const struct reading *reading, enum column column)
{
    return reading->rows->layout.names[column];
}

static inline struct text column_text(const struct reading *reading, enum column column)
{
    return row_field(reading->rows, column);
}

/* `found` in a field, cut to what a line of message holds. */
static enum status field_problem(struct reading *reading, enum column column, const char *what)
{
    struct text text = column_text(reading, column);
    return csv_problem(&reading->rows->csv, reading->problem, column_name(reading, column),
                       "found \"%.*s\"%s%s", (int)(text.size < 60 ? text.size : 60), text.data,
                       what[0] != '\0' ? ", " : "", what);
}

static enum status number_problem(struct reading *reading, enum column column, bool price)
{
    const char *fault = digits_fault(column_text(reading, column));
    field_problem(reading, column, fault != NULL ? fault : "a number too large or too long");
    problem_allowed(reading->problem, price ? "a price above 0 such as 43251.23"
                                            : "a volume of 0 or more such as 12.5");
    if (fault != NULL && strstr(fault, "exponent") != NULL)
        problem_next(reading->problem, "write it out: 0.0000741, not 7.41e-5");
    return STATUS_DATA_INVALID;
}

/* What is allowed and what to do about each fault. */
static const struct {
    const char *allowed, *next;
} fault_texts[] = {
    [BAR_FAULT_TIME_SAME] = {"each open time once", "take the second row out"},
    [BAR_FAULT_TIME_UNSORTED] = {"times that rise from row to row, or fall in all of them",
                                 "sort the rows by time, oldest first"},
    [BAR_FAULT_TIME_CLOSE] = {"rows at least one bar apart", "check the bar's length"},
    [BAR_FAULT_TIME_UNALIGNED] = {"open times at multiples of the bar's length in UTC",
                                  "check the bar's length and the time zone"},
    [BAR_FAULT_PRICE_ZERO] = {"a price above 0", ""},
    [BAR_FAULT_PRICE_FINE] = {"prices that fit the instrument's price decimals",
                              "give the instrument fewer quantity decimals"},
    [BAR_FAULT_PRICE_LARGE] = {"prices below 9.2e18 / 10^decimals", ""},
    [BAR_FAULT_HIGH_LOW] = {"low <= high", ""},
    [BAR_FAULT_OPEN] = {"low <= open, close <= high", ""},
    [BAR_FAULT_CLOSE] = {"low <= open, close <= high", ""},
};

static enum status fault_problem(struct reading *reading, enum column column, enum bar_fault fault,
                                 const char *what)
{
    field_problem(reading, column, what);
    if (fault_texts[fault].allowed[0] != '\0')
        problem_allowed(reading->problem, "%s", fault_texts[fault].allowed);
    if (fault_texts[fault].next[0] != '\0')
        problem_next(reading->problem, "%s", fault_texts[fault].next);
    return STATUS_DATA_INVALID;
}

static enum status time_problem(struct reading *reading, int64_t time_ns, enum bar_fault fault)
{
    const struct bar_builder *builder = &reading->builder;
    char time[TIME_TEXT_SIZE], length[DURATION_TEXT_SIZE], step[DURATION_TEXT_SIZE];
    char what[160];
    unsigned long long line = (unsigned long long)builder->line;
    const char *unit = reading->rows->csv.unit != NULL ? reading->rows->csv.unit : "line ";
    duration_format(length, reading->source->bar_ns);
    time_format(time, builder->time_ns);
    if (fault == BAR_FAULT_TIME_SAME) {
        snprintf(what, sizeof what, "the time of %s%llu again", unit, line);
    } else if (fault == BAR_FAULT_TIME_UNSORTED) {
        snprintf(what, sizeof what, "%s than %s%llu (%s)",
                 builder->newest_first ? "later" : "earlier", unit, line, time);
    } else if (fault == BAR_FAULT_TIME_CLOSE) {
        duration_format(step, builder->newest_first ? builder->time_ns - time_ns
                                                    : time_ns - builder->time_ns);
        snprintf(what, sizeof what, "%s after %s%llu, nearer than a bar of %s", step, unit, line,
                 length);
    } else {
        time_format(time, time_ns);
        snprintf(what, sizeof what, "%s is no multiple of %s", time, length);
    }
    return fault_problem(reading, COLUMN_TIME, fault, what);
}

/* The column of a price, from that of the open price: of trades, of bids or of asks. */
static enum column price_column(enum column first, enum bar_price price)
{
    return (enum column)((unsigned)first + (unsigned)price);
}

static enum status price_problem(struct reading *reading, enum bar_fault fault, enum column first)
{
    enum column column = price_column(first, reading->builder.fault_price);
    enum column high_column = price_column(first, BAR_HIGH);
    enum column low_column = price_column(first, BAR_LOW);
    struct text high = column_text(reading, high_column);
    struct text low = column_text(reading, low_column);
    int high_size = (int)(high.size < 40 ? high.size : 40);
    int low_size = (int)(low.size < 40 ? low.size : 40);
    char what[200] = "";
    if (fault == BAR_FAULT_MEMORY)
        return problem_set(reading->problem, STATUS_NO_MEMORY, reading->source->path,
                           "no memory for more than %zu bars", reading->builder.count);
    if (fault == BAR_FAULT_PRICE_FINE) {
        snprintf(what, sizeof what, "%s has more than %u decimals",
                 reading->rows->layout.has_quotes ? "the mid price" : "which",
                 reading->source->price_decimals_max);
    } else if (fault == BAR_FAULT_PRICE_LARGE) {
        snprintf(what, sizeof what, "the largest price does not fit at %u decimals",
                 reading->builder.decimals);
    } else if (fault == BAR_FAULT_HIGH_LOW) {
        snprintf(what, sizeof what, "below %s %.*s", column_name(reading, low_column), low_size,
                 low.data);
        column = high_column;
    } else if (fault == BAR_FAULT_OPEN || fault == BAR_FAULT_CLOSE) {
        snprintf(what, sizeof what, "outside %s %.*s to %s %.*s", column_name(reading, low_column),
                 low_size, low.data, column_name(reading, high_column), high_size, high.data);
        column = price_column(first, fault == BAR_FAULT_OPEN ? BAR_OPEN : BAR_CLOSE);
    }
    return fault_problem(reading, column, fault, what);
}

/* ---- symbols ---- */

/* Letters in one case without the separators between assets. */
static void plain_symbol(struct text symbol, char out[COLUMN_NAME_SIZE])
{
    size_t size = 0;
    for (size_t i = 0; i < symbol.size && size < COLUMN_NAME_SIZE - 1; i++) {
        char c = symbol.data[i];
        if (c == '-' || c == '/' || c == '_' || c == ':')
            continue;
        out[size++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    out[size] = '\0';
}

static void list_symbol(struct reading *reading)
{
    for (size_t i = 0; i < reading->symbol_count; i++)
        if (strcmp(reading->symbols[i], reading->symbol) == 0)
            return;
    if (reading->symbol_count < SYMBOLS_KEPT)
        text_copy(reading->symbols[reading->symbol_count++], COLUMN_NAME_SIZE,
                  text_of(reading->symbol));
}

/* Whether the row is of the wanted symbol. Without a wanted one all rows must be of one. */
static enum status judge_symbol(struct reading *reading, bool *wanted)
{
    struct text symbol = column_text(reading, COLUMN_SYMBOL);
    if (LIKELY(reading->symbol_known && text_equal(symbol, text_of(reading->symbol)))) {
        *wanted = reading->symbol_wanted;
        return STATUS_OK;
    }
    if (symbol.size == 0 || symbol.size >= COLUMN_NAME_SIZE) {
        field_problem(reading, COLUMN_SYMBOL, symbol.size == 0 ? "nothing" : "too long");
        problem_allowed(reading->problem, "a symbol of 1 to %d letters", COLUMN_NAME_SIZE - 1);
        return STATUS_DATA_INVALID;
    }
    if (reading->symbol_known && reading->wanted[0] == '\0') {
        field_problem(reading, COLUMN_SYMBOL, "after rows of another symbol");
        problem_allowed(reading->problem, "one symbol, unless the wanted one is named");
        problem_next(reading->problem, "name the instrument or the symbol");
        return STATUS_DATA_INVALID;
    }
    char plain[COLUMN_NAME_SIZE];
    plain_symbol(symbol, plain);
    text_copy(reading->symbol, sizeof reading->symbol, symbol);
    reading->symbol_known = true;
    reading->symbol_wanted = reading->wanted[0] == '\0' || strcmp(plain, reading->wanted) == 0 ||
                             strcmp(plain, reading->wanted_base) == 0;
    list_symbol(reading);
    if (reading->symbol_wanted && reading->wanted[0] != '\0') {
        /* From here on this form alone: AAPL and AAPLUSD in one file would be two series. */
        text_copy(reading->wanted, sizeof reading->wanted, text_of(plain));
        reading->wanted_base[0] = '\0';
    }
    *wanted = reading->symbol_wanted;
    return STATUS_OK;
}

static enum status symbol_missing(struct reading *reading)
{
    struct problem *problem = reading->problem;
    const char *names[SYMBOLS_KEPT];
    char list[SYMBOLS_LISTED * 10] = "";
    size_t size = 0;
    for (size_t i = 0; i < reading->symbol_count; i++) {
        names[i] = reading->symbols[i];
        if (i < SYMBOLS_LISTED && size + strlen(names[i]) + 2 < sizeof list)
            size += (size_t)snprintf(list + size, sizeof list - size, "%s%s", i > 0 ? ", " : "",
                                     names[i]);
    }
    problem_set(problem, STATUS_NOT_FOUND, reading->source->path, "no row of the symbol %s",
                reading->wanted);
    problem_allowed(problem, "%s%s", list, reading->symbol_count > SYMBOLS_LISTED ? " ..." : "");
    const char *near = text_suggest(text_of(reading->wanted), names, reading->symbol_count);
    if (near != NULL)
        problem_next(problem, "did you mean %s?", near);
    return STATUS_NOT_FOUND;
}

struct text bar_source_base_asset(const struct bar_source *source)
{
    struct text instrument = text_of(source->instrument);
    return instrument.size > 0 ? text_split(&instrument, '-') : instrument;
}

/* ---- rows ---- */

/* Whole numbers of 10^-scale, as LEAN keeps the prices of equities. */
static enum status scale_price(struct reading *reading, enum column column, unsigned scale,
                               struct digits *price)
{
    digits_trim(price, 18 - scale);
    if (price->decimals > 18 - scale)
        return number_problem(reading, column, true);
    price->decimals += scale;
    return STATUS_OK;
}

static inline enum status read_price(struct reading *reading, enum column column,
                                     struct digits *out)
{
    struct text text = column_text(reading, column);
    if (UNLIKELY(!digits_read_padded(text, out)) && digits_parse(text, out) != STATUS_OK)
        return number_problem(reading, column, true);
    unsigned scale = reading->rows->price_scale;
    return LIKELY(scale == 0) ? STATUS_OK : scale_price(reading, column, scale, out);
}

static enum status read_quotes(struct reading *reading)
{
    struct digits bids[BAR_PRICE_COUNT], asks[BAR_PRICE_COUNT];
    for (unsigned i = 0; i < BAR_PRICE_COUNT; i++) {
        enum status status = read_price(reading, price_column(COLUMN_BID_OPEN, i), &bids[i]);
        if (status == STATUS_OK)
            status = read_price(reading, price_column(COLUMN_ASK_OPEN, i), &asks[i]);
        if (status != STATUS_OK)
            return status;
    }
    bool of_ask = false;
    enum bar_fault fault = bar_builder_quotes(&reading->builder, bids, asks, &of_ask);
    if (fault == BAR_FAULT_NONE)
        return STATUS_OK;
    return price_problem(reading, fault, of_ask ? COLUMN_ASK_OPEN : COLUMN_BID_OPEN);
}

static enum status read_prices(struct reading *reading)
{
    struct digits prices[BAR_PRICE_COUNT], volume_digits;
    for (unsigned i = 0; i < BAR_PRICE_COUNT; i++) {
        enum status status = read_price(reading, price_column(COLUMN_OPEN, i), &prices[i]);
        if (UNLIKELY(status != STATUS_OK))
            return status;
    }
    double volume = 0;
    struct text text = column_text(reading, COLUMN_VOLUME);
    if (UNLIKELY(!reading->rows->layout.has_volume))
        volume = 0;
    else if (LIKELY(digits_read_padded(text, &volume_digits)))
        volume = digits_to_double(volume_digits);
    else if (digits_parse_double(text, &volume) != STATUS_OK)
        return number_problem(reading, COLUMN_VOLUME, false);
    enum bar_fault fault = bar_builder_prices(&reading->builder, prices, volume);
    return LIKELY(fault == BAR_FAULT_NONE) ? STATUS_OK : price_problem(reading, fault, COLUMN_OPEN);
}

static enum status no_time(struct reading *reading)
{
    bool of_day = reading->rows->layout.time_form == TIME_FORM_DAY_MILLISECONDS;
    bool zoned = !reading->rows->plain_time && !of_day;
    field_problem(reading, COLUMN_TIME,
                  zoned ? "no time, or none that those clocks show" : "no time");
    problem_allowed(reading->problem,
                    of_day ? "milliseconds since midnight, below 86400000"
                           : "an integer in s, ms, us or ns since 1970, or a date YYYY-MM-DD or "
                             "YYYY-MM-DD HH:MM:SS in UTC");
    if (memchr(column_text(reading, COLUMN_TIME).data, '/', column_text(reading, COLUMN_TIME).size))
        problem_next(reading->problem, "give --time-unit mdy where the month is first, dmy where "
                                       "the day is");
    return STATUS_DATA_INVALID;
}

static enum status read_row(struct reading *reading)
{
    struct row_reader *rows = reading->rows;
    const struct column_layout *layout = &rows->layout;
    if (UNLIKELY(rows->csv.field_count != layout->field_count)) {
        csv_problem(&reading->rows->csv, reading->problem, NULL, "%zu fields",
                    rows->csv.field_count);
        problem_allowed(reading->problem, "%zu as in the first row", layout->field_count);
        return STATUS_DATA_INVALID;
    }
    bool wanted = true;
    if (layout->has_symbol) {
        enum status status = judge_symbol(reading, &wanted);
        if (status != STATUS_OK || !wanted)
            return status;
    }
    int64_t time_ns = 0;
    int64_t before_ns = reading->builder.row_count > 0 ? reading->builder.time_ns : INT64_MIN;
    if (UNLIKELY(!row_time(rows, before_ns, &time_ns)))
        return no_time(reading);
    if (UNLIKELY(layout->one_sided) && row_is_one_sided(rows)) {
        reading->one_sided_count++;
        return STATUS_OK;
    }
    enum bar_fault fault = bar_builder_time(&reading->builder, time_ns, rows->csv.line, &wanted);
    if (UNLIKELY(fault != BAR_FAULT_NONE))
        return time_problem(reading, time_ns, fault);
    if (!wanted)
        return STATUS_OK;
    return layout->has_quotes ? read_quotes(reading) : read_prices(reading);
}

static enum status read_rows(struct reading *reading)
{
    enum status status;
    while ((status = row_reader_next(reading->rows, reading->problem)) == STATUS_OK) {
        status = read_row(reading);
        if (UNLIKELY(status != STATUS_OK))
            break;
    }
    if (status != STATUS_END)
        return status;
    if (reading->builder.row_count == 0 && reading->symbol_known)
        return symbol_missing(reading);
    return STATUS_OK;
}

/* Owns `rows`. */
static enum status read_series(const struct bar_source *source, struct row_reader *rows,
                               struct bar_series *out, struct problem *problem)
{
    struct reading reading = {.source = source, .rows = rows, .problem = problem};
    if (source->symbol != NULL) {
        plain_symbol(text_of(source->symbol), reading.wanted);
    } else {
        plain_symbol(text_of(source->instrument), reading.wanted);
        plain_symbol(bar_source_base_asset(source), reading.wanted_base);
    }
    bar_builder_init(&reading.builder, source);
    enum status status = read_rows(&reading);
    if (status == STATUS_OK)
        status = bar_builder_finish(&reading.builder, source->path, out, problem);
    if (status == STATUS_OK) {
        out->one_sided_count = reading.one_sided_count;
        out->form = rows->form;
    }
    bar_builder_release(&reading.builder);
    row_reader_close(rows);
    return status;
}

enum status bar_series_read_bytes(const struct bar_source *source, struct byte_source *bytes,
                                  struct bar_series *out, struct problem *problem)
{
    *out = (struct bar_series){0};
    struct row_reader *rows;
    enum status status = row_reader_open_bytes(source, bytes, &rows, problem);
    return status == STATUS_OK ? read_series(source, rows, out, problem) : status;
}

enum status bar_series_read(const struct bar_source *source, struct bar_series *out,
                            struct problem *problem)
{
    *out = (struct bar_series){0};
    struct row_reader *rows;
    enum status status = row_reader_open(source, &rows, problem);
    return status == STATUS_OK ? read_series(source, rows, out, problem) : status;
}
