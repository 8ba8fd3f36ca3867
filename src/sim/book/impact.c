#include "sim/book/impact.h"

#include <string.h>

#include "base/math.h"

#define SHIFT_MAX 0.5
#define PARTS INT64_C(1000000000) /* the shift in money: whole parts per billion, rounded up */

bool impact_is_on(const struct impact_model *model)
{
    return model->daily_volumes != NULL && (model->eta > 0 || model->gamma > 0 || model->kappa > 0);
}

static double part_of(struct quantity quantity, struct quantity volume)
{
    ASSERT(volume.units > 0);
    return (double)quantity.units / (double)volume.units;
}

static double sign_of(enum side side)
{
    return side == SIDE_BUY ? 1 : -1;
}

double impact_shift(const struct impact_model *model, const struct impact *impact,
                    struct quantity volume, enum side side, struct quantity quantity,
                    int64_t time_ns)
{
    double moved = impact->permanent;
    for (uint32_t i = 0; i < impact->count; i++) {
        double age = (double)(time_ns - impact->taken[i].time_ns) / (double)model->tau_ns;
        moved += impact->taken[i].size / math_sqrt(1 + age);
    }
    double shift = model->eta * math_pow(part_of(quantity, volume), 0.6) + sign_of(side) * moved;
    if (!(shift > 0))
        return 0;
    return shift < SHIFT_MAX ? shift : SHIFT_MAX;
}

void impact_taken(const struct impact_model *model, struct impact *impact, struct quantity volume,
                  enum side side, struct quantity quantity, int64_t time_ns)
{
    double part = part_of(quantity, volume);
    impact->permanent += sign_of(side) * model->gamma * part;
    if (!(model->kappa > 0))
        return;
    if (impact->count == IMPACT_MEMORY) {
        /* The oldest joins the next: it decays a little less than it should. */
        impact->taken[1].size += impact->taken[0].size;
        impact->count--;
        memmove(&impact->taken[0], &impact->taken[1], impact->count * sizeof impact->taken[0]);
    }
    impact->taken[impact->count].size = sign_of(side) * model->kappa * math_pow(part, 0.6);
    impact->taken[impact->count++].time_ns = time_ns;
}

struct price impact_price(const struct instrument *instrument, struct price price, enum side side,
                          double shift)
{
    bool buy = side == SIDE_BUY;
    int64_t parts = (int64_t)(shift * (double)PARTS);
    parts += (double)parts < shift * (double)PARTS;
    i128 moved = (i128)price.units * (PARTS + (buy ? parts : -parts));
    i128 step = (i128)PARTS * instrument->tick.units;
    i128 ticks = i128_divide(moved, step, buy ? ROUND_CEILING : ROUND_FLOOR);
    return (struct price){(int64_t)(ticks < 1 ? 1 : ticks) * instrument->tick.units};
}
