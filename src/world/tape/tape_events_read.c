#include <stdlib.h>
#include <string.h>

#include "core/model/limits.h"
#include "world/tape/column_forms.h"
#include "world/tape/tape_events.h"

struct tape_events {
    struct tape_reader *reader; /* borrowed */
    const struct tape_summary *summary;
    const char *name; /* borrowed */
    enum depth_kind kind;
    size_t block;       /* the next one */
    size_t row, rows;   /* of the block that is in the columns */
    int64_t receive_ns; /* of the last row */
    int64_t *columns[TAPE_COLUMNS_MAX];
    void *scratch;
    struct delta *deltas; /* of the message being made */
    size_t deltas_capacity;
    uint64_t cut;
};

enum { RECEIVE, EVENT, SPAN, SEQ, BID, SPREAD, BID_QUANTITY, ASK_QUANTITY };
enum { PRICE = BID, QUANTITY, SIDE, FLAGS };

/* ---- blocks ---------------------------------------------------------------------------------- */

static enum status judge(const struct tape_summary *summary, const char *name, bool cut,
                         struct problem *problem)
{
    if (summary->facts.kind == TAPE_BARS) {
        problem_set(problem, STATUS_DATA_INVALID, name, "a tape of bars");
        problem_allowed(problem, "a tape of quotes, trades or depth");
        return STATUS_DATA_INVALID;
    }
    if (!summary->complete && !cut) {
        problem_set(problem, STATUS_TRUNCATED, name,
                    "the tape was cut or is being written: it has no end behind its %llu rows",
                    (unsigned long long)summary->rows);
        problem_next(problem, "tern data import %s makes a whole tape of what is there", name);
        return STATUS_TRUNCATED;
    }
    return STATUS_OK;
}

enum status tape_events_open(struct tape_reader *reader, const char *name, int64_t from_ns,
                             bool cut, struct tape_events **out, struct problem *problem)
{
    const struct tape_summary *summary = tape_reader_summary(reader);
    *out = NULL;
    enum status status = judge(summary, name, cut, problem);
    if (status != STATUS_OK)
        return status;
    struct tape_events *events = calloc(1, sizeof *events);
    int64_t *rows = malloc(TAPE_COLUMNS_MAX * TAPE_BLOCK_ROWS * sizeof *rows);
    void *scratch = malloc(COLUMN_SCRATCH_SIZE);
    if (events == NULL || rows == NULL || scratch == NULL) {
        free(events);
        free(rows);
        free(scratch);
        return problem_set(problem, STATUS_NO_MEMORY, name, "not enough memory");
    }
    events->reader = reader;
    events->summary = summary;
    events->name = name;
    events->kind = tape_depth_kind(summary->facts.kind);
    events->block = tape_reader_find(reader, from_ns);
    events->receive_ns = INT64_MIN;
    events->scratch = scratch;
    for (size_t i = 0; i < TAPE_COLUMNS_MAX; i++)
        events->columns[i] = rows + i * TAPE_BLOCK_ROWS;
    *out = events;
    return STATUS_OK;
}

void tape_events_close(struct tape_events *events)
{
    if (events == NULL)
        return;
    free(events->columns[0]);
    free(events->scratch);
    free(events->deltas);
    free(events);
}

uint64_t tape_events_cut(const struct tape_events *events)
{
    return events->cut;
}

static bool within(int64_t value, int64_t least, int64_t most)
{
    return value >= least && value <= most;
}

static bool quote_is_possible(const struct tape_events *events, size_t i)
{
    int64_t *const *columns = events->columns;
    int64_t ask;
    return within(columns[BID][i], 0, PRICE_UNITS_MAX) &&
           !__builtin_add_overflow(columns[BID][i], columns[SPREAD][i], &ask) &&
           within(ask, 0, PRICE_UNITS_MAX) &&
           within(columns[BID_QUANTITY][i], 0, QUANTITY_UNITS_MAX) &&
           within(columns[ASK_QUANTITY][i], 0, QUANTITY_UNITS_MAX);
}

