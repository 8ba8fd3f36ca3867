/* Where bars come from: a file reader today, tapes later. Who turns the crank knows only this. */
#ifndef TERN_WORLD_PORT_BAR_PORT_H
#define TERN_WORLD_PORT_BAR_PORT_H

#include "base/hash.h"
#include "base/problem.h"
#include "core/model/bar.h"

struct bar_request {
    const char *path;
    const char *instrument;      /* BTC-USDT */
    const char *symbol;          /* of the rows, where a file holds several; or NULL */
    int64_t bar_ns;              /* 0: as the file has it */
    unsigned price_decimals_min; /* of the instrument */
    unsigned price_decimals_max;
    int64_t from_ns, to_ns; /* from_ns <= open time < to_ns */
};

struct bar_data {
    struct bar *bars; /* given back by release */
    size_t count;     /* > 0 */
    unsigned price_decimals;
    int64_t bar_ns;
    struct hash128 content_hash;
    uint64_t bars_missing;
};

struct bar_port {
    /* On failure nothing is to be released and the problem names file, line and column. */
    enum status (*load)(const struct bar_request *request, struct bar_data *out,
                        struct problem *problem);
    void (*release)(struct bar_data *data);
};

#endif
