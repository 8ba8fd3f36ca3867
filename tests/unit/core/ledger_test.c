/* The ledger against a naive one: a long table of postings that is summed up whenever a balance is
 * asked for, and lots in an array that is searched from its beginning. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "core/ledger/ledger.h"

#define ASSETS 4u      /* USD, and the bases BTC, ETH, BNB */
#define INSTRUMENTS 3u /* each base against USD */
#define BOOKS 3u
#define POSTINGS_MAX 400000u
#define LOTS_MAX 4096u
#define FRAME_CAPACITY (1u << 20)

/* ---- the naive ledger ------------------------------------------------------------------------ */

struct naive_posting {
    uint32_t asset, kind, book;
    i128 amount;
};

struct naive_lot {
    int64_t quantity, day;
    i128 cost;
    uint64_t order;
};

struct naive_position {
    struct naive_lot lots[LOTS_MAX];
    unsigned lots_count;
    i128 realized, fees, settlement, external;
    int64_t quantity;
};

struct naive {
    struct naive_posting *postings;
    size_t postings_count;
    struct naive_position positions[BOOKS][INSTRUMENTS];
};

static void naive_move(struct naive *naive, uint32_t asset, enum account_kind from,
                       uint32_t from_book, enum account_kind to, uint32_t to_book, i128 amount)
{
    assert_true(naive->postings_count + 2 <= POSTINGS_MAX);
    naive->postings[naive->postings_count++] = (struct naive_posting){asset, (uint32_t)from,
                                                                      from_book, -amount};
    naive->postings[naive->postings_count++] = (struct naive_posting){asset, (uint32_t)to, to_book,
                                                                      amount};
}

static i128 naive_balance(const struct naive *naive, uint32_t asset, enum account_kind kind,
                          uint32_t book)
{
    i128 sum = 0;
    for (size_t i = 0; i < naive->postings_count; i++) {
        const struct naive_posting *posting = &naive->postings[i];
        if (posting->asset == asset && posting->kind == (uint32_t)kind && posting->book == book)
            sum += posting->amount;
    }
    return sum;
}

static i128 floor_share(i128 sum, i128 part, i128 whole)
{
    i128 product = sum * part;
    i128 quotient = product / whole;
    return product % whole < 0 ? quotient - 1 : quotient;
}

/* First in, first out; every piece takes its share rounded down, the last one what is left. What
 * opens joins the order's lot of the day; order 0 is of no order. */
static void naive_lots(struct naive_position *position, int64_t quantity, i128 value,
                       uint64_t order, int64_t time_ns)
{
    int64_t day = time_ns / NANOSECONDS_PER_DAY;
    position->quantity += quantity;
    position->settlement -= value;
    while (quantity != 0 && position->lots_count > 0 &&
           (position->lots[0].quantity > 0) != (quantity > 0)) {
        struct naive_lot *lot = &position->lots[0];
        int64_t taken = llabs(lot->quantity) < llabs(quantity) ? llabs(lot->quantity)
                                                               : llabs(quantity);
        i128 cost = taken == llabs(lot->quantity)
                        ? lot->cost
                        : floor_share(lot->cost, taken, llabs(lot->quantity));
        i128 proceeds = taken == llabs(quantity) ? -value
                                                 : floor_share(-value, taken, llabs(quantity));
        position->realized += proceeds - cost;
        lot->cost -= cost;
        lot->quantity += lot->quantity > 0 ? -taken : taken;
        quantity += quantity > 0 ? -taken : taken;
        value += proceeds;
        if (lot->quantity == 0) {
            position->lots_count--;
            memmove(lot, lot + 1, position->lots_count * sizeof *lot);
        }
    }
    if (quantity == 0)
        return;
    for (unsigned i = 0; i < position->lots_count && order != 0; i++) {
        struct naive_lot *lot = &position->lots[i];
        if (lot->order != order || lot->day != day)
            continue;
        lot->quantity += quantity;
        lot->cost += value;
        return;
    }
    assert_true(position->lots_count < LOTS_MAX);
    position->lots[position->lots_count++] = (struct naive_lot){quantity, day, value, order};
}

/* ---- both side by side ----------------------------------------------------------------------- */

struct pair {
    struct instrument instruments[INSTRUMENTS];
    struct capacities capacities;
    struct arena memory, folded_memory;
    struct ledger ledger, folded; /* the second knows only the facts of the first */
    struct frame_writer writer;
    uint8_t *frame;
    struct naive *naive;
    struct random random;
    uint64_t order;
    int64_t time_ns;
};

