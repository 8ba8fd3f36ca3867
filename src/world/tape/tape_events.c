#include "world/tape/tape_events.h"

#include <stdlib.h>
#include <string.h>

#include "core/model/limits.h"

struct tape_events_writer {
    struct tape_writer *tape;
    enum depth_kind kind;
    const char *path; /* owned */
    int64_t *columns[TAPE_COLUMNS_MAX];
    size_t pending; /* rows in the columns */
    struct tape_events_state state;
    struct depth_hash hash;
};

/* The columns in the order of the table in tape.h. */
enum { RECEIVE, EVENT, SPAN, SEQ, BID, SPREAD, BID_QUANTITY, ASK_QUANTITY };
enum { PRICE = BID, QUANTITY, SIDE, FLAGS };

enum tape_kind tape_kind_of(enum depth_kind kind)
{
    switch (kind) {
    case DEPTH_LEVELS: return TAPE_LEVELS;
    case DEPTH_QUOTE: return TAPE_QUOTES;
    case DEPTH_TRADE: break;
    }
    return TAPE_TRADES;
}

enum depth_kind tape_depth_kind(enum tape_kind kind)
{
    ASSERT(kind != TAPE_BARS);
    return kind == TAPE_LEVELS ? DEPTH_LEVELS : kind == TAPE_QUOTES ? DEPTH_QUOTE : DEPTH_TRADE;
}

/* ---- the writer ------------------------------------------------------------------------------ */

static void writer_free(struct tape_events_writer *writer)
{
    depth_hash_release(&writer->hash);
    free((void *)(uintptr_t)writer->path);
    free(writer->columns[0]);
    free(writer);
}

static enum status writer_new(const char *path, const struct tape_facts *facts,
                              struct tape_events_writer **out, struct problem *problem)
{
    struct tape_events_writer *writer = calloc(1, sizeof *writer);
    int64_t *rows = malloc(TAPE_COLUMNS_MAX * TAPE_BLOCK_ROWS * sizeof *rows);
    *out = NULL;
    if (writer == NULL || rows == NULL) {
        free(writer);
        free(rows);
        return problem_set(problem, STATUS_NO_MEMORY, path, "not enough memory");
    }
    for (size_t i = 0; i < TAPE_COLUMNS_MAX; i++)
        writer->columns[i] = rows + i * TAPE_BLOCK_ROWS;
    writer->kind = tape_depth_kind(facts->kind);
    writer->path = strdup(path);
    writer->state.last_ns = INT64_MIN;
    if (writer->path == NULL || depth_hash_init(&writer->hash) != STATUS_OK) {
        writer_free(writer);
        return problem_set(problem, STATUS_NO_MEMORY, path, "not enough memory");
    }
    *out = writer;
    return STATUS_OK;
}

enum status tape_events_create(const char *path, const struct tape_facts *facts,
                               struct tape_events_writer **out, struct problem *problem)
{
    struct tape_events_writer *writer;
    *out = NULL;
    enum status status = writer_new(path, facts, &writer, problem);
    if (status != STATUS_OK)
        return status;
    status = tape_writer_create(path, facts, &writer->tape, problem);
    if (status != STATUS_OK)
        writer_free(writer);
    else
        *out = writer;
    return status;
}

static void note_event(struct tape_events_writer *writer, const struct depth_event *event)
{
    depth_hash_add(&writer->hash, event);
    writer->state.events++;
    writer->state.last_ns = event->receive_ns;
    writer->state.last_seq = event->last_seq;
}

/* What is there already, so that number and hash go on behind it. */
static enum status read_there(struct tape_events_writer *writer, struct problem *problem)
{
    struct tape_reader *reader;
    struct tape_events *events = NULL;
    struct depth_event event;
    enum status status = tape_reader_open(writer->path, &reader, problem);
    if (status != STATUS_OK)
        return status;
    status = tape_events_open(reader, writer->path, INT64_MIN, true, &events, problem);
    while (status == STATUS_OK) {
        status = tape_events_next(events, &event, problem);
        if (status == STATUS_OK)
            note_event(writer, &event);
    }
    tape_events_close(events);
    tape_reader_close(reader);
    return status == STATUS_END ? STATUS_OK : status;
}

