/* JSON rows as the CSV text that they stand for.
 *
 *     [[1576836000000,42330.0,42330.0,42066.0,42124.0,0.12805],[…]]              freqtrade
 *     {"data":{"ohlc":[{"timestamp":"1576836000","open":"42330.0",…},…],…}}      Bitstamp
 *     {"error":[],"result":{"XXBTZUSD":[[1576836000,"42330.0",…],…],"last":…}}   Kraken
 *
 *     1576836000000,42330.0,42330.0,42066.0,42124.0,0.12805\n…
 *
 * The document is read by base/json_read.h, strictly, and to its end: what stands behind the rows
 * must be JSON too. Numbers pass as they are written, so that prices stay exact. */
#include "world/import/json_rows.h"

#include "base/json_read.h"
#include "world/import/csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_SIZE 64
#define FIRST_CAPACITY ((size_t)64 * 1024)

struct json_rows {
    struct byte_source base;
    struct byte_source *inner; /* owned, for its name; NULL before all of it was read */
    char *data;                /* owned: the document */
    struct json_reader reader;
    enum { ROWS, BEHIND } place;
    bool of_objects;
    uint64_t row;     /* number of the row being read, from 1 */
    unsigned outside; /* levels of the document that are open around the rows */
    char line[2 * (CSV_LINE_SIZE_MAX + 2)]; /* the names and a row */
    size_t line_size, line_at;              /* what is not given yet */
    char keys[CSV_FIELDS_MAX][KEY_SIZE];    /* of rows with names, in the order of the first row */
    size_t key_count;
    struct text values[CSV_FIELDS_MAX]; /* of the row being read; within data */
};

/* ---- what is wrong --------------------------------------------------------------------------- */

static enum status refuse(const struct json_rows *rows, struct problem *problem, const char *what)
{
    char where[sizeof problem->where];
    const char *name = rows->base.name;
    size_t size = strlen(name);
    const char *end = size > 160 ? name + size - 160 : name;
    if (rows->row > 0)
        (void)snprintf(where, sizeof where, "%s%s:row %llu", size > 160 ? "..." : "", end,
                       (unsigned long long)rows->row);
    else
        (void)snprintf(where, sizeof where, "%s%s:%u", size > 160 ? "..." : "", end,
                       rows->reader.line);
    problem_set(problem, STATUS_DATA_INVALID, where, "%s", what);
    problem_allowed(problem, "one array of rows: [[time,open,high,low,close,volume],…], or of "
                             "objects with these names");
    return STATUS_DATA_INVALID;
}

static enum status refuse_json(const struct json_rows *rows, struct problem *problem)
{
    char what[160];
    if (rows->reader.status == STATUS_TRUNCATED)
        return refuse(rows, problem, "the JSON document is cut off");
    if (rows->reader.status == STATUS_FULL) {
        (void)snprintf(what, sizeof what, "more than %u levels of JSON", JSON_READ_DEPTH_MAX);
        return refuse(rows, problem, what);
    }
    const struct json_reader *reader = &rows->reader;
    size_t rest = reader->size - reader->at;
    (void)snprintf(what, sizeof what, "no JSON in line %u, at \"%.*s\"", reader->line,
                   (int)(rest < 20 ? rest : 20), reader->data + reader->at);
    return refuse(rows, problem, what);
}

static enum status too_long(const struct json_rows *rows, struct problem *problem)
{
    return refuse(rows, problem, "a row is longer than 4096 bytes");
}

/* ---- finding the rows ------------------------------------------------------------------------ */

struct search {
    char keys[3][KEY_SIZE]; /* the last one of the first levels */
    unsigned depth;
};

/* Reads up to the first element of the first array of arrays or objects. */
static enum status find_rows(struct json_rows *rows, struct search *search, struct problem *problem)
{
    struct json_reader *reader = &rows->reader;
    bool array_before = false;
    for (;;) {
        enum json_token token = json_next(reader);
        if (token == JSON_BAD)
            return refuse_json(rows, problem);
        if (token == JSON_END)
            return refuse(rows, problem, "no array of rows in the document");
        bool opens = token == JSON_ARRAY_BEGIN || token == JSON_OBJECT_BEGIN;
        if (opens && array_before) {
            rows->of_objects = token == JSON_OBJECT_BEGIN;
            rows->outside = reader->depth - 2;
            search->depth = rows->outside;
            return STATUS_OK;
        }
        if (token == JSON_KEY && reader->depth >= 1 && reader->depth <= ARRAY_COUNT(search->keys))
            (void)text_copy(search->keys[reader->depth - 1], KEY_SIZE, reader->value);
        array_before = token == JSON_ARRAY_BEGIN;
    }
}

