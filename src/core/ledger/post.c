/* What is posted: transfers, deposits, lots, fees, fills. Each fact is applied as it is written. */
#include "core/ledger/parts.h"

#include "base/time.h"

void ledger_transfer(struct ledger *ledger, struct frame_writer *writer, enum transfer_code code,
                     uint32_t asset, struct account_ref source, struct account_ref target,
                     struct amount amount, uint64_t order)
{
    ASSERT(amount.units >= 0);
    if (amount.units == 0)
        return;
    struct fact_transfer *fact = FRAME_TAKE(writer, TRANSFER, transfer, (uint8_t)code);
    fact->asset = (uint16_t)asset;
    fact->venue_account = 0;
    fact->source_kind = (uint8_t)source.kind;
    fact->target_kind = (uint8_t)target.kind;
    fact->reserved = 0;
    fact->source_book = source.book;
    fact->target_book = target.book;
    fact->amount = amount_to_bytes(amount);
    fact->order = order;
    ledger_evolve(ledger, &fact->header, 0);
}

void ledger_post_value(struct ledger *ledger, struct frame_writer *writer, enum value_code code,
                       uint32_t book, uint32_t instrument, i128 amount, uint64_t order)
{
    if (amount == 0)
        return;
    struct fact_value_posted *fact = FRAME_TAKE(writer, VALUE_POSTED, value_posted, (uint8_t)code);
    fact->book = book;
    fact->instrument = instrument;
    fact->amount = amount_to_bytes((struct amount){amount});
    fact->order = order;
    ledger_evolve(ledger, &fact->header, 0);
}

static void post_lot_opened(struct ledger *ledger, struct frame_writer *writer, uint32_t book,
                            uint32_t instrument, int64_t quantity, i128 cost, uint64_t order,
                            int64_t time_ns)
{
    struct fact_lot_opened *fact = FRAME_TAKE(writer, LOT_OPENED, lot_opened, 0);
    fact->lot = ledger->counters->lot_id_next;
    fact->book = book;
    fact->instrument = instrument;
    fact->quantity = (struct quantity){quantity};
    fact->cost = amount_to_bytes((struct amount){cost});
    fact->order = order;
    ledger_evolve(ledger, &fact->header, time_ns);
}

void ledger_deposit(struct ledger *ledger, struct frame_writer *writer, uint32_t book,
                    uint32_t asset, struct amount amount)
{
    struct account_ref own = {ACCOUNT_AVAILABLE, book};
    struct account_ref outside = {ACCOUNT_EXTERNAL, 0};
    if (amount.units >= 0) {
        ledger_transfer(ledger, writer, TRANSFER_DEPOSIT, asset, outside, own, amount, 0);
    } else {
        ledger_transfer(ledger, writer, TRANSFER_WITHDRAWAL, asset, own, outside,
                        (struct amount){-amount.units}, 0);
    }
}

/* Takes `amount` from the hold as far as it reaches and the rest from what is available. */
static void pay(struct ledger *ledger, struct frame_writer *writer, enum transfer_code code,
                uint32_t asset, uint32_t book, struct amount *hold, struct account_ref target,
                i128 amount, uint64_t order)
{
    i128 held = amount < hold->units ? amount : hold->units;
    ledger_transfer(ledger, writer, code, asset, (struct account_ref){ACCOUNT_HELD, book}, target,
                    (struct amount){held}, order);
    ledger_transfer(ledger, writer, code, asset, (struct account_ref){ACCOUNT_AVAILABLE, book},
                    target, (struct amount){amount - held}, order);
    hold->units -= held;
}

/* The lot that a further fill of the order joins: its own of the same day; or 0. It is the last one
 * but where fills of several orders come in turn. */
static uint32_t lot_joined(const struct ledger *ledger, const struct position *position,
                           uint64_t order, int64_t time_ns, bool is_long)
{
    uint32_t found = 0;
    int64_t day = day_of_ns(time_ns);
    for (uint32_t at = position->lot_first; at != 0; at = ledger->lots[at - 1].next) {
        const struct lot *lot = &ledger->lots[at - 1];
        if (lot->order == order && day_of_ns(lot->opened_ns) == day &&
            (lot->quantity.units > 0) == is_long) {
            found = at;
        }
    }
    return found;
}

