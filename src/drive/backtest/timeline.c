#include "drive/backtest/timeline.h"

#include <stdlib.h>

enum status timeline_init(struct timeline *timeline, const struct backtest_series *series,
                          uint32_t count)
{
    *timeline = (struct timeline){.count = count, .next_ns = INT64_MAX};
    timeline->cursors = calloc(count == 0 ? 1 : count, sizeof *timeline->cursors);
    if (timeline->cursors == NULL)
        return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < count; i++) {
        ASSERT(series[i].count > 0);
        ASSERT(i == 0 || series[i - 1].instrument < series[i].instrument);
        timeline->cursors[i] = (struct timeline_cursor){
            .bars = series[i].bars,
            .count = series[i].count,
            .bar_ns = series[i].bar_ns,
            .next_ns = series[i].bars[0].open_time_ns,
            .instrument = series[i].instrument,
        };
        timeline->next_ns = i64_min(timeline->next_ns, series[i].bars[0].open_time_ns);
    }
    return STATUS_OK;
}

void timeline_release(struct timeline *timeline)
{
    free(timeline->cursors);
    *timeline = (struct timeline){0};
}
