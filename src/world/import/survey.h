/* What is wrong with a file of bars, all of it, and where: the lenient reader behind `data verify`.
 *
 *     survey_read(&source, &survey, &problem)   every row, however bad
 *     survey_judge(&survey.series[i], …)     what the rows of one symbol tell together
 *
 * Rows that cannot be read are counted and passed over; the others are judged after sorting by
 * time. Where bars.h refuses at the first fault, this goes on to the last. Prices are doubles here:
 * they serve to find faults, never to trade. */
#ifndef TERN_WORLD_IMPORT_SURVEY_H
#define TERN_WORLD_IMPORT_SURVEY_H

#include "world/import/bars.h"

/* X(NAME, "name", error, "what it means") : an error makes `data import` refuse the file */
#define SURVEY_TABLE(X)                                                                         \
    X(ROW, "row", true, "a row that cannot be read: fields, time or numbers")                   \
    X(IMPOSSIBLE, "impossible", true, "high < low, open or close outside, a price not above 0") \
    X(DISORDER, "disorder", true, "a row earlier than the one before it")                       \
    X(DUPLICATE, "duplicate", true, "an open time that was there before")                       \
    X(OFF_GRID, "off_grid", true, "an open time that is no multiple of the bar's length")       \
    X(TIME_ZONE, "time_zone", false, "times that look like local ones, not UTC")                \
    X(GAP, "gap", false, "bars that the calendar expects and that are absent")                  \
    X(OUTLIER, "outlier", false, "a price far from its neighbours")                             \
    X(VOLUME_SWAPPED, "volume_swapped", false, "volumes that change their scale by the price")  \
    X(VOLUME_ZERO, "volume_zero", false, "bars without volume")

enum survey_kind {
#define SURVEY_ENUM(NAME, name, error, sentence) SURVEY_##NAME,
    SURVEY_TABLE(SURVEY_ENUM) SURVEY_KIND_COUNT
#undef SURVEY_ENUM
};

struct survey_kind_row {
    const char *name;
    bool error;
    const char *sentence;
};
extern const struct survey_kind_row survey_kinds[SURVEY_KIND_COUNT];

#define SURVEY_PLACES_MAX 8u
#define SURVEY_TEXT_SIZE 112u
#define SURVEY_SYMBOL_SIZE 48u
#define SURVEY_SERIES_MAX 4096u

/* Where in a file: line of a CSV, row of a JSON document. */
struct survey_line {
    uint64_t line; /* 0: of no line */
    uint32_t part; /* number of the part, from 1; 0: none */
};

struct survey_place {
    struct survey_line line;
    int64_t time_ns; /* INT64_MIN: of none */
    char text[SURVEY_TEXT_SIZE];
};

struct survey_row {
    int64_t time_ns;
    double open, high, low, close, volume;
    struct survey_line line;
};

struct survey_series {
    char symbol[SURVEY_SYMBOL_SIZE]; /* "" where the file has no such column */
    struct survey_row *rows;         /* owned; after survey_judge sorted by time */
    size_t count, capacity;
    int64_t bar_ns;        /* found or given; 0: not known */
    bool weekdays;         /* the calendar has no Saturdays and Sundays, and NYSE holidays */
    bool sessions;         /* and only its regular sessions: 09:30 to 16:00, half days to 13:00 */
    uint64_t bars_missing; /* by the calendar */
    uint64_t counts[SURVEY_KIND_COUNT];
    struct survey_place places[SURVEY_KIND_COUNT][SURVEY_PLACES_MAX]; /* the first ones */
};

struct survey {
    struct survey_series *series; /* owned; in the order of the file */
    size_t count;
    char **parts; /* owned: names of the files and members that were read */
    size_t parts_count;
    enum bar_form form; /* what it was recognised as */
};

/* Reads what bar_series_read reads, and as it does; bar length, symbol and window do not count.
 * Only what makes all of it unreadable is a failure: the statuses of bar_series_read but for its
 * rows. The caller releases *out, empty on failure. */
MUST_USE enum status survey_read(const struct bar_source *source, struct survey *out,
                                 struct problem *problem);
/* Whether the file has a column of symbols; false where it cannot be read. */
bool survey_has_symbols(const struct bar_source *source);
/* A survey of one series that is already at hand, for tapes. */
MUST_USE enum status survey_of_bars(const struct bar *bars, size_t count, unsigned price_decimals,
                                    struct survey *out);
void survey_release(struct survey *survey);
/* Sorts and judges one series. bar_ns 0: the step that is found most often. */
void survey_judge(struct survey_series *series, int64_t bar_ns);
/* Of all kinds that are errors. */
uint64_t survey_errors(const struct survey_series *series);

#endif