static void pair_init(struct pair *pair, uint64_t seed)
{
    *pair = (struct pair){
        .capacities = {.assets_count = ASSETS,
                       .instruments_count = INSTRUMENTS,
                       .books_count = BOOKS,
                       .lots_capacity = 8192},
        .time_ns = INT64_C(1700000000) * NANOSECONDS_PER_SECOND,
    };
    for (uint32_t i = 0; i < INSTRUMENTS; i++) {
        struct instrument *instrument = &pair->instruments[i];
        instrument->base_asset = i + 1;
        instrument->price_decimals = 2 + i;
        instrument->quantity_decimals = 6 - i;
        instrument->quote_decimals = 2;
        instrument->tick.units = instrument->lot.units = 1;
        assert_int_equal(instrument_derive(instrument), STATUS_OK);
    }
    struct arena measure;
    arena_measure_init(&measure);
    ledger_init(&pair->ledger, &measure, &pair->capacities, pair->instruments);
    assert_int_equal(arena_init(&pair->memory, measure.used), STATUS_OK);
    assert_int_equal(arena_init(&pair->folded_memory, measure.used), STATUS_OK);
    ledger_init(&pair->ledger, &pair->memory, &pair->capacities, pair->instruments);
    ledger_init(&pair->folded, &pair->folded_memory, &pair->capacities, pair->instruments);
    pair->frame = aligned_alloc(64, FRAME_CAPACITY);
    pair->naive = calloc(1, sizeof *pair->naive);
    assert_true(pair->frame != NULL && pair->naive != NULL);
    pair->naive->postings = calloc(POSTINGS_MAX, sizeof *pair->naive->postings);
    assert_non_null(pair->naive->postings);
    frame_writer_init(&pair->writer, pair->frame, FRAME_CAPACITY);
    random_init(&pair->random, seed, 5);
}

static void pair_release(struct pair *pair)
{
    arena_release(&pair->memory);
    arena_release(&pair->folded_memory);
    free(pair->naive->postings);
    free(pair->naive);
    free(pair->frame);
}

/* Seals what was posted and lets the other ledger evolve it. */
static void fold(struct pair *pair)
{
    uint32_t size = 0;
    const uint8_t *frame = frame_seal(&pair->writer, 1, pair->time_ns, INPUT_VENUE_FILL, 0, &size);
    for (uint32_t at = FRAME_HEADER_SIZE; frame != NULL && at < size - FRAME_CHAIN_SIZE;) {
        const struct fact_header *fact = (const struct fact_header *)(const void *)(frame + at);
        ledger_evolve(&pair->folded, fact, pair->time_ns);
        at += fact->size;
    }
}

static uint64_t draw(struct pair *pair, uint64_t bound)
{
    return random_below(&pair->random, bound);
}

static i128 unit_of(const struct pair *pair, uint32_t instrument)
{
    return power_of_ten(AMOUNT_DECIMALS - pair->instruments[instrument].quantity_decimals);
}

static void compare_balances(const struct pair *pair)
{
    for (uint32_t asset = 0; asset < ASSETS; asset++) {
        for (uint32_t book = 0; book < BOOKS; book++) {
            assert_true(ledger_available(&pair->ledger, book, asset).units ==
                        naive_balance(pair->naive, asset, ACCOUNT_AVAILABLE, book));
            assert_true(ledger_held(&pair->ledger, book, asset).units ==
                        naive_balance(pair->naive, asset, ACCOUNT_HELD, book));
        }
        for (int kind = ACCOUNT_CLEARING; kind < ACCOUNT_KIND_END; kind++)
            assert_true(ledger_venue_balance(&pair->ledger, (enum account_kind)kind, asset).units ==
                        naive_balance(pair->naive, asset, (enum account_kind)kind, 0));
    }
}

static void compare_positions(const struct pair *pair, bool lots)
{
    for (uint32_t book = 0; book < BOOKS; book++) {
        for (uint32_t i = 0; i < INSTRUMENTS; i++) {
            const struct position *found = ledger_position(&pair->ledger, book, i);
            const struct naive_position *expected = &pair->naive->positions[book][i];
            assert_true(found->quantity == expected->quantity);
            assert_true(found->fees == expected->fees);
            assert_true(found->settlement == expected->settlement + expected->external);
            assert_true(found->external == expected->external);
            if (!lots)
                continue;
            assert_true(found->realized == expected->realized);
            uint32_t at = found->lot_first;
            for (unsigned k = 0; k < expected->lots_count; k++) {
                assert_true(at != 0);
                const struct lot *lot = &pair->ledger.lots[at - 1];
                assert_true(lot->quantity.units == expected->lots[k].quantity);
                assert_true(amount_from_bytes(lot->cost).units == expected->lots[k].cost);
                at = lot->next;
            }
            assert_int_equal(at, 0);
        }
    }
}

