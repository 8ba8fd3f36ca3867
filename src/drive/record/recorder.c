#include "drive/record/recorder.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Between two looks at the clock, of a feed that comes as fast as it goes. */
#define EVENTS_BETWEEN_LOOKS 512u
#define LIVE_WAIT_NS (NANOSECONDS_PER_SECOND / 10)

/* ---- tapes ----------------------------------------------------------------------------------- */

static bool path_of(const struct recorder *recorder, const struct feed_instrument *instrument,
                    enum depth_kind kind, char out[RECORD_PATH_SIZE])
{
    char name[TAPE_INSTRUMENT_SIZE];
    (void)text_copy(name, sizeof name, text_of(instrument->name));
    for (char *at = name; *at != '\0'; at++)
        *at = isalnum((unsigned char)*at) != 0 || *at == '_' ? (char)tolower((unsigned char)*at)
                                                             : '-';
    int size = snprintf(out, RECORD_PATH_SIZE, "%s/%s-%s.tape", recorder->options.directory, name,
                        tape_kind_name(tape_kind_of(kind)));
    return size > 0 && (uint32_t)size < RECORD_PATH_SIZE;
}

static struct recorded_tape *find(struct recorder *recorder, uint32_t instrument,
                                  enum depth_kind kind)
{
    for (uint32_t i = 0; i < recorder->tapes_count; i++) {
        struct recorded_tape *tape = &recorder->tapes[i];
        if (tape->instrument == instrument && tape->kind == kind)
            return tape;
    }
    return NULL;
}

static enum status open_tape(struct recorder *recorder, uint32_t instrument, enum depth_kind kind,
                             struct problem *problem)
{
    const struct feed_instrument *listed = &recorder->feed->instruments[instrument];
    struct recorded_tape *tape = &recorder->tapes[recorder->tapes_count];
    struct tape_facts facts = {.kind = tape_kind_of(kind),
                               .price_decimals = listed->price_decimals,
                               .quantity_decimals = listed->quantity_decimals};
    tape->instrument = instrument;
    tape->kind = kind;
    if (!path_of(recorder, listed, kind, tape->path) ||
        !text_copy(facts.instrument, sizeof facts.instrument, text_of(listed->name)))
        return problem_set(problem, STATUS_RANGE, recorder->options.directory,
                           "the path or a name is too long");
    recorder->tapes_count++;
    enum status status = tape_events_resume(tape->path, &facts, &tape->writer, problem);
    if (status != STATUS_OK)
        return status;
    tape->there = tape_events_state(tape->writer);
    if (tape->there.events == 0 || !recorder->feed->class->is_repeatable)
        return STATUS_OK;
    /* The reader sees what is there now, not what this recording adds. */
    status = tape_reader_open(tape->path, &tape->reader, problem);
    return status == STATUS_OK
               ? tape_events_open(tape->reader, tape->path, INT64_MIN, true, &tape->known, problem)
               : status;
}

void recorder_release(struct recorder *recorder)
{
    for (uint32_t i = 0; i < recorder->tapes_count; i++) {
        struct recorded_tape *tape = &recorder->tapes[i];
        tape_events_abort(tape->writer);
        tape_events_close(tape->known);
        tape_reader_close(tape->reader);
    }
    free(recorder->tapes);
    recorder->tapes = NULL;
    recorder->tapes_count = 0;
}

enum status recorder_open(struct recorder *recorder, struct feed *feed,
                          const struct record_clock *clock, const struct recorder_options *options,
                          struct problem *problem)
{
    static const enum depth_kind kinds[] = {DEPTH_LEVELS, DEPTH_QUOTE, DEPTH_TRADE};
    *recorder = (struct recorder){.feed = feed, .clock = clock, .options = *options};
    recorder->tapes = calloc(feed->instruments_count * ARRAY_COUNT(kinds) + 1,
                             sizeof *recorder->tapes);
    if (recorder->tapes == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, "record", "not enough memory");
    enum status status = STATUS_OK;
    for (uint32_t i = 0; i < feed->instruments_count; i++) {
        for (uint32_t j = 0; j < ARRAY_COUNT(kinds) && status == STATUS_OK; j++) {
            uint32_t bit = 1u << kinds[j];
            if ((feed->instruments[i].kinds & bit) != 0 &&
                (options->kinds == 0 || (options->kinds & bit) != 0))
                status = open_tape(recorder, i, kinds[j], problem);
        }
    }
    if (status == STATUS_OK && recorder->tapes_count == 0)
        status = problem_set(problem, STATUS_USAGE, "--kinds", "the feed has none of them");
    if (status != STATUS_OK)
        recorder_release(recorder);
    return status;
}

