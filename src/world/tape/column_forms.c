#include "world/tape/column_forms.h"

#include <stdlib.h>
#include <string.h>

#include "world/tape/column_bits.h"

#define GROUP_HEAD_SIZE 3u

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

static void put_head(uint8_t *out, size_t size, unsigned form, uint64_t base, uint64_t divisor)
{
    uint32_t groups_size = (uint32_t)(size - COLUMN_HEAD_SIZE);
    memcpy(out, &groups_size, sizeof groups_size);
    out[4] = (uint8_t)form;
    out[5] = out[6] = out[7] = 0;
    memcpy(out + 8, &base, sizeof base);
    memcpy(out + 16, &divisor, sizeof divisor);
}

/* ---- NEAR and STEPS -------------------------------------------------------------------------- */

struct fit {
    unsigned width, more, exceptions;
    size_t size;
};

/* The width by which a group takes the fewest bytes. */
static struct fit fit_group(const uint64_t *values, size_t rows)
{
    unsigned of_width[65] = {0}, most = 0;
    for (size_t i = 0; i < rows; i++) {
        unsigned width = values[i] == 0 ? 0 : 64 - (unsigned)__builtin_clzll(values[i]);
        of_width[width]++;
        most = width > most ? width : most;
    }
    unsigned whole = most > WIDTH_PACKED_MAX ? WIDTH_WHOLE : most;
    struct fit best = {.width = whole, .size = bits_size(rows, whole)};
    unsigned above = 0;
    for (unsigned width = most; width-- > 0;) {
        above += of_width[width + 1];
        unsigned more = most - width > WIDTH_PACKED_MAX ? WIDTH_WHOLE : most - width;
        size_t size = bits_size(rows, width) + above + bits_size(above, more);
        if (width <= WIDTH_PACKED_MAX && size < best.size)
            best = (struct fit){width, more, above, size};
    }
    return best;
}

static size_t pack_patched(const uint64_t *values, size_t rows, uint8_t *out)
{
    struct fit fit = fit_group(values, rows);
    uint64_t high[COLUMN_GROUP];
    out[0] = (uint8_t)fit.width;
    out[1] = (uint8_t)fit.exceptions;
    out[2] = (uint8_t)fit.more;
    size_t used = GROUP_HEAD_SIZE + bits_put(values, rows, fit.width, out + GROUP_HEAD_SIZE);
    unsigned count = 0;
    for (size_t i = 0; i < rows && fit.exceptions > 0; i++) {
        if (values[i] >> fit.width == 0)
            continue;
        out[used++] = (uint8_t)i;
        high[count++] = values[i] >> fit.width;
    }
    ASSERT(count == fit.exceptions);
    return used + bits_put(high, count, fit.more, out + used);
}

static size_t pack_groups(const uint64_t *values, size_t rows, uint8_t *out)
{
    size_t size = 0;
    for (size_t i = 0; i < rows; i += COLUMN_GROUP) {
        size_t count = rows - i < COLUMN_GROUP ? rows - i : COLUMN_GROUP;
        size += pack_patched(values + i, count, out + size);
    }
    return size;
}

static size_t write_near(const int64_t *values, size_t rows, uint64_t *work, uint8_t *out)
{
    int64_t least = values[0];
    uint64_t divisor = 0;
    for (size_t i = 1; i < rows; i++)
        least = i64_min(least, values[i]);
    for (size_t i = 0; i < rows; i++) {
        work[i] = (uint64_t)values[i] - (uint64_t)least;
        if (divisor != 1 && (divisor == 0 || work[i] % divisor != 0))
            divisor = greatest_common_divisor(divisor, work[i]);
    }
    divisor = divisor == 0 ? 1 : divisor;
    for (size_t i = 0; i < rows && divisor != 1; i++)
        work[i] /= divisor;
    size_t size = COLUMN_HEAD_SIZE + pack_groups(work, rows, out + COLUMN_HEAD_SIZE);
    put_head(out, size, COLUMN_NEAR, (uint64_t)least, divisor);
    return size;
}

static size_t write_steps(const int64_t *values, size_t rows, uint64_t *work, uint8_t *out)
{
    uint64_t divisor = 0;
    work[0] = 0;
    for (size_t i = 1; i < rows; i++) {
        work[i] = (uint64_t)values[i] - (uint64_t)values[i - 1];
        uint64_t size = magnitude((int64_t)work[i]);
        if (divisor != 1 && (divisor == 0 || size % divisor != 0))
            divisor = greatest_common_divisor(divisor, size);
    }
    divisor = divisor == 0 || divisor > INT64_MAX ? 1 : divisor;
    for (size_t i = 0; i < rows; i++) {
        int64_t step = (int64_t)work[i] / (int64_t)divisor;
        work[i] = (uint64_t)step << 1 ^ (uint64_t)(step >> 63);
    }
    size_t size = COLUMN_HEAD_SIZE + pack_groups(work, rows, out + COLUMN_HEAD_SIZE);
    put_head(out, size, COLUMN_STEPS, (uint64_t)values[0], divisor);
    return size;
}

