/* What the files of the ledger share. For this room only. */
#ifndef TERN_CORE_LEDGER_PARTS_H
#define TERN_CORE_LEDGER_PARTS_H

#include "core/ledger/ledger.h"

static inline struct position *position_slot(struct ledger *ledger, uint32_t book,
                                             uint32_t instrument)
{
    ASSERT(book < ledger->books_count && instrument < ledger->instruments_count);
    return &ledger->positions[(size_t)book * ledger->instruments_count + instrument];
}

/* A quantity of an instrument as an amount of its base asset. */
static inline struct amount base_amount(const struct instrument *instrument, int64_t quantity)
{
    i128 factor = power_of_ten(AMOUNT_DECIMALS - instrument->quantity_decimals);
    return (struct amount){(i128)quantity * factor};
}

/* Valuation alone; nothing for 0. */
void ledger_post_value(struct ledger *ledger, struct frame_writer *writer, enum value_code code,
                       uint32_t book, uint32_t instrument, i128 amount, uint64_t order);

/* Takes lots of the opposite sign first in, first out, each with the share of the proceeds that its
 * quantity has; the last piece takes the remainder, so that sums are exact. What is left of the
 * quantity opens or joins a lot. quantity and value are signed: a buy is positive. */
void ledger_post_lots(struct ledger *ledger, struct frame_writer *writer, uint32_t book,
                      uint32_t instrument, int64_t quantity, i128 value, uint64_t order,
                      int64_t time_ns);

#endif
