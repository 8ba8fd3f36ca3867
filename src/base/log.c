/* One JSON object a line, in a fixed buffer, by one write. */
#include "base/log.h"

#include "base/time.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ELLIPSIS "\xE2\x80\xA6"
#define VALUE_END ELLIPSIS "\""
#define LINE_END_CUT ",\"cut\":true}\n"
/* Kept free by every field, so that a value and then the line can always be closed. */
#define RESERVE (sizeof VALUE_END - 1 + sizeof LINE_END_CUT - 1)
#define ESCAPED_SIZE_MAX 6 /* \u0000 */

static const char *const level_names[] = {
    [LOG_DEBUG] = "debug", [LOG_INFO] = "info", [LOG_WARN] = "warn", [LOG_ERROR] = "error"};

static const char *const event_names[] = {
#define LOG_EVENT_NAME(name, text) [LOG_EVENT_##name] = text,
    LOG_EVENT_TABLE(LOG_EVENT_NAME)
#undef LOG_EVENT_NAME
};

static size_t room(const struct log_line *line)
{
    size_t limit = sizeof line->data - RESERVE;
    return line->size < limit ? limit - line->size : 0; /* a cut value ends inside the reserve */
}

static void put(struct log_line *line, const char *bytes, size_t size)
{
    memcpy(line->data + line->size, bytes, size);
    line->size += size;
}

static size_t escape_unit(char *out, unsigned unit)
{
    out[0] = '\\';
    out[1] = 'u';
    for (unsigned i = 0; i < 4; i++)
        out[2 + i] = "0123456789abcdef"[(unit >> (12 - 4 * i)) & 15];
    return 6;
}

/* What text begins with, as it stands in a JSON string; *taken is what was read. Whatever could
 * draw on a terminal is escaped, bytes that are not UTF-8 become U+FFFD. */
static size_t escape_first(struct text text, char out[ESCAPED_SIZE_MAX], size_t *taken)
{
    size_t size = text_utf8_size(text);
    *taken = size > 0 ? size : 1;
    if (size == 0)
        return escape_unit(out, 0xFFFD);
    unsigned char first = (unsigned char)text.data[0];
    if (first == '"' || first == '\\') {
        out[0] = '\\';
        out[1] = (char)first;
        return 2;
    }
    struct text sequence = {text.data, size};
    if (!text_utf8_is_drawing(sequence)) {
        memcpy(out, text.data, size);
        return size;
    }
    unsigned point = first;
    if (size == 2)
        point = (first & 0x1Fu) << 6 | ((unsigned char)text.data[1] & 0x3Fu);
    else if (size == 3)
        point = (first & 0x0Fu) << 12 | ((unsigned char)text.data[1] & 0x3Fu) << 6 |
                ((unsigned char)text.data[2] & 0x3Fu);
    return escape_unit(out, point);
}

/* Puts `,"key":`; false, and the line is marked as cut, where it and `least` more do not fit. */
static bool put_key(struct log_line *line, const char *key, size_t least)
{
    size_t key_size = strlen(key);
    if (key_size + 4 + least > room(line)) {
        line->cut = true;
        return false;
    }
    put(line, ",\"", 2);
    put(line, key, key_size);
    put(line, "\":", 2);
    return true;
}

void log_begin(struct log_line *line, const struct log *log, enum log_level level,
               enum log_event event, int64_t time_ns)
{
    line->size = 0;
    line->log = log;
    line->cut = false;
    line->muted = level < log->level_min;
    if (line->muted)
        return;
    ASSERT(level < ARRAY_COUNT(level_names) && event < ARRAY_COUNT(event_names));
    char time_text[TIME_TEXT_SIZE];
    time_format(time_text, time_ns);
    int size = snprintf(line->data, sizeof line->data,
                        "{\"ts\":\"%s\",\"level\":\"%s\",\"service\":\"tern\",\"event\":\"%s\"",
                        time_text, level_names[level], event_names[event]);
    ASSERT(size > 0 && (size_t)size < sizeof line->data - RESERVE);
    line->size = (size_t)size;
}

void log_text(struct log_line *line, const char *key, struct text value)
{
    if (line->muted || !put_key(line, key, 1))
        return;
    put(line, "\"", 1);
    while (value.size > 0) {
        char escaped[ESCAPED_SIZE_MAX];
        size_t taken;
        size_t size = escape_first(value, escaped, &taken);
        /* The quote that closes a whole value is reserved as well. */
        if (size > room(line)) {
            line->cut = true;
            put(line, VALUE_END, sizeof VALUE_END - 1);
            return;
        }
        put(line, escaped, size);
        value.data += taken;
        value.size -= taken;
    }
    put(line, "\"", 1);
}

void log_i64(struct log_line *line, const char *key, int64_t value)
{
    char digits[24];
    if (line->muted)
        return;
    int size = snprintf(digits, sizeof digits, "%lld", (long long)value);
    ASSERT(size > 0 && (size_t)size < sizeof digits);
    if (put_key(line, key, (size_t)size))
        put(line, digits, (size_t)size);
}

void log_end(struct log_line *line)
{
    if (line->muted)
        return;
    if (line->cut)
        put(line, LINE_END_CUT, sizeof LINE_END_CUT - 1);
    else
        put(line, "}\n", 2);
    /* A log that cannot be written has nowhere to say so. */
    size_t done = 0;
    while (done < line->size) {
        ssize_t size = write(line->log->descriptor, line->data + done, line->size - done);
        if (size > 0)
            done += (size_t)size;
        else if (size == 0 || errno != EINTR)
            return;
    }
}
