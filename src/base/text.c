/* Text slices, typing mistakes, UTF-8 and the bounded growing buffer. */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DISTANCE_SIZE_MAX 64
#define BUFFER_CAPACITY_FIRST 256

struct text text_of(const char *nul_terminated)
{
    if (nul_terminated == NULL)
        return (struct text){NULL, 0};
    return (struct text){nul_terminated, strlen(nul_terminated)};
}

bool text_equal(struct text a, struct text b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/* ASCII alone, whatever the locale. */
static unsigned char lower(char byte)
{
    unsigned char value = (unsigned char)byte;
    return value >= 'A' && value <= 'Z' ? (unsigned char)(value + ('a' - 'A')) : value;
}

bool text_equal_ignore_case(struct text a, struct text b)
{
    if (a.size != b.size)
        return false;
    for (size_t i = 0; i < a.size; i++) {
        if (lower(a.data[i]) != lower(b.data[i]))
            return false;
    }
    return true;
}

bool text_starts_with(struct text text, struct text prefix)
{
    return text.size >= prefix.size && text_equal((struct text){text.data, prefix.size}, prefix);
}

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

struct text text_trim(struct text text)
{
    while (text.size > 0 && is_space(text.data[0])) {
        text.data++;
        text.size--;
    }
    while (text.size > 0 && is_space(text.data[text.size - 1]))
        text.size--;
    return text;
}

struct text text_split(struct text *text, char separator)
{
    struct text whole = *text;
    const char *at = whole.size == 0 ? NULL : memchr(whole.data, separator, whole.size);
    if (at == NULL) {
        *text = (struct text){NULL, 0};
        return whole;
    }
    size_t part_size = (size_t)(at - whole.data);
    *text = (struct text){at + 1, whole.size - part_size - 1};
    return (struct text){whole.data, part_size};
}

static unsigned min_of_three(unsigned a, unsigned b, unsigned c)
{
    unsigned least = a < b ? a : b;
    return least < c ? least : c;
}

/* Three rows of the table of prefix distances are enough: a swap of neighbours looks two back. */
static unsigned distance_of(struct text a, struct text b, bool ignore_case)
{
    unsigned rows[3][DISTANCE_SIZE_MAX + 1];
    unsigned char left[DISTANCE_SIZE_MAX], right[DISTANCE_SIZE_MAX];
    size_t rows_count = a.size < DISTANCE_SIZE_MAX ? a.size : DISTANCE_SIZE_MAX;
    size_t columns_count = b.size < DISTANCE_SIZE_MAX ? b.size : DISTANCE_SIZE_MAX;
    for (size_t i = 0; i < rows_count; i++)
        left[i] = ignore_case ? lower(a.data[i]) : (unsigned char)a.data[i];
    for (size_t j = 0; j < columns_count; j++)
        right[j] = ignore_case ? lower(b.data[j]) : (unsigned char)b.data[j];

    for (size_t j = 0; j <= columns_count; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= rows_count; i++) {
        unsigned *row = rows[i % 3];
        const unsigned *above = rows[(i + 2) % 3];
        const unsigned *two_above = rows[(i + 1) % 3];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= columns_count; j++) {
            unsigned change = left[i - 1] == right[j - 1] ? 0 : 1;
            row[j] = min_of_three(above[j] + 1, row[j - 1] + 1, above[j - 1] + change);
            bool swapped = i > 1 && j > 1 && left[i - 1] == right[j - 2] &&
                           left[i - 2] == right[j - 1];
            if (swapped && two_above[j - 2] + 1 < row[j])
                row[j] = two_above[j - 2] + 1;
        }
    }
    return rows[rows_count % 3][columns_count];
}

unsigned text_distance(struct text a, struct text b)
{
    return distance_of(a, b, false);
}

const char *text_suggest(struct text text, const char *const *candidates, size_t candidate_count)
{
    const char *best = NULL;
    unsigned best_distance = DISTANCE_SIZE_MAX + 1;
    for (size_t i = 0; i < candidate_count; i++) {
        struct text candidate = text_of(candidates[i]);
        size_t longer = text.size > candidate.size ? text.size : candidate.size;
        /* A difference in length alone is a distance, and bytes behind the 64th are not compared.
         * */
        if (longer > DISTANCE_SIZE_MAX)
            continue;
        size_t allowed = longer / 3 > 1 ? longer / 3 : 1;
        unsigned distance = distance_of(text, candidate, true);
        if (distance > allowed || distance >= longer || distance >= best_distance)
            continue;
        best = candidates[i];
        best_distance = distance;
    }
    return best;
}

bool text_copy(char *out, size_t out_size, struct text text)
{
    ASSERT(out_size > 0);
    bool fits = text.size < out_size;
    size_t size = fits ? text.size : out_size - 1;
    if (!fits) {
        /* Steps back over at most three continuation bytes to the start of the cut sequence. */
        size_t back = 0;
        while (back < 3 && back < size && ((unsigned char)text.data[size - back] & 0xC0) == 0x80)
            back++;
        if (((unsigned char)text.data[size - back] & 0xC0) != 0x80)
            size -= back;
    }
    if (size > 0)
        memcpy(out, text.data, size);
    out[size] = '\0';
    return fits;
}

