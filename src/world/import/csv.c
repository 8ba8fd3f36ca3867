/* Streaming CSV rows. */
#include "world/import/csv.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A block, the unfinished line before it, the line end put behind the last line, and the bytes that
 * may be read behind a field. */
#define BUFFER_SIZE (BYTE_SOURCE_BLOCK_SIZE + CSV_LINE_SIZE_MAX + 16 + CSV_FIELD_PADDING)

enum status csv_problem(const struct csv_reader *reader, struct problem *problem,
                        const char *column, const char *found_format, ...)
{
    char found[sizeof problem->found];
    va_list args;
    va_start(args, found_format);
    vsnprintf(found, sizeof found, found_format, args);
    va_end(args);
    /* The end of a long path says more than its beginning, and the line number must survive. */
    const char *name = reader->bytes->name;
    size_t size = strlen(name);
    bool cut = size > 160;
    char where[sizeof problem->where];
    char line[48] = "";
    if (reader->line > 0)
        snprintf(line, sizeof line, ":%s%llu", reader->unit != NULL ? reader->unit : "",
                 (unsigned long long)reader->line);
    snprintf(where, sizeof where, "%s%s%s%s%.80s", cut ? "..." : "", cut ? name + size - 160 : name,
             line, column != NULL ? ": " : "", column != NULL ? column : "");
    return problem_set(problem, STATUS_DATA_INVALID, where, "%s", found);
}

/* Moves the unread text to the front and reads one more block behind it. */
static enum status refill(struct csv_reader *reader, struct problem *problem)
{
    size_t rest = reader->end - reader->begin;
    ASSERT(rest <= CSV_LINE_SIZE_MAX + 2);
    memmove(reader->buffer, reader->buffer + reader->begin, rest);
    reader->begin = 0;
    reader->end = rest;
    size_t got = 0;
    enum status status = reader->bytes->class->read(reader->bytes, reader->buffer + rest,
                                                    BYTE_SOURCE_BLOCK_SIZE, &got, problem);
    if (status != STATUS_OK)
        return status;
    ASSERT(got <= BYTE_SOURCE_BLOCK_SIZE);
    if (got == 0) {
        reader->ended = true;
        if (rest > 0)
            reader->buffer[reader->end++] = '\n';
        return STATUS_OK;
    }
    reader->has_nul = memchr(reader->buffer, 0, rest + got) != NULL;
    reader->has_quote = memchr(reader->buffer, '"', rest + got) != NULL;
    reader->end += got;
    return STATUS_OK;
}

/* The mark of UTF-8 is passed over, UTF-16 is recognised by its mark or by a NUL beside a
 * letter. */
static enum status judge_encoding(struct csv_reader *reader, struct problem *problem)
{
    const unsigned char *text = reader->buffer;
    size_t size = reader->end;
    if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        reader->begin = 3;
        return STATUS_OK;
    }
    bool marked = size >= 2 &&
                  ((text[0] == 0xff && text[1] == 0xfe) || (text[0] == 0xfe && text[1] == 0xff));
    bool unmarked = size >= 2 && (text[0] == 0) != (text[1] == 0);
    if (!marked && !unmarked)
        return STATUS_OK;
    reader->line = 1;
    csv_problem(reader, problem, NULL, "the text is UTF-16");
    problem_allowed(problem, "UTF-8 or ASCII");
    problem_next(problem, "iconv -f UTF-16 -t UTF-8");
    return STATUS_DATA_INVALID;
}

enum status csv_reader_init(struct csv_reader *reader, struct byte_source *bytes,
                            struct problem *problem)
{
    *reader = (struct csv_reader){.bytes = bytes};
    reader->buffer = malloc(BUFFER_SIZE);
    if (reader->buffer == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, bytes->name, "no memory for reading");
    memset(reader->buffer + BUFFER_SIZE - CSV_FIELD_PADDING, 0, CSV_FIELD_PADDING);
    /* Enough for the marks even where the source gives single bytes. */
    enum status status = STATUS_OK;
    while (status == STATUS_OK && reader->end < 4 && !reader->ended)
        status = refill(reader, problem);
    if (status == STATUS_OK)
        status = judge_encoding(reader, problem);
    if (status != STATUS_OK)
        csv_reader_release(reader);
    return status;
}

void csv_reader_release(struct csv_reader *reader)
{
    free(reader->buffer);
    *reader = (struct csv_reader){0};
}

static enum status too_long(struct csv_reader *reader, struct problem *problem)
{
    csv_problem(reader, problem, NULL, "the line is longer than %d bytes", CSV_LINE_SIZE_MAX);
    problem_allowed(problem, "at most %d bytes a line, ended by LF or CRLF", CSV_LINE_SIZE_MAX);
    return STATUS_DATA_INVALID;
}

