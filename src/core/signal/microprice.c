/* Micro-price: the mid, leaning to where the quantity at the touch is smaller and the next trade
 * likelier. */
#include "core/signal/class.h"

struct microprice {
    uint64_t unused;
};

SIGNAL_FIXED_STATE(microprice, struct microprice)
SIGNAL_WARMUP(microprice, 0)

static void microprice_start(void *state, const struct indicator_params *params)
{
    (void)params;
    *(struct microprice *)state = (struct microprice){0};
}

ALWAYS_INLINE bool microprice_step(struct microprice *state, const struct indicator_book *book,
                                   double *out)
{
    (void)state;
    out[0] = out[1] = SIGNAL_NAN;
    if (book->bid_count == 0 || book->ask_count == 0)
        return false;
    double bid = book->bid_price[0];
    double spread = book->ask_price[0] - bid;
    double quantity = book->bid_quantity[0] + book->ask_quantity[0];
    double share = quantity > 0.0 ? book->bid_quantity[0] / quantity : 0.5;
    out[0] = bid + spread * share;
    out[1] = bid + spread * 0.5;
    return true;
}

SIGNAL_STREAM_BOOK(microprice, struct microprice, 2)

const struct indicator_class indicator_microprice = {
    .name = "microprice",
    .summary = "micro-price and mid of the touch; not ready while a side is empty",
    .source = "(bid ask_quantity + ask bid_quantity) / (bid_quantity + ask_quantity); J. Gatheral "
              "and R. Oomen, Finance and Stochastics 14 (2010)",
    .inputs = INDICATOR_BOOK,
    .output_count = 2,
    .outputs = {"microprice", "mid"},
    SIGNAL_STREAM_BOOK_ROW(microprice),
};
