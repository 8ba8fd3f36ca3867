/* Facts: what was decided or learned. Their bytes are final.
 *
 * A fact is a header and the fields of its kind, little-endian, 8-byte aligned, without padding:
 *
 *     0      2      3      4        8
 *     | kind | ver. | det. | size   | fields …         (kind u16, version u8, detail u8, size u32)
 *
 * A step's facts are one frame, which is hashed and recovered whole:
 *
 *     0       4        8        16        24           32      36      40         48
 *     | size  | count  | input  | time    | first fact | cause | flags | observed | facts … | chain
 *     | u32   | u32    | seq u64| i64 ns  | seq u64    | u32   | u32   | u64      |         | 16 B
 *
 * size counts everything from its own first byte to the end of the chain. `observed` is the running
 * checksum of observed inputs. chain = XXH3-128(previous chain, 16 bytes || frame without its
 * chain); before the first frame it is XXH3-128 of the empty string. The last chain value is
 * `journal_hash`. Numbers of kinds and versions are never reused; fields are never reordered.
 *
 * A fact carries results: the rounded fee, the transfers, the lots with their cost. evolve stores
 * and adds; it does not price, round or choose. */
#ifndef TERN_CORE_MODEL_FACT_H
#define TERN_CORE_MODEL_FACT_H

#include "core/model/input.h"

struct fact_header {
    uint16_t kind;
    uint8_t version;
    uint8_t detail; /* a small enum of the kind, 0 where it has none */
    uint32_t size;  /* bytes, header included; a multiple of 8 */
};

#define FRAME_HEADER_SIZE 48u
#define FRAME_CHAIN_SIZE 16u

struct frame_header {
    uint32_t size;
    uint32_t fact_count;
    uint64_t input_seq;
    int64_t time_ns;
    uint64_t fact_seq_first;
    uint32_t cause; /* enum input_kind */
    uint32_t flags; /* 0 */
    uint64_t observed;
};

_Static_assert(sizeof(struct frame_header) == FRAME_HEADER_SIZE, "drawn above");

/* Field types: C type by name. */
#define FACT_TYPE_u8 uint8_t
#define FACT_TYPE_u16 uint16_t
#define FACT_TYPE_u32 uint32_t
#define FACT_TYPE_u64 uint64_t
#define FACT_TYPE_i32 int32_t
#define FACT_TYPE_i64 int64_t
#define FACT_TYPE_time int64_t
#define FACT_TYPE_price struct price
#define FACT_TYPE_quantity struct quantity
#define FACT_TYPE_amount struct amount_bytes
#define FACT_TYPE_id struct hash128

/* X(NUMBER, NAME, name, version, "what it says; detail = …") */
#define FACT_TABLE(X)                                                                            \
    X(1, SESSION_STARTED, session_started, 1, "a run begins with this configuration and engine") \
    X(2, INSTRUMENT_LISTED, instrument_listed, 1, "an instrument and its grid")                  \
    X(3, BOOK_OPENED, book_opened, 1, "a sub-ledger; detail: 0 desk, 1 bot, 2 assistant")        \
    X(16, TRANSFER, transfer, 1, "an asset moved between two accounts; detail: transfer code")   \
    X(17, LOT_OPENED, lot_opened, 1, "a lot at its cost")                                        \
    X(18, LOT_ADDED, lot_added, 1, "a further fill of the same order and day joined a lot")      \
    X(19, LOT_DISPOSED, lot_disposed, 1, "part of a lot left: its cost, proceeds and gain")      \
    X(20, LOT_AMENDED, lot_amended, 1, "a correction of a lot that is still there")              \
    X(21, VALUE_POSTED, value_posted, 1, "valuation alone; detail: value code")                  \
    X(22, OVERDRAWN, overdrawn, 1, "evidence took a balance below zero")                         \
    X(32, ORDER_PLANNED, order_planned, 1, "an intent passed risk; detail: purpose")             \
    X(33, ORDER_DENIED, order_denied, 1, "an intent was denied; detail: reason")                 \
    X(34, ORDER_SUBMITTED, order_submitted, 1, "durable, queued for the venue")                  \
    X(35, ORDER_DELIVERY, order_delivery, 1, "what we know of our message; detail: delivery")    \
    X(36, ORDER_ACCEPTED, order_accepted, 1, "the venue works it")                               \
    X(37, ORDER_FILLED, order_filled, 1, "one execution; detail: liquidity, +128 provisional")   \
    X(38, FILL_REVERSED, fill_reversed, 1, "a fill taken back; detail: 1 replaced, 2 busted")    \
    X(39, ORDER_ENDED, order_ended, 1, "an end state; detail: state")                            \
    X(40, ORDER_REOPENED, order_reopened, 1, "evidence after the end; detail: state")            \
    X(41, CANCEL_REQUESTED, cancel_requested, 1, "a cancel is on its way; detail: reason")       \
    X(42, CANCEL_REFUSED, cancel_refused, 1, "a cancel was refused; detail: reason")             \
    X(43, AMEND_REQUESTED, amend_requested, 1, "an amend is on its way")                         \
    X(44, ORDER_AMENDED, order_amended, 1, "new price and quantity hold")                        \
    X(45, AMEND_REFUSED, amend_refused, 1, "an amend was refused; detail: reason")               \
    X(48, STATE_CHANGED, state_changed, 1, "a trading state changed; detail: new state")         \
    X(49, STOP_SET, stop_set, 1, "a stop was latched or lifted; detail: stop kind")              \
    X(50, LIMIT_BREACHED, limit_breached, 1, "a post-trade check found a limit passed")          \
    X(64, BOT_SIGNAL, bot_signal, 1, "a bot's counted state that money depends on")              \
    X(65, BOT_STATE, bot_state, 1, "a bot was started, paused or stopped; detail: state")        \
    X(72, TIMER_SET, timer_set, 1, "wake at a deadline")                                         \
    X(73, TIMER_CLEARED, timer_cleared, 1, "no longer")                                          \
    X(80, HEALTH_CHANGED, health_changed, 1, "clock skew or feed state as measured outside")

