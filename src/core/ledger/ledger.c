#include "core/ledger/ledger.h"

#include "base/time.h"

/* ---- memory ---------------------------------------------------------------------------------- */

_Static_assert(sizeof(struct lot) == 72, "lots lie side by side without padding");
_Static_assert(sizeof(struct position) == 128, "positions lie side by side without padding");

void ledger_init(struct ledger *ledger, struct arena *arena, const struct capacities *capacities,
                 const struct instrument *instruments)
{
    *ledger = (struct ledger){
        .instruments = instruments,
        .assets_count = capacities->assets_count,
        .instruments_count = capacities->instruments_count,
        .books_count = capacities->books_count,
        .lots_capacity = capacities->lots_capacity,
    };
    size_t books = capacities->books_count;
    ledger->counters = ARENA_TAKE(arena, struct ledger_counters, 1);
    ledger->book_balances = ARENA_TAKE(arena, i128, books * capacities->assets_count * 2);
    ledger->venue_balances = ARENA_TAKE(arena, i128,
                                        (size_t)ACCOUNT_KIND_END * capacities->assets_count);
    ledger->positions = ARENA_TAKE(arena, struct position, books * capacities->instruments_count);
    ledger->asset_totals = ARENA_TAKE(arena, i128, capacities->assets_count);
    ledger->instrument_totals = ARENA_TAKE(arena, int64_t, capacities->instruments_count);
    ledger->lots = ARENA_TAKE(arena, struct lot, capacities->lots_capacity);
    if (ledger->counters != NULL)
        ledger->counters->lot_id_next = 1;
}

/* ---- reading --------------------------------------------------------------------------------- */

struct amount ledger_account_available(const struct ledger *ledger, uint32_t asset)
{
    i128 sum = 0;
    for (uint32_t book = 0; book < ledger->books_count; book++) {
        sum += ledger_available(ledger, book, asset).units;
    }
    return (struct amount){sum};
}

struct amount ledger_venue_balance(const struct ledger *ledger, enum account_kind kind,
                                   uint32_t asset)
{
    return (struct amount){ledger->venue_balances[(size_t)kind * ledger->assets_count + asset]};
}

struct amount position_average_cost(const struct ledger *ledger, uint32_t book, uint32_t instrument)
{
    const struct position *position = ledger_position(ledger, book, instrument);
    if (position->quantity == 0)
        return (struct amount){0};
    i128 average = 0;
    i128 quantity = position->quantity < 0 ? -(i128)position->quantity : position->quantity;
    i128 cost = position->quantity < 0 ? -position->cost : position->cost;
    bool fits = i128_multiply_divide(cost, ledger->instruments[instrument].quantity_scale, quantity,
                                     ROUND_HALF_EVEN, &average);
    ASSERT(fits);
    return (struct amount){average};
}

/* ---- evolving -------------------------------------------------------------------------------- */

static i128 *account_slot(struct ledger *ledger, uint8_t kind, uint32_t book, uint32_t asset)
{
    ASSERT(asset < ledger->assets_count && kind > 0 && kind < ACCOUNT_KIND_END);
    if (kind == ACCOUNT_AVAILABLE || kind == ACCOUNT_HELD) {
        ASSERT(book < ledger->books_count);
        size_t index = ((size_t)book * ledger->assets_count + asset) * 2;
        return &ledger->book_balances[index + (kind == ACCOUNT_HELD ? 1 : 0)];
    }
    return &ledger->venue_balances[(size_t)kind * ledger->assets_count + asset];
}

static struct position *position_slot(struct ledger *ledger, uint32_t book, uint32_t instrument)
{
    ASSERT(book < ledger->books_count && instrument < ledger->instruments_count);
    return &ledger->positions[(size_t)book * ledger->instruments_count + instrument];
}

