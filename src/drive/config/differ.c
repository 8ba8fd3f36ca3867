#include "drive/config/differ.h"

#include <stdio.h>
#include <string.h>

struct line {
    struct text key, value;
};

static bool line_next(struct text *rest, struct line *line)
{
    if (rest->data == NULL || rest->size == 0)
        return false;
    struct text whole = text_split(rest, '\n');
    line->key = text_split(&whole, '\t');
    line->value = text_split(&whole, '\t');
    return true;
}

static bool counts(struct text key)
{
    static const char *const idle[] = {"log", "listen", "telemetry"};
    for (size_t i = 0; i < ARRAY_COUNT(idle); i++) {
        size_t size = strlen(idle[i]);
        if (text_starts_with(key, text_of(idle[i])) &&
            (key.size == size || key.data[size] == '.' || key.data[size] == '['))
            return false;
    }
    struct text end = TEXT(".file");
    return !(text_starts_with(key, TEXT("data[")) && key.size > end.size &&
             memcmp(key.data + key.size - end.size, end.data, end.size) == 0);
}

/* Both lists come in the order of one table, so the line looked for is nearly always the next. */
static bool value_find(struct text all, struct text *near, struct text key, struct text *out)
{
    struct line line;
    struct text rest = *near;
    for (int pass = 0; pass < 2; pass++) {
        while (line_next(&rest, &line)) {
            if (text_equal(line.key, key)) {
                *near = rest;
                *out = line.value;
                return true;
            }
        }
        rest = all;
    }
    return false;
}

size_t config_differ(struct text before, struct text after, const struct config_differ *differ)
{
    struct line line;
    struct text value;
    size_t count = 0;
    struct text rest = before, near = after;
    while (line_next(&rest, &line)) {
        bool found = value_find(after, &near, line.key, &value);
        if (!counts(line.key) || (found && text_equal(line.value, value)))
            continue;
        differ->take(differ->context, line.key, line.value, found ? value : TEXT("-"));
        count++;
    }
    rest = after;
    near = before;
    while (line_next(&rest, &line)) {
        if (!counts(line.key) || value_find(before, &near, line.key, &value))
            continue;
        differ->take(differ->context, line.key, TEXT("-"), line.value);
        count++;
    }
    return count;
}

struct said {
    char *out;
    size_t size, used, count;
};

/* Room is left for how many there are more. */
static void say(void *context, struct text key, struct text before, struct text after)
{
    struct said *said = context;
    char words[256];
    int size = snprintf(words, sizeof words, "%s%.*s was %.*s, now %.*s",
                        said->count > 0 ? "; " : "", (int)key.size, key.data, (int)before.size,
                        before.data, (int)after.size, after.data);
    if (size > 0 && (size_t)size < sizeof words && said->used + (size_t)size + 24 < said->size) {
        memcpy(said->out + said->used, words, (size_t)size + 1);
        said->used += (size_t)size;
        said->count++;
    }
}

size_t config_differ_say(char *out, size_t out_size, struct text before, struct text after)
{
    struct said said = {.out = out, .size = out_size};
    struct config_differ differ = {&said, say};
    out[0] = '\0';
    size_t count = config_differ(before, after, &differ);
    if (count > said.count)
        (void)snprintf(out + said.used, out_size - said.used, "%s%zu more",
                       said.count > 0 ? "; " : "", count - said.count);
    return count;
}