#define FACT_FIELDS_session_started(F)                        \
    F(id, config_hash, "hash of the canonical configuration") \
    F(u64, engine_id, "0 in a back-test")                     \
    F(u32, epoch, "rises whenever state is restored")         \
    F(u32, reserved, "0")

#define FACT_FIELDS_instrument_listed(F)               \
    F(u32, instrument, "index")                        \
    F(u16, base_asset, "index")                        \
    F(u16, quote_asset, "index")                       \
    F(u8, price_decimals, "scale")                     \
    F(u8, quantity_decimals, "scale")                  \
    F(u8, quote_decimals, "of fees and cash")          \
    F(u8, tradable, "1 on the allow-list")             \
    F(u32, reserved, "0")                              \
    F(price, tick, "smallest price step")              \
    F(quantity, lot, "smallest quantity step")         \
    F(quantity, quantity_min, "venue minimum")         \
    F(quantity, quantity_max, "venue maximum, 0 none") \
    F(amount, notional_min, "venue minimum")           \
    F(id, name_first, "first 16 bytes of the name")    \
    F(id, name_last, "last 16 bytes of the name")

#define FACT_FIELDS_book_opened(F)                  \
    F(u32, book, "index")                           \
    F(u32, cash_book, "whose cash it spends")       \
    F(id, name_first, "first 16 bytes of the name") \
    F(id, name_last, "last 16 bytes of the name")

#define FACT_FIELDS_transfer(F)                          \
    F(u16, asset, "index")                               \
    F(u16, venue_account, "index")                       \
    F(u8, source_kind, "account kind the amount leaves") \
    F(u8, target_kind, "account kind it reaches")        \
    F(u16, reserved, "0")                                \
    F(u32, source_book, "book of the source")            \
    F(u32, target_book, "book of the target")            \
    F(amount, amount, "> 0")                             \
    F(u64, order, "the order it belongs to, 0 none")

#define FACT_FIELDS_lot_opened(F)                         \
    F(u64, lot, "lot id, grows by one")                   \
    F(u32, book, "owner")                                 \
    F(u32, instrument, "index")                           \
    F(quantity, quantity, "signed: negative is short")    \
    F(amount, cost, "signed like quantity, without fees") \
    F(u64, order, "what opened it")

#define FACT_FIELDS_lot_added(F)   \
    F(u64, lot, "lot id")          \
    F(u32, book, "owner")          \
    F(u32, instrument, "index")    \
    F(quantity, quantity, "added") \
    F(amount, cost, "added")

#define FACT_FIELDS_lot_disposed(F)                         \
    F(u64, lot, "lot id")                                   \
    F(u32, book, "owner")                                   \
    F(u32, instrument, "index")                             \
    F(u64, order, "what disposed of it")                    \
    F(quantity, quantity, "that left, signed like the lot") \
    F(amount, cost, "that left with it")                    \
    F(amount, proceeds, "signed like quantity")             \
    F(amount, realized, "proceeds - cost")

#define FACT_FIELDS_lot_amended(F)                  \
    F(u64, lot, "lot id")                           \
    F(u32, book, "owner")                           \
    F(u32, instrument, "index")                     \
    F(u64, order, "whose fill was corrected")       \
    F(quantity, quantity, "added, may be negative") \
    F(amount, cost, "added, may be negative")