size_t text_utf8_size(struct text text)
{
    if (text.size == 0)
        return 0;
    const unsigned char *bytes = (const unsigned char *)text.data;
    if (bytes[0] < 0x80)
        return 1;
    /* The first byte says the size and narrows the second (RFC 3629, section 4). */
    size_t size = bytes[0] >= 0xF0 ? 4 : bytes[0] >= 0xE0 ? 3 : 2;
    if (bytes[0] < 0xC2 || bytes[0] > 0xF4 || text.size < size)
        return 0;
    unsigned char second_min = bytes[0] == 0xE0 ? 0xA0 : bytes[0] == 0xF0 ? 0x90 : 0x80;
    unsigned char second_max = bytes[0] == 0xED ? 0x9F : bytes[0] == 0xF4 ? 0x8F : 0xBF;
    if (bytes[1] < second_min || bytes[1] > second_max)
        return 0;
    for (size_t i = 2; i < size; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
    }
    return size;
}

/* U+0000 to U+001F, U+007F to U+009F, U+200E and F, U+2028 to U+202E, U+2066 to U+2069. */
bool text_utf8_is_drawing(struct text sequence)
{
    const unsigned char *bytes = (const unsigned char *)sequence.data;
    size_t size = sequence.size;
    if (size == 1)
        return bytes[0] < 0x20 || bytes[0] == 0x7F;
    if (size == 2)
        return bytes[0] == 0xC2 && bytes[1] < 0xA0;
    if (size != 3 || bytes[0] != 0xE2)
        return false;
    bool marks = bytes[1] == 0x80 && (bytes[2] == 0x8E || bytes[2] == 0x8F);
    bool lines_and_embeddings = bytes[1] == 0x80 && bytes[2] >= 0xA8 && bytes[2] <= 0xAE;
    bool isolates = bytes[1] == 0x81 && bytes[2] >= 0xA6 && bytes[2] <= 0xA9;
    return marks || lines_and_embeddings || isolates;
}

size_t text_copy_clean(char *out, size_t out_size, struct text text)
{
    ASSERT(out_size > 0);
    size_t used = 0;
    while (text.size > 0) {
        size_t size = text_utf8_size(text);
        size_t step = size > 0 ? size : 1;
        bool clean = size > 0 && !text_utf8_is_drawing((struct text){text.data, size});
        size_t written = clean ? size : 1;
        if (used + written >= out_size)
            break;
        if (clean)
            memcpy(out + used, text.data, size);
        else
            out[used] = '?';
        used += written;
        text.data += step;
        text.size -= step;
    }
    out[used] = '\0';
    return used;
}

void text_buffer_init(struct text_buffer *buffer, size_t size_max)
{
    *buffer = (struct text_buffer){.size_max = size_max, .status = STATUS_OK};
}

void text_buffer_release(struct text_buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct text_buffer){.size_max = buffer->size_max, .status = STATUS_OK};
}

void text_buffer_reset(struct text_buffer *buffer)
{
    buffer->size = 0;
    buffer->status = STATUS_OK;
}

/* Room for size more bytes and a NUL, or a status and false. */
static bool reserve(struct text_buffer *buffer, size_t size)
{
    if (size > buffer->size_max - buffer->size || size >= SIZE_MAX - buffer->size) {
        buffer->status = STATUS_FULL;
        return false;
    }
    size_t needed = buffer->size + size + 1;
    if (needed <= buffer->capacity)
        return true;
    size_t capacity = buffer->capacity > 0 ? buffer->capacity : BUFFER_CAPACITY_FIRST;
    while (capacity < needed)
        capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
    char *data = realloc(buffer->data, capacity);
    if (data == NULL) {
        buffer->status = STATUS_NO_MEMORY;
        return false;
    }
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

void text_buffer_append(struct text_buffer *buffer, struct text text)
{
    if (buffer->status != STATUS_OK || text.size == 0 || !reserve(buffer, text.size))
        return;
    memcpy(buffer->data + buffer->size, text.data, text.size);
    buffer->size += text.size;
    buffer->data[buffer->size] = '\0';
}

void text_buffer_print(struct text_buffer *buffer, const char *format, ...)
{
    if (buffer->status != STATUS_OK)
        return;
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    size_t room = buffer->capacity - buffer->size;
    int size = vsnprintf(room > 0 ? buffer->data + buffer->size : NULL, room, format, args);
    if (size < 0) {
        buffer->status = STATUS_INTERNAL;
    } else if (reserve(buffer, (size_t)size)) {
        if ((size_t)size >= room)
            (void)vsnprintf(buffer->data + buffer->size, (size_t)size + 1, format, again);
        buffer->size += (size_t)size;
    } else if (room > 0) {
        buffer->data[buffer->size] = '\0';
    }
    va_end(again);
    va_end(args);
}