void ledger_post_lots(struct ledger *ledger, struct frame_writer *writer, uint32_t book,
                      uint32_t instrument, int64_t quantity, i128 value, uint64_t order,
                      int64_t time_ns)
{
    struct position *position = position_slot(ledger, book, instrument);
    while (quantity != 0 && position->lot_first != 0) {
        const struct lot *lot = &ledger->lots[position->lot_first - 1];
        int64_t left = lot->quantity.units;
        if ((left > 0) == (quantity > 0))
            break;
        /* taken has the lot's sign; -taken of the fill's quantity meets it. */
        bool whole = left > 0 ? left <= -quantity : left >= -quantity;
        int64_t taken = whole ? left : -quantity;
        i128 cost = amount_from_bytes(lot->cost).units;
        i128 proceeds = -value;
        if (!whole) {
            bool fits = i128_multiply_divide(cost, taken < 0 ? -taken : taken,
                                             left < 0 ? -(i128)left : left, ROUND_FLOOR, &cost);
            ASSERT(fits);
        }
        if (taken != -quantity) {
            i128 size = quantity < 0 ? -(i128)quantity : quantity;
            bool fits = i128_multiply_divide(-value, taken < 0 ? -taken : taken, size, ROUND_FLOOR,
                                             &proceeds);
            ASSERT(fits);
        }
        struct fact_lot_disposed *fact = FRAME_TAKE(writer, LOT_DISPOSED, lot_disposed, 0);
        fact->lot = lot->id;
        fact->book = book;
        fact->instrument = instrument;
        fact->order = order;
        fact->quantity = (struct quantity){taken};
        fact->cost = amount_to_bytes((struct amount){cost});
        fact->proceeds = amount_to_bytes((struct amount){proceeds});
        fact->realized = amount_to_bytes((struct amount){proceeds - cost});
        ledger_evolve(ledger, &fact->header, 0);
        quantity += taken;
        value += proceeds;
    }
    if (quantity == 0) {
        ASSERT(value == 0);
        return;
    }
    uint32_t index = order == 0 ? 0 : lot_joined(ledger, position, order, time_ns, quantity > 0);
    if (index != 0) {
        struct fact_lot_added *fact = FRAME_TAKE(writer, LOT_ADDED, lot_added, 0);
        fact->lot = ledger->lots[index - 1].id;
        fact->book = book;
        fact->instrument = instrument;
        fact->quantity = (struct quantity){quantity};
        fact->cost = amount_to_bytes((struct amount){value});
        ledger_evolve(ledger, &fact->header, 0);
        return;
    }
    post_lot_opened(ledger, writer, book, instrument, quantity, value, order, time_ns);
}

void ledger_deposit_lot(struct ledger *ledger, struct frame_writer *writer, uint32_t book,
                        uint32_t instrument, struct quantity quantity, struct amount cost,
                        int64_t time_ns)
{
    ASSERT(quantity.units > 0);
    const struct instrument *listed = &ledger->instruments[instrument];
    ledger_deposit(ledger, writer, book, listed->base_asset, base_amount(listed, quantity.units));
    ledger_post_lots(ledger, writer, book, instrument, quantity.units, cost.units, 0, time_ns);
    ledger_post_value(ledger, writer, VALUE_OPENING, book, instrument, cost.units, 0);
}

/* Lots of the asset a fee was paid in: a fee is a sale at its value, a rebate a purchase. What is
 * finer than the instrument's quantity cannot be a lot: the book gives a whole step more and the
 * rest is kept as dust, of which the next such fee takes first; that one is a gain, as the step
 * before left for less than it was worth. Returns what the book pays or gets, a multiple of the
 * step. */
static i128 fee_steps(struct ledger *ledger, struct frame_writer *writer,
                      const struct fill_posting *posting, uint32_t payer)
{
    const struct instrument *instrument = &ledger->instruments[posting->fee_instrument];
    i128 unit = power_of_ten(AMOUNT_DECIMALS - instrument->quantity_decimals);
    i128 steps = i128_divide(posting->fee.units, unit, ROUND_FLOOR);
    i128 rest = posting->fee.units - steps * unit; /* 0 <= rest < unit */
    struct account_ref fees = {ACCOUNT_FEES, 0};
    struct account_ref dust = {ACCOUNT_DUST, 0};
    i128 kept = ledger_venue_balance(ledger, ACCOUNT_DUST, posting->fee_asset).units;
    if (rest > 0 && kept >= rest) {
        ledger_transfer(ledger, writer, TRANSFER_DUST, posting->fee_asset, dust, fees,
                        (struct amount){rest}, posting->order);
    } else if (rest > 0) {
        ledger_transfer(ledger, writer, TRANSFER_DUST, posting->fee_asset, fees, dust,
                        (struct amount){unit - rest}, posting->order);
        steps++;
    }
    if (steps == 0) {
        ledger_post_value(ledger, writer, VALUE_CORRECTION, payer, posting->fee_instrument,
                          posting->fee_value.units, posting->order);
    } else {
        ledger_post_lots(ledger, writer, payer, posting->fee_instrument, (int64_t)-steps,
                         -posting->fee_value.units, posting->order, posting->time_ns);
    }
    return steps * unit;
}