static void evolve_transfer(struct ledger *ledger, const struct fact_transfer *fact)
{
    i128 amount = amount_from_bytes(fact->amount).units;
    ASSERT(amount > 0);
    *account_slot(ledger, fact->source_kind, fact->source_book, fact->asset) -= amount;
    *account_slot(ledger, fact->target_kind, fact->target_book, fact->asset) += amount;
    bool from_book = fact->source_kind <= ACCOUNT_HELD;
    bool to_book = fact->target_kind <= ACCOUNT_HELD;
    if (from_book != to_book)
        ledger->asset_totals[fact->asset] += to_book ? amount : -amount;
    ledger->counters->transfers_count++;
}

/* What every change of a position goes through. */
static void position_move(struct ledger *ledger, struct position *position, uint32_t instrument,
                          int64_t quantity, i128 cost)
{
    position->quantity += quantity;
    position->cost += cost;
    ledger->instrument_totals[instrument] += quantity;
}

/* A trip ends where a position becomes flat. */
static void trip_end(struct ledger *ledger, struct position *position)
{
    ledger->counters->trips_count++;
    ledger->counters->loss_streak = position->trip_net < 0 ? ledger->counters->loss_streak + 1 : 0;
    position->trip_net = 0;
}

static uint32_t lot_take(struct ledger *ledger)
{
    ledger->counters->lots_count++;
    uint32_t index = ledger->counters->lot_free;
    if (index != 0) {
        ledger->counters->lot_free = ledger->lots[index - 1].next;
        return index;
    }
    ASSERT(ledger->counters->lots_fresh < ledger->lots_capacity);
    return ++ledger->counters->lots_fresh;
}

static void evolve_lot_opened(struct ledger *ledger, const struct fact_lot_opened *fact,
                              int64_t time_ns)
{
    ASSERT(fact->lot == ledger->counters->lot_id_next);
    ledger->counters->lot_id_next++;
    uint32_t index = lot_take(ledger);
    ledger->lots[index - 1] = (struct lot){.cost = fact->cost,
                                           .id = fact->lot,
                                           .order = fact->order,
                                           .opened_ns = time_ns,
                                           .quantity = fact->quantity,
                                           .opened = fact->quantity,
                                           .book = fact->book,
                                           .instrument = fact->instrument};
    struct position *position = position_slot(ledger, fact->book, fact->instrument);
    if (position->lot_last == 0) {
        position->lot_first = index;
    } else {
        ledger->lots[position->lot_last - 1].next = index;
    }
    position->lot_last = index;
    i128 cost = amount_from_bytes(fact->cost).units;
    position_move(ledger, position, fact->instrument, fact->quantity.units, cost);
    position->settlement -= cost;
}

/* The lot of a position with this id, or 0; it is the last one
 * but after corrections and where fills of several orders come in turn. */
static uint32_t lot_find(const struct ledger *ledger, const struct position *position, uint64_t id)
{
    uint32_t index = position->lot_last;
    if (index != 0 && ledger->lots[index - 1].id == id)
        return index;
    index = position->lot_first;
    while (index != 0 && ledger->lots[index - 1].id != id)
        index = ledger->lots[index - 1].next;
    return index;
}

static void evolve_lot_added(struct ledger *ledger, const struct fact_lot_added *fact)
{
    struct position *position = position_slot(ledger, fact->book, fact->instrument);
    uint32_t index = lot_find(ledger, position, fact->lot);
    ASSERT(index != 0);
    struct lot *lot = &ledger->lots[index - 1];
    i128 cost = amount_from_bytes(fact->cost).units;
    lot->quantity.units += fact->quantity.units;
    lot->opened.units += fact->quantity.units;
    lot->cost = amount_to_bytes((struct amount){amount_from_bytes(lot->cost).units + cost});
    position_move(ledger, position, fact->instrument, fact->quantity.units, cost);
    position->settlement -= cost;
}

