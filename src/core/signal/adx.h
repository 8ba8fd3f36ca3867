/* Directional movement: +DI, -DI and their average index ADX, 0 to 100.
 *
 * Sums of the movements and of the true range decay as s = s - s / n + x. TA-Lib sums the first n -
 * 1 and decays from the n-th on, Wilder's book (classic) sums the first n; Tulip takes its first
 * index from the n - 1 sums themselves. ADX is Wilder's average of DX, seeded with the mean of n.
 * Where a bar's two movements are equal both count as none; where there is no movement at all ADX
 * stays as it is. Source: J. W. Wilder, New Concepts in Technical Trading Systems (1978); seeding:
 * TA-Lib ta_ADX.c. */
#ifndef TERN_CORE_SIGNAL_ADX_H
#define TERN_CORE_SIGNAL_ADX_H

#include "core/signal/atr.h"
#include "core/signal/ratio.h"

struct adx {
    double plus_di, minus_di, dx; /* valid once directed */
    struct ema mean;              /* mean.value is ADX */
    double high, low, close;      /* of the last bar */
    double plus, minus, range;    /* decaying sums */
    double keep;                  /* 1 - 1 / n */
    uint32_t sums;                /* movements still to be summed before decay begins */
    uint32_t first;               /* bars still to come before the first index */
    uint64_t seen;                /* 1 once there is a last bar */
};

/* period >= 1; sums movements are summed plainly, the first index comes after `first` movements
 * (sums <= first). TA-Lib: n - 1 and n; classic: n and n; Tulip: n - 1 and n - 1. */
static inline void adx_init(struct adx *adx, uint32_t period, uint32_t sums, uint32_t first)
{
    *adx = (struct adx){.keep = 1.0 - 1.0 / (double)period, .sums = sums, .first = first};
    ema_init_wilder(&adx->mean, period);
}

/* True once ADX is there; directed tells whether the two indices are. */
static inline bool adx_update(struct adx *adx, double high, double low, double close,
                              bool *directed)
{
    double up = high - adx->high;
    double down = adx->low - low;
    double range = true_range(high, low, adx->close);
    adx->high = high;
    adx->low = low;
    adx->close = close;
    *directed = false;
    if (UNLIKELY(adx->seen == 0)) {
        adx->seen = 1;
        return false;
    }
    double keep = adx->sums > 0 ? 1.0 : adx->keep;
    adx->sums -= adx->sums > 0;
    /* Compared with the greater of the other and zero: one condition each, no branch. */
    double plus = up > (down > 0.0 ? down : 0.0) ? up : 0.0;
    double minus = down > (up > 0.0 ? up : 0.0) ? down : 0.0;
    adx->plus = __builtin_fma(adx->plus, keep, plus);
    adx->minus = __builtin_fma(adx->minus, keep, minus);
    adx->range = __builtin_fma(adx->range, keep, range);
    if (UNLIKELY(adx->first > 0)) {
        adx->first--;
        if (adx->first > 0)
            return false;
    }
    *directed = true;
    double scale = ratio_of(opaque(100.0), adx->range);
    adx->plus_di = adx->plus * scale;
    adx->minus_di = adx->minus * scale;
    double sum = adx->plus + adx->minus;
    double difference = adx->plus - adx->minus;
    adx->dx = ratio_of(100.0 * __builtin_fabs(difference), sum);
    if (LIKELY(sum > 0.0))
        return ema_update(&adx->mean, adx->dx);
    return ema_ready(&adx->mean) || ema_update(&adx->mean, 0.0);
}

#endif
