/* An instrument: what is traded, in which steps, and the exact arithmetic of its money. */
#ifndef TERN_CORE_MODEL_INSTRUMENT_H
#define TERN_CORE_MODEL_INSTRUMENT_H

#include "core/model/number.h"

#define INSTRUMENT_NAME_SIZE 32
#define ASSET_NAME_SIZE 16

enum side { SIDE_BUY = 1, SIDE_SELL = 2 };

static inline enum side side_opposite(enum side side)
{
    return side == SIDE_BUY ? SIDE_SELL : SIDE_BUY;
}

/* The two scales (price_decimals, quantity_decimals) belong to the instrument for ever; tick and
 * lot are where orders lie today. Market data need not lie on the tick. */
struct instrument {
    char name[INSTRUMENT_NAME_SIZE];  /* BTC-USD, NUL-padded */
    uint32_t base_asset, quote_asset; /* indices of the asset table */
    uint32_t price_decimals;
    uint32_t quantity_decimals;
    uint32_t quote_decimals; /* fees and cash of the quote asset are rounded to these */
    uint32_t tradable;       /* on the allow-list; 0 = watch only */
    uint32_t waits;          /* 1: not listed at the start; name, tick, lot are set until it is */
    int64_t price_scale;     /* 10^price_decimals */
    int64_t quantity_scale;  /* 10^quantity_decimals */
    int64_t amount_factor;   /* 10^(18 - price_decimals - quantity_decimals) */
    int64_t fee_unit;        /* 10^(18 - quote_decimals): one unit of quote_decimals */
    struct price tick;       /* > 0 */
    struct quantity lot;     /* > 0 */
    struct quantity quantity_min; /* 0 = none */
    struct quantity quantity_max; /* 0 = none */
    struct amount notional_min;   /* 0 = none */
};

/* Fills the derived fields from decimals; STATUS_RANGE where the decimals do not fit together. */
MUST_USE enum status instrument_derive(struct instrument *instrument);

/* price x quantity, exact. Both below 2^63, so the product of a valid instrument fits: prices and
 * quantities are bounded by limits.h. */
static inline struct amount instrument_notional(const struct instrument *instrument,
                                                struct price price, struct quantity quantity)
{
    return (struct amount){(i128)price.units * quantity.units * instrument->amount_factor};
}

/* notional x rate, rounded half-even to quote_decimals. rate may be negative (a rebate). */
struct amount instrument_fee(const struct instrument *instrument, struct amount notional,
                             struct ratio rate);

/* Toward the side's disadvantage: a buy's price up to the tick, a sell's down. */
struct price price_round_against(const struct instrument *instrument, struct price price,
                                 enum side side);
/* Down to the lot; the quantity is not negative. */
static inline struct quantity quantity_round_down(const struct instrument *instrument,
                                                  struct quantity quantity)
{
    return (struct quantity){quantity.units - quantity.units % instrument->lot.units};
}

/* The largest quantity on the lot whose notional at price plus fee does not exceed cash;
 * 0 where not even one lot fits. rate >= 0. */
struct quantity instrument_affordable(const struct instrument *instrument, struct amount cash,
                                      struct price price, struct ratio rate);
/* amount / price in quantity units, rounded down to the lot. amount >= 0, price > 0. */
struct quantity instrument_quantity_for(const struct instrument *instrument, struct amount amount,
                                        struct price price);

#endif