/* ---- one row --------------------------------------------------------------------------------- */

/* Text that may stand in a field of CSV without quotes. */
static bool is_plain(struct text value)
{
    for (size_t i = 0; i < value.size; i++) {
        unsigned char c = (unsigned char)value.data[i];
        if (c < ' ' || c == ',' || c == '"' || c == 127)
            return false;
    }
    return true;
}

static enum status take_value(struct json_rows *rows, enum json_token token, struct text *out,
                              struct problem *problem)
{
    *out = rows->reader.value;
    switch (token) {
    case JSON_NUMBER: return STATUS_OK;
    case JSON_STRING:
        if (is_plain(*out))
            return STATUS_OK;
        return refuse(rows, problem, "a text with a comma, a quote or a control character");
    case JSON_TRUE: *out = TEXT("true"); return STATUS_OK;
    case JSON_FALSE: *out = TEXT("false"); return STATUS_OK;
    case JSON_NULL: *out = TEXT("null"); return STATUS_OK;
    case JSON_BAD: return refuse_json(rows, problem);
    case JSON_END:
    case JSON_KEY:
    case JSON_OBJECT_BEGIN:
    case JSON_OBJECT_END:
    case JSON_ARRAY_BEGIN:
    case JSON_ARRAY_END: break;
    }
    return refuse(rows, problem, "an array or an object inside a row");
}

static enum status write_line(struct json_rows *rows, const struct text *values, size_t count,
                              struct problem *problem)
{
    rows->line_at = rows->line_size = 0;
    for (size_t i = 0; i < count; i++) {
        if (values[i].size + 1 > CSV_LINE_SIZE_MAX - rows->line_size)
            return too_long(rows, problem);
        if (i > 0)
            rows->line[rows->line_size++] = ',';
        if (values[i].size > 0)
            memcpy(rows->line + rows->line_size, values[i].data, values[i].size);
        rows->line_size += values[i].size;
    }
    rows->line[rows->line_size++] = '\n';
    return STATUS_OK;
}

/* The rest of a row of which the bracket was read. */
static enum status read_array(struct json_rows *rows, struct problem *problem)
{
    size_t count = 0;
    for (;;) {
        enum json_token token = json_next(&rows->reader);
        if (token == JSON_ARRAY_END)
            break;
        struct text value;
        enum status status = take_value(rows, token, &value, problem);
        if (status != STATUS_OK)
            return status;
        if (count == CSV_FIELDS_MAX)
            return refuse(rows, problem, "more than 64 values in a row");
        rows->values[count++] = value;
    }
    if (count == 0)
        return refuse(rows, problem, "an empty row");
    return write_line(rows, rows->values, count, problem);
}

static size_t find_key(const struct json_rows *rows, struct text key)
{
    size_t i = 0;
    while (i < rows->key_count && !text_equal(key, text_of(rows->keys[i])))
        i++;
    return i;
}

/* One member of the row into the place of its name; the first row says which names there are. */
static enum status read_entry(struct json_rows *rows, bool first, uint64_t *seen,
                              struct problem *problem)
{
    struct text key = rows->reader.value;
    char what[160];
    if (key.size == 0 || key.size >= KEY_SIZE || !is_plain(key))
        return refuse(rows, problem, "a name that is empty, too long or has a comma in it");
    size_t index = find_key(rows, key);
    if (first && index == rows->key_count) {
        if (index == CSV_FIELDS_MAX)
            return refuse(rows, problem, "more than 64 names in a row");
        (void)text_copy(rows->keys[rows->key_count++], KEY_SIZE, key);
    }
    bool unknown = index == rows->key_count;
    if (unknown || (*seen >> index & 1) != 0) {
        (void)snprintf(what, sizeof what,
                       unknown ? "the name \"%.*s\" is not in the first row"
                               : "the name \"%.*s\" stands twice",
                       (int)key.size, key.data);
        return refuse(rows, problem, what);
    }
    *seen |= UINT64_C(1) << index;
    return take_value(rows, json_next(&rows->reader), &rows->values[index], problem);
}

static enum status read_object(struct json_rows *rows, bool first, struct problem *problem)
{
    uint64_t seen = 0;
    char what[160];
    for (;;) {
        enum json_token token = json_next(&rows->reader);
        if (token == JSON_OBJECT_END)
            break;
        if (token != JSON_KEY)
            return refuse_json(rows, problem);
        enum status status = read_entry(rows, first, &seen, problem);
        if (status != STATUS_OK)
            return status;
    }
    if (rows->key_count == 0)
        return refuse(rows, problem, "an empty row");
    for (size_t i = 0; i < rows->key_count; i++) {
        if ((seen >> i & 1) != 0)
            continue;
        (void)snprintf(what, sizeof what, "the name \"%s\" is missing", rows->keys[i]);
        return refuse(rows, problem, what);
    }
    return write_line(rows, rows->values, rows->key_count, problem);
}

