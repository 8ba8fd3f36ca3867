#include "world/import/event_survey.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LEVELS_CAPACITY 65536u
#define SILENCE_NS (600 * NANOSECONDS_PER_SECOND)

const struct event_fault_row event_faults[EVENT_FAULT_COUNT] = {
#define EVENT_SURVEY_ROW(NAME, name, error, sentence) {name, error, sentence},
    EVENT_SURVEY_TABLE(EVENT_SURVEY_ROW)
#undef EVENT_SURVEY_ROW
};

enum status event_survey_begin(struct event_survey *survey, enum depth_kind kind,
                               unsigned price_decimals)
{
    *survey = (struct event_survey){
        .kind = kind, .price_decimals = price_decimals, .event_last_ns = INT64_MIN};
    if (kind != DEPTH_LEVELS)
        return STATUS_OK;
    struct order_book_config config = {
        .tick = {1}, .levels_capacity = LEVELS_CAPACITY, .sequence = BOOK_SEQUENCE_NONE};
    return order_book_create(&config, &survey->book);
}

void event_survey_fault(struct event_survey *survey, enum event_fault fault, uint64_t line,
                        int64_t time_ns, const char *format, ...)
{
    uint64_t index = survey->counts[fault]++;
    if (index >= EVENT_SURVEY_PLACES_MAX)
        return;
    struct event_place *place = &survey->places[fault][index];
    va_list args;
    place->line = line;
    place->time_ns = time_ns;
    va_start(args, format);
    (void)vsnprintf(place->text, sizeof place->text, format, args);
    va_end(args);
}

/* ---- numbers and times ----------------------------------------------------------------------- */

static void take_number(struct event_survey *survey, const struct depth_event *event, uint64_t line)
{
    uint64_t last = survey->last_seq;
    uint64_t first = event->kind == DEPTH_LEVELS ? event->first_seq : event->last_seq;
    if (event->last_seq == 0)
        return;
    if (last != 0) {
        survey->numbered++;
        survey->follows += first == last + 1;
        if (event->last_seq <= last) {
            event_survey_fault(survey, EVENT_FAULT_DUPLICATE, line, event->receive_ns,
                               "number %llu behind %llu", (unsigned long long)event->last_seq,
                               (unsigned long long)last);
        } else if (first > last + 1) {
            survey->missing += first - last - 1;
            event_survey_fault(survey, EVENT_FAULT_GAP, line, event->receive_ns,
                               "number %llu behind %llu", (unsigned long long)first,
                               (unsigned long long)last);
        }
    }
    survey->last_seq = event->last_seq > last ? event->last_seq : last;
}

static void take_times(struct event_survey *survey, const struct depth_event *event, uint64_t line)
{
    int64_t receive = event->receive_ns, happened = event->event_ns;
    if (survey->events == 0)
        survey->first_ns = receive;
    else if (receive - survey->last_ns > SILENCE_NS)
        event_survey_fault(survey, EVENT_FAULT_SILENT, line, survey->last_ns, "nothing for %lld s",
                           (long long)((receive - survey->last_ns) / NANOSECONDS_PER_SECOND));
    survey->last_ns = receive;
    if (happened == 0)
        return;
    if (happened < survey->event_last_ns)
        event_survey_fault(survey, EVENT_FAULT_CLOCK_BACK, line, happened, "%lld ns back",
                           (long long)(survey->event_last_ns - happened));
    else
        survey->event_last_ns = happened;
    if (receive != 0 && receive < happened)
        event_survey_fault(survey, EVENT_FAULT_EARLY, line, receive, "%lld ns too early",
                           (long long)(happened - receive));
}

/* ---- contents -------------------------------------------------------------------------------- */

static void tell_crossed(struct event_survey *survey, const struct quote *quote, uint64_t line,
                         int64_t time_ns)
{
    char bid[DECIMAL_TEXT_SIZE], ask[DECIMAL_TEXT_SIZE];
    (void)decimal_format_i64(bid, quote->bid.units, survey->price_decimals);
    (void)decimal_format_i64(ask, quote->ask.units, survey->price_decimals);
    event_survey_fault(survey, EVENT_FAULT_CROSSED, line, time_ns, "bid %s, ask %s", bid, ask);
}

/* What the book would show with this message; it is asked before, since a crossed book answers
 * nothing. */
static void take_levels(struct event_survey *survey, const struct depth_event *event, uint64_t line)
{
    uint64_t crossed = order_book_troubles(survey->book, BOOK_TROUBLE_CROSSED);
    uint64_t absent = order_book_troubles(survey->book, BOOK_TROUBLE_ABSENT);
    uint64_t unready = order_book_troubles(survey->book, BOOK_TROUBLE_UNREADY);
    struct book_message message = {
        .deltas = event->deltas, .count = event->count, .time_ns = event->receive_ns};
    survey->deltas += event->count;
    (void)order_book_apply(survey->book, &message);
    if (order_book_troubles(survey->book, BOOK_TROUBLE_CROSSED) > crossed)
        event_survey_fault(survey, EVENT_FAULT_CROSSED, line, event->receive_ns,
                           "the order book, until the next snapshot");
    absent = order_book_troubles(survey->book, BOOK_TROUBLE_ABSENT) - absent;
    if (absent > 0)
        event_survey_fault(survey, EVENT_FAULT_ABSENT, line, event->receive_ns,
                           "%llu of a message of %u", (unsigned long long)absent, event->count);
    if (order_book_troubles(survey->book, BOOK_TROUBLE_UNREADY) > unready)
        event_survey_fault(survey, EVENT_FAULT_NO_SNAPSHOT, line, event->receive_ns,
                           "%u levels that change nothing", event->count);
}

static void take_quote(struct event_survey *survey, const struct depth_event *event, uint64_t line)
{
    const struct quote *quote = &event->quote;
    if (quote->bid.units > 0 && quote->ask.units > 0 && quote->bid.units >= quote->ask.units)
        tell_crossed(survey, quote, line, event->receive_ns);
    if (quote->bid_quantity.units == 0 || quote->ask_quantity.units == 0)
        event_survey_fault(survey, EVENT_FAULT_ZERO_SIZE, line, event->receive_ns, "the %s",
                           quote->bid_quantity.units == 0 ? "bid" : "ask");
}

void event_survey_take(struct event_survey *survey, const struct depth_event *event, uint64_t line)
{
    take_number(survey, event, line);
    take_times(survey, event, line);
    switch (event->kind) {
    case DEPTH_LEVELS: take_levels(survey, event, line); break;
    case DEPTH_QUOTE: take_quote(survey, event, line); break;
    case DEPTH_TRADE:
        if (event->trade.quantity.units == 0)
            event_survey_fault(survey, EVENT_FAULT_ZERO_SIZE, line, event->receive_ns, "a trade");
        break;
    }
    survey->events++;
}

void event_survey_end(struct event_survey *survey)
{
    if (survey->follows * 10 >= survey->numbered * 9)
        return;
    survey->missing = 0;
    survey->counts[EVENT_FAULT_GAP] = 0;
}

void event_survey_release(struct event_survey *survey)
{
    order_book_free(survey->book);
    survey->book = NULL;
}

uint64_t event_survey_errors(const struct event_survey *survey)
{
    uint64_t errors = 0;
    for (unsigned i = 0; i < EVENT_FAULT_COUNT; i++)
        errors += event_faults[i].error ? survey->counts[i] : 0;
    return errors;
}