static bool delta_is_possible(const struct tape_events *events, size_t i)
{
    int64_t *const *columns = events->columns;
    int64_t flags = columns[FLAGS][i];
    if (!within(flags, 0, 2 * (int64_t)TAPE_NOTHING - 1) ||
        (flags & ~(int64_t)(DELTA_CLEAR | DELTA_LAST | TAPE_FIRST | TAPE_LAST | TAPE_NOTHING)) != 0)
        return false;
    if ((flags & TAPE_NOTHING) != 0)
        return flags == (TAPE_FIRST | TAPE_LAST | TAPE_NOTHING) && columns[PRICE][i] == 0 &&
               columns[QUANTITY][i] == 0 && columns[SIDE][i] == 0;
    return within(columns[PRICE][i], 1, PRICE_UNITS_MAX) &&
           within(columns[QUANTITY][i], 0, QUANTITY_UNITS_MAX) &&
           within(columns[SIDE][i], SIDE_BUY, SIDE_SELL);
}

static bool row_is_possible(const struct tape_events *events, size_t i)
{
    int64_t *const *columns = events->columns;
    int64_t before = i == 0 ? events->receive_ns : columns[RECEIVE][i - 1];
    if (columns[RECEIVE][i] < before || columns[RECEIVE][i] < 0 || columns[EVENT][i] < 0 ||
        columns[SPAN][i] < 0 || (uint64_t)columns[SPAN][i] > (uint64_t)columns[SEQ][i])
        return false;
    switch (events->kind) {
    case DEPTH_QUOTE: return quote_is_possible(events, i);
    case DEPTH_LEVELS: return delta_is_possible(events, i);
    case DEPTH_TRADE: break;
    }
    return within(columns[PRICE][i], 1, PRICE_UNITS_MAX) &&
           within(columns[QUANTITY][i], 0, QUANTITY_UNITS_MAX) &&
           within(columns[SIDE][i], 0, SIDE_SELL);
}

/* Unpacks the next block into the columns and judges its rows. */
static enum status load_block(struct tape_events *events, struct problem *problem)
{
    struct column_reader columns[TAPE_COLUMNS_MAX];
    size_t index = events->block, rows;
    if (index == events->summary->blocks_count)
        return STATUS_END;
    enum status status = tape_reader_block(events->reader, index, &rows, columns, problem);
    if (status != STATUS_OK)
        return status;
    for (unsigned i = 0; i < tape_kind_columns(events->summary->facts.kind); i++) {
        if (columns[i].note.decimals > (i == EVENT ? TAPE_ONE_CLOCK : 0) ||
            column_read(&columns[i], events->columns[i], rows, events->scratch) != STATUS_OK)
            return tape_reader_fault(events->reader, index, "a column does not fit", problem);
    }
    if (columns[EVENT].note.decimals == TAPE_ONE_CLOCK) {
        for (size_t i = 0; i < rows; i++)
            events->columns[EVENT][i] = (int64_t)((uint64_t)events->columns[EVENT][i] +
                                                  (uint64_t)events->columns[RECEIVE][i]);
    }
    const struct tape_block *block = &events->summary->blocks[index];
    if (events->columns[RECEIVE][0] != block->first_ns ||
        events->columns[RECEIVE][rows - 1] != block->last_ns)
        return tape_reader_fault(events->reader, index, "its times are not those of its head",
                                 problem);
    for (size_t i = 0; i < rows; i++) {
        if (!row_is_possible(events, i))
            return tape_reader_fault(events->reader, index, "it has rows that cannot be", problem);
    }
    events->receive_ns = block->last_ns;
    events->row = 0;
    events->rows = rows;
    events->block++;
    return STATUS_OK;
}

/* ---- events ---------------------------------------------------------------------------------- */

