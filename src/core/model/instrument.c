#include "core/model/instrument.h"

enum status instrument_derive(struct instrument *instrument)
{
    uint32_t sum = instrument->price_decimals + instrument->quantity_decimals;
    if (instrument->price_decimals > AMOUNT_DECIMALS)
        return STATUS_RANGE;
    if (instrument->quantity_decimals > AMOUNT_DECIMALS)
        return STATUS_RANGE;
    if (sum > AMOUNT_DECIMALS)
        return STATUS_RANGE;
    if (instrument->quote_decimals > AMOUNT_DECIMALS)
        return STATUS_RANGE;
    instrument->price_scale = power_of_ten(instrument->price_decimals);
    instrument->quantity_scale = power_of_ten(instrument->quantity_decimals);
    instrument->amount_factor = power_of_ten(AMOUNT_DECIMALS - sum);
    instrument->fee_unit = power_of_ten(AMOUNT_DECIMALS - instrument->quote_decimals);
    return STATUS_OK;
}

struct amount instrument_fee(const struct instrument *instrument, struct amount notional,
                             struct ratio rate)
{
    if (rate.ppm == 0)
        return (struct amount){0};
    i128 divisor = (i128)RATIO_ONE * instrument->fee_unit;
    i128 units = i128_divide(notional.units * rate.ppm, divisor, ROUND_HALF_EVEN);
    return (struct amount){units * instrument->fee_unit};
}

struct price price_round_against(const struct instrument *instrument, struct price price,
                                 enum side side)
{
    int64_t rest = price.units % instrument->tick.units;
    if (rest == 0)
        return price;
    int64_t down = price.units - rest;
    return (struct price){side == SIDE_BUY ? down + instrument->tick.units : down};
}

struct quantity instrument_quantity_for(const struct instrument *instrument, struct amount amount,
                                        struct price price)
{
    ASSERT(price.units > 0 && amount.units >= 0);
    i128 units = amount.units / ((i128)price.units * instrument->amount_factor);
    if (units > INT64_MAX)
        units = INT64_MAX;
    return quantity_round_down(instrument, (struct quantity){(int64_t)units});
}

struct quantity instrument_affordable(const struct instrument *instrument, struct amount cash,
                                      struct price price, struct ratio rate)
{
    ASSERT(rate.ppm >= 0 && price.units > 0);
    if (cash.units <= 0)
        return (struct quantity){0};
    i128 spendable = 0;
    if (!i128_multiply_divide(cash.units, RATIO_ONE, RATIO_ONE + rate.ppm, ROUND_DOWN,
                              &spendable)) {
        spendable = cash.units / (RATIO_ONE + rate.ppm) * RATIO_ONE;
    }
    struct quantity quantity = instrument_quantity_for(instrument, (struct amount){spendable},
                                                       price);
    /* The fee is rounded to quote_decimals and may be up to half a unit above the exact one. */
    while (quantity.units > 0) {
        struct amount notional = instrument_notional(instrument, price, quantity);
        struct amount fee = instrument_fee(instrument, notional, rate);
        if (notional.units + fee.units <= cash.units)
            break;
        quantity.units -= instrument->lot.units;
    }
    return quantity;
}
