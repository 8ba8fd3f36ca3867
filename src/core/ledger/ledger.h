/* The ledger: two balanced ledgers, of assets and of value. Only the engine changes it.
 *
 * Posting functions write facts and evolve each at once; ledger_evolve applies a fact read back
 * from a journal, by the same code, so that a fold ends where the run ended. */
#ifndef TERN_CORE_LEDGER_LEDGER_H
#define TERN_CORE_LEDGER_LEDGER_H

#include "base/arena.h"
#include "core/ledger/read.h"
#include "core/model/frame.h"

/* Memory from the arena, which may be measuring. instruments is borrowed for the ledger's life. */
void ledger_init(struct ledger *ledger, struct arena *arena, const struct capacities *capacities,
                 const struct instrument *instruments);

/* Stores and adds one fact of kinds 16 to 21; time_ns is its frame's. */
void ledger_evolve(struct ledger *ledger, const struct fact_header *fact, int64_t time_ns);

struct account_ref {
    enum account_kind kind;
    uint32_t book; /* 0 for kinds that belong to the venue account */
};

/* One balanced movement; amount > 0, or nothing is posted for 0. */
void ledger_transfer(struct ledger *ledger, struct frame_writer *writer, enum transfer_code code,
                     uint32_t asset, struct account_ref source, struct account_ref target,
                     struct amount amount, uint64_t order);

/* Money from or to outside, in an asset that is nobody's base; amount of either sign. */
void ledger_deposit(struct ledger *ledger, struct frame_writer *writer, uint32_t book,
                    uint32_t asset, struct amount amount);
/* Base brought in kind: a lot at `cost`. */
void ledger_deposit_lot(struct ledger *ledger, struct frame_writer *writer, uint32_t book,
                        uint32_t instrument, struct quantity quantity, struct amount cost,
                        int64_t time_ns);

/* One execution to post. hold is what the order still holds of its asset (quote for a buy, base for
 * a sell) and comes back reduced by what was used. */
struct fill_posting {
    uint64_t order;
    uint32_t book, cash_book, instrument;
    enum side side;
    struct quantity quantity;
    struct amount notional;
    struct amount fee;       /* in fee_asset; negative = rebate */
    struct amount fee_value; /* in the quote */
    uint32_t fee_asset;
    uint32_t fee_instrument; /* base = fee_asset, same quote; NONE_INDEX where there is none */
    int64_t time_ns;
    struct amount hold; /* in and out */
    uint32_t fee_book;  /* out: who paid the fee, or got the rebate */
};

/* The chain of one fill: settlement from the hold first, then from what is available (which may
 * become negative: evidence always posts), fee, base, lots FIFO, realized. */
void ledger_post_fill(struct ledger *ledger, struct frame_writer *writer,
                      struct fill_posting *posting);

/* A fill that was posted is replaced: quantity, notional and fee_value change by these. The lots of
 * the order that are still there are amended; for what was already sold the difference goes to
 * realized as a correction; a buy taken back after its sale leaves a short lot, a sale taken back a
 * lot at its proceeds. Cash and base move accordingly through clearing. */
struct fill_correction {
    uint64_t order;
    uint32_t book, cash_book, instrument;
    enum side side;
    int64_t quantity_change; /* of the fill's size, negative when less was executed */
    i128 notional_change;
    i128 fee_change; /* in the quote */
    int64_t time_ns;
};
void ledger_correct_fill(struct ledger *ledger, struct frame_writer *writer,
                         const struct fill_correction *correction);

/* Checks every invariant of read.h but the second. NULL where all hold, else a sentence; *detail
 * gets the index concerned. */
const char *ledger_audit(const struct ledger *ledger, uint64_t *detail);

#endif