/* The better of the two into `out`; `spare` has room for one. */
static size_t write_simple(const int64_t *values, size_t rows, uint64_t *work, uint8_t *out,
                           uint8_t *spare)
{
    size_t near = write_near(values, rows, work, out);
    size_t steps = write_steps(values, rows, work, spare);
    if (steps >= near)
        return near;
    memcpy(out, spare, steps + COLUMN_PADDING);
    return steps;
}

/* ---- RUNS and LISTED ------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* Runs of equal values into first and second; returns how many. */
static size_t split_runs(const int64_t *values, size_t rows, int64_t *first, int64_t *second)
{
    size_t count = 0;
    for (size_t i = 0; i < rows; i++) {
        if (count > 0 && first[count - 1] == values[i]) {
            second[count - 1]++;
            continue;
        }
        first[count] = values[i];
        second[count++] = 1;
    }
    return count;
}

/* The different values, rising, and the index of each row's; returns how many. */
static size_t split_list(const int64_t *values, size_t rows, int64_t *first, int64_t *second)
{
    memcpy(first, values, rows * sizeof *first);
    qsort(first, rows, sizeof *first, by_value);
    size_t count = 1;
    for (size_t i = 1; i < rows; i++) {
        if (first[i] != first[count - 1])
            first[count++] = first[i];
    }
    for (size_t i = 0; i < rows; i++) {
        size_t low = 0, high = count;
        while (high - low > 1) {
            size_t middle = low + (high - low) / 2;
            if (first[middle] <= values[i])
                low = middle;
            else
                high = middle;
        }
        second[i] = (int64_t)low;
    }
    return count;
}

struct space {
    uint64_t *work;          /* COLUMN_ROWS_MAX */
    int64_t *first, *second; /* COLUMN_ROWS_MAX each */
    uint8_t *spare, *other;  /* column_size_max(COLUMN_ROWS_MAX) each */
};

static struct space space_of(void *scratch)
{
    _Static_assert(COLUMN_SCRATCH_SIZE >=
                       3 * COLUMN_ROWS_MAX * 8 + 2 * (COLUMN_ROWS_MAX * 8 + 33 * 9 + 64),
                   "room for three arrays and two columns");
    int64_t *rows = scratch;
    uint8_t *bytes = (uint8_t *)(rows + (size_t)3 * COLUMN_ROWS_MAX);
    return (struct space){.work = (uint64_t *)rows,
                          .first = rows + COLUMN_ROWS_MAX,
                          .second = rows + (size_t)2 * COLUMN_ROWS_MAX,
                          .spare = bytes,
                          .other = bytes + column_size_max(COLUMN_ROWS_MAX)};
}

/* Two columns behind a head into space->other, where they are less than `limit` bytes; else 0. */
static size_t write_parts(const struct space *space, enum column_transform form, size_t first_rows,
                          size_t second_rows, size_t limit)
{
    uint8_t *out = space->other;
    size_t size = COLUMN_HEAD_SIZE;
    size += write_simple(space->first, first_rows, space->work, out + size, space->spare);
    if (size + COLUMN_HEAD_SIZE >= limit)
        return 0;
    /* The second part may be as long as the whole column: it is made where there is room. */
    size_t second = write_near(space->second, second_rows, space->work, space->spare);
    if (size + second >= limit)
        return 0;
    memcpy(out + size, space->spare, second + COLUMN_PADDING);
    size += second;
    put_head(out, size, form, first_rows, 1);
    return size;
}

size_t column_write(const int64_t *values, size_t rows, uint8_t decimals, uint8_t *out,
                    void *scratch)
{
    ASSERT(rows > 0 && rows <= COLUMN_ROWS_MAX);
    struct space space = space_of(scratch);
    size_t best = write_simple(values, rows, space.work, out, space.spare);
    size_t runs = split_runs(values, rows, space.first, space.second);
    if (runs < rows / 2) {
        size_t size = write_parts(&space, COLUMN_RUNS, runs, runs, best);
        if (size > 0) {
            memcpy(out, space.other, size + COLUMN_PADDING);
            best = size;
        }
    }
    /* Sorting costs more than all else: only where there is something to gain. */
    if (best > COLUMN_HEAD_SIZE * 4 + rows / 8) {
        size_t count = split_list(values, rows, space.first, space.second);
        size_t size = count < rows / 4 ? write_parts(&space, COLUMN_LISTED, count, rows, best) : 0;
        if (size > 0) {
            memcpy(out, space.other, size + COLUMN_PADDING);
            best = size;
        }
    }
    out[5] = decimals;
    return best;
}