/* A lot that is empty leaves the list; it is the first but after corrections. */
static void lot_drop(struct ledger *ledger, struct position *position, uint32_t index)
{
    uint32_t previous = 0;
    uint32_t at = position->lot_first;
    while (at != index) {
        ASSERT(at != 0);
        previous = at;
        at = ledger->lots[at - 1].next;
    }
    uint32_t next = ledger->lots[index - 1].next;
    if (previous == 0) {
        position->lot_first = next;
    } else {
        ledger->lots[previous - 1].next = next;
    }
    if (position->lot_last == index)
        position->lot_last = previous;
    ledger->lots[index - 1] = (struct lot){.next = ledger->counters->lot_free};
    ledger->counters->lot_free = index;
    ledger->counters->lots_count--;
}

static void evolve_lot_disposed(struct ledger *ledger, const struct fact_lot_disposed *fact)
{
    struct position *position = position_slot(ledger, fact->book, fact->instrument);
    uint32_t index = position->lot_first;
    ASSERT(index != 0 && ledger->lots[index - 1].id == fact->lot);
    struct lot *lot = &ledger->lots[index - 1];
    i128 cost = amount_from_bytes(fact->cost).units;
    lot->quantity.units -= fact->quantity.units;
    lot->cost = amount_to_bytes((struct amount){amount_from_bytes(lot->cost).units - cost});
    i128 realized = amount_from_bytes(fact->realized).units;
    position_move(ledger, position, fact->instrument, -fact->quantity.units, -cost);
    position->settlement += amount_from_bytes(fact->proceeds).units;
    position->realized += realized;
    position->trip_net += realized;
    if (lot->quantity.units == 0)
        lot_drop(ledger, position, index);
    if (position->quantity == 0)
        trip_end(ledger, position);
}

static void evolve_lot_amended(struct ledger *ledger, const struct fact_lot_amended *fact)
{
    struct position *position = position_slot(ledger, fact->book, fact->instrument);
    uint32_t index = lot_find(ledger, position, fact->lot);
    ASSERT(index != 0);
    struct lot *lot = &ledger->lots[index - 1];
    i128 cost = amount_from_bytes(fact->cost).units;
    lot->quantity.units += fact->quantity.units;
    lot->opened.units += fact->quantity.units;
    lot->cost = amount_to_bytes((struct amount){amount_from_bytes(lot->cost).units + cost});
    position_move(ledger, position, fact->instrument, fact->quantity.units, cost);
    position->settlement -= cost;
    if (lot->quantity.units == 0) {
        ASSERT(amount_from_bytes(lot->cost).units == 0);
        lot_drop(ledger, position, index);
    }
}

static void evolve_value(struct ledger *ledger, const struct fact_value_posted *fact)
{
    struct position *position = position_slot(ledger, fact->book, fact->instrument);
    i128 amount = amount_from_bytes(fact->amount).units;
    switch ((enum value_code)fact->header.detail) {
    case VALUE_FEE:
        position->fees += amount;
        position->trip_net -= amount;
        return;
    case VALUE_FUNDING: position->funding += amount; return;
    case VALUE_CORRECTION:
        position->realized += amount;
        position->settlement += amount;
        position->trip_net += amount;
        return;
    case VALUE_OPENING:
        position->external += amount;
        position->settlement += amount;
        return;
    }
    ASSERT(!"a value code of the table");
}

void ledger_evolve(struct ledger *ledger, const struct fact_header *fact, int64_t time_ns)
{
    const void *data = fact;
    switch (fact->kind) {
    case FACT_TRANSFER: evolve_transfer(ledger, data); return;
    case FACT_LOT_OPENED: evolve_lot_opened(ledger, data, time_ns); return;
    case FACT_LOT_ADDED: evolve_lot_added(ledger, data); return;
    case FACT_LOT_DISPOSED: evolve_lot_disposed(ledger, data); return;
    case FACT_LOT_AMENDED: evolve_lot_amended(ledger, data); return;
    case FACT_VALUE_POSTED: evolve_value(ledger, data); return;
    default: ASSERT(!"a fact of the ledger");
    }
}

/* ---- posting --------------------------------------------------------------------------------- */

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
    evolve_transfer(ledger, fact);
}