static void fill(const struct tape_events *events, size_t row, struct depth_event *out)
{
    int64_t *const *columns = events->columns;
    *out = (struct depth_event){
        .kind = events->kind,
        .receive_ns = columns[RECEIVE][row],
        .event_ns = columns[EVENT][row],
        .first_seq = events->kind == DEPTH_TRADE
                         ? (uint64_t)columns[SPAN][row]
                         : (uint64_t)columns[SEQ][row] - (uint64_t)columns[SPAN][row],
        .last_seq = (uint64_t)columns[SEQ][row],
    };
    if (events->kind == DEPTH_QUOTE)
        out->quote = (struct quote){{columns[BID][row]},
                                    {columns[BID][row] + columns[SPREAD][row]},
                                    {columns[BID_QUANTITY][row]},
                                    {columns[ASK_QUANTITY][row]}};
    else if (events->kind == DEPTH_TRADE)
        out->trade = (struct trade){.price = {columns[PRICE][row]},
                                    .quantity = {columns[QUANTITY][row]},
                                    .taker = (uint32_t)columns[SIDE][row]};
}

static bool room_for_delta(struct tape_events *events, size_t count)
{
    if (count < events->deltas_capacity)
        return true;
    size_t capacity = events->deltas_capacity == 0 ? 1024 : events->deltas_capacity * 2;
    struct delta *deltas = realloc(events->deltas, capacity * sizeof *deltas);
    if (deltas == NULL)
        return false;
    events->deltas = deltas;
    events->deltas_capacity = capacity;
    return true;
}

/* Gathers rows up to one with TAPE_LAST; what began before a TAPE_FIRST was cut. */
static enum status next_message(struct tape_events *events, struct depth_event *out,
                                struct problem *problem)
{
    size_t count = 0;
    bool open = false;
    for (;;) {
        if (events->row == events->rows) {
            enum status status = load_block(events, problem);
            events->cut += status == STATUS_END && open;
            if (status != STATUS_OK)
                return status;
        }
        size_t row = events->row++;
        uint32_t flags = (uint32_t)events->columns[FLAGS][row];
        if ((flags & TAPE_FIRST) != 0) {
            events->cut += open;
            open = true;
            count = 0;
            fill(events, row, out);
        } else if (!open) {
            continue; /* the reading began within a message */
        }
        if ((flags & TAPE_NOTHING) == 0) {
            if (count == DEPTH_DELTAS_MAX)
                return problem_set(problem, STATUS_DATA_INVALID, events->name,
                                   "a message of more than %zu deltas", DEPTH_DELTAS_MAX);
            if (!room_for_delta(events, count))
                return problem_set(problem, STATUS_NO_MEMORY, events->name, "not enough memory");
            events->deltas[count++] = (struct delta){{events->columns[PRICE][row]},
                                                     {events->columns[QUANTITY][row]},
                                                     (uint32_t)events->columns[SIDE][row],
                                                     flags & (DELTA_CLEAR | DELTA_LAST)};
        }
        if ((flags & TAPE_LAST) != 0)
            break;
    }
    out->count = (uint32_t)count;
    out->deltas = events->deltas;
    return STATUS_OK;
}

enum status tape_events_next(struct tape_events *events, struct depth_event *out,
                             struct problem *problem)
{
    if (events->kind == DEPTH_LEVELS)
        return next_message(events, out, problem);
    if (events->row == events->rows) {
        enum status status = load_block(events, problem);
        if (status != STATUS_OK)
            return status;
    }
    fill(events, events->row++, out);
    return STATUS_OK;
}

/* ---- a whole tape ---------------------------------------------------------------------------- */

/* Between the decimals of the tape and those that are wanted: one of the two is 1. */
struct scale {
    int64_t times, over;
};

static struct scale scale_of(unsigned from, unsigned to)
{
    return (struct scale){power_of_ten(to > from ? to - from : 0),
                          power_of_ten(from > to ? from - to : 0)};
}

static bool rescale(struct scale scale, int64_t most, int64_t *units)
{
    if (*units % scale.over != 0)
        return false;
    *units /= scale.over;
    return !__builtin_mul_overflow(*units, scale.times, units) && *units <= most;
}

struct loading {
    const struct depth_source *source;
    struct depth_data *data;
    struct depth_packer packer;
    struct scale price, quantity;
};