/* ---- reading --------------------------------------------------------------------------------- */

static enum status unpack_patched(struct column_reader *reader, uint64_t *out, size_t rows)
{
    size_t left = (size_t)(reader->end - reader->at);
    if (left < GROUP_HEAD_SIZE)
        return STATUS_CORRUPT;
    unsigned width = reader->at[0], exceptions = reader->at[1], more = reader->at[2];
    if (!bits_width_is_valid(width) || !bits_width_is_valid(more) || exceptions > rows ||
        (exceptions > 0 && (width > WIDTH_PACKED_MAX || more == 0)))
        return STATUS_CORRUPT;
    size_t low = bits_size(rows, width), high = bits_size(exceptions, more);
    if (left - GROUP_HEAD_SIZE < low + exceptions + high)
        return STATUS_CORRUPT;
    const uint8_t *places = reader->at + GROUP_HEAD_SIZE + low;
    bits_get(reader->at + GROUP_HEAD_SIZE, rows, width, 0, out);
    reader->at = places + exceptions + high;
    if (exceptions == 0)
        return STATUS_OK;
    uint64_t above[COLUMN_GROUP];
    bits_get(places + exceptions, exceptions, more, 0, above);
    for (unsigned i = 0; i < exceptions; i++) {
        if (places[i] >= rows || (i > 0 && places[i] <= places[i - 1]))
            return STATUS_CORRUPT;
        out[places[i]] |= above[i] << width;
    }
    return STATUS_OK;
}

static enum status read_simple(struct column_reader *reader, int64_t *out, size_t rows)
{
    uint64_t *values = (uint64_t *)out;
    uint64_t value = (uint64_t)reader->note.base, divisor = reader->divisor;
    for (size_t begin = 0; begin < rows; begin += COLUMN_GROUP) {
        size_t count = rows - begin < COLUMN_GROUP ? rows - begin : COLUMN_GROUP;
        enum status status = reader->transform <= COLUMN_DELTA
                                 ? column_next(reader, out + begin, count)
                                 : unpack_patched(reader, values + begin, count);
        if (status != STATUS_OK)
            return status;
        if (reader->transform == COLUMN_NEAR) {
            for (size_t i = begin; i < begin + count; i++)
                values[i] = value + values[i] * divisor;
        } else if (reader->transform == COLUMN_STEPS) {
            for (size_t i = begin; i < begin + count; i++) {
                value += (values[i] >> 1 ^ (0 - (values[i] & 1))) * divisor;
                values[i] = value;
            }
        }
    }
    return column_is_done(reader) ? STATUS_OK : STATUS_CORRUPT;
}

static bool join_runs(const int64_t *first, const int64_t *second, size_t runs, int64_t *out,
                      size_t rows)
{
    size_t at = 0;
    for (size_t i = 0; i < runs; i++) {
        if (second[i] <= 0 || (uint64_t)second[i] > rows - at)
            return false;
        for (int64_t j = 0; j < second[i]; j++)
            out[at++] = first[i];
    }
    return at == rows;
}

static bool join_list(const int64_t *first, size_t count, int64_t *out, size_t rows)
{
    for (size_t i = 0; i < rows; i++) {
        if ((uint64_t)out[i] >= count)
            return false;
        out[i] = first[out[i]];
    }
    return true;
}

enum status column_read(struct column_reader *reader, int64_t *out, size_t rows, void *scratch)
{
    ASSERT(rows > 0 && rows <= COLUMN_ROWS_MAX);
    if (reader->transform < COLUMN_RUNS)
        return read_simple(reader, out, rows);
    struct space space = space_of(scratch);
    struct column_reader parts[2];
    uint64_t count = (uint64_t)reader->note.base;
    bool is_runs = reader->transform == COLUMN_RUNS;
    const uint8_t *at = reader->at;
    if (count == 0 || count > rows)
        return STATUS_CORRUPT;
    for (unsigned i = 0; i < 2; i++) {
        if (column_open(&parts[i], &at, reader->end) != STATUS_OK ||
            parts[i].transform >= COLUMN_RUNS)
            return STATUS_CORRUPT;
    }
    reader->at = at;
    if (at != reader->end || read_simple(&parts[0], space.first, (size_t)count) != STATUS_OK ||
        read_simple(&parts[1], is_runs ? space.second : out, is_runs ? (size_t)count : rows) !=
            STATUS_OK)
        return STATUS_CORRUPT;
    bool good = is_runs ? join_runs(space.first, space.second, (size_t)count, out, rows)
                        : join_list(space.first, (size_t)count, out, rows);
    return good ? STATUS_OK : STATUS_CORRUPT;
}
