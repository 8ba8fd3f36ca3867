#include "core/strategy/measure.h"

#include <string.h>

#include "base/math.h"
#include "base/time.h"

#define RETURN_ONE INT64_C(1000000000000)
#define RETURN_MAX (1000 * RETURN_ONE)
#define RATIO_MAX 100.0

/* ---- volatility ------------------------------------------------------------------------------ */

struct closes_kept {
    uint64_t seen; /* closes so far; the next one goes to seen % (MEASURE_RETURNS + 1) */
    int64_t closes[MEASURE_RETURNS + 1];
};

void measure_bar(void *state, struct price close)
{
    struct closes_kept *kept = state;
    kept->closes[kept->seen % (MEASURE_RETURNS + 1)] = close.units;
    kept->seen++;
}

static double volatility(const struct closes_kept *kept, int64_t bar_ns)
{
    double returns[MEASURE_RETURNS];
    double sum = 0;
    double squares = 0;
    if (kept->seen < MEASURE_RETURNS + 1)
        return -1;
    for (uint32_t i = 0; i < MEASURE_RETURNS; i++) {
        int64_t before = kept->closes[(kept->seen + i) % (MEASURE_RETURNS + 1)];
        int64_t after = kept->closes[(kept->seen + i + 1) % (MEASURE_RETURNS + 1)];
        returns[i] = math_log((double)after / (double)before);
        sum += returns[i];
    }
    double mean = sum / MEASURE_RETURNS;
    for (uint32_t i = 0; i < MEASURE_RETURNS; i++)
        squares += (returns[i] - mean) * (returns[i] - mean);
    double bars_a_year = 365.0 * (double)NANOSECONDS_PER_DAY / (double)bar_ns;
    return __builtin_sqrt(squares / (MEASURE_RETURNS - 1) * bars_a_year);
}

/* ---- trips ----------------------------------------------------------------------------------- */

struct trips_kept {
    struct amount_bytes flow;   /* of the open trip: sales - purchases - fees */
    struct amount_bytes bought; /* of the open trip: purchases */
    int64_t quantity;           /* of the open trip */
    uint64_t won, lost;         /* closed trips; one that gave nothing is lost */
    int64_t won_sum, lost_sum;  /* of their returns without sign, in 10^-12 */
};

static struct amount_bytes plus(struct amount_bytes amount, i128 change)
{
    return amount_to_bytes((struct amount){amount_from_bytes(amount).units + change});
}

/* Sums stay where they are rather than overflow: a journal from outside may say anything. */
static int64_t sum_of(int64_t a, int64_t b)
{
    int64_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? a : sum;
}

static void trip_close(struct trips_kept *trips)
{
    i128 bought = amount_from_bytes(trips->bought).units;
    i128 flow = amount_from_bytes(trips->flow).units;
    i128 gain = 0;
    trips->quantity = 0;
    trips->flow = trips->bought = (struct amount_bytes){0};
    if (bought <= 0 || !i128_multiply_divide(flow, RETURN_ONE, bought, ROUND_HALF_EVEN, &gain))
        return;
    if (gain > RETURN_MAX)
        gain = RETURN_MAX;
    if (gain > 0) {
        trips->won++;
        trips->won_sum = sum_of(trips->won_sum, (int64_t)gain);
    } else {
        trips->lost++;
        trips->lost_sum = sum_of(trips->lost_sum, gain < -RETURN_MAX ? RETURN_MAX : (int64_t)-gain);
    }
}

void measure_fill(void *state, const struct plan_fill *fill, struct quantity lot)
{
    struct trips_kept *trips = state;
    bool buy = fill->side == SIDE_BUY;
    trips->quantity = sum_of(trips->quantity, buy ? fill->quantity : -fill->quantity);
    trips->flow = plus(trips->flow, (buy ? -fill->notional : fill->notional) - fill->fee);
    if (buy)
        trips->bought = plus(trips->bought, fill->notional);
    if (!buy && fill->quantity > 0 && trips->quantity < lot.units)
        trip_close(trips);
}

static double kelly(const struct trips_kept *trips)
{
    double count = (double)(trips->won + trips->lost);
    if (trips->won + trips->lost < MEASURE_TRIPS_MIN)
        return -1;
    if (trips->won == 0)
        return 0;
    double share = (double)trips->won / count;
    share = share < 0.01 ? 0.01 : share > 0.99 ? 0.99 : share;
    double ratio = RATIO_MAX;
    if (trips->lost_sum > 0) {
        ratio = (double)trips->won_sum / (double)trips->won /
                ((double)trips->lost_sum / (double)trips->lost);
        ratio = ratio > RATIO_MAX ? RATIO_MAX : ratio;
    }
    double bet = share - (1.0 - share) / ratio;
    return bet > 0 ? bet : 0;
}

/* ---- both ------------------------------------------------------------------------------------ */

size_t measure_size(enum size_method method)
{
    return method == SIZE_VOLATILITY ? sizeof(struct closes_kept)
           : method == SIZE_KELLY    ? sizeof(struct trips_kept)
                                     : 0;
}

void measure_init(void *state, enum size_method method)
{
    memset(state, 0, measure_size(method));
}

double measure_value(const void *state, enum size_method method, int64_t bar_ns)
{
    if (method == SIZE_VOLATILITY)
        return volatility(state, bar_ns);
    return method == SIZE_KELLY ? kelly(state) : -1;
}