static bool rescale_event(const struct loading *loading, struct depth_event *event,
                          struct delta *deltas)
{
    struct quote *quote = &event->quote;
    bool good = true;
    if (event->kind == DEPTH_QUOTE)
        return rescale(loading->price, PRICE_UNITS_MAX, &quote->bid.units) &&
               rescale(loading->price, PRICE_UNITS_MAX, &quote->ask.units) &&
               rescale(loading->quantity, QUANTITY_UNITS_MAX, &quote->bid_quantity.units) &&
               rescale(loading->quantity, QUANTITY_UNITS_MAX, &quote->ask_quantity.units);
    if (event->kind == DEPTH_TRADE)
        return rescale(loading->price, PRICE_UNITS_MAX, &event->trade.price.units) &&
               rescale(loading->quantity, QUANTITY_UNITS_MAX, &event->trade.quantity.units);
    for (uint32_t i = 0; i < event->count; i++) {
        good &= rescale(loading->price, PRICE_UNITS_MAX, &deltas[i].price.units);
        good &= rescale(loading->quantity, QUANTITY_UNITS_MAX, &deltas[i].quantity.units);
    }
    return good;
}

static void count_event(struct depth_counts *counts, const struct depth_event *event)
{
    counts->rows += event->kind == DEPTH_LEVELS ? event->count : 1;
    counts->quotes += event->kind == DEPTH_QUOTE;
    counts->trades += event->kind == DEPTH_TRADE;
    if (event->kind != DEPTH_LEVELS)
        return;
    counts->levels_messages++;
    counts->deltas += event->count;
    counts->snapshots += event->count > 0 && (event->deltas[0].flags & DELTA_CLEAR) != 0;
}

static enum status load(struct loading *loading, struct tape_events *events,
                        struct problem *problem)
{
    const char *path = loading->source->path;
    struct depth_event event;
    enum status status;
    while ((status = tape_events_next(events, &event, problem)) == STATUS_OK) {
        if (!rescale_event(loading, &event, events->deltas)) {
            problem_set(problem, STATUS_DATA_INVALID, path,
                        "a price or size that does not fit %u and %u decimals",
                        loading->source->price_decimals, loading->source->quantity_decimals);
            problem_next(problem, "price_decimals and quantity_decimals of the instrument");
            return STATUS_DATA_INVALID;
        }
        count_event(&loading->data->counts, &event);
        status = depth_packer_add(&loading->packer, &event);
        if (status != STATUS_OK)
            return problem_set(problem, status, path, "%s", status_sentence(status));
    }
    return status == STATUS_END ? STATUS_OK : status;
}

static enum status judge_kind(const struct depth_source *source, enum tape_kind found,
                              enum depth_kind kind, struct problem *problem)
{
    if (found == tape_kind_of(kind))
        return STATUS_OK;
    problem_set(problem, STATUS_DATA_INVALID, source->path, "a tape of %s", tape_kind_name(found));
    problem_allowed(problem, "%s, as `kind` says", tape_kind_name(tape_kind_of(kind)));
    return STATUS_DATA_INVALID;
}

enum status tape_events_read(const struct depth_source *source, enum depth_kind kind,
                             struct depth_data *out, struct problem *problem)
{
    struct tape_reader *reader;
    struct tape_events *events = NULL;
    struct loading loading = {.source = source, .data = out};
    *out = (struct depth_data){0};
    enum status status = tape_reader_open(source->path, &reader, problem);
    if (status != STATUS_OK)
        return status;
    const struct tape_facts *facts = &tape_reader_summary(reader)->facts;
    loading.price = scale_of(facts->price_decimals, source->price_decimals);
    loading.quantity = scale_of(facts->quantity_decimals, source->quantity_decimals);
    status = judge_kind(source, facts->kind, kind, problem);
    if (status == STATUS_OK)
        status = tape_events_open(reader, source->path, INT64_MIN, false, &events, problem);
    if (status == STATUS_OK) {
        depth_packer_begin(&loading.packer, kind, out);
        status = load(&loading, events, problem);
        if (status == STATUS_OK && out->count == 0)
            status = problem_set(problem, STATUS_DATA_INVALID, source->path, "no rows");
        depth_packer_end(&loading.packer);
    }
    tape_events_close(events);
    tape_reader_close(reader);
    if (status != STATUS_OK)
        depth_data_release(out);
    return status;
}