/* ---- trouble --------------------------------------------------------------------------------- */

/* Rows that are whole in the files, whatever was not written any more. */
static uint64_t rows_kept(const struct recorder *recorder)
{
    uint64_t rows = 0;
    for (uint32_t i = 0; i < recorder->tapes_count; i++) {
        struct tape_reader *reader;
        struct problem problem;
        problem_init(&problem);
        if (tape_reader_open(recorder->tapes[i].path, &reader, &problem) == STATUS_OK)
            rows += tape_reader_summary(reader)->rows;
        tape_reader_close(reader);
    }
    return rows;
}

static enum status write_failed(const struct recorder *recorder, const struct recorded_tape *tape,
                                enum status status)
{
    problem_init(recorder->problem);
    problem_set(recorder->problem, status, tape->path, "%s; %llu rows of %u tapes are whole",
                status_sentence(status), (unsigned long long)rows_kept(recorder),
                recorder->tapes_count);
    problem_next(recorder->problem, "free some space and record again: it goes on behind them");
    return status;
}

/* ---- recording ------------------------------------------------------------------------------- */

static enum status flush_all(struct recorder *recorder)
{
    recorder->flushed_ns = recorder->clock->now(recorder->clock->context);
    for (uint32_t i = 0; i < recorder->tapes_count; i++) {
        struct recorded_tape *tape = &recorder->tapes[i];
        enum status status = tape_events_flush(tape->writer);
        if (status != STATUS_OK)
            return write_failed(recorder, tape, status);
    }
    return STATUS_OK;
}

static bool is_same(const struct depth_event *a, const struct depth_event *b)
{
    return a->receive_ns == b->receive_ns && a->event_ns == b->event_ns &&
           a->first_seq == b->first_seq && a->last_seq == b->last_seq && a->count == b->count &&
           memcmp(&a->quote, &b->quote, sizeof a->quote) == 0 &&
           memcmp(&a->trade, &b->trade, sizeof a->trade) == 0 &&
           (a->count == 0 || memcmp(a->deltas, b->deltas, a->count * sizeof *a->deltas) == 0);
}

/* An event that the tape has from an earlier recording of this feed must be the same; *skip says
 * whether this is one. */
static enum status skip_known(struct recorder *recorder, struct recorded_tape *tape,
                              const struct depth_event *event, bool *skip)
{
    struct depth_event known;
    *skip = tape->known != NULL && tape->skipped < tape->there.events;
    if (!*skip)
        return STATUS_OK;
    enum status status = tape_events_next(tape->known, &known, recorder->problem);
    if (status != STATUS_OK && status != STATUS_END)
        return status;
    tape->skipped++;
    if (status == STATUS_OK && is_same(event, &known))
        return STATUS_OK;
    problem_set(recorder->problem, STATUS_DATA_INVALID, tape->path,
                "what it holds is not the beginning of this feed: event %llu differs",
                (unsigned long long)tape->skipped);
    problem_allowed(recorder->problem, "the tape of the same feed, seed, scenario and instruments");
    problem_next(recorder->problem, "record to another folder with --out");
    return STATUS_DATA_INVALID;
}

static enum status take_event(struct recorder *recorder, struct feed_event *told)
{
    struct depth_event *event = &told->event;
    struct recorded_tape *tape = find(recorder, told->instrument, event->kind);
    bool skip;
    if (tape == NULL)
        return STATUS_OK;
    enum status status = skip_known(recorder, tape, event, &skip);
    if (status != STATUS_OK || skip)
        return status;
    if (event->receive_ns < tape->now.last_ns) {
        recorder->moved_up++;
        event->receive_ns = tape->now.last_ns;
    }
    status = tape_events_put(tape->writer, event, recorder->problem);
    if (status == STATUS_DATA_INVALID)
        return status;
    if (status != STATUS_OK)
        return write_failed(recorder, tape, status);
    tape->now.last_ns = event->receive_ns;
    recorder->events++;
    return STATUS_OK;
}

/* Waits until the market's time has come at this speed (0: it has), and looks whether somebody
 * wants to stop; writes what has waited long enough. */
