/* What a venue takes for an execution: rates by the volume of the last thirty whole days. */
#ifndef TERN_SIM_FEES_H
#define TERN_SIM_FEES_H

#include "core/model/instrument.h"

#define FEE_TIERS_MAX 32
#define FEE_DAYS 30

/* From this volume of the last thirty whole days (quote value) on, these rates hold. */
struct fee_tier {
    struct amount volume;
    struct ratio maker, taker;
};

/* The tiers and the volumes that choose among them. */
struct fee_schedule {
    struct fee_tier tiers[FEE_TIERS_MAX]; /* the first from volume 0; rising */
    uint32_t tiers_count;
    uint32_t reserved;
    struct fee_tier tier;   /* of today */
    int64_t volume_day;     /* day being summed */
    i128 volumes[FEE_DAYS]; /* a ring of days; [volume_day % FEE_DAYS] is today's */
};

/* 1 <= count <= FEE_TIERS_MAX; the tiers are copied. */
void fee_schedule_init(struct fee_schedule *fees, const struct fee_tier *tiers, uint32_t count);
/* The fee of an execution, and its notional counts for the volume. Times do not go back by a day or
 * more. */
struct amount fee_schedule_charge(struct fee_schedule *fees, const struct instrument *instrument,
                                  struct amount notional, bool maker, int64_t time_ns);

#endif