/* A fee in another asset than the quote: from the book, or from the desk where the book has not
 * enough, which the cash book repays at the mark in the same chain. */
static void post_fee_elsewhere(struct ledger *ledger, struct frame_writer *writer,
                               struct fill_posting *posting)
{
    const struct instrument *instrument = &ledger->instruments[posting->instrument];
    struct account_ref fees = {ACCOUNT_FEES, 0};
    i128 fee = posting->fee.units;
    i128 owned = ledger_available(ledger, posting->book, posting->fee_asset).units;
    bool own = fee < 0 || owned >= fee; /* a rebate is the book's */
    uint32_t payer = own ? posting->book : DESK_BOOK;
    if (posting->fee_instrument != NONE_INDEX)
        fee = fee_steps(ledger, writer, posting, payer);
    struct account_ref available = {ACCOUNT_AVAILABLE, payer};
    ledger_transfer(ledger, writer, TRANSFER_FEE, posting->fee_asset, fee < 0 ? fees : available,
                    fee < 0 ? available : fees, (struct amount){fee < 0 ? -fee : fee},
                    posting->order);
    if (!own && posting->cash_book != DESK_BOOK) {
        ledger_transfer(ledger, writer, TRANSFER_FEE_REPAY, instrument->quote_asset,
                        (struct account_ref){ACCOUNT_AVAILABLE, posting->cash_book},
                        (struct account_ref){ACCOUNT_AVAILABLE, DESK_BOOK}, posting->fee_value,
                        posting->order);
    }
}

/* The fee: in the quote from the hold and the cash book, a rebate to the cash book. */
static void post_fee(struct ledger *ledger, struct frame_writer *writer,
                     struct fill_posting *posting)
{
    const struct instrument *instrument = &ledger->instruments[posting->instrument];
    struct account_ref fees = {ACCOUNT_FEES, 0};
    i128 fee = posting->fee.units;
    struct amount no_hold = {0};
    if (posting->fee_asset != instrument->quote_asset) {
        if (fee != 0)
            post_fee_elsewhere(ledger, writer, posting);
    } else if (fee < 0) {
        ledger_transfer(ledger, writer, TRANSFER_FEE, posting->fee_asset, fees,
                        (struct account_ref){ACCOUNT_AVAILABLE, posting->cash_book},
                        (struct amount){-fee}, posting->order);
    } else {
        pay(ledger, writer, TRANSFER_FEE, posting->fee_asset, posting->cash_book,
            posting->side == SIDE_BUY ? &posting->hold : &no_hold, fees, fee, posting->order);
    }
    ledger_post_value(ledger, writer, VALUE_FEE, posting->book, posting->instrument,
                      posting->fee_value.units, posting->order);
}

void ledger_post_fill(struct ledger *ledger, struct frame_writer *writer,
                      struct fill_posting *posting)
{
    const struct instrument *instrument = &ledger->instruments[posting->instrument];
    struct account_ref clearing = {ACCOUNT_CLEARING, 0};
    struct amount base = base_amount(instrument, posting->quantity.units);
    int64_t quantity = posting->quantity.units;
    i128 notional = posting->notional.units;
    ASSERT(quantity > 0 && notional >= 0);
    if (posting->side == SIDE_BUY) {
        pay(ledger, writer, TRANSFER_SETTLE, instrument->quote_asset, posting->cash_book,
            &posting->hold, clearing, notional, posting->order);
        /* A fee in what is being bought is paid out of it. */
        bool in_base = posting->fee_asset == instrument->base_asset;
        if (!in_base)
            post_fee(ledger, writer, posting);
        ledger_transfer(ledger, writer, TRANSFER_SETTLE, instrument->base_asset, clearing,
                        (struct account_ref){ACCOUNT_AVAILABLE, posting->book}, base,
                        posting->order);
        ledger_post_lots(ledger, writer, posting->book, posting->instrument, quantity, notional,
                         posting->order, posting->time_ns);
        if (in_base)
            post_fee(ledger, writer, posting);
    } else {
        pay(ledger, writer, TRANSFER_SETTLE, instrument->base_asset, posting->book, &posting->hold,
            clearing, base.units, posting->order);
        ledger_transfer(ledger, writer, TRANSFER_SETTLE, instrument->quote_asset, clearing,
                        (struct account_ref){ACCOUNT_AVAILABLE, posting->cash_book},
                        posting->notional, posting->order);
        post_fee(ledger, writer, posting);
        ledger_post_lots(ledger, writer, posting->book, posting->instrument, -quantity, -notional,
                         posting->order, posting->time_ns);
    }
}