enum status tape_events_resume(const char *path, const struct tape_facts *facts,
                               struct tape_events_writer **out, struct problem *problem)
{
    struct tape_events_writer *writer;
    *out = NULL;
    enum status status = writer_new(path, facts, &writer, problem);
    if (status != STATUS_OK)
        return status;
    status = tape_writer_resume(path, facts, &writer->tape, problem);
    writer->state.rows = status == STATUS_OK ? tape_writer_rows(writer->tape) : 0;
    if (writer->state.rows > 0)
        status = read_there(writer, problem);
    if (status != STATUS_OK) {
        tape_events_abort(writer);
        return status;
    }
    /* A message that was cut counts for time all the same: its rows are in the file. */
    writer->state.last_ns = i64_max(writer->state.last_ns, tape_writer_last_ns(writer->tape));
    *out = writer;
    return STATUS_OK;
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* A recording with one clock has no delays at all. One with two has rounder times than delays, so
 * the block has whichever it has in every row: the note of the column says so. */
static enum status write_block(struct tape_events_writer *writer)
{
    struct column_note notes[TAPE_COLUMNS_MAX] = {0};
    const int64_t *receive = writer->columns[RECEIVE], *event = writer->columns[EVENT];
    size_t rows = writer->pending;
    writer->pending = 0;
    if (rows == 0)
        return STATUS_OK;
    bool one_clock = memcmp(receive, event, rows * sizeof *event) == 0;
    if (one_clock)
        memset(writer->columns[EVENT], 0, rows * sizeof *event);
    notes[EVENT].decimals = one_clock ? TAPE_ONE_CLOCK : 0;
    return tape_writer_block(writer->tape, writer->columns, rows, notes);
}

/* The place of the next row, with times and numbers filled in. */
static enum status add_row(struct tape_events_writer *writer, const struct depth_event *event,
                           size_t *row)
{
    enum status status = STATUS_OK;
    if (writer->pending == TAPE_BLOCK_ROWS)
        status = write_block(writer);
    *row = writer->pending++;
    writer->columns[RECEIVE][*row] = event->receive_ns;
    writer->columns[EVENT][*row] = event->event_ns;
    writer->columns[SPAN][*row] = event->kind == DEPTH_TRADE
                                      ? (int64_t)event->first_seq
                                      : (int64_t)(event->last_seq - event->first_seq);
    writer->columns[SEQ][*row] = (int64_t)event->last_seq;
    writer->state.rows++;
    return status;
}

static enum status put_delta(struct tape_events_writer *writer, const struct depth_event *event,
                             const struct delta *delta, uint32_t flags)
{
    size_t row;
    enum status status = add_row(writer, event, &row);
    writer->columns[PRICE][row] = delta->price.units;
    writer->columns[QUANTITY][row] = delta->quantity.units;
    writer->columns[SIDE][row] = (int64_t)delta->side;
    writer->columns[FLAGS][row] = (int64_t)(delta->flags | flags);
    return status;
}

static enum status put_levels(struct tape_events_writer *writer, const struct depth_event *event)
{
    static const struct delta nothing = {0};
    if (event->count == 0)
        return put_delta(writer, event, &nothing, TAPE_FIRST | TAPE_LAST | TAPE_NOTHING);
    enum status status = STATUS_OK;
    for (uint32_t i = 0; i < event->count && status == STATUS_OK; i++)
        status = put_delta(writer, event, &event->deltas[i],
                           (i == 0 ? TAPE_FIRST : 0) | (i + 1 == event->count ? TAPE_LAST : 0));
    return status;
}

static enum status put_quote(struct tape_events_writer *writer, const struct depth_event *event)
{
    size_t row;
    enum status status = add_row(writer, event, &row);
    writer->columns[BID][row] = event->quote.bid.units;
    writer->columns[SPREAD][row] = event->quote.ask.units - event->quote.bid.units;
    writer->columns[BID_QUANTITY][row] = event->quote.bid_quantity.units;
    writer->columns[ASK_QUANTITY][row] = event->quote.ask_quantity.units;
    return status;
}

static enum status put_trade(struct tape_events_writer *writer, const struct depth_event *event)
{
    size_t row;
    enum status status = add_row(writer, event, &row);
    writer->columns[PRICE][row] = event->trade.price.units;
    writer->columns[QUANTITY][row] = event->trade.quantity.units;
    writer->columns[SIDE][row] = (int64_t)event->trade.taker;
    return status;
}

static bool price_is_possible(struct price price)
{
    return price.units >= 0 && price.units <= PRICE_UNITS_MAX;
}

static bool quantity_is_possible(struct quantity quantity)
{
    return quantity.units >= 0 && quantity.units <= QUANTITY_UNITS_MAX;
}

/* What every reader of a tape may rely on. */
static bool is_possible(const struct depth_event *event)
{
    if (event->first_seq > event->last_seq || event->receive_ns < 0 || event->event_ns < 0)
        return false;
    if (event->kind == DEPTH_QUOTE)
        return price_is_possible(event->quote.bid) && price_is_possible(event->quote.ask) &&
               quantity_is_possible(event->quote.bid_quantity) &&
               quantity_is_possible(event->quote.ask_quantity);
    if (event->kind == DEPTH_TRADE)
        return price_is_possible(event->trade.price) && event->trade.price.units > 0 &&
               quantity_is_possible(event->trade.quantity) && event->trade.taker <= SIDE_SELL;
    for (uint32_t i = 0; i < event->count; i++) {
        const struct delta *delta = &event->deltas[i];
        if (!price_is_possible(delta->price) || delta->price.units == 0 ||
            !quantity_is_possible(delta->quantity) || delta->side < SIDE_BUY ||
            delta->side > SIDE_SELL || delta->flags > (DELTA_CLEAR | DELTA_LAST))
            return false;
    }
    return event->count <= DEPTH_DELTAS_MAX;
}

enum status tape_events_put(struct tape_events_writer *writer, const struct depth_event *event,
                            struct problem *problem)
{
    ASSERT(event->kind == writer->kind);
    if (event->receive_ns < writer->state.last_ns)
        return problem_set(problem, STATUS_DATA_INVALID, writer->path,
                           "an event that was received before the last one");
    if (!is_possible(event))
        return problem_set(problem, STATUS_DATA_INVALID, writer->path,
                           "an event with a price, a size, a side or a number that cannot be");
    enum status status = event->kind == DEPTH_LEVELS  ? put_levels(writer, event)
                         : event->kind == DEPTH_QUOTE ? put_quote(writer, event)
                                                      : put_trade(writer, event);
    note_event(writer, event);
    if (status != STATUS_OK)
        return problem_set(problem, status, writer->path, "the tape cannot be written");
    return STATUS_OK;
}

enum status tape_events_flush(struct tape_events_writer *writer)
{
    enum status status = write_block(writer);
    return status == STATUS_OK ? tape_writer_sync(writer->tape) : status;
}

bool tape_events_pending(const struct tape_events_writer *writer)
{
    return writer->pending > 0;
}

struct tape_events_state tape_events_state(const struct tape_events_writer *writer)
{
    struct tape_events_state state = writer->state;
    state.content_hash = depth_hash_value(&writer->hash);
    return state;
}

enum status tape_events_finish(struct tape_events_writer *writer, bool replace,
                               struct problem *problem)
{
    /* A failure stays with the writer and comes again. */
    (void)write_block(writer);
    enum status status = tape_writer_finish(writer->tape, depth_hash_value(&writer->hash), replace,
                                            problem);
    writer->tape = NULL;
    writer_free(writer);
    return status;
}

void tape_events_abort(struct tape_events_writer *writer)
{
    if (writer == NULL)
        return;
    tape_writer_abort(writer->tape);
    writer_free(writer);
}
