/* A JSON array of rows as the CSV text that it stands for: what freqtrade and many REST answers
 * keep their bars in.
 *
 *     [[1576836000000,42330.0,42330.0,42066.0,42124.0,0.12805],[…]]
 *     1576836000000,42330.0,42330.0,42066.0,42124.0,0.12805\n…
 *
 * Numbers pass as they are written, so that prices stay exact. */
#include "world/import/json_rows.h"

#include <stdlib.h>
#include <string.h>

#define INPUT_SIZE ((size_t)64 * 1024)

enum place { BEFORE, BETWEEN, IN_ROW, BEHIND };

struct json_rows {
    struct byte_source base;
    struct byte_source *inner; /* owned */
    size_t at, size;           /* of what is not yet turned into text */
    enum place place;
    bool ended;
    uint64_t offset; /* of the byte at `at`, for messages */
    unsigned char input[INPUT_SIZE];
};

static bool is_space(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_of_number(unsigned char c)
{
    return (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E' ||
           c == ',' || c == '"';
}

/* Takes one byte; *out is what it becomes, 0 for nothing. false where it may not stand there. */
static bool take(struct json_rows *rows, unsigned char c, unsigned char *out)
{
    *out = 0;
    if (is_space(c))
        return true;
    switch (rows->place) {
    case BEFORE: rows->place = BETWEEN; return c == '[';
    case BETWEEN:
        if (c == '[')
            rows->place = IN_ROW;
        else if (c == ']')
            rows->place = BEHIND;
        return c == '[' || c == ']' || c == ',';
    case IN_ROW:
        if (c == ']') {
            rows->place = BETWEEN;
            *out = '\n';
            return true;
        }
        /* Numbers in quotes, as exchanges send them, are the same numbers. */
        *out = c == '"' ? 0 : c;
        return is_of_number(c);
    case BEHIND: break;
    }
    return false;
}

static enum status refuse(const struct json_rows *rows, struct problem *problem, const char *what)
{
    problem_set(problem, STATUS_DATA_INVALID, rows->base.name, "at byte %llu: %s",
                (unsigned long long)rows->offset, what);
    problem_allowed(problem, "an array of rows of numbers: [[time,open,high,low,close,volume],…]");
    return STATUS_DATA_INVALID;
}

static enum status json_rows_read(struct byte_source *self, void *out, size_t size,
                                  size_t *out_size, struct problem *problem)
{
    struct json_rows *rows = (struct json_rows *)self;
    unsigned char *to = out;
    size_t done = 0;
    *out_size = 0;
    while (done < size) {
        if (rows->at == rows->size) {
            if (done > 0 || rows->ended)
                break;
            enum status status = rows->inner->class->read(rows->inner, rows->input, INPUT_SIZE,
                                                          &rows->size, problem);
            if (status != STATUS_OK)
                return status;
            rows->at = 0;
            rows->ended = rows->size == 0;
            if (rows->ended && rows->place != BEHIND)
                return refuse(rows, problem, "the array is cut off");
            continue;
        }
        unsigned char text = 0;
        if (!take(rows, rows->input[rows->at], &text))
            return refuse(rows, problem, "something else than a row of numbers");
        rows->at++;
        rows->offset++;
        if (text != 0)
            to[done++] = text;
    }
    *out_size = done;
    return STATUS_OK;
}

static void json_rows_close(struct byte_source *self)
{
    struct json_rows *rows = (struct json_rows *)self;
    byte_source_close(rows->inner);
    free(rows);
}

/* The rest of a source whose first bytes were looked at. */
static const struct byte_source_class json_rows_class = {"json rows", json_rows_read,
                                                         json_rows_close};

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
                                  struct problem *problem)
{
    *out = NULL;
    struct looked_at *looked = calloc(1, sizeof *looked);
    struct json_rows *rows = calloc(1, sizeof *rows);
    enum status status = STATUS_OK;
    if (looked == NULL || rows == NULL)
        status = problem_set(problem, STATUS_NO_MEMORY, inner->name, "not enough memory");
    else
        status = byte_source_fill(inner, looked->bytes, sizeof looked->bytes, &looked->size,
                                  problem);
    if (status != STATUS_OK) {
        free(looked);
        free(rows);
        byte_source_close(inner);
        return status;
    }
    looked->base = (struct byte_source){&looked_at_class, inner->name};
    looked->inner = inner;
    size_t first = 0;
    while (first < looked->size && is_space(looked->bytes[first]))
        first++;
    if (first == looked->size || looked->bytes[first] != '[') {
        free(rows);
        *out = &looked->base;
        return STATUS_OK;
    }
    rows->base = (struct byte_source){&json_rows_class, inner->name};
    rows->inner = &looked->base;
    *out = &rows->base;
    return STATUS_OK;
}