/* The rest of the document must be JSON without further rows. */
static enum status read_behind(struct json_rows *rows, struct problem *problem)
{
    bool array_before = false;
    for (;;) {
        enum json_token token = json_next(&rows->reader);
        if (token == JSON_BAD)
            return refuse_json(rows, problem);
        if (token == JSON_END)
            return STATUS_OK;
        bool opens = token == JSON_ARRAY_BEGIN || token == JSON_OBJECT_BEGIN;
        if (opens && array_before)
            return refuse(rows, problem, "a second array of rows");
        array_before = token == JSON_ARRAY_BEGIN;
    }
}

/* Makes the next line; leaves none behind the last row. */
static enum status next_line(struct json_rows *rows, struct problem *problem)
{
    enum json_token token = json_next(&rows->reader);
    if (token == JSON_BAD)
        return refuse_json(rows, problem);
    rows->line_at = rows->line_size = 0;
    if (token == JSON_ARRAY_END) {
        rows->place = BEHIND;
        rows->row = 0;
        return read_behind(rows, problem);
    }
    rows->row++;
    if (token == JSON_ARRAY_BEGIN && !rows->of_objects)
        return read_array(rows, problem);
    if (token == JSON_OBJECT_BEGIN && rows->of_objects)
        return read_object(rows, false, problem);
    return refuse(rows, problem,
                  rows->of_objects ? "a row without names among rows with names"
                                   : "something else than a row of values");
}

/* ---- the source ------------------------------------------------------------------------------ */

static enum status json_rows_read(struct byte_source *self, void *out, size_t size,
                                  size_t *out_size, struct problem *problem)
{
    struct json_rows *rows = (struct json_rows *)self;
    unsigned char *to = out;
    size_t done = 0;
    while (done < size) {
        size_t rest = rows->line_size - rows->line_at;
        if (rest == 0) {
            if (rows->place == BEHIND)
                break;
            enum status status = next_line(rows, problem);
            if (status != STATUS_OK)
                return status;
            continue;
        }
        size_t part = rest < size - done ? rest : size - done;
        memcpy(to + done, rows->line + rows->line_at, part);
        rows->line_at += part;
        done += part;
    }
    *out_size = done;
    return STATUS_OK;
}

static void json_rows_close(struct byte_source *self)
{
    struct json_rows *rows = (struct json_rows *)self;
    byte_source_close(rows->inner);
    free(rows->data);
    free(rows);
}

static const struct byte_source_class json_rows_class = {"json rows", json_rows_read,
                                                         json_rows_close};

/* The whole of a source behind the bytes that were looked at. */
static enum status read_whole(struct byte_source *inner, const unsigned char *head,
                              size_t head_size, char **out, size_t *out_size,
                              struct problem *problem)
{
    size_t size = head_size, capacity = FIRST_CAPACITY;
    char *data = malloc(capacity);
    if (data != NULL)
        memcpy(data, head, head_size);
    while (data != NULL) {
        size_t got = 0;
        enum status status = byte_source_fill(inner, data + size, capacity - size, &got, problem);
        size += got;
        if (status != STATUS_OK || size < capacity) {
            *out = data;
            *out_size = size;
            return status;
        }
        if (capacity >= JSON_ROWS_SIZE_MAX) {
            *out = data;
            problem_set(problem, STATUS_DATA_INVALID, inner->name, "more than 2 GiB of JSON");
            problem_next(problem, "write the bars out as CSV");
            return STATUS_DATA_INVALID;
        }
        capacity *= 2;
        char *larger = realloc(data, capacity);
        if (larger == NULL)
            free(data);
        data = larger;
    }
    return problem_set(problem, STATUS_NO_MEMORY, inner->name, "not enough memory");
}

