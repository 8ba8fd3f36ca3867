/* What rooms beside the ledger may see of it: balances, positions, holds. No way to change any.
 *
 * Worked example (a buy of 0.5 BTC at 20,000 USDT with a fee of 12 USDT from a hold of 10,050):
 *
 *     BTC    clearing         -0.5      available   +0.5
 *     USDT   held        -10,012        clearing +10,000   fees +12
 *     USDT   held            -38        available   +38       (the unused hold)
 *     value  lots        +10,000        settlement -10,000    fees 12
 *
 * Invariants, each checked by ledger_audit:
 *  1. every asset sums to zero over all accounts;
 *  2. held = what live orders still hold;
 *  3. the lots of a position sum to its quantity and cost;
 *  4. the base asset a book owns = the sum of its positions in instruments of that base;
 *  5. cost + settlement - realized - external = 0 in every position. */
#ifndef TERN_CORE_LEDGER_READ_H
#define TERN_CORE_LEDGER_READ_H

#include "core/model/fact.h"
#include "core/model/limits.h"

/* A part of a position with its own cost. Lots of one position are a list, oldest first. */
struct lot {
    struct amount_bytes cost; /* of what is left, signed like quantity, without fees */
    uint64_t id;              /* grows by one; 0 = free */
    uint64_t order;           /* what opened it */
    int64_t opened_ns;
    struct quantity quantity; /* left; negative = short */
    struct quantity opened;   /* signed sum of the fills that made it */
    uint32_t book, instrument;
    uint32_t next; /* lot index + 1; 0 = last; in the free list: next free */
    uint32_t reserved;
};

/* One book's holding of one instrument with its valuation accounts, in the instrument's quote. */
struct position {
    i128 cost;                    /* of the lots */
    i128 settlement;              /* cash from trading, fees apart: sales - purchases */
    i128 realized;                /* proceeds - cost of what left, corrections included */
    i128 fees;                    /* value of fees paid */
    i128 funding;                 /* received - paid */
    i128 external;                /* value of what was brought in kind */
    i128 trip_net;                /* realized - fees since the position was last flat */
    int64_t quantity;             /* signed, of the lots */
    uint32_t lot_first, lot_last; /* index + 1; 0 = none */
};

struct ledger_counters {
    uint64_t lot_id_next;
    uint32_t lot_free;    /* index + 1 of the first free lot; 0 = take a fresh one */
    uint32_t lots_fresh;  /* lots never used start here */
    uint32_t lots_count;  /* in use */
    uint32_t loss_streak; /* trips in a row that lost */
    uint64_t transfers_count, trips_count;
};

struct ledger {
    struct ledger_counters *counters;
    i128 *book_balances;        /* [book][asset][available, held] */
    i128 *venue_balances;       /* [account kind][asset] */
    struct position *positions; /* [book][instrument] */
    i128 *asset_totals;         /* [asset]: available + held over all books */
    int64_t *instrument_totals; /* [instrument]: quantity over all books */
    struct lot *lots;
    const struct instrument *instruments; /* borrowed */
    uint32_t assets_count, instruments_count, books_count, lots_capacity;
};

static inline struct amount ledger_available(const struct ledger *ledger, uint32_t book,
                                             uint32_t asset)
{
    return (struct amount){
        ledger->book_balances[((size_t)book * ledger->assets_count + asset) * 2]};
}

static inline struct amount ledger_held(const struct ledger *ledger, uint32_t book, uint32_t asset)
{
    return (struct amount){
        ledger->book_balances[((size_t)book * ledger->assets_count + asset) * 2 + 1]};
}

static inline const struct position *ledger_position(const struct ledger *ledger, uint32_t book,
                                                     uint32_t instrument)
{
    return &ledger->positions[(size_t)book * ledger->instruments_count + instrument];
}

/* The sum over all books of available + held of an asset: the venue account. */
static inline struct amount ledger_account_total(const struct ledger *ledger, uint32_t asset)
{
    return (struct amount){ledger->asset_totals[asset]};
}

/* The sum over all books of what is available. */
struct amount ledger_account_available(const struct ledger *ledger, uint32_t asset);
struct amount ledger_venue_balance(const struct ledger *ledger, enum account_kind kind,
                                   uint32_t asset);
/* Average cost of one whole base unit in amount units (18 decimals) of the quote, rounded
 * half-even; 0 where there is no position. */
struct amount position_average_cost(const struct ledger *ledger, uint32_t book,
                                    uint32_t instrument);

#endif
