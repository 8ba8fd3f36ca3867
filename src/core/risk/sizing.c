/* How large an entry is to be. */
#include "core/risk/risk.h"

/* share of amount, rounded down; 0 where it does not fit, which only an absurd amount does. */
static struct amount share(struct amount amount, int64_t ppm)
{
    i128 part = 0;
    if (amount.units <= 0 || ppm <= 0)
        return (struct amount){0};
    if (!i128_multiply_divide(amount.units, ppm, RATIO_ONE, ROUND_DOWN, &part))
        part = 0;
    return (struct amount){part};
}

/* A measured double as parts per million, in [0, 1000]; not-a-number gives 0. */
static int64_t measured_ppm(double value)
{
    double scaled = value * (double)RATIO_ONE;
    if (!(scaled > 0))
        return 0;
    return scaled > 1e9 ? INT64_C(1000000000) : (int64_t)scaled;
}

struct quantity risk_size(const struct instrument *instrument, const struct size_rule *rule,
                          struct amount equity, struct amount free_cash, struct price price,
                          struct ratio fee_rate, double measure)
{
    struct quantity wanted = {0};
    int64_t ppm = 0;
    switch (rule->method) {
    case SIZE_FIXED: wanted = quantity_round_down(instrument, rule->quantity); break;
    case SIZE_NOTIONAL: wanted = instrument_quantity_for(instrument, rule->amount, price); break;
    case SIZE_EQUITY:
        wanted = instrument_quantity_for(instrument, share(equity, rule->fraction.ppm), price);
        break;
    case SIZE_VOLATILITY:
        ppm = measured_ppm(measure > 0 ? (double)rule->target.ppm / (double)RATIO_ONE / measure
                                       : 0);
        if (ppm > RATIO_ONE)
            ppm = RATIO_ONE;
        wanted = instrument_quantity_for(instrument, share(equity, ppm), price);
        break;
    case SIZE_KELLY:
        ppm = measure < 0
                  ? rule->cap.ppm / 2
                  : measured_ppm(measure * ((double)rule->fraction.ppm / (double)RATIO_ONE));
        if (ppm > rule->cap.ppm)
            ppm = rule->cap.ppm;
        wanted = instrument_quantity_for(instrument, share(equity, ppm), price);
        break;
    }
    struct quantity affordable = instrument_affordable(instrument, free_cash, price, fee_rate);
    return affordable.units < wanted.units ? affordable : wanted;
}