static void post_value(struct ledger *ledger, struct frame_writer *writer, enum value_code code,
                       uint32_t book, uint32_t instrument, i128 amount, uint64_t order)
{
    if (amount == 0)
        return;
    struct fact_value_posted *fact = FRAME_TAKE(writer, VALUE_POSTED, value_posted, (uint8_t)code);
    fact->book = book;
    fact->instrument = instrument;
    fact->amount = amount_to_bytes((struct amount){amount});
    fact->order = order;
    evolve_value(ledger, fact);
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
    evolve_lot_opened(ledger, fact, time_ns);
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

/* A quantity of an instrument as an amount of its base asset. */
static struct amount base_amount(const struct instrument *instrument, int64_t quantity)
{
    i128 factor = power_of_ten(AMOUNT_DECIMALS - instrument->quantity_decimals);
    return (struct amount){(i128)quantity * factor};
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
                           uint64_t order, int64_t time_ns)
{
    uint32_t found = 0;
    int64_t day = day_of_ns(time_ns);
    for (uint32_t at = position->lot_first; at != 0; at = ledger->lots[at - 1].next) {
        const struct lot *lot = &ledger->lots[at - 1];
        if (lot->order == order && day_of_ns(lot->opened_ns) == day)
            found = at;
    }
    return found;
}

/* Takes lots of the opposite sign first in, first out, each with the share of the proceeds that its
 * quantity has; the last piece takes the remainder, so that sums are exact. What is left of the
 * quantity opens or joins a lot. quantity and value are signed: a buy is positive. */
static void post_lots(struct ledger *ledger, struct frame_writer *writer, uint32_t book,
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
        evolve_lot_disposed(ledger, fact);
        quantity += taken;
        value += proceeds;
    }
    if (quantity == 0) {
        ASSERT(value == 0);
        return;
    }
    uint32_t index = order == 0 ? 0 : lot_joined(ledger, position, order, time_ns);
    if (index != 0) {
        struct fact_lot_added *fact = FRAME_TAKE(writer, LOT_ADDED, lot_added, 0);
        fact->lot = ledger->lots[index - 1].id;
        fact->book = book;
        fact->instrument = instrument;
        fact->quantity = (struct quantity){quantity};
        fact->cost = amount_to_bytes((struct amount){value});
        evolve_lot_added(ledger, fact);
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
    post_lots(ledger, writer, book, instrument, quantity.units, cost.units, 0, time_ns);
    post_value(ledger, writer, VALUE_OPENING, book, instrument, cost.units, 0);
}

/* Lots of the asset a fee was paid in: a fee is a sale at its value, a rebate a purchase. What is
 * finer
 * than the instrument's quantity cannot be a lot: the book gives a whole step more and the rest is
 * kept
 * as dust, of which the next such fee takes first. Returns what the book pays or gets, a multiple
 * of that step. */
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
    post_lots(ledger, writer, payer, posting->fee_instrument, (int64_t)-steps,
              -posting->fee_value.units, posting->order, posting->time_ns);
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
    bool own = ledger_available(ledger, posting->book, posting->fee_asset).units >= fee;
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
    posting->fee_book = payer;
}

/* The fee: in the quote from the hold and the cash book, a rebate to the cash book. */
static void post_fee(struct ledger *ledger, struct frame_writer *writer,
                     struct fill_posting *posting)
{
    const struct instrument *instrument = &ledger->instruments[posting->instrument];
    struct account_ref fees = {ACCOUNT_FEES, 0};
    i128 fee = posting->fee.units;
    struct amount no_hold = {0};
    posting->fee_book = posting->cash_book;
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
    post_value(ledger, writer, VALUE_FEE, posting->book, posting->instrument,
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
        post_lots(ledger, writer, posting->book, posting->instrument, quantity, notional,
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
        post_lots(ledger, writer, posting->book, posting->instrument, -quantity, -notional,
                  posting->order, posting->time_ns);
    }
}

/* ---- correcting ------------------------------------------------------------------------------ */

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
    evolve_lot_amended(ledger, fact);
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
        post_lots(ledger, writer, book, instrument, -missing, value, correction->order,
                  correction->time_ns);
        rest -= value;
    }
    post_value(ledger, writer, VALUE_CORRECTION, book, instrument, -rest, correction->order);
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
    post_value(ledger, writer, VALUE_FEE, correction->book, correction->instrument,
               correction->fee_change, correction->order);
    if (buy && correction->quantity_change <= 0) {
        correct_buy_lots(ledger, writer, correction);
    } else if (correction->quantity_change == 0) {
        post_value(ledger, writer, VALUE_CORRECTION, correction->book, correction->instrument,
                   correction->notional_change, correction->order);
    } else {
        int64_t quantity = buy ? correction->quantity_change : -correction->quantity_change;
        i128 value = buy ? correction->notional_change : -correction->notional_change;
        post_lots(ledger, writer, correction->book, correction->instrument, quantity, value,
                  correction->order, correction->time_ns);
    }
}

