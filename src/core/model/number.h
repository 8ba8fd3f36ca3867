/* Price, quantity, amount and ratio: the four kinds of number that decide about money.
 *
 * Each is a struct of its own, so that price + quantity does not compile.
 *
 *     kind       stored as              unit
 *     price      int64                  10^-price_decimals of the quote asset per one base
 *     quantity   int64                  10^-quantity_decimals of the base asset
 *     amount     128-bit integer        10^-18 of an asset
 *     ratio      int64                  10^-6 (parts per million): 0.25 is 250000, one bps is 100
 *
 * price_decimals + quantity_decimals <= 18, so price x quantity in amount units is exact. */
#ifndef TERN_CORE_MODEL_NUMBER_H
#define TERN_CORE_MODEL_NUMBER_H

#include "base/decimal.h"

#define AMOUNT_DECIMALS 18
#define RATIO_DECIMALS 6
#define RATIO_ONE INT64_C(1000000)
#define RATIO_PER_BPS INT64_C(100)

struct price {
    int64_t units;
};
struct quantity {
    int64_t units;
};
struct amount {
    i128 units;
};
struct ratio {
    int64_t ppm;
};

/* An amount as facts carry it: 16 bytes, 8-byte aligned, two's complement, low half first. */
struct amount_bytes {
    uint64_t low;
    int64_t high;
};

static inline struct amount_bytes amount_to_bytes(struct amount amount)
{
    return (struct amount_bytes){(uint64_t)amount.units, (int64_t)(amount.units >> 64)};
}

static inline struct amount amount_from_bytes(struct amount_bytes bytes)
{
    return (struct amount){(i128)(((u128)(uint64_t)bytes.high << 64) | bytes.low)};
}

/* For signals and statistics only; the nearest double to units / 10^decimals while |units| <
 * 2^53. */
static inline double units_to_double(int64_t units, int64_t scale)
{
    return (double)units / (double)scale;
}

#endif
