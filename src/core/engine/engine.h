/* The engine: one deterministic machine that takes inputs and gives facts and commands.
 *
 *     input ──► evolve the input ──► decide ──► facts, each evolved at once ──► one sealed frame
 *                                                              └──► commands for the outbox
 *
 * Worked example, a bot that buys at the next opening:
 *
 *     input                 facts of its frame
 *     CYCLE                 order_planned, transfer(hold), order_submitted        command: place
 *     VENUE_ACCEPTED        order_accepted
 *     VENUE_FILL            order_filled, transfer x 3, value_posted, lot_opened, order_ended,
 *                           transfer(release)
 *
 * 1. Nothing here reads a clock, does I/O, starts threads or allocates after engine_create.
 * 2. Durable state changes only by evolving facts and durable inputs; it lies in one block without
 *    pointers, so that a snapshot is one write and the state hash one pass.
 * 3. The same inputs give the same frames on every build.
 * 4. engine_fold_* evolves a journal without deciding and ends in the same durable state.
 * 5. The engine owns its memory; what it borrows of the configuration must outlive it. */
#ifndef TERN_CORE_ENGINE_ENGINE_H
#define TERN_CORE_ENGINE_ENGINE_H

#include "core/ledger/ledger.h"
#include "core/model/frame.h"
#include "core/risk/risk.h"
#include "core/strategy/strategy.h"

/* A series that bots look at: closed bars of one length, built from the data's bars. */
struct series_config {
    uint32_t instrument, reserved;
    int64_t bar_ns;
};

struct opening_balance {
    uint32_t asset, instrument; /* instrument: whose lots a base asset opens; NONE_INDEX for cash */
    struct amount amount;       /* of cash */
    struct quantity quantity;   /* of a base asset */
    struct amount cost;         /* its value at the start, in the quote */
};

/* Borrowed until engine_free. Books: 0 is the desk, the others belong to bots. Series are sorted by
 * instrument. */
struct engine_config {
    struct hash128 config_hash;
    uint64_t engine_id; /* 0 in a back-test */
    uint32_t epoch;
    uint32_t currency_asset;
    const char *const *asset_names;
    uint32_t assets_count;
    uint32_t instruments_count;
    const struct instrument *instruments;
    uint32_t bots_count;
    const struct bot_config *bots;
    uint32_t books_count;
    uint32_t series_count;
    const struct series_config *series;
    const struct opening_balance *balances;
    uint32_t balances_count;
    uint32_t orders_capacity; /* 0: the default */
    uint32_t lots_capacity;   /* 0: the default */
    uint32_t observe;         /* 1: decides and explains, sends nothing */
    struct risk_limits limits;
    struct ratio fee_maker, fee_taker;
    int64_t day_start_ns; /* of the trading day, since midnight UTC */
};

enum command_kind { COMMAND_PLACE = 1, COMMAND_CANCEL = 2, COMMAND_AMEND = 3 };

/* What the outbox is to send once the frame is durable. */
struct command {
    uint64_t order;
    struct price price;       /* amend */
    struct quantity quantity; /* amend */
    uint32_t kind, reserved;
};

struct engine;

/* Takes all memory there will be; STATUS_NO_MEMORY or STATUS_RANGE. */
MUST_USE enum status engine_create(const struct engine_config *config, struct engine **out);
void engine_free(struct engine *engine);

/* Handles one input: seq must be the last one + 1, time_ns not before the last. The frame, if any
 * fact came of it, and the commands are borrowed until the next call. */
void engine_step(struct engine *engine, const struct input *input);
/* engine_step of an INPUT_BAR_OPEN and an INPUT_BAR_CLOSE, spelt out: the same in every respect,
 * for whoever has the bars at hand and millions of them. */
void engine_bar_open(struct engine *engine, uint64_t seq, int64_t time_ns, uint32_t instrument,
                     struct price open);
void engine_bar_close(struct engine *engine, uint64_t seq, int64_t time_ns, uint32_t instrument,
                      const struct bar *bar, int64_t bar_ns);
const uint8_t *engine_frame(const struct engine *engine, uint32_t *size); /* NULL: no fact */
const struct command *engine_commands(const struct engine *engine, uint32_t *count);

/* The earliest timer due at or before time_ns: the caller feeds it as an INPUT_TIMER at its
 * deadline before it feeds an input of that time. The deadline is never before the engine's time: a
 * late amend can set a timer anew that should have fired long ago. */
bool engine_timer_due(const struct engine *engine, int64_t time_ns, uint64_t *timer,
                      int64_t *deadline_ns);

/* ---- reading ---- */

uint64_t engine_input_seq(const struct engine *engine);
int64_t engine_time(const struct engine *engine);
struct hash128 engine_chain(const struct engine *engine);
uint64_t engine_fact_seq(const struct engine *engine); /* of the last fact */
const struct order *engine_order(const struct engine *engine, uint64_t order); /* NULL: left */
/* Live orders, oldest first: pass 0 to begin, then the last id; 0 at the end. */
uint64_t engine_order_next_live(const struct engine *engine, uint64_t after);
uint32_t engine_orders_live(const struct engine *engine);
const struct ledger *engine_ledger(const struct engine *engine);
const struct risk *engine_risk(const struct engine *engine);
const struct engine_config *engine_configuration(const struct engine *engine);
/* Equity of the books that share a purse: the cash of cash_book and the positions it pays for. */
struct amount engine_purse_equity(const struct engine *engine, uint32_t cash_book);
/* The last decisions of a bot, newest first; returns how many were written. */
uint32_t engine_decisions(const struct engine *engine, uint32_t bot, struct decision *out,
                          uint32_t capacity);
/* How many bars of its series a bot has seen. */
uint64_t engine_bot_bars(const struct engine *engine, uint32_t bot);

/* ---- recovery ---- */

/* Evolves a durable input without deciding. */
void engine_fold_input(struct engine *engine, const struct input *input);
/* Checks a frame and evolves its facts. STATUS_CORRUPT, STATUS_TRUNCATED, STATUS_UNSUPPORTED: the
 * engine is unchanged, unless the frame's checksum is right and a fact of it cannot follow from
 * what is there (STATUS_CORRUPT): then the engine is only good to be freed. */
MUST_USE enum status engine_fold_frame(struct engine *engine, const uint8_t *data, size_t size,
                                       uint32_t *frame_size);
/* Hash of the durable state. */
struct hash128 engine_state_hash(const struct engine *engine);
/* A snapshot is the durable state behind a header with its layout hash and its own checksum. */
size_t engine_snapshot_size(const struct engine *engine);
void engine_snapshot_write(const struct engine *engine, uint8_t *out);
/* Into an engine of the same configuration; STATUS_UNSUPPORTED for another layout, STATUS_CORRUPT
 * for damaged bytes: the engine is unchanged then. */
MUST_USE enum status engine_snapshot_read(struct engine *engine, const uint8_t *data, size_t size);

/* Checks every invariant: the ledger's own, held = live reservations, counters = what they count.
 * NULL where all hold, else a sentence. For tests and for `ledger check`. */
const char *engine_audit(const struct engine *engine, uint64_t *detail);

/* client_order_id as text: 26 base32 digits and a check digit. */
#define CLIENT_ORDER_ID_SIZE 28
void client_order_id_format(char out[CLIENT_ORDER_ID_SIZE], uint64_t low, uint64_t high);
/* Whether the text has our form and its check digit fits. */
bool client_order_id_parse(struct text text, uint64_t *low, uint64_t *high);

#endif
