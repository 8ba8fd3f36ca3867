/* CSV rows to timed market data. */
#include "world/import/depth.h"

#include "core/model/limits.h"
#include "world/import/byte_source.h"
#include "world/import/csv.h"
#include "world/import/digits.h"

#include <stdlib.h>
#include <string.h>

#define NO_FIELD SIZE_MAX

/* X(NAME, "header") */
#define DEPTH_COLUMN_TABLE(X) \
    X(RECV_NS, "recv_ns")     \
    X(EXCH_NS, "exch_ns")     \
    X(EVENT_NS, "event_ns")   \
    X(TRADE_NS, "trade_ns")   \
    X(TS_NS, "ts_ns")         \
    X(SEQ, "seq")             \
    X(FIRST_ID, "first_id")   \
    X(LAST_ID, "last_id")     \
    X(UPDATE_ID, "update_id") \
    X(TRADE_ID, "trade_id")   \
    X(AGG_ID, "agg_trade_id") \
    X(KIND, "kind")           \
    X(SIDE, "side")           \
    X(PRICE, "price")         \
    X(SIZE, "size")           \
    X(BID, "bid")             \
    X(BID_SIZE, "bid_size")   \
    X(ASK, "ask")             \
    X(ASK_SIZE, "ask_size")   \
    X(TAKER, "taker_side")    \
    X(MAKER, "maker_side")    \
    X(ORDERS, "num_orders")   \
    X(LAST, "last")           \
    X(VOLUME, "volume_24h")

enum depth_column {
#define DEPTH_COLUMN_ENUM(name, header) DEPTH_COLUMN_##name,
    DEPTH_COLUMN_TABLE(DEPTH_COLUMN_ENUM)
#undef DEPTH_COLUMN_ENUM
        DEPTH_COLUMN_COUNT
};

static const char *const column_names[DEPTH_COLUMN_COUNT] = {
#define DEPTH_COLUMN_NAME(name, header) header,
    DEPTH_COLUMN_TABLE(DEPTH_COLUMN_NAME)
#undef DEPTH_COLUMN_NAME
};

/* A row, read: what it belongs to, and one thing of it. */
struct row {
    int64_t receive_ns, event_ns;
    uint64_t first_seq, last_seq; /* of levels and quotes; of trades the message's number */
    uint64_t trade_id;
    bool snapshot;
    struct delta delta;
    struct quote quote;
    struct trade trade;
};

/* Where a message's rows lie in `deltas` or `trades`. */
struct message {
    struct row head;
    size_t begin, count;
};

struct depth_reader {
    struct byte_source *bytes; /* owned where `owns` */
    bool owns;
    struct csv_reader csv;
    struct depth_source source;
    enum depth_kind kind;
    size_t index[DEPTH_COLUMN_COUNT]; /* field of each column, or NO_FIELD */
    size_t field_count;
    struct row ahead; /* the row after the message being made */
    bool has_ahead, ended;
    bool disorder;        /* why the row that was read last cannot be used */
    struct delta *deltas; /* owned; of the message being made, behind those held back */
    size_t deltas_count, deltas_capacity;
    struct row *trades; /* owned; of the message being handed out */
    size_t trades_count, trades_capacity, trades_at;
    struct message *held; /* owned; before the first snapshot, then being handed out */
    size_t held_count, held_capacity, held_at;
    size_t held_deltas;
    bool has_snapshot;
    uint64_t snapshot_seq; /* of the first */
    int64_t snapshot_receive_ns;
    int64_t receive_last_ns;
    uint64_t trade_id_last;
    struct depth_counts counts;
    struct problem *problem; /* of the call in progress */
};

/* ---- fields ---------------------------------------------------------------------------------- */

static bool has(const struct depth_reader *reader, enum depth_column column)
{
    return reader->index[column] != NO_FIELD;
}

static struct text field(const struct depth_reader *reader, enum depth_column column)
{
    return reader->csv.fields[reader->index[column]];
}

static enum status field_problem(struct depth_reader *reader, enum depth_column column,
                                 const char *allowed)
{
    struct text text = field(reader, column);
    enum status status = csv_problem(&reader->csv, reader->problem, column_names[column],
                                     "found \"%.*s\"", (int)(text.size < 60 ? text.size : 60),
                                     text.data);
    problem_allowed(reader->problem, "%s", allowed);
    return status;
}