static void check(struct pair *pair, bool lots)
{
    uint64_t detail = 0;
    const char *broken = ledger_audit(&pair->ledger, &detail);
    if (broken != NULL)
        print_error("# %s (%llu)\n", broken, (unsigned long long)detail);
    assert_null(broken);
    compare_positions(pair, lots);
    fold(pair);
    assert_memory_equal(pair->memory.base, pair->folded_memory.base, pair->memory.used);
}

/* ---- what happens ---------------------------------------------------------------------------- */

static void deposit(struct pair *pair)
{
    uint32_t book = (uint32_t)draw(pair, BOOKS);
    if (draw(pair, 2) == 0) {
        i128 amount = (i128)draw(pair, 1000000) * power_of_ten(15);
        bool out = draw(pair, 3) == 0;
        ledger_deposit(&pair->ledger, &pair->writer, book, 0,
                       (struct amount){out ? -amount : amount});
        naive_move(pair->naive, 0, ACCOUNT_EXTERNAL, 0, ACCOUNT_AVAILABLE, book,
                   out ? -amount : amount);
        return;
    }
    uint32_t instrument = (uint32_t)draw(pair, INSTRUMENTS);
    int64_t quantity = 1 + (int64_t)draw(pair, 100000);
    i128 cost = (i128)draw(pair, UINT64_C(1) << 60);
    ledger_deposit_lot(&pair->ledger, &pair->writer, book, instrument, (struct quantity){quantity},
                       (struct amount){cost}, pair->time_ns);
    naive_move(pair->naive, instrument + 1, ACCOUNT_EXTERNAL, 0, ACCOUNT_AVAILABLE, book,
               quantity * unit_of(pair, instrument));
    struct naive_position *position = &pair->naive->positions[book][instrument];
    naive_lots(position, quantity, cost, 0, pair->time_ns);
    position->external += cost;
}

/* The fee as the fill's own instrument's asset, as the quote, or as BNB. */
static void naive_fee(struct pair *pair, const struct fill_posting *posting, i128 hold)
{
    struct naive *naive = pair->naive;
    i128 fee = posting->fee.units;
    naive->positions[posting->book][posting->instrument].fees += posting->fee_value.units;
    if (posting->fee_asset == 0) {
        i128 held = posting->side == SIDE_BUY && fee > 0 ? (fee < hold ? fee : hold) : 0;
        naive_move(naive, 0, ACCOUNT_HELD, posting->cash_book, ACCOUNT_FEES, 0, held);
        naive_move(naive, 0, ACCOUNT_AVAILABLE, posting->cash_book, ACCOUNT_FEES, 0, fee - held);
        return;
    }
    if (fee == 0)
        return;
    uint32_t asset = posting->fee_asset;
    i128 own = naive_balance(naive, asset, ACCOUNT_AVAILABLE, posting->book);
    bool pays = fee < 0 || own >= fee; /* a rebate is the book's */
    uint32_t payer = pays ? posting->book : 0;
    i128 unit = unit_of(pair, posting->fee_instrument);
    i128 rest = ((fee % unit) + unit) % unit;
    i128 dust = naive_balance(naive, asset, ACCOUNT_DUST, 0);
    i128 paid = fee - rest;
    if (rest > 0 && dust >= rest) {
        naive_move(naive, asset, ACCOUNT_DUST, 0, ACCOUNT_FEES, 0, rest);
    } else if (rest > 0) {
        paid += unit;
        naive_move(naive, asset, ACCOUNT_FEES, 0, ACCOUNT_DUST, 0, unit - rest);
    }
    naive_move(naive, asset, ACCOUNT_AVAILABLE, payer, ACCOUNT_FEES, 0, paid);
    if (!pays && posting->cash_book != 0)
        naive_move(naive, 0, ACCOUNT_AVAILABLE, posting->cash_book, ACCOUNT_AVAILABLE, 0,
                   posting->fee_value.units);
    struct naive_position *position = &naive->positions[payer][posting->fee_instrument];
    if (paid == 0) {
        position->realized += posting->fee_value.units;
        position->settlement += posting->fee_value.units;
    } else {
        int64_t steps = (int64_t)(paid / unit);
        naive_lots(position, -steps, -posting->fee_value.units, posting->order, posting->time_ns);
    }
}

