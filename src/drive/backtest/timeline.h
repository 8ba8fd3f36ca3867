/* The one order in which the bars of several series happen. */
#ifndef TERN_DRIVE_BACKTEST_TIMELINE_H
#define TERN_DRIVE_BACKTEST_TIMELINE_H

#include "drive/backtest/backtest.h"

/* Where one series stands: its next event is the opening or the close of bars[index]. */
struct timeline_cursor {
    const struct bar *bars;
    size_t count, index;
    int64_t bar_ns, next_ns; /* INT64_MAX behind the end */
    uint32_t instrument;
    bool closing;
};

struct timeline {
    struct timeline_cursor *cursors; /* owned, in the order of instruments */
    uint32_t count;
    int64_t now_ns, next_ns; /* next_ns: of the instant to come, as far as it is known */
};

MUST_USE enum status timeline_init(struct timeline *timeline, const struct backtest_series *series,
                                   uint32_t count);
void timeline_release(struct timeline *timeline);

/* Moves to the next instant; false behind the last. Between two calls every cursor passes through
 * timeline_opens, which says when it is due. */
static inline bool timeline_advance(struct timeline *timeline)
{
    timeline->now_ns = timeline->next_ns;
    timeline->next_ns = INT64_MAX;
    return timeline->now_ns != INT64_MAX;
}

/* Whether this cursor's bar closes now; then timeline_close moves it to its next opening. */
static inline bool timeline_closes(const struct timeline *timeline,
                                   const struct timeline_cursor *cursor)
{
    return cursor->next_ns == timeline->now_ns && cursor->closing;
}

static inline void timeline_close(struct timeline_cursor *cursor)
{
    cursor->index++;
    cursor->closing = false;
    cursor->next_ns = cursor->index < cursor->count ? cursor->bars[cursor->index].open_time_ns
                                                    : INT64_MAX;
}

/* Whether this cursor's bar opens now; then it has moved to its close. */
static inline bool timeline_opens(struct timeline *timeline, struct timeline_cursor *cursor)
{
    bool opens = cursor->next_ns == timeline->now_ns && !cursor->closing;
    if (opens) {
        cursor->closing = true;
        cursor->next_ns += cursor->bar_ns;
    }
    timeline->next_ns = i64_min(timeline->next_ns, cursor->next_ns);
    return opens;
}

#endif
