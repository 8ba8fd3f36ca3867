/* A slow reader of bars to compare with: the whole text in memory, one field after the other,
 * prices
 * as 128-bit integers of 18 decimals. It knows the files' own column names and judges nothing. */
#ifndef TERN_TESTS_IMPORT_NAIVE_H
#define TERN_TESTS_IMPORT_NAIVE_H

#include "import_support.h"

#include <stdio.h>

struct naive_bar {
    int64_t time_ns;
    i128 open, high, low, close; /* twice the price in units of 10^-18 */
    double volume;
};

struct naive_bars {
    struct naive_bar *bars; /* owned */
    size_t count;
    char symbols[64][16]; /* all that occur, in order */
    size_t symbol_count;
};

static inline void naive_release(struct naive_bars *naive)
{
    free(naive->bars);
    *naive = (struct naive_bars){0};
}

static inline i128 naive_price(const char *text)
{
    i128 value = 0;
    int behind = -1;
    for (; *text != '\0'; text++) {
        if (*text == '.') {
            behind = 0;
            continue;
        }
        value = value * 10 + (*text - '0');
        behind += behind >= 0 ? 1 : 0;
    }
    for (int i = behind < 0 ? 0 : behind; i < 18; i++)
        value *= 10;
    return value;
}

/* Days since 1970 by counting years and months. */
static inline int64_t naive_time(const char *text)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (strchr(text, '-') == NULL)
        return strtoll(text, NULL, 10) * 1000000;
    int year = atoi(text), month = atoi(text + 5), day = atoi(text + 8);
    int64_t days = day - 1;
    for (int y = 1970; y < year; y++)
        days += y % 4 == 0 && (y % 100 != 0 || y % 400 == 0) ? 366 : 365;
    for (int m = 1; m < month; m++)
        days += lengths[m - 1] + (m == 2 && year % 4 == 0 ? 1 : 0);
    return days * NANOSECONDS_PER_DAY;
}

static inline void naive_note_symbol(struct naive_bars *out, const char *symbol)
{
    for (size_t i = 0; i < out->symbol_count; i++)
        if (strcmp(out->symbols[i], symbol) == 0)
            return;
    if (out->symbol_count == 64 || strlen(symbol) >= sizeof out->symbols[0])
        abort();
    snprintf(out->symbols[out->symbol_count++], sizeof out->symbols[0], "%s", symbol);
}

/* All rows of `symbol` (NULL = of all) of a plain or gzipped file; false where it cannot be
 * read. */
static inline bool naive_read(const char *path, const char *symbol, struct naive_bars *out)
{
    static const char *const names[] = {
        "symbol",   "ts_ms",    "date",     "open",      "high",    "low",
        "close",    "volume",   "bid_open", "bid_high",  "bid_low", "bid_close",
        "ask_open", "ask_high", "ask_low",  "ask_close",
    };
    enum { SYMBOL, TS, DATE, OPEN, VOLUME = 7, BID = 8, ASK = 12, NAMES = 16 };
    int index[NAMES];
    char line[8192];
    *out = (struct naive_bars){0};
    for (int i = 0; i < NAMES; i++)
        index[i] = -1;
    gzFile file = gzopen(path, "rb");
    if (file == NULL)
        return false;
    for (size_t row = 0; gzgets(file, line, sizeof line) != NULL; row++) {
        char *fields[64];
        int count = 0;
        char *rest = line;
        line[strcspn(line, "\r\n")] = '\0';
        while (rest != NULL && count < 64)
            fields[count++] = strsep(&rest, ",");
        if (row == 0) {
            for (int i = 0; i < count; i++)
                for (int k = 0; k < NAMES; k++)
                    if (strcmp(fields[i], names[k]) == 0)
                        index[k] = i;
            continue;
        }
        if (index[SYMBOL] >= 0) {
            naive_note_symbol(out, fields[index[SYMBOL]]);
            if (symbol != NULL && strcmp(fields[index[SYMBOL]], symbol) != 0)
                continue;
        }
        if (out->count % 65536 == 0)
            out->bars = realloc(out->bars, (out->count + 65536) * sizeof *out->bars);
        if (out->bars == NULL)
            abort();
        i128 prices[4];
        for (int i = 0; i < 4; i++) {
            bool quotes = index[BID] >= 0;
            prices[i] = quotes ? naive_price(fields[index[BID + i]]) +
                                     naive_price(fields[index[ASK + i]])
                               : naive_price(fields[index[OPEN + i]]) * 2;
        }
        out->bars[out->count++] = (struct naive_bar){
            naive_time(fields[index[TS] >= 0 ? index[TS] : index[DATE]]),
            prices[0],
            prices[1],
            prices[2],
            prices[3],
            index[VOLUME] >= 0 ? strtod(fields[index[VOLUME]], NULL) : 0,
        };
    }
    gzclose(file);
    return true;
}

/* The first bar that differs, or -1. */
static inline int64_t naive_difference(const struct naive_bars *naive,
                                       const struct bar_series *series)
{
    i128 factor = 2;
    for (unsigned i = series->price_decimals; i < 18; i++)
        factor *= 10;
    for (size_t i = 0; i < naive->count && i < series->count; i++) {
        const struct naive_bar *a = &naive->bars[i];
        const struct bar *b = &series->bars[i];
        if (a->time_ns != b->open_time_ns || a->open != b->open.units * factor ||
            a->high != b->high.units * factor || a->low != b->low.units * factor ||
            a->close != b->close.units * factor ||
            memcmp(&a->volume, &b->volume, sizeof a->volume) != 0)
            return (int64_t)i;
    }
    return naive->count == series->count ? -1 : (int64_t)u64_min(naive->count, series->count);
}

#endif