/* What the members around the rows say of them, and the first row. */
static enum status begin(struct json_rows *rows, struct json_shape *shape, struct problem *problem)
{
    struct search search = {0};
    enum status status = find_rows(rows, &search, problem);
    if (status != STATUS_OK)
        return status;
    rows->row = 1;
    bool in_result = strcmp(search.keys[0], "result") == 0 && search.depth == 2;
    bool in_ohlc = strcmp(search.keys[1], "ohlc") == 0 && search.depth == 2;
    if (!rows->of_objects) {
        shape->form = in_result ? BAR_FORM_KRAKEN_JSON : BAR_FORM_JSON_ROWS;
        shape->has_header = in_result;
        status = read_array(rows, problem);
    } else {
        shape->form = in_ohlc ? BAR_FORM_BITSTAMP_JSON : BAR_FORM_JSON_OBJECTS;
        shape->has_header = true;
        status = read_object(rows, true, problem);
    }
    if (status != STATUS_OK || !shape->has_header)
        return status;
    struct text names[CSV_FIELDS_MAX];
    static const char *const kraken[] = {"time",  "open", "high",   "low",
                                         "close", "vwap", "volume", "count"};
    size_t count = rows->of_objects ? rows->key_count : ARRAY_COUNT(kraken);
    for (size_t i = 0; i < count; i++)
        names[i] = text_of(rows->of_objects ? rows->keys[i] : kraken[i]);
    /* The names go before the row that was read to know them. */
    char first[CSV_LINE_SIZE_MAX + 2];
    size_t first_size = rows->line_size;
    memcpy(first, rows->line, first_size);
    status = write_line(rows, names, count, problem);
    if (status != STATUS_OK)
        return status;
    memcpy(rows->line + rows->line_size, first, first_size);
    rows->line_size += first_size;
    return STATUS_OK;
}

static enum status open_json(struct byte_source *inner, const unsigned char *head, size_t head_size,
                             size_t mark, struct byte_source **out, struct json_shape *shape,
                             struct problem *problem)
{
    struct json_rows *rows = calloc(1, sizeof *rows);
    if (rows == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, inner->name, "not enough memory");
    rows->base = (struct byte_source){&json_rows_class, inner->name};
    size_t size = 0;
    enum status status = read_whole(inner, head, head_size, &rows->data, &size, problem);
    if (status == STATUS_OK) {
        json_read_init(&rows->reader, rows->data + mark, size - mark);
        status = begin(rows, shape, problem);
    }
    if (status != STATUS_OK) {
        json_rows_close(&rows->base);
        return status;
    }
    shape->is_json = true;
    rows->inner = inner;
    *out = &rows->base;
    return STATUS_OK;
}

/* ---- the rest of a source whose first bytes were looked at ----------------------------------- */

struct looked_at {
    struct byte_source base;
    struct byte_source *inner; /* owned */
    size_t at, size;
    unsigned char bytes[64];
};

static enum status looked_at_read(struct byte_source *self, void *out, size_t size,
                                  size_t *out_size, struct problem *problem)
{
    struct looked_at *source = (struct looked_at *)self;
    size_t left = source->size - source->at;
    if (left == 0)
        return source->inner->class->read(source->inner, out, size, out_size, problem);
    *out_size = left < size ? left : size;
    memcpy(out, source->bytes + source->at, *out_size);
    source->at += *out_size;
    return STATUS_OK;
}

static void looked_at_close(struct byte_source *self)
{
    struct looked_at *source = (struct looked_at *)self;
    byte_source_close(source->inner);
    free(source);
}

static const struct byte_source_class looked_at_class = {"looked at", looked_at_read,
                                                         looked_at_close};

enum status byte_source_open_rows(struct byte_source *inner, struct byte_source **out,
                                  struct json_shape *shape, struct problem *problem)
{
    *out = NULL;
    *shape = (struct json_shape){0};
    struct looked_at *looked = calloc(1, sizeof *looked);
    enum status status = STATUS_OK;
    if (looked == NULL)
        status = problem_set(problem, STATUS_NO_MEMORY, inner->name, "not enough memory");
    else
        status = byte_source_fill(inner, looked->bytes, sizeof looked->bytes, &looked->size,
                                  problem);
    if (status != STATUS_OK) {
        free(looked);
        byte_source_close(inner);
        return status;
    }
    size_t mark = looked->size >= 3 && memcmp(looked->bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    size_t first = mark;
    while (first < looked->size && strchr(" \t\r\n", looked->bytes[first]) != NULL &&
           looked->bytes[first] != 0)
        first++;
    if (first < looked->size && (looked->bytes[first] == '[' || looked->bytes[first] == '{')) {
        status = open_json(inner, looked->bytes, looked->size, mark, out, shape, problem);
        free(looked);
        if (status != STATUS_OK)
            byte_source_close(inner);
        return status;
    }
    looked->base = (struct byte_source){&looked_at_class, inner->name};
    looked->inner = inner;
    *out = &looked->base;
    return STATUS_OK;
}