/* The next line without its end, as numbered in reader->line. */
static enum status take_line(struct csv_reader *reader, struct text *out, struct problem *problem)
{
    size_t searched = 0;
    unsigned char *found;
    for (;;) {
        size_t rest = reader->end - reader->begin;
        unsigned char *unread = reader->buffer + reader->begin;
        found = rest > searched ? memchr(unread + searched, '\n', rest - searched) : NULL;
        if (found != NULL || reader->ended)
            break;
        searched = rest;
        if (rest > CSV_LINE_SIZE_MAX + 1) {
            reader->line++;
            return too_long(reader, problem);
        }
        enum status status = refill(reader, problem);
        if (status != STATUS_OK)
            return status;
    }
    if (found == NULL)
        return STATUS_END;
    unsigned char *begin = reader->buffer + reader->begin;
    size_t size = (size_t)(found - begin);
    reader->begin += size + 1;
    reader->line++;
    if (size > 0 && begin[size - 1] == '\r')
        size--;
    if (size > CSV_LINE_SIZE_MAX)
        return too_long(reader, problem);
    if (UNLIKELY(reader->has_nul) && memchr(begin, 0, size) != NULL) {
        csv_problem(reader, problem, NULL, "a NUL byte");
        problem_allowed(problem, "text");
        problem_next(problem, "the file is binary or damaged; fetch it again");
        return STATUS_DATA_INVALID;
    }
    *out = (struct text){(const char *)begin, size};
    return STATUS_OK;
}

static enum status too_many_fields(struct csv_reader *reader, struct problem *problem)
{
    csv_problem(reader, problem, NULL, "more than %d fields", CSV_FIELDS_MAX);
    problem_allowed(problem, "at most %d fields a row", CSV_FIELDS_MAX);
    return STATUS_DATA_INVALID;
}

/* Takes the double quotes away that stand around whole fields. */
static enum status unquote(struct csv_reader *reader, struct problem *problem)
{
    for (size_t i = 0; i < reader->field_count; i++) {
        struct text field = reader->fields[i];
        if (field.size == 0 || memchr(field.data, '"', field.size) == NULL)
            continue;
        bool whole = field.size >= 2 && field.data[0] == '"' && field.data[field.size - 1] == '"';
        struct text inside = whole ? (struct text){field.data + 1, field.size - 2} : field;
        if (!whole || (inside.size > 0 && memchr(inside.data, '"', inside.size) != NULL)) {
            csv_problem(reader, problem, NULL, "a double quote inside field %zu", i + 1);
            problem_allowed(problem, "double quotes around a whole field without separators in it");
            return STATUS_DATA_INVALID;
        }
        reader->fields[i] = inside;
    }
    return STATUS_OK;
}

static char find_separator(struct text line)
{
    static const char separators[] = {',', '\t', ';'};
    for (size_t i = 0; i < sizeof separators; i++)
        if (memchr(line.data, separators[i], line.size) != NULL)
            return separators[i];
    return ',';
}

#define EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

/* One bit for each of eight bytes that equals the pattern's, the first byte's lowest: the sum sets
 * the highest bit of every byte that differs in its lower seven, the product gathers these bits. */
static inline uint64_t find_bytes(const char *at, uint64_t pattern)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    word ^= pattern;
    uint64_t equal = ~(((word & EACH_BYTE(0x7f)) + EACH_BYTE(0x7f)) | word | EACH_BYTE(0x7f));
    return (equal >> 7) * UINT64_C(0x0102040810204080) >> 56;
}

/* Cuts a line at its separators, 64 bytes at a time: how often the inner loop runs depends on the
 * number of fields, which is the same in every row, and not on their sizes. */
static enum status split(struct csv_reader *reader, struct text line, struct problem *problem)
{
    const uint64_t pattern = EACH_BYTE((unsigned char)reader->separator);
    const char *field = line.data;
    size_t count = 0;
    for (size_t begin = 0; begin < line.size; begin += 64) {
        size_t size = line.size - begin < 64 ? line.size - begin : 64;
        uint64_t found = 0;
        for (size_t i = 0; i < size; i += 8)
            found |= find_bytes(line.data + begin + i, pattern) << i;
        found &= ~UINT64_C(0) >> (64 - size);
        for (; found != 0; found &= found - 1) {
            const char *end = line.data + begin + (size_t)__builtin_ctzll(found);
            if (UNLIKELY(count == CSV_FIELDS_MAX - 1))
                return too_many_fields(reader, problem);
            reader->fields[count++] = (struct text){field, (size_t)(end - field)};
            field = end + 1;
        }
    }
    reader->fields[count++] = (struct text){field, (size_t)(line.data + line.size - field)};
    reader->field_count = count;
    return STATUS_OK;
}

enum status csv_reader_next(struct csv_reader *reader, struct problem *problem)
{
    struct text line = {NULL, 0};
    do {
        enum status status = take_line(reader, &line, problem);
        if (status != STATUS_OK)
            return status;
    } while (line.size == 0);
    if (UNLIKELY(reader->separator == 0))
        reader->separator = find_separator(line);
    enum status status = split(reader, line, problem);
    if (status == STATUS_OK && UNLIKELY(reader->has_quote))
        status = unquote(reader, problem);
    return status;
}
