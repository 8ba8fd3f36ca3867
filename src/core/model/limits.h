/* Capacities and bounds in one place. Memory is taken once, from these figures. */
#ifndef TERN_CORE_MODEL_LIMITS_H
#define TERN_CORE_MODEL_LIMITS_H

#include "base/base.h"

/* The largest price and quantity that data and orders may have, in units. Their product times the
 * amount factor stays below 2^127: 2^60 * 2^60 would not at every scale, so notional is checked
 * against NOTIONAL_MAX where an order or a fill enters. */
#define PRICE_UNITS_MAX INT64_C(1000000000000000000)
#define QUANTITY_UNITS_MAX INT64_C(1000000000000000000)
/* 10^14 whole units of an asset: the largest notional, fee or amount that is counted with. At 18
 * decimals, times a ratio of up to 1, it is below 2^127 and may be added up a million times. */
#define NOTIONAL_WHOLE_MAX INT64_C(100000000000000)
#define NOTIONAL_MAX ((i128)NOTIONAL_WHOLE_MAX * INT64_C(1000000000000000000))

#define NONE_INDEX UINT32_MAX
#define DESK_BOOK 0u

struct capacities {
    uint32_t assets_count; /* of the asset table */
    uint32_t instruments_count;
    uint32_t books_count; /* the desk and one for each bot */
    uint32_t bots_count;
    uint32_t series_count;    /* (instrument, bar length) pairs that bots look at */
    uint32_t orders_capacity; /* power of two; the last that many orders are kept */
    uint32_t lots_capacity;
    uint32_t timers_capacity;
    uint32_t signal_state_size; /* bytes of indicator state, all bots together */
    uint32_t frame_size_max;    /* bytes; room for the largest frame of one step */
};

#define ORDERS_CAPACITY_DEFAULT 131072u
#define LOTS_CAPACITY_DEFAULT 65536u
#define FRAME_SIZE_MAX_DEFAULT (1u << 20)

#endif
