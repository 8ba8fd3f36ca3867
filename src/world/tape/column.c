#include "world/tape/column.h"

#include <string.h>

#include "world/tape/column_bits.h"

#define GROUP_HEAD_SIZE 9u

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "packed words are little-endian");

static uint64_t magnitude(int64_t value)
{
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

static uint64_t greatest_common_divisor(uint64_t a, uint64_t b)
{
    while (b != 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Of all steps; 1 where they have none that an int64 holds. */
static uint64_t divisor_of(const int64_t *steps, size_t rows)
{
    uint64_t divisor = 0;
    for (size_t i = 0; i < rows && divisor != 1; i++) {
        uint64_t size = magnitude(steps[i]);
        if (divisor == 0 || size % divisor != 0)
            divisor = greatest_common_divisor(divisor, size);
    }
    return divisor == 0 || divisor > INT64_MAX ? 1 : divisor;
}

static void difference(int64_t *values, size_t rows)
{
    for (size_t i = rows; i-- > 1;)
        values[i] = (int64_t)((uint64_t)values[i] - (uint64_t)values[i - 1]);
    values[0] = 0;
}

static size_t pack_group(const int64_t *steps, size_t rows, uint8_t *out)
{
    int64_t least = steps[0], most = steps[0];
    for (size_t i = 1; i < rows; i++) {
        least = i64_min(least, steps[i]);
        most = i64_max(most, steps[i]);
    }
    unsigned width = bits_width((uint64_t)most - (uint64_t)least);
    memcpy(out, &least, sizeof least);
    out[8] = (uint8_t)width;
    uint64_t above[COLUMN_GROUP];
    for (size_t i = 0; i < rows; i++)
        above[i] = (uint64_t)steps[i] - (uint64_t)least;
    return GROUP_HEAD_SIZE + bits_put(above, rows, width, out + GROUP_HEAD_SIZE);
}

size_t column_pack(int64_t *values, size_t rows, enum column_transform transform,
                   struct column_note note, uint8_t *out)
{
    ASSERT(rows > 0);
    if (transform == COLUMN_DELTA) {
        note.base = values[0];
        difference(values, rows);
    }
    uint64_t divisor = divisor_of(values, rows);
    if (divisor != 1) {
        for (size_t i = 0; i < rows; i++)
            values[i] /= (int64_t)divisor;
    }
    size_t size = COLUMN_HEAD_SIZE;
    for (size_t i = 0; i < rows; i += COLUMN_GROUP) {
        size_t count = rows - i < COLUMN_GROUP ? rows - i : COLUMN_GROUP;
        size += pack_group(values + i, count, out + size);
    }
    uint32_t groups_size = (uint32_t)(size - COLUMN_HEAD_SIZE);
    memcpy(out, &groups_size, sizeof groups_size);
    out[4] = (uint8_t)transform;
    out[5] = note.decimals;
    out[6] = out[7] = 0;
    memcpy(out + 8, &note.base, sizeof note.base);
    memcpy(out + 16, &divisor, sizeof divisor);
    return size;
}

enum status column_open(struct column_reader *reader, const uint8_t **at, const uint8_t *end)
{
    uint32_t size;
    if ((size_t)(end - *at) < COLUMN_HEAD_SIZE)
        return STATUS_CORRUPT;
    const uint8_t *head = *at;
    memcpy(&size, head, sizeof size);
    if ((size_t)(end - head) - COLUMN_HEAD_SIZE < size || head[4] > COLUMN_LISTED || head[6] != 0 ||
        head[7] != 0)
        return STATUS_CORRUPT;
    *reader = (struct column_reader){
        .at = head + COLUMN_HEAD_SIZE,
        .end = head + COLUMN_HEAD_SIZE + size,
        .transform = (enum column_transform)head[4],
        .note.decimals = head[5],
    };
    memcpy(&reader->note.base, head + 8, sizeof reader->note.base);
    memcpy(&reader->divisor, head + 16, sizeof reader->divisor);
    reader->value = (uint64_t)reader->note.base;
    *at = reader->end;
    return STATUS_OK;
}

enum status column_next(struct column_reader *reader, int64_t *out, size_t rows)
{
    ASSERT(rows > 0 && rows <= COLUMN_GROUP);
    size_t left = (size_t)(reader->end - reader->at);
    if (left < GROUP_HEAD_SIZE || reader->transform > COLUMN_DELTA)
        return STATUS_CORRUPT;
    uint64_t least;
    memcpy(&least, reader->at, sizeof least);
    unsigned width = reader->at[8];
    size_t size = (rows * width + 7) / 8;
    if (!bits_width_is_valid(width) || left - GROUP_HEAD_SIZE < size)
        return STATUS_CORRUPT;
    uint64_t *values = (uint64_t *)out;
    uint64_t divisor = reader->divisor, value = reader->value;
    bits_get(reader->at + GROUP_HEAD_SIZE, rows, width, least, values);
    reader->at += GROUP_HEAD_SIZE + size;
    for (size_t i = 0; i < rows && divisor != 1; i++)
        values[i] *= divisor;
    if (reader->transform == COLUMN_PLAIN)
        return STATUS_OK;
    for (size_t i = 0; i < rows; i++) {
        value += values[i];
        values[i] = value;
    }
    reader->value = value;
    return STATUS_OK;
}