static void naive_fill(struct pair *pair, const struct fill_posting *posting)
{
    struct naive *naive = pair->naive;
    bool buy = posting->side == SIDE_BUY;
    uint32_t base = pair->instruments[posting->instrument].base_asset;
    i128 quantity = posting->quantity.units * unit_of(pair, posting->instrument);
    i128 notional = posting->notional.units;
    i128 hold = posting->hold.units;
    struct naive_position *position = &naive->positions[posting->book][posting->instrument];
    if (buy) {
        i128 held = notional < hold ? notional : hold;
        naive_move(naive, 0, ACCOUNT_HELD, posting->cash_book, ACCOUNT_CLEARING, 0, held);
        naive_move(naive, 0, ACCOUNT_AVAILABLE, posting->cash_book, ACCOUNT_CLEARING, 0,
                   notional - held);
        bool first = posting->fee_asset != base;
        if (first)
            naive_fee(pair, posting, hold - held);
        naive_move(naive, base, ACCOUNT_CLEARING, 0, ACCOUNT_AVAILABLE, posting->book, quantity);
        naive_lots(position, posting->quantity.units, notional, posting->order, posting->time_ns);
        if (!first)
            naive_fee(pair, posting, hold - held);
        return;
    }
    i128 held = quantity < hold ? quantity : hold;
    naive_move(naive, base, ACCOUNT_HELD, posting->book, ACCOUNT_CLEARING, 0, held);
    naive_move(naive, base, ACCOUNT_AVAILABLE, posting->book, ACCOUNT_CLEARING, 0, quantity - held);
    naive_move(naive, 0, ACCOUNT_CLEARING, 0, ACCOUNT_AVAILABLE, posting->cash_book, notional);
    naive_fee(pair, posting, 0);
    naive_lots(position, -posting->quantity.units, -notional, posting->order, posting->time_ns);
}

static struct fill_posting random_fill(struct pair *pair)
{
    uint32_t book = (uint32_t)draw(pair, BOOKS);
    uint32_t instrument = (uint32_t)draw(pair, INSTRUMENTS);
    struct fill_posting posting = {
        .order = ++pair->order,
        .book = book,
        .cash_book = book == 1 ? 0 : book,
        .instrument = instrument,
        .side = draw(pair, 2) ? SIDE_BUY : SIDE_SELL,
        .quantity = {1 + (int64_t)draw(pair, draw(pair, 10) ? 5000 : 50)},
        .fee_instrument = NONE_INDEX,
        .time_ns = pair->time_ns,
    };
    struct price price = {1 + (int64_t)draw(pair, 100000)};
    posting.notional = instrument_notional(&pair->instruments[instrument], price, posting.quantity);
    i128 fee = (i128)draw(pair, 1000000);
    switch (draw(pair, 5)) {
    case 0: /* BNB, finer than its lots now and then */
    case 1: {
        posting.fee_asset = draw(pair, 2) ? 3 : instrument + 1;
        posting.fee_instrument = posting.fee_asset - 1;
        bool fine = draw(pair, 2) == 0;
        posting.fee.units = fee * (fine ? power_of_ten(11) : unit_of(pair, posting.fee_asset - 1));
        posting.fee_value.units = fee * power_of_ten(13);
        if (fee % 7 == 0) {
            posting.fee.units = -posting.fee.units;
            posting.fee_value.units = -posting.fee_value.units;
        }
        break;
    }
    default: posting.fee.units = posting.fee_value.units = (fee - 100000) * power_of_ten(13); break;
    }
    return posting;
}

/* What an order held, more or less than it needs. */
static void random_hold(struct pair *pair, struct fill_posting *posting)
{
    bool buy = posting->side == SIDE_BUY;
    uint32_t asset = buy ? 0 : posting->instrument + 1;
    uint32_t payer = buy ? posting->cash_book : posting->book;
    i128 needed = buy ? posting->notional.units
                      : posting->quantity.units * unit_of(pair, posting->instrument);
    posting->hold.units = needed * (i128)draw(pair, 5) / 3;
    ledger_transfer(&pair->ledger, &pair->writer, TRANSFER_HOLD, asset,
                    (struct account_ref){ACCOUNT_AVAILABLE, payer},
                    (struct account_ref){ACCOUNT_HELD, payer}, posting->hold, posting->order);
    naive_move(pair->naive, asset, ACCOUNT_AVAILABLE, payer, ACCOUNT_HELD, payer,
               posting->hold.units);
}