/* A column that is not there, or an empty field, leaves *out as it is. */
static enum status read_integer(struct depth_reader *reader, enum depth_column column,
                                uint64_t *out)
{
    struct digits digits;
    if (!has(reader, column) || field(reader, column).size == 0)
        return STATUS_OK;
    if (!digits_read_padded(field(reader, column), &digits) || digits.decimals != 0 ||
        digits.mantissa > INT64_MAX)
        return field_problem(reader, column, "an integer from 0 to 9223372036854775807");
    *out = digits.mantissa;
    return STATUS_OK;
}

static enum status read_time(struct depth_reader *reader, enum depth_column column, int64_t *out)
{
    uint64_t value = (uint64_t)*out;
    enum status status = read_integer(reader, column, &value);
    *out = (int64_t)value;
    return status;
}

static enum status read_units(struct depth_reader *reader, enum depth_column column,
                              unsigned decimals, int64_t min, int64_t max, int64_t *out)
{
    struct digits digits;
    if (!digits_read_padded(field(reader, column), &digits))
        return field_problem(reader, column, "a decimal number that is not negative");
    digits_trim(&digits, decimals);
    if (digits.decimals > decimals)
        return field_problem(reader, column, "no more decimals than the instrument has");
    u128 units = (u128)digits.mantissa * (u128)power_of_ten(decimals - digits.decimals);
    if (units < (u128)min || units > (u128)max)
        return field_problem(reader, column,
                             min > 0 ? "a price above 0 that fits the decimals"
                                     : "a size that fits the decimals");
    *out = (int64_t)units;
    return STATUS_OK;
}

static enum status read_price(struct depth_reader *reader, enum depth_column column,
                              struct price *out)
{
    return read_units(reader, column, reader->source.price_decimals, 1, PRICE_UNITS_MAX,
                      &out->units);
}

static enum status read_size(struct depth_reader *reader, enum depth_column column,
                             struct quantity *out)
{
    return read_units(reader, column, reader->source.quantity_decimals, 0, QUANTITY_UNITS_MAX,
                      &out->units);
}

/* One of two words. */
static enum status read_side(struct depth_reader *reader, enum depth_column column, const char *buy,
                             const char *sell, uint32_t *out)
{
    struct text text = field(reader, column);
    if (text_equal_ignore_case(text, text_of(buy)))
        *out = SIDE_BUY;
    else if (text_equal_ignore_case(text, text_of(sell)))
        *out = SIDE_SELL;
    else
        return field_problem(reader, column, buy[1] == 'i' ? "bid or ask" : "buy or sell");
    return STATUS_OK;
}

/* ---- header ---------------------------------------------------------------------------------- */

static enum status header_problem(struct depth_reader *reader, const char *found)
{
    enum status status = csv_problem(&reader->csv, reader->problem, NULL, "%s", found);
    problem_allowed(reader->problem,
                    "a header with bid, bid_size, ask, ask_size or price, size [, side]");
    return status;
}

static enum status read_header(struct depth_reader *reader)
{
    enum status status = csv_reader_next(&reader->csv, reader->problem);
    if (status == STATUS_END)
        return problem_set(reader->problem, STATUS_DATA_INVALID, reader->source.path,
                           "the file is empty");
    if (status != STATUS_OK)
        return status;
    reader->field_count = reader->csv.field_count;
    for (size_t column = 0; column < DEPTH_COLUMN_COUNT; column++)
        reader->index[column] = NO_FIELD;
    for (size_t i = 0; i < reader->field_count; i++) {
        struct text name = reader->csv.fields[i];
        size_t column = 0;
        while (column < DEPTH_COLUMN_COUNT &&
               !text_equal_ignore_case(name, text_of(column_names[column])))
            column++;
        if (column == DEPTH_COLUMN_COUNT)
            return header_problem(reader, "a column that is not known");
        if (reader->index[column] != NO_FIELD)
            return header_problem(reader, "a column twice");
        reader->index[column] = i;
    }
    bool prices = has(reader, DEPTH_COLUMN_PRICE) && has(reader, DEPTH_COLUMN_SIZE);
    if (has(reader, DEPTH_COLUMN_BID) && has(reader, DEPTH_COLUMN_BID_SIZE) &&
        has(reader, DEPTH_COLUMN_ASK) && has(reader, DEPTH_COLUMN_ASK_SIZE))
        reader->kind = DEPTH_QUOTE;
    else if (prices)
        reader->kind = has(reader, DEPTH_COLUMN_SIDE) ? DEPTH_LEVELS : DEPTH_TRADE;
    else
        return header_problem(reader, "neither quotes nor levels nor trades");
    return STATUS_OK;
}

