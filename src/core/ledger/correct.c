/* Corrections of fills that were posted: replaced, or taken back. */
#include "core/ledger/parts.h"

/* A movement through clearing or fees in either direction, from what is available. */
static void move(struct ledger *ledger, struct frame_writer *writer, uint32_t asset, uint32_t book,
                 enum account_kind other, i128 to_book, uint64_t order)
{
    struct account_ref own = {ACCOUNT_AVAILABLE, book};
    struct account_ref outside = {other, 0};
    bool in = to_book >= 0;
    ledger_transfer(ledger, writer, TRANSFER_REVERSAL, asset, in ? outside : own,
                    in ? own : outside, (struct amount){in ? to_book : -to_book}, order);
}

static void post_lot_amended(struct ledger *ledger, struct frame_writer *writer, uint32_t index,
                             int64_t quantity, i128 cost, uint64_t order)
{
    const struct lot *lot = &ledger->lots[index - 1];
    struct fact_lot_amended *fact = FRAME_TAKE(writer, LOT_AMENDED, lot_amended, 0);
    fact->lot = lot->id;
    fact->book = lot->book;
    fact->instrument = lot->instrument;
    fact->order = order;
    fact->quantity = (struct quantity){quantity};
    fact->cost = amount_to_bytes((struct amount){cost});
    ledger_evolve(ledger, &fact->header, 0);
}

/* The last lot that the order bought and of which something is left, or 0. (A correction may have
 * left a short lot in its name; that is not what it bought.) */
static uint32_t lot_of_order(const struct ledger *ledger, const struct position *position,
                             uint64_t order)
{
    uint32_t found = 0;
    for (uint32_t at = position->lot_first; at != 0; at = ledger->lots[at - 1].next) {
        if (ledger->lots[at - 1].order == order && ledger->lots[at - 1].quantity.units > 0)
            found = at;
    }
    return found;
}

/* A buy was smaller or cost something else. What is left of its lot is amended; what was sold keeps
 * its disposals, and the rest of the change is realized. */
static void correct_buy_lots(struct ledger *ledger, struct frame_writer *writer,
                             const struct fill_correction *correction)
{
    uint32_t book = correction->book;
    uint32_t instrument = correction->instrument;
    struct position *position = position_slot(ledger, book, instrument);
    uint32_t index = lot_of_order(ledger, position, correction->order);
    i128 rest = correction->notional_change; /* of the cost, not yet placed */
    int64_t missing = -correction->quantity_change;
    if (index != 0) {
        const struct lot *lot = &ledger->lots[index - 1];
        int64_t left = lot->quantity.units;
        i128 cost = amount_from_bytes(lot->cost).units;
        if (missing >= left) {
            post_lot_amended(ledger, writer, index, -left, -cost, correction->order);
            rest += cost;
            missing -= left;
        } else {
            i128 share = 0;
            i128 whole = missing > 0 ? cost : correction->notional_change;
            int64_t part = missing > 0 ? missing : left;
            int64_t of = missing > 0 ? left : lot->opened.units;
            bool fits = i128_multiply_divide(whole, part, of, ROUND_FLOOR, &share);
            ASSERT(fits);
            share = missing > 0 ? -share : share;
            post_lot_amended(ledger, writer, index, -missing, share, correction->order);
            rest -= share;
            missing = 0;
        }
    }
    if (missing > 0) {
        /* It was sold before the venue said it had never been bought: the book is short of it. */
        i128 value = 0;
        bool fits = i128_multiply_divide(correction->notional_change, missing,
                                         -(i128)correction->quantity_change, ROUND_FLOOR, &value);
        ASSERT(fits);
        ledger_post_lots(ledger, writer, book, instrument, -missing, value, correction->order,
                         correction->time_ns);
        rest -= value;
    }
    ledger_post_value(ledger, writer, VALUE_CORRECTION, book, instrument, -rest, correction->order);
}

void ledger_correct_fill(struct ledger *ledger, struct frame_writer *writer,
                         const struct fill_correction *correction)
{
    const struct instrument *instrument = &ledger->instruments[correction->instrument];
    bool buy = correction->side == SIDE_BUY;
    i128 base = base_amount(instrument, correction->quantity_change).units;
    move(ledger, writer, instrument->quote_asset, correction->cash_book, ACCOUNT_CLEARING,
         buy ? -correction->notional_change : correction->notional_change, correction->order);
    move(ledger, writer, instrument->quote_asset, correction->cash_book, ACCOUNT_FEES,
         -correction->fee_change, correction->order);
    move(ledger, writer, instrument->base_asset, correction->book, ACCOUNT_CLEARING,
         buy ? base : -base, correction->order);
    ledger_post_value(ledger, writer, VALUE_FEE, correction->book, correction->instrument,
                      correction->fee_change, correction->order);
    if (buy && correction->quantity_change <= 0) {
        correct_buy_lots(ledger, writer, correction);
    } else if (correction->quantity_change == 0) {
        ledger_post_value(ledger, writer, VALUE_CORRECTION, correction->book,
                          correction->instrument, correction->notional_change, correction->order);
    } else {
        int64_t quantity = buy ? correction->quantity_change : -correction->quantity_change;
        i128 value = buy ? correction->notional_change : -correction->notional_change;
        ledger_post_lots(ledger, writer, correction->book, correction->instrument, quantity, value,
                         correction->order, correction->time_ns);
    }
}