#define FACT_FIELDS_value_posted(F)                \
    F(u32, book, "owner")                          \
    F(u32, instrument, "index")                    \
    F(amount, amount, "in the instrument's quote") \
    F(u64, order, "cause, 0 none")

#define FACT_FIELDS_overdrawn(F)                \
    F(u32, book, "owner")                       \
    F(u32, asset, "index")                      \
    F(amount, balance, "available, below zero") \
    F(u64, order, "the order whose evidence did it, 0 none")

#define FACT_FIELDS_order_planned(F)                                   \
    F(u64, order, "order id")                                          \
    F(id, client_order_id, "hash128(engine id, epoch, bot, fact seq)") \
    F(u32, book, "owner")                                              \
    F(u32, cash_book, "who pays")                                      \
    F(u32, bot, "who wanted it")                                       \
    F(u32, instrument, "index")                                        \
    F(u8, side, "enum side")                                           \
    F(u8, type, "enum order_type")                                     \
    F(u8, tif, "enum time_in_force")                                   \
    F(u8, flags, "enum order_flag")                                    \
    F(u8, origin, "enum origin")                                       \
    F(u8, reserved, "0")                                               \
    F(u16, reserved_asset, "asset of the hold")                        \
    F(quantity, quantity, "wanted")                                    \
    F(price, price, "limit, 0 none")                                   \
    F(price, stop_price, "trigger, 0 none")                            \
    F(time, expire, "good till, 0 none")                               \
    F(u64, parent, "order id, 0 none")                                 \
    F(amount, hold, "reserved by the transfer that follows")           \
    F(amount, notional, "what limits count for it")

#define FACT_FIELDS_order_denied(F)                                     \
    F(u32, book, "owner")                                               \
    F(u32, bot, "who wanted it")                                        \
    F(u32, instrument, "index")                                         \
    F(u8, side, "enum side")                                            \
    F(u8, type, "enum order_type")                                      \
    F(u8, tif, "enum time_in_force")                                    \
    F(u8, flags, "enum order_flag")                                     \
    F(quantity, quantity, "wanted")                                     \
    F(price, price, "limit, 0 none")                                    \
    F(u32, scope, "1 account, 2 instrument cap, 3 book")                \
    F(u32, purpose, "enum order_purpose")                               \
    F(amount, value, "what would have been; in the control's own unit") \
    F(amount, limit, "what is allowed")

#define FACT_FIELDS_order_submitted(F) F(u64, order, "order id")
#define FACT_FIELDS_order_delivery(F) F(u64, order, "order id")
#define FACT_FIELDS_order_accepted(F) \
    F(u64, order, "order id")         \
    F(id, venue_order_id, "the venue's own")

#define FACT_FIELDS_order_filled(F)                   \
    F(u64, order, "order id")                         \
    F(id, venue_trade_id, "counted once")             \
    F(price, price, "of the execution")               \
    F(quantity, quantity, "executed")                 \
    F(amount, notional, "price x quantity")           \
    F(amount, fee, "in fee_asset, negative a rebate") \
    F(amount, fee_value, "in the instrument's quote") \
    F(u32, fee_asset, "index")                        \
    F(u32, reserved, "0")

#define FACT_FIELDS_fill_reversed(F)                \
    F(u64, order, "order id")                       \
    F(id, venue_trade_id, "of the fill taken back") \
    F(quantity, quantity, "taken back")             \
    F(amount, notional, "taken back")               \
    F(amount, fee_value, "taken back")

#define FACT_FIELDS_order_ended(F) \
    F(u64, order, "order id")      \
    F(u32, reason, "enum reason")  \
    F(u32, reserved, "0")

#define FACT_FIELDS_order_reopened(F) F(u64, order, "order id")
#define FACT_FIELDS_cancel_requested(F) F(u64, order, "order id")
#define FACT_FIELDS_cancel_refused(F) F(u64, order, "order id")
#define FACT_FIELDS_amend_requested(F) \
    F(u64, order, "order id")          \
    F(quantity, quantity, "wanted")    \
    F(price, price, "wanted")
#define FACT_FIELDS_order_amended(F) \
    F(u64, order, "order id")        \
    F(quantity, quantity, "now")     \
    F(price, price, "now")           \
    F(amount, hold, "now")           \
    F(amount, notional, "what limits count for it now")
#define FACT_FIELDS_amend_refused(F) F(u64, order, "order id")