/* ---- rows ------------------------------------------------------------------------------------ */

#define TRY(call)                   \
    do {                            \
        enum status tried = (call); \
        if (tried != STATUS_OK)     \
            return tried;           \
    } while (0)

static enum status read_place(struct depth_reader *reader, struct row *row)
{
    uint64_t first = 0;
    uint64_t last = 0;
    TRY(read_time(reader, DEPTH_COLUMN_TS_NS, &row->receive_ns));
    TRY(read_time(reader, DEPTH_COLUMN_TS_NS, &row->event_ns));
    TRY(read_time(reader, DEPTH_COLUMN_RECV_NS, &row->receive_ns));
    TRY(read_time(reader, DEPTH_COLUMN_EXCH_NS, &row->event_ns));
    TRY(read_time(reader, DEPTH_COLUMN_TRADE_NS, &row->event_ns));
    TRY(read_integer(reader, DEPTH_COLUMN_SEQ, &last));
    TRY(read_integer(reader, DEPTH_COLUMN_UPDATE_ID, &last));
    TRY(read_integer(reader, DEPTH_COLUMN_LAST_ID, &last));
    first = last;
    TRY(read_integer(reader, DEPTH_COLUMN_FIRST_ID, &first));
    if (first > last)
        return field_problem(reader, DEPTH_COLUMN_FIRST_ID, "no more than last_id");
    row->first_seq = first;
    row->last_seq = last;
    reader->disorder = row->receive_ns < reader->receive_last_ns;
    if (reader->disorder)
        return field_problem(
            reader, has(reader, DEPTH_COLUMN_RECV_NS) ? DEPTH_COLUMN_RECV_NS : DEPTH_COLUMN_TS_NS,
            "times of arrival that do not go back");
    reader->receive_last_ns = row->receive_ns;
    return STATUS_OK;
}

static enum status read_kind(struct depth_reader *reader, bool *snapshot)
{
    *snapshot = reader->kind == DEPTH_LEVELS;
    if (!has(reader, DEPTH_COLUMN_KIND))
        return STATUS_OK;
    struct text kind = field(reader, DEPTH_COLUMN_KIND);
    *snapshot = text_equal(kind, TEXT("snapshot"));
    if (!*snapshot && !text_equal(kind, TEXT("update")))
        return field_problem(reader, DEPTH_COLUMN_KIND, "snapshot or update");
    return STATUS_OK;
}

static enum status read_levels_row(struct depth_reader *reader, struct row *row)
{
    TRY(read_side(reader, DEPTH_COLUMN_SIDE, "bid", "ask", &row->delta.side));
    TRY(read_price(reader, DEPTH_COLUMN_PRICE, &row->delta.price));
    return read_size(reader, DEPTH_COLUMN_SIZE, &row->delta.quantity);
}

static enum status read_quote_row(struct depth_reader *reader, struct row *row)
{
    TRY(read_price(reader, DEPTH_COLUMN_BID, &row->quote.bid));
    TRY(read_size(reader, DEPTH_COLUMN_BID_SIZE, &row->quote.bid_quantity));
    TRY(read_price(reader, DEPTH_COLUMN_ASK, &row->quote.ask));
    return read_size(reader, DEPTH_COLUMN_ASK_SIZE, &row->quote.ask_quantity);
}

static enum status read_trade_row(struct depth_reader *reader, struct row *row)
{
    TRY(read_integer(reader, DEPTH_COLUMN_TRADE_ID, &row->trade_id));
    TRY(read_integer(reader, DEPTH_COLUMN_AGG_ID, &row->trade_id));
    TRY(read_price(reader, DEPTH_COLUMN_PRICE, &row->trade.price));
    TRY(read_size(reader, DEPTH_COLUMN_SIZE, &row->trade.quantity));
    if (!has(reader, DEPTH_COLUMN_TAKER) || field(reader, DEPTH_COLUMN_TAKER).size == 0)
        return STATUS_OK;
    return read_side(reader, DEPTH_COLUMN_TAKER, "buy", "sell", &row->trade.taker);
}

