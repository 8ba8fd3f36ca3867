/* The state of the ledger: its memory, what is read from it, how facts change it. */
#include "core/ledger/parts.h"

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
