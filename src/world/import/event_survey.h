/* What is wrong with a recording of an order book, quotes or trades, all of it, and where.
 *
 *     event_survey_begin ─► event_survey_take … ─► event_survey_end ─► counts, places
 *
 * Events come from depth.h or from a tape, in the order of the file; rows that cannot be read are
 * handed in by event_survey_fault. An order book is kept, so that it is seen where it would cross.
 * */
#ifndef TERN_WORLD_IMPORT_EVENT_SURVEY_H
#define TERN_WORLD_IMPORT_EVENT_SURVEY_H

#include "sim/book/order_book.h"
#include "world/import/depth.h"

/* X(NAME, "name", error, "what it means") : an error makes `data import` refuse the file */
#define EVENT_SURVEY_TABLE(X)                                                                  \
    X(ROW, "row", true, "a row that cannot be read: fields, numbers, a side, decimals")        \
    X(DISORDER, "disorder", true, "a row that was received before the one before it")          \
    X(GAP, "gap", false, "numbers of the venue that are absent")                               \
    X(DUPLICATE, "duplicate", false, "a number or id that was there before")                   \
    X(CLOCK_BACK, "clock_back", false, "a time of the venue before the last one")              \
    X(EARLY, "early", false, "received before it happened: the recorder's clock is behind")    \
    X(CROSSED, "crossed", false, "a best bid at or above the best ask")                        \
    X(ZERO_SIZE, "zero_size", false, "a trade or a side of a quote without size")              \
    X(NO_SNAPSHOT, "no_snapshot", false, "an update that no order book is there for")          \
    X(ABSENT, "absent", false, "a removal of a level that is not there: usual beyond a depth") \
    X(SILENT, "silent", false, "nothing was received for more than ten minutes")

enum event_fault {
#define EVENT_SURVEY_ENUM(NAME, name, error, sentence) EVENT_FAULT_##NAME,
    EVENT_SURVEY_TABLE(EVENT_SURVEY_ENUM) EVENT_FAULT_COUNT
#undef EVENT_SURVEY_ENUM
};

struct event_fault_row {
    const char *name;
    bool error;
    const char *sentence;
};
extern const struct event_fault_row event_faults[EVENT_FAULT_COUNT];

#define EVENT_SURVEY_PLACES_MAX 8u
#define EVENT_SURVEY_TEXT_SIZE 112u

struct event_place {
    uint64_t line;   /* of a CSV; 0: none */
    int64_t time_ns; /* of receipt, or the venue's; INT64_MIN: none */
    char text[EVENT_SURVEY_TEXT_SIZE];
};

struct event_survey {
    enum depth_kind kind;
    unsigned price_decimals;
    uint64_t events, deltas;
    uint64_t missing; /* numbers, in all gaps together */
    int64_t first_ns, last_ns;
    uint64_t counts[EVENT_FAULT_COUNT];
    struct event_place places[EVENT_FAULT_COUNT][EVENT_SURVEY_PLACES_MAX]; /* the first ones */
    /* Since the beginning; internal. */
    struct order_book *book;
    uint64_t last_seq, numbered, follows;
    int64_t event_last_ns;
};

/* STATUS_NO_MEMORY. The caller releases *survey in any case. */
MUST_USE enum status event_survey_begin(struct event_survey *survey, enum depth_kind kind,
                                        unsigned price_decimals);
/* `line` is where the event ends in a CSV, 0 of a tape. */
void event_survey_take(struct event_survey *survey, const struct depth_event *event, uint64_t line);
void event_survey_fault(struct event_survey *survey, enum event_fault fault, uint64_t line,
                        int64_t time_ns, const char *format, ...) PRINTF_LIKE(5, 6);
/* Leaves out gaps where the numbers promise nothing: where fewer than nine in ten follow the one
 * before them. */
void event_survey_end(struct event_survey *survey);
void event_survey_release(struct event_survey *survey);
/* How many faults make the file unusable. */
uint64_t event_survey_errors(const struct event_survey *survey);

#endif