static enum status read_fields(struct depth_reader *reader, struct row *row)
{
    reader->disorder = false;
    if (reader->csv.field_count != reader->field_count) {
        enum status status = csv_problem(&reader->csv, reader->problem, NULL, "%zu fields",
                                         reader->csv.field_count);
        problem_allowed(reader->problem, "%zu as in the first row", reader->field_count);
        return status;
    }
    TRY(read_place(reader, row));
    TRY(read_kind(reader, &row->snapshot));
    switch (reader->kind) {
    case DEPTH_LEVELS: return read_levels_row(reader, row);
    case DEPTH_QUOTE: return read_quote_row(reader, row);
    case DEPTH_TRADE: break;
    }
    return read_trade_row(reader, row);
}

/* The next row into reader->ahead; STATUS_END where there is none. */
static enum status read_row(struct depth_reader *reader)
{
    const struct depth_faults *faults = reader->source.faults;
    reader->has_ahead = false;
    for (;;) {
        enum status status = csv_reader_next(&reader->csv, reader->problem);
        if (status == STATUS_END)
            reader->ended = true;
        if (status != STATUS_OK)
            return status;
        reader->ahead = (struct row){0};
        status = read_fields(reader, &reader->ahead);
        reader->has_ahead = status == STATUS_OK;
        reader->counts.rows += status == STATUS_OK;
        if (status != STATUS_DATA_INVALID || faults == NULL)
            return status;
        faults->fault(faults->context, reader->csv.line, reader->disorder, reader->problem);
        problem_init(reader->problem);
    }
}

/* ---- messages -------------------------------------------------------------------------------- */

/* Makes room for one more item; the array may move. */
static enum status grow(struct depth_reader *reader, void *array, size_t item_size, size_t count,
                        size_t *capacity)
{
    if (count < *capacity)
        return STATUS_OK;
    if (count >= DEPTH_DELTAS_MAX)
        return problem_set(reader->problem, STATUS_DATA_INVALID, reader->source.path,
                           "more than %zu rows before a message or a snapshot ends",
                           DEPTH_DELTAS_MAX);
    size_t wanted = *capacity == 0 ? 1024 : *capacity * 2;
    void *old;
    memcpy(&old, array, sizeof old);
    void *moved = realloc(old, wanted * item_size);
    if (moved == NULL)
        return problem_set(reader->problem, STATUS_NO_MEMORY, reader->source.path,
                           "not enough memory");
    memcpy(array, &moved, sizeof moved);
    *capacity = wanted;
    return STATUS_OK;
}

static bool is_same_message(const struct row *a, const struct row *b)
{
    return a->snapshot == b->snapshot && a->first_seq == b->first_seq &&
           a->last_seq == b->last_seq && a->receive_ns == b->receive_ns;
}

/* Gathers the rows of one message of levels behind deltas[begin]. */
static enum status read_message(struct depth_reader *reader, size_t begin, struct message *out)
{
    if (!reader->has_ahead)
        return STATUS_END;
    *out = (struct message){.head = reader->ahead, .begin = begin};
    do {
        TRY(grow(reader, &reader->deltas, sizeof *reader->deltas, begin + out->count,
                 &reader->deltas_capacity));
        reader->deltas[begin + out->count++] = reader->ahead.delta;
        enum status status = read_row(reader);
        if (status != STATUS_OK && status != STATUS_END)
            return status;
    } while (reader->has_ahead && is_same_message(&out->head, &reader->ahead));
    if (out->head.snapshot) {
        reader->deltas[begin].flags |= DELTA_CLEAR;
        reader->deltas[begin + out->count - 1].flags |= DELTA_LAST;
    }
    return STATUS_OK;
}

static void give_message(struct depth_reader *reader, const struct message *message,
                         struct depth_event *out)
{
    *out = (struct depth_event){
        .kind = DEPTH_LEVELS,
        .count = (uint32_t)message->count,
        .receive_ns = message->head.receive_ns,
        .event_ns = message->head.event_ns,
        .first_seq = message->head.first_seq,
        .last_seq = message->head.last_seq,
        .deltas = &reader->deltas[message->begin],
    };
    reader->counts.levels_messages++;
    reader->counts.snapshots += message->head.snapshot;
    reader->counts.deltas += message->count;
}

/* The next held message that the snapshot does not contain; false where there is none. */
static bool give_held(struct depth_reader *reader, struct depth_event *out)
{
    while (reader->held_at < reader->held_count) {
        struct message *message = &reader->held[reader->held_at++];
        if (message->head.last_seq > reader->snapshot_seq) {
            message->head.receive_ns = reader->snapshot_receive_ns;
            reader->counts.held_kept++;
            give_message(reader, message, out);
            return true;
        }
        reader->counts.held_left_out++;
    }
    return false;
}