static void fill(struct pair *pair)
{
    struct fill_posting posting = random_fill(pair);
    random_hold(pair, &posting);
    i128 hold = posting.hold.units;
    naive_fill(pair, &posting);
    ledger_post_fill(&pair->ledger, &pair->writer, &posting);
    assert_true(posting.hold.units >= 0 && posting.hold.units <= hold);
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void test_fills(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct pair pair;
        pair_init(&pair, seed);
        for (int i = 0; i < 800; i++) {
            pair.time_ns += (int64_t)draw(&pair, 4) * INT64_C(3600) * NANOSECONDS_PER_SECOND;
            if (draw(&pair, 12) == 0)
                deposit(&pair);
            else
                fill(&pair);
            check(&pair, true);
            if (i % 100 == 99)
                compare_balances(&pair);
        }
        compare_balances(&pair);
        pair_release(&pair);
    }
}

/* Fills of one order on one day join its lot, others do not. */
static void test_joining(void **state)
{
    (void)state;
    struct pair pair;
    pair_init(&pair, 1);
    struct naive_position *position = &pair.naive->positions[0][0];
    for (int i = 0; i < 40; i++) {
        struct fill_posting posting = {
            .order = 7 + (uint64_t)(i / 20),
            .side = SIDE_BUY,
            .quantity = {3 + i},
            .notional = {power_of_ten(16) * (i + 1)},
            .fee_instrument = NONE_INDEX,
            .time_ns = pair.time_ns + i / 10 * NANOSECONDS_PER_DAY,
        };
        naive_move(pair.naive, 0, ACCOUNT_AVAILABLE, 0, ACCOUNT_CLEARING, 0,
                   posting.notional.units);
        naive_move(pair.naive, 1, ACCOUNT_CLEARING, 0, ACCOUNT_AVAILABLE, 0,
                   posting.quantity.units * unit_of(&pair, 0));
        naive_lots(position, posting.quantity.units, posting.notional.units, posting.order,
                   posting.time_ns);
        ledger_post_fill(&pair.ledger, &pair.writer, &posting);
        pair.time_ns = posting.time_ns - i / 10 * NANOSECONDS_PER_DAY;
        compare_positions(&pair, true);
    }
    assert_int_equal(pair.ledger.counters->lots_count, 4);
    compare_balances(&pair);
    pair_release(&pair);
}

/* A lot that is sold in any pieces gives back its cost to the last unit, however odd the splits. */
static void test_conservation(void **state)
{
    (void)state;
    static const int64_t quantities[] = {1, 2, 3, 7, 97, 1000003};
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct pair pair;
        pair_init(&pair, seed);
        int64_t quantity = quantities[seed % ARRAY_COUNT(quantities)];
        i128 cost = (i128)(1 + draw(&pair, 1000));
        struct fill_posting buy = {.order = 1,
                                   .side = SIDE_BUY,
                                   .quantity = {quantity},
                                   .notional = {cost},
                                   .fee_instrument = NONE_INDEX,
                                   .time_ns = pair.time_ns};
        ledger_post_fill(&pair.ledger, &pair.writer, &buy);
        i128 sold = 0;
        for (int64_t left = quantity; left > 0;) {
            int64_t part = 1 + (int64_t)draw(&pair, (uint64_t)(left > 40 ? left / 3 : left));
            i128 proceeds = (i128)draw(&pair, 50);
            struct fill_posting sell = buy;
            sell.order++;
            sell.side = SIDE_SELL;
            sell.quantity.units = part;
            sell.notional.units = proceeds;
            ledger_post_fill(&pair.ledger, &pair.writer, &sell);
            left -= part;
            sold += proceeds;
            const struct position *position = ledger_position(&pair.ledger, 0, 0);
            /* At any time what is left and what was realised say where every unit is. */
            assert_true(position->cost + position->settlement == position->realized);
            assert_true(position->cost >= 0 && position->cost <= cost);
        }
        const struct position *position = ledger_position(&pair.ledger, 0, 0);
        assert_true(position->quantity == 0 && position->cost == 0);
        assert_true(position->realized == sold - cost);
        assert_int_equal(pair.ledger.counters->lots_count, 0);
        assert_int_equal(pair.ledger.counters->trips_count, 1);
        pair_release(&pair);
    }
}

