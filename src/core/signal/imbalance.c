/* Order-book imbalance: which side of the book is heavier, over its best levels. */
#include "core/signal/class.h"

struct imbalance {
    uint64_t levels;
};

SIGNAL_FIXED_STATE(imbalance, struct imbalance)
SIGNAL_WARMUP(imbalance, 0)

static void imbalance_start(void *state, const struct indicator_params *params)
{
    *(struct imbalance *)state = (struct imbalance){.levels = signal_period(params, 0)};
}

ALWAYS_INLINE double quantity_of(const double *quantity, uint32_t count, uint64_t levels)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < count && i < levels; i++)
        sum += quantity[i];
    return sum;
}

ALWAYS_INLINE bool imbalance_step(struct imbalance *imbalance, const struct indicator_book *book,
                                  double *out)
{
    double bid = quantity_of(book->bid_quantity, book->bid_count, imbalance->levels);
    double ask = quantity_of(book->ask_quantity, book->ask_count, imbalance->levels);
    double sum = bid + ask;
    out[0] = sum > 0.0 ? (bid - ask) / sum : SIGNAL_NAN;
    return sum > 0.0;
}

SIGNAL_STREAM_BOOK(imbalance, struct imbalance, 1)

const struct indicator_class indicator_imbalance = {
    .name = "imbalance",
    .summary =
        "order-book imbalance, -1 all offered to 1 all bid; not ready while the book is empty",
    .source = "(bid - ask quantity) / (bid + ask quantity) over the best levels; Cartea, Jaimungal "
              "and Penalva, Algorithmic and High-Frequency Trading (2015)",
    .inputs = INDICATOR_BOOK,
    .parameter_count = 1,
    .parameters = {{.name = "levels",
                    .summary = "best levels of each side",
                    .fallback = 5,
                    .min = 1,
                    .max = INDICATOR_BOOK_LEVELS,
                    .integer = true}},
    .output_count = 1,
    .outputs = {"imbalance"},
    SIGNAL_STREAM_BOOK_ROW(imbalance),
};