#define FACT_FIELDS_state_changed(F)                       \
    F(u32, scope, "1 account, 2 instrument, 3 book")       \
    F(u32, index, "instrument or book, 0 for the account") \
    F(u32, reason, "enum reason")                          \
    F(u32, reserved, "0")                                  \
    F(u64, order, "order whose fill caused it, 0 none")    \
    F(u64, fact_seq, "sequence of that fill's fact, 0 none")

#define FACT_FIELDS_stop_set(F)         \
    F(u32, book, "NONE for everything") \
    F(u32, reason, "enum reason")

#define FACT_FIELDS_limit_breached(F)                \
    F(u32, reason, "enum reason")                    \
    F(u32, instrument, "NONE for the account")       \
    F(amount, value, "found")                        \
    F(amount, limit, "allowed")                      \
    F(u64, order, "order whose fill did it, 0 none") \
    F(u64, fact_seq, "sequence of that fill's fact, 0 none")

#define FACT_FIELDS_bot_signal(F)                                 \
    F(u32, bot, "index")                                          \
    F(u32, confirm_count, "bars the wanted action has persisted") \
    F(u32, confirm_action, "the action being confirmed")          \
    F(u32, reserved, "0")
#define FACT_FIELDS_bot_state(F) \
    F(u32, bot, "index")         \
    F(u32, reason, "enum reason")
#define FACT_FIELDS_timer_set(F) \
    F(u64, timer, "timer id")    \
    F(time, deadline, "when it is due")
#define FACT_FIELDS_timer_cleared(F) F(u64, timer, "timer id")
#define FACT_FIELDS_health_changed(F)          \
    F(i64, clock_skew, "ns")                   \
    F(u32, instrument, "NONE for the account") \
    F(u32, valid, "bit 0 order book valid, bit 1 feed up")

enum fact_kind {
#define FACT_ENUM(number, NAME, name, version, sentence) FACT_##NAME = number,
    FACT_TABLE(FACT_ENUM)
#undef FACT_ENUM
};

#define FACT_STRUCT_FIELD(type, name, doc) FACT_TYPE_##type name;
#define FACT_FIELD_SIZE(type, name, doc) +sizeof(FACT_TYPE_##type)
#define FACT_STRUCT(number, NAME, name, version, sentence)                              \
    struct fact_##name {                                                                \
        struct fact_header header;                                                      \
        FACT_FIELDS_##name(FACT_STRUCT_FIELD)                                           \
    };                                                                                  \
    _Static_assert(sizeof(struct fact_##name) == 8 FACT_FIELDS_##name(FACT_FIELD_SIZE), \
                   "no padding");                                                       \
    _Static_assert(sizeof(struct fact_##name) % 8 == 0, "8-byte aligned");
FACT_TABLE(FACT_STRUCT)

/* What the table says, for printing, checking and documentation. */
struct fact_field {
    const char *name, *type, *doc;
    uint32_t offset, size;
};

struct fact_class {
    uint16_t kind;
    uint8_t version;
    const char *name, *sentence;
    uint32_t size;
    uint32_t field_count;
    const struct fact_field *fields;
};

/* NULL for an unknown kind. */
const struct fact_class *fact_class_of(uint16_t kind);
/* All of them in the order of their numbers. */
const struct fact_class *fact_classes(size_t *count);

/* Account kinds of transfers. AVAILABLE and HELD belong to a book; the others to a venue
 * account. */
enum account_kind {
    ACCOUNT_AVAILABLE = 1,
    ACCOUNT_HELD = 2,
    ACCOUNT_CLEARING = 3,
    ACCOUNT_FEES = 4,
    ACCOUNT_FUNDING = 5,
    ACCOUNT_EXTERNAL = 6,
    ACCOUNT_SUSPENSE = 7,
    ACCOUNT_DUST = 8,
    ACCOUNT_KIND_END = 9
};

/* Why an asset moved. */
enum transfer_code {
    TRANSFER_DEPOSIT = 1,
    TRANSFER_WITHDRAWAL = 2,
    TRANSFER_BUDGET = 3,
    TRANSFER_HOLD = 4,
    TRANSFER_RELEASE = 5,
    TRANSFER_SETTLE = 6,
    TRANSFER_FEE = 7,
    TRANSFER_FUNDING = 8,
    TRANSFER_SUSPENSE = 9,
    TRANSFER_DUST = 10,
    TRANSFER_REVERSAL = 11,
    TRANSFER_FEE_REPAY = 12
};

enum value_code { VALUE_FEE = 1, VALUE_FUNDING = 2, VALUE_CORRECTION = 3, VALUE_OPENING = 4 };

const char *account_kind_name(enum account_kind kind);
const char *transfer_code_name(enum transfer_code code);

#endif