struct kept_fill {
    struct fill_posting posting;
    bool is_gone;
};

/* Fills taken back or replaced at random: cash, base, fees and quantity are what the fills that
 * still hold say; the books balance throughout. */
static void test_corrections(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct pair pair;
        struct kept_fill kept[300];
        unsigned count = 0;
        pair_init(&pair, seed);
        for (int i = 0; i < 600; i++) {
            struct naive_position *position = NULL;
            if (count < ARRAY_COUNT(kept) && draw(&pair, 2) == 0) {
                struct fill_posting posting = random_fill(&pair);
                posting.fee_asset = 0;
                posting.fee_instrument = NONE_INDEX;
                posting.fee.units = posting.fee_value.units;
                naive_fill(&pair, &posting);
                ledger_post_fill(&pair.ledger, &pair.writer, &posting);
                kept[count++] = (struct kept_fill){posting, false};
            } else if (count > 0) {
                struct kept_fill *one = &kept[draw(&pair, count)];
                const struct fill_posting *old = &one->posting;
                if (one->is_gone)
                    continue;
                bool bust = draw(&pair, 2) == 0;
                i128 notional = bust ? -old->notional.units
                                     : (i128)draw(&pair, 1000) * power_of_ten(15) -
                                           old->notional.units / 100;
                i128 fee = bust ? -old->fee_value.units : (i128)draw(&pair, 100) * power_of_ten(15);
                struct fill_correction correction = {
                    .order = old->order,
                    .book = old->book,
                    .cash_book = old->cash_book,
                    .instrument = old->instrument,
                    .side = old->side,
                    .quantity_change = bust ? -old->quantity.units : 0,
                    .notional_change = notional,
                    .fee_change = fee,
                    .time_ns = pair.time_ns,
                };
                ledger_correct_fill(&pair.ledger, &pair.writer, &correction);
                bool buy = old->side == SIDE_BUY;
                position = &pair.naive->positions[old->book][old->instrument];
                int64_t quantity = buy ? correction.quantity_change : -correction.quantity_change;
                i128 cash = buy ? -notional : notional;
                naive_move(pair.naive, 0, ACCOUNT_CLEARING, 0, ACCOUNT_AVAILABLE, old->cash_book,
                           cash);
                naive_move(pair.naive, 0, ACCOUNT_AVAILABLE, old->cash_book, ACCOUNT_FEES, 0, fee);
                naive_move(pair.naive, old->instrument + 1, ACCOUNT_CLEARING, 0, ACCOUNT_AVAILABLE,
                           old->book, quantity * unit_of(&pair, old->instrument));
                position->quantity += quantity;
                position->settlement += cash;
                position->fees += fee;
                one->posting.notional.units += notional;
                one->posting.fee_value.units += fee;
                one->is_gone = bust;
            }
            check(&pair, false);
        }
        compare_balances(&pair);
        pair_release(&pair);
    }
}

static void test_average_cost(void **state)
{
    (void)state;
    struct pair pair;
    pair_init(&pair, 1);
    assert_true(position_average_cost(&pair.ledger, 0, 0).units == 0);
    struct fill_posting buy = {.order = 1,
                               .side = SIDE_BUY,
                               .quantity = {3}, /* of 10^-6 */
                               .notional = {10},
                               .fee_instrument = NONE_INDEX,
                               .time_ns = pair.time_ns};
    ledger_post_fill(&pair.ledger, &pair.writer, &buy);
    assert_true(position_average_cost(&pair.ledger, 0, 0).units == 3333333);
    struct fill_posting sell = buy;
    sell.side = SIDE_SELL;
    sell.quantity.units = 5; /* two short, at the 4 of 10 that are theirs */
    ledger_post_fill(&pair.ledger, &pair.writer, &sell);
    assert_true(ledger_position(&pair.ledger, 0, 0)->quantity == -2);
    assert_true(position_average_cost(&pair.ledger, 0, 0).units == 2000000);
    assert_true(ledger_account_available(&pair.ledger, 1).units == -2 * unit_of(&pair, 0));
    assert_true(ledger_account_total(&pair.ledger, 1).units == -2 * unit_of(&pair, 0));
    pair_release(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fills),       cmocka_unit_test(test_joining),
        cmocka_unit_test(test_conservation), cmocka_unit_test(test_corrections),
        cmocka_unit_test(test_average_cost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