static enum status keep_pace(struct recorder *recorder, int64_t market_ns, int64_t speed)
{
    const struct record_clock *clock = recorder->clock;
    int64_t now = clock->now(clock->context), due = now;
    if (speed > 0) {
        if (recorder->paced_from_ns == 0) {
            recorder->paced_from_ns = market_ns;
            recorder->paced_at_ns = now;
        }
        i128 market = (i128)(market_ns - recorder->paced_from_ns) * RECORD_SPEED_ONE / speed;
        due = market > INT64_MAX / 2 ? INT64_MAX : recorder->paced_at_ns + (int64_t)market;
    }
    do {
        int64_t flush_ns = recorder->flushed_ns + RECORD_FLUSH_NS;
        if (!clock->wait(clock->context, i64_min(due, flush_ns), recorder->events,
                         market_ns - recorder->from_ns)) {
            recorder->stopped = true;
            return STATUS_OK;
        }
        now = clock->now(clock->context);
        if (now >= flush_ns) {
            enum status status = flush_all(recorder);
            if (status != STATUS_OK)
                return status;
        }
    } while (now < due);
    return STATUS_OK;
}

static bool is_over(const struct recorder *recorder, int64_t market_ns)
{
    int64_t duration = recorder->options.duration_ns;
    return duration > 0 && recorder->from_ns > 0 && market_ns - recorder->from_ns >= duration;
}

static bool caught_up(const struct recorder *recorder)
{
    for (uint32_t i = 0; i < recorder->tapes_count; i++) {
        const struct recorded_tape *tape = &recorder->tapes[i];
        if (tape->known != NULL && tape->skipped < tape->there.events)
            return false;
    }
    return true;
}

/* One event, at its time. What was recorded before is passed over at once; the pace begins behind.
 * */
static enum status take_told(struct recorder *recorder, struct feed_event *told, uint64_t looks)
{
    const struct feed_class *class = recorder->feed->class;
    int64_t market_ns = told->event.receive_ns;
    enum status status = STATUS_OK;
    if (recorder->from_ns == 0)
        recorder->from_ns = market_ns;
    bool paced = !class->is_live && recorder->options.speed > 0 && caught_up(recorder);
    if (paced || looks % EVENTS_BETWEEN_LOOKS == 0)
        status = keep_pace(recorder, market_ns, paced ? recorder->options.speed : 0);
    if (status != STATUS_OK || recorder->stopped)
        return status;
    recorder->to_ns = market_ns;
    return take_event(recorder, told);
}

static enum status record(struct recorder *recorder)
{
    struct feed *feed = recorder->feed;
    struct feed_event told;
    enum status status = STATUS_OK;
    for (uint64_t looks = 0; status == STATUS_OK && !recorder->stopped; looks++) {
        status = feed->class->next(feed, LIVE_WAIT_NS, &told, recorder->problem);
        if (status == STATUS_INTERRUPTED && feed->class->is_live)
            status = keep_pace(recorder, recorder->to_ns, 0);
        else if (status == STATUS_OK && is_over(recorder, told.event.receive_ns))
            return STATUS_OK;
        else if (status == STATUS_OK)
            status = take_told(recorder, &told, looks);
    }
    return status == STATUS_END ? STATUS_OK : status;
}

enum status recorder_run(struct recorder *recorder, struct problem *problem)
{
    recorder->problem = problem;
    for (uint32_t i = 0; i < recorder->tapes_count; i++)
        recorder->tapes[i].now.last_ns = recorder->tapes[i].there.last_ns;
    /* Their heads are there from the beginning, so that each file says what it is. */
    enum status status = flush_all(recorder);
    if (status == STATUS_OK)
        status = record(recorder);
    return status == STATUS_OK ? flush_all(recorder) : status;
}

enum status recorder_finish(struct recorder *recorder, struct problem *problem)
{
    enum status status = STATUS_OK;
    for (uint32_t i = 0; i < recorder->tapes_count; i++) {
        struct recorded_tape *tape = &recorder->tapes[i];
        tape->now = tape_events_state(tape->writer);
        /* One that cannot be ended keeps its whole blocks; the first of them is told. */
        enum status ended = tape_events_finish(tape->writer, false, problem);
        tape->writer = NULL;
        status = status == STATUS_OK ? ended : status;
    }
    return status;
}

void recorder_abort(struct recorder *recorder)
{
    for (uint32_t i = 0; i < recorder->tapes_count; i++) {
        struct tape_events_writer *writer = recorder->tapes[i].writer;
        recorder->tapes[i].writer = NULL;
        /* Where it was the feed that failed, what it had told is kept. */
        enum status flushed = writer == NULL ? STATUS_OK : tape_events_flush(writer);
        (void)flushed;
        tape_events_abort(writer);
    }
}