/* ---- audit ----------------------------------------------------------------------------------- */

static const char *audit_position(const struct ledger *ledger, uint32_t book, uint32_t instrument)
{
    const struct position *position = ledger_position(ledger, book, instrument);
    int64_t quantity = 0;
    i128 cost = 0;
    uint32_t last = 0;
    for (uint32_t at = position->lot_first; at != 0; at = ledger->lots[at - 1].next) {
        const struct lot *lot = &ledger->lots[at - 1];
        if (lot->book != book || lot->instrument != instrument)
            return "a lot lies in a foreign list";
        if (lot->quantity.units == 0)
            return "an empty lot lies in a list";
        quantity += lot->quantity.units;
        cost += amount_from_bytes(lot->cost).units;
        last = at;
    }
    if (last != position->lot_last)
        return "the last lot of a position is not the last";
    if (quantity != position->quantity)
        return "lots do not sum to the position";
    if (cost != position->cost)
        return "lots do not sum to the position's cost";
    if (position->cost + position->settlement - position->realized - position->external != 0) {
        return "a position's valuation does not balance";
    }
    return NULL;
}

static bool asset_is_quote(const struct ledger *ledger, uint32_t asset)
{
    for (uint32_t i = 0; i < ledger->instruments_count; i++) {
        if (ledger->instruments[i].quote_asset == asset)
            return true;
    }
    return false;
}

const char *ledger_audit(const struct ledger *ledger, uint64_t *detail)
{
    for (uint32_t asset = 0; asset < ledger->assets_count; asset++) {
        *detail = asset;
        i128 sum = 0;
        for (uint32_t book = 0; book < ledger->books_count; book++) {
            sum += ledger_available(ledger, book, asset).units +
                   ledger_held(ledger, book, asset).units;
        }
        if (sum != ledger->asset_totals[asset])
            return "the kept sum of an asset is wrong";
        for (int kind = ACCOUNT_CLEARING; kind < ACCOUNT_KIND_END; kind++) {
            sum += ledger_venue_balance(ledger, (enum account_kind)kind, asset).units;
        }
        if (sum != 0)
            return "an asset does not sum to zero";
        if (asset_is_quote(ledger, asset))
            continue;
        for (uint32_t book = 0; book < ledger->books_count; book++) {
            i128 owned = ledger_available(ledger, book, asset).units +
                         ledger_held(ledger, book, asset).units;
            bool is_base = false;
            for (uint32_t i = 0; i < ledger->instruments_count; i++) {
                if (ledger->instruments[i].base_asset != asset)
                    continue;
                is_base = true;
                int64_t quantity = ledger_position(ledger, book, i)->quantity;
                owned -= base_amount(&ledger->instruments[i], quantity).units;
            }
            if (is_base && owned != 0)
                return "a book owns another quantity than its lots say";
        }
    }
    for (uint32_t book = 0; book < ledger->books_count; book++) {
        for (uint32_t i = 0; i < ledger->instruments_count; i++) {
            *detail = (uint64_t)book * ledger->instruments_count + i;
            const char *problem = audit_position(ledger, book, i);
            if (problem != NULL)
                return problem;
        }
    }
    return NULL;
}
