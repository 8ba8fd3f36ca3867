#include "sim/fees.h"

#include "base/time.h"

void fee_schedule_init(struct fee_schedule *fees, const struct fee_tier *tiers, uint32_t count)
{
    ASSERT(count >= 1 && count <= FEE_TIERS_MAX);
    *fees = (struct fee_schedule){.tiers_count = count, .tier = tiers[0], .volume_day = INT64_MIN};
    for (uint32_t i = 0; i < count; i++)
        fees->tiers[i] = tiers[i];
}

static i128 *volume_of(struct fee_schedule *fees, int64_t day)
{
    int64_t at = day % FEE_DAYS;
    return &fees->volumes[at < 0 ? at + FEE_DAYS : at];
}

/* At the first execution of a day the tier of the thirty whole days before it is found. */
static void tier_update(struct fee_schedule *fees, int64_t time_ns)
{
    int64_t day = day_of_ns(time_ns);
    if (day == fees->volume_day)
        return;
    if (fees->volume_day == INT64_MIN)
        fees->volume_day = day;
    i128 sum = 0;
    int64_t steps = day - fees->volume_day;
    for (int64_t i = 1; i <= steps && i <= FEE_DAYS; i++) {
        /* Before a slot is reused for a new day it holds the day thirty days earlier. */
        if (i < steps || steps > FEE_DAYS)
            *volume_of(fees, fees->volume_day + i) = 0;
    }
    fees->volume_day = day;
    for (int i = 0; i < FEE_DAYS; i++)
        sum += fees->volumes[i];
    *volume_of(fees, day) = 0;
    fees->tier = fees->tiers[0];
    for (uint32_t i = 1; i < fees->tiers_count; i++) {
        if (sum >= fees->tiers[i].volume.units)
            fees->tier = fees->tiers[i];
    }
}

struct amount fee_schedule_charge(struct fee_schedule *fees, const struct instrument *instrument,
                                  struct amount notional, bool maker, int64_t time_ns)
{
    if (fees->tiers_count > 1) {
        tier_update(fees, time_ns);
        *volume_of(fees, fees->volume_day) += notional.units;
    }
    return instrument_fee(instrument, notional, maker ? fees->tier.maker : fees->tier.taker);
}