static enum status next_levels(struct depth_reader *reader, struct depth_event *out)
{
    struct message message;
    if (reader->has_snapshot && give_held(reader, out))
        return STATUS_OK;
    if (reader->has_snapshot)
        reader->held_deltas = 0;
    for (;;) {
        enum status status = read_message(reader, reader->held_deltas, &message);
        if (status == STATUS_END && !reader->has_snapshot)
            return problem_set(reader->problem, STATUS_DATA_INVALID, reader->source.path,
                               "no snapshot, so nothing to apply the updates to");
        if (status != STATUS_OK)
            return status;
        if (reader->has_snapshot || message.head.snapshot)
            break;
        TRY(grow(reader, &reader->held, sizeof *reader->held, reader->held_count,
                 &reader->held_capacity));
        reader->held[reader->held_count++] = message;
        reader->held_deltas += message.count;
    }
    if (!reader->has_snapshot) {
        reader->has_snapshot = true;
        reader->snapshot_seq = message.head.last_seq;
        reader->snapshot_receive_ns = message.head.receive_ns;
    }
    give_message(reader, &message, out);
    return STATUS_OK;
}

/* ---- trades ---------------------------------------------------------------------------------- */

static int by_trade_id(const void *a, const void *b)
{
    const struct row *left = a;
    const struct row *right = b;
    return (left->trade_id > right->trade_id) - (left->trade_id < right->trade_id);
}

/* Gathers a message's trades where the file numbers its messages, else one trade. */
static enum status read_trades(struct depth_reader *reader)
{
    reader->trades_count = reader->trades_at = 0;
    if (!reader->has_ahead)
        return STATUS_END;
    struct row head = reader->ahead;
    do {
        TRY(grow(reader, &reader->trades, sizeof *reader->trades, reader->trades_count,
                 &reader->trades_capacity));
        reader->trades[reader->trades_count++] = reader->ahead;
        enum status status = read_row(reader);
        if (status != STATUS_OK && status != STATUS_END)
            return status;
    } while (has(reader, DEPTH_COLUMN_SEQ) && reader->has_ahead &&
             is_same_message(&head, &reader->ahead));
    qsort(reader->trades, reader->trades_count, sizeof *reader->trades, by_trade_id);
    return STATUS_OK;
}

static enum status next_trade(struct depth_reader *reader, struct depth_event *out)
{
    for (;;) {
        if (reader->trades_at == reader->trades_count)
            TRY(read_trades(reader));
        const struct row *row = &reader->trades[reader->trades_at++];
        if (row->trade_id != 0) {
            if (row->trade_id <= reader->trade_id_last) {
                reader->counts.trades_repeated++;
                continue;
            }
            reader->trade_id_last = row->trade_id;
        }
        *out = (struct depth_event){.kind = DEPTH_TRADE,
                                    .receive_ns = row->receive_ns,
                                    .event_ns = row->event_ns,
                                    .last_seq = row->trade_id,
                                    .trade = row->trade};
        reader->counts.trades++;
        return STATUS_OK;
    }
}

static enum status next_quote(struct depth_reader *reader, struct depth_event *out)
{
    if (!reader->has_ahead)
        return STATUS_END;
    const struct row *row = &reader->ahead;
    *out = (struct depth_event){.kind = DEPTH_QUOTE,
                                .receive_ns = row->receive_ns,
                                .event_ns = row->event_ns,
                                .first_seq = row->last_seq,
                                .last_seq = row->last_seq,
                                .quote = row->quote};
    enum status status = read_row(reader);
    if (status != STATUS_OK && status != STATUS_END)
        return status;
    reader->counts.quotes++;
    return STATUS_OK;
}

/* ---- the reader ------------------------------------------------------------------------------ */

enum status depth_reader_open_bytes(const struct depth_source *source, struct byte_source *bytes,
                                    struct depth_reader **out, struct problem *problem)
{
    *out = NULL;
    ASSERT(source->price_decimals + source->quantity_decimals <= 18);
    struct depth_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, source->path, "not enough memory");
    reader->source = *source;
    reader->bytes = bytes;
    reader->problem = problem;
    enum status status = csv_reader_init(&reader->csv, bytes, problem);
    if (status == STATUS_OK) {
        status = read_header(reader);
        if (status == STATUS_OK)
            status = read_row(reader);
        if (status == STATUS_END)
            status = problem_set(problem, STATUS_DATA_INVALID, source->path,
                                 "a header and no rows");
    }
    if (status != STATUS_OK) {
        depth_reader_close(reader);
        return status;
    }
    *out = reader;
    return STATUS_OK;
}

enum status depth_reader_open(const struct depth_source *source, struct depth_reader **out,
                              struct problem *problem)
{
    struct byte_source *bytes = NULL;
    *out = NULL;
    TRY(byte_source_open_file(source->path, &bytes, problem));
    TRY(byte_source_open_decoded(bytes, &bytes, problem));
    enum status status = depth_reader_open_bytes(source, bytes, out, problem);
    if (status != STATUS_OK)
        byte_source_close(bytes);
    else
        (*out)->owns = true;
    return status;
}

enum status depth_reader_next(struct depth_reader *reader, struct depth_event *out,
                              struct problem *problem)
{
    reader->problem = problem;
    switch (reader->kind) {
    case DEPTH_LEVELS: return next_levels(reader, out);
    case DEPTH_QUOTE: return next_quote(reader, out);
    case DEPTH_TRADE: break;
    }
    return next_trade(reader, out);
}

uint64_t depth_reader_line(const struct depth_reader *reader)
{
    return reader->csv.line;
}

const struct depth_counts *depth_reader_counts(const struct depth_reader *reader)
{
    return &reader->counts;
}

enum depth_kind depth_reader_kind(const struct depth_reader *reader)
{
    return reader->kind;
}

void depth_reader_close(struct depth_reader *reader)
{
    if (reader == NULL)
        return;
    csv_reader_release(&reader->csv);
    if (reader->owns)
        byte_source_close(reader->bytes);
    free(reader->deltas);
    free(reader->trades);
    free(reader->held);
    free(reader);
}

/* ---- what a file is -------------------------------------------------------------------------- */

/* A reader that has read the header; the caller closes it. */
static enum status open_header(const char *path, struct depth_reader **out, struct problem *problem)
{
    struct byte_source *bytes = NULL;
    *out = NULL;
    TRY(byte_source_open_file(path, &bytes, problem));
    TRY(byte_source_open_decoded(bytes, &bytes, problem));
    struct depth_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL) {
        byte_source_close(bytes);
        return problem_set(problem, STATUS_NO_MEMORY, path, "not enough memory");
    }
    *reader = (struct depth_reader){
        .bytes = bytes, .owns = true, .source.path = path, .problem = problem};
    enum status status = csv_reader_init(&reader->csv, bytes, problem);
    if (status == STATUS_OK)
        status = read_header(reader);
    if (status != STATUS_OK)
        depth_reader_close(reader);
    else
        *out = reader;
    return status;
}

bool depth_is_recording(const char *path)
{
    struct depth_reader *reader;
    struct problem problem;
    problem_init(&problem);
    bool is = open_header(path, &reader, &problem) == STATUS_OK;
    depth_reader_close(reader);
    return is;
}

enum status depth_decimals(const char *path, unsigned *price_decimals, unsigned *quantity_decimals,
                           struct problem *problem)
{
    static const enum depth_column columns[] = {DEPTH_COLUMN_PRICE,    DEPTH_COLUMN_BID,
                                                DEPTH_COLUMN_ASK,      DEPTH_COLUMN_SIZE,
                                                DEPTH_COLUMN_BID_SIZE, DEPTH_COLUMN_ASK_SIZE};
    struct depth_reader *reader;
    unsigned most[2] = {0};
    TRY(open_header(path, &reader, problem));
    enum status status;
    while ((status = csv_reader_next(&reader->csv, problem)) == STATUS_OK) {
        for (size_t i = 0; i < ARRAY_COUNT(columns); i++) {
            struct digits digits;
            size_t at = reader->index[columns[i]];
            /* Of a row that cannot be read whoever reads it tells. */
            if (at >= reader->csv.field_count ||
                !digits_read_padded(reader->csv.fields[at], &digits))
                continue;
            digits_trim(&digits, 0);
            most[i / 3] = digits.decimals > most[i / 3] ? digits.decimals : most[i / 3];
        }
    }
    depth_reader_close(reader);
    *price_decimals = most[0];
    *quantity_decimals = most[1];
    if (status != STATUS_END)
        return status;
    if (most[0] + most[1] <= 18)
        return STATUS_OK;
    problem_set(problem, STATUS_DATA_INVALID, path, "prices with %u decimals, sizes with %u",
                most[0], most[1]);
    problem_allowed(problem, "18 together");
    return STATUS_DATA_INVALID;
}
