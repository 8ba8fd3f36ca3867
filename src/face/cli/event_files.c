#include "face/cli/event_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "world/import/event_survey.h"

#define EVENTS_BETWEEN_LOOKS 16384u
#define OUT_SIZE 65536u

/* ---- import ---------------------------------------------------------------------------------- */

/* Whether the tape there has just this content already. */
static bool is_there(const char *path, const struct tape_facts *facts, struct hash128 content_hash)
{
    struct tape_reader *reader;
    struct problem problem;
    problem_init(&problem);
    if (tape_reader_open(path, &reader, &problem) != STATUS_OK)
        return false;
    const struct tape_summary *summary = tape_reader_summary(reader);
    bool same = summary->complete && summary->facts.kind == facts->kind &&
                summary->facts.price_decimals == facts->price_decimals &&
                summary->facts.quantity_decimals == facts->quantity_decimals &&
                strcmp(summary->facts.instrument, facts->instrument) == 0 &&
                hash128_equal(summary->content_hash, content_hash);
    tape_reader_close(reader);
    return same;
}

static enum status copy_events(struct recording *recording, struct tape_events_writer *writer,
                               struct progress *progress, unsigned done, unsigned total,
                               struct event_import *out, struct problem *problem)
{
    struct depth_event event;
    enum status status = STATUS_OK;
    for (uint64_t i = 0; status == STATUS_OK; i++) {
        status = recording_next(recording, &event, problem);
        if (status != STATUS_OK)
            break;
        if (i == 0)
            out->from_ns = event.receive_ns;
        out->to_ns = event.receive_ns;
        if (i % EVENTS_BETWEEN_LOOKS == 0 && !progress_step(progress, "import", done, total))
            status = problem_set(problem, STATUS_INTERRUPTED, recording->path, "interrupted");
        else
            status = tape_events_put(writer, &event, problem);
    }
    return status == STATUS_END ? STATUS_OK : status;
}

static uint64_t left_out(const struct recording *recording)
{
    if (recording->is_tape)
        return tape_events_cut(recording->events);
    const struct depth_counts *counts = depth_reader_counts(recording->rows);
    return counts->held_left_out + counts->trades_repeated;
}

static enum status make_tape(struct cli *cli, struct recording *recording,
                             const struct tape_facts *facts, struct progress *progress,
                             unsigned done, unsigned total, struct event_import *out)
{
    struct tape_events_writer *writer;
    enum status status = tape_events_create(out->path, facts, &writer, &cli->problem);
    if (status != STATUS_OK)
        return status;
    status = copy_events(recording, writer, progress, done, total, out, &cli->problem);
    struct tape_events_state state = tape_events_state(writer);
    if (status == STATUS_OK && state.events == 0)
        status = problem_set(&cli->problem, STATUS_DATA_INVALID, recording->path,
                             "not one whole event");
    out->rows = state.rows;
    out->content_hash = state.content_hash;
    out->left_out = left_out(recording);
    out->written = status == STATUS_OK && !is_there(out->path, facts, state.content_hash);
    if (!out->written) {
        tape_events_abort(writer);
        return status;
    }
    return tape_events_finish(writer, cli_have(cli, CLI_OPTION_REPLACE), &cli->problem);
}

enum status event_file_import(struct cli *cli, const char *file, const char *directory,
                              struct progress *progress, unsigned done, unsigned total,
                              struct event_import *out)
{
    struct recording recording;
    *out = (struct event_import){0};
    enum status status = recording_open(&recording, file, NULL, &cli->problem);
    const char *instrument = cli->arguments.values[CLI_OPTION_INSTRUMENT];
    if (instrument == NULL)
        instrument = recording.instrument;
    struct tape_facts facts = {.kind = tape_kind_of(recording.kind),
                               .price_decimals = recording.price_decimals,
                               .quantity_decimals = recording.quantity_decimals};
    if (status == STATUS_OK &&
        (!text_copy(facts.instrument, sizeof facts.instrument, text_of(instrument)) ||
         !catalogue_recording_path(directory, instrument, tape_kind_name(facts.kind), file,
                                   out->path)))
        status = problem_set(&cli->problem, STATUS_RANGE, file, "the path or name is too long");
    out->is_tape = recording.is_tape;
    out->kind = recording.kind;
    if (status == STATUS_OK)
        status = make_tape(cli, &recording, &facts, progress, done, total, out);
    recording_close(&recording);
    return status;
}

/* ---- export ---------------------------------------------------------------------------------- */

static void put_number(struct text_buffer *out, int64_t units, unsigned decimals,
                       const char *around)
{
    char text[DECIMAL_TEXT_SIZE];
    size_t size = decimal_format_i64(text, units, decimals);
    text_buffer_append(out, text_of(around));
    text_buffer_append(out, (struct text){text, size});
    text_buffer_append(out, text_of(around));
}

static const char *side_word(uint32_t side, const char *none, const char *buy, const char *sell)
{
    return side == SIDE_BUY ? buy : side == SIDE_SELL ? sell : none;
}

/* Key and value of an object, or a field of a row. */
struct cell {
    struct text_buffer *out;
    bool ndjson, begun;
};

static void begin_cell(struct cell *cell, const char *name)
{
    if (cell->begun)
        text_buffer_append(cell->out, TEXT(","));
    cell->begun = true;
    if (cell->ndjson)
        text_buffer_print(cell->out, "\"%s\":", name);
}

static void whole(struct cell *cell, const char *name, uint64_t value)
{
    begin_cell(cell, name);
    if (value != 0 || cell->ndjson)
        text_buffer_print(cell->out, "%llu", (unsigned long long)value);
}

static void decimal(struct cell *cell, const char *name, int64_t units, unsigned decimals)
{
    begin_cell(cell, name);
    put_number(cell->out, units, decimals, cell->ndjson ? "\"" : "");
}

static void word(struct cell *cell, const char *name, const char *text)
{
    begin_cell(cell, name);
    text_buffer_print(cell->out, cell->ndjson ? "\"%s\"" : "%s", text);
}

static void put_times(struct cell *cell, const struct depth_event *event)
{
    whole(cell, "recv_ns", (uint64_t)event->receive_ns);
    whole(cell, event->kind == DEPTH_TRADE ? "trade_ns" : "exch_ns", (uint64_t)event->event_ns);
}

static void put_message(struct cell *cell, const struct depth_event *event)
{
    bool snapshot = event->count > 0 && (event->deltas[0].flags & DELTA_CLEAR) != 0;
    put_times(cell, event);
    whole(cell, "first_id", event->first_seq);
    whole(cell, "last_id", event->last_seq);
    word(cell, "kind", snapshot ? "snapshot" : "update");
}

static void put_levels(const struct recording *recording, const struct depth_event *event,
                       bool ndjson, struct text_buffer *out)
{
    struct cell cell = {.out = out, .ndjson = ndjson};
    if (ndjson) {
        text_buffer_append(out, TEXT("{"));
        put_message(&cell, event);
        text_buffer_append(out, TEXT(",\"levels\":["));
    }
    for (uint32_t i = 0; i < event->count; i++) {
        const struct delta *delta = &event->deltas[i];
        struct cell row = {.out = out};
        if (ndjson)
            text_buffer_append(out, i == 0 ? TEXT("[\"") : TEXT(",[\""));
        else
            put_message(&row, event);
        text_buffer_print(out, ndjson ? "%s\"" : ",%s", side_word(delta->side, "", "bid", "ask"));
        text_buffer_append(out, TEXT(","));
        put_number(out, delta->price.units, recording->price_decimals, ndjson ? "\"" : "");
        text_buffer_append(out, TEXT(","));
        put_number(out, delta->quantity.units, recording->quantity_decimals, ndjson ? "\"" : "");
        text_buffer_append(out, ndjson ? TEXT("]") : TEXT("\n"));
    }
    if (ndjson)
        text_buffer_append(out, TEXT("]}\n"));
}

static void put_event(const struct recording *recording, const struct depth_event *event,
                      bool ndjson, struct text_buffer *out)
{
    unsigned price = recording->price_decimals, quantity = recording->quantity_decimals;
    struct cell cell = {.out = out, .ndjson = ndjson};
    if (event->kind == DEPTH_LEVELS) {
        put_levels(recording, event, ndjson, out);
        return;
    }
    if (ndjson)
        text_buffer_append(out, TEXT("{"));
    put_times(&cell, event);
    if (event->kind == DEPTH_QUOTE) {
        whole(&cell, "update_id", event->last_seq);
        decimal(&cell, "bid", event->quote.bid.units, price);
        decimal(&cell, "bid_size", event->quote.bid_quantity.units, quantity);
        decimal(&cell, "ask", event->quote.ask.units, price);
        decimal(&cell, "ask_size", event->quote.ask_quantity.units, quantity);
    } else {
        whole(&cell, "trade_id", event->last_seq);
        decimal(&cell, "price", event->trade.price.units, price);
        decimal(&cell, "size", event->trade.quantity.units, quantity);
        word(&cell, "taker_side", side_word(event->trade.taker, "", "buy", "sell"));
    }
    text_buffer_append(out, ndjson ? TEXT("}\n") : TEXT("\n"));
}

enum status event_file_export(struct cli *cli, const char *file)
{
    static const char *const headers[] = {
        [DEPTH_LEVELS] = "recv_ns,exch_ns,first_id,last_id,kind,side,price,size\n",
        [DEPTH_QUOTE] = "recv_ns,exch_ns,update_id,bid,bid_size,ask,ask_size\n",
        [DEPTH_TRADE] = "recv_ns,trade_ns,trade_id,price,size,taker_side\n",
    };
    struct recording recording;
    struct depth_event event;
    bool ndjson = cli_have(cli, CLI_OPTION_NDJSON);
    enum status status = recording_open(&recording, file, NULL, &cli->problem);
    if (status == STATUS_OK && !ndjson)
        text_buffer_append(&cli->out, text_of(headers[recording.kind]));
    while (status == STATUS_OK) {
        status = recording_next(&recording, &event, &cli->problem);
        if (status != STATUS_OK)
            break;
        put_event(&recording, &event, ndjson, &cli->out);
        if (cli->out.size > OUT_SIZE)
            status = cli_flush(cli);
    }
    if (status == STATUS_END && !recording.complete) {
        /* What is whole was printed; that there is no end is told all the same. */
        status = cli_flush(cli);
        if (status == STATUS_OK) {
            status = problem_set(&cli->problem, STATUS_TRUNCATED, file,
                                 "the tape was cut or is being written: %llu bytes behind its last "
                                 "whole block",
                                 (unsigned long long)recording.size_lost);
            problem_next(&cli->problem, "tern data import %s makes a whole tape of what is there",
                         file);
        }
    }
    recording_close(&recording);
    return status == STATUS_END ? STATUS_OK : status;
}

/* ---- verify ---------------------------------------------------------------------------------- */

static void note_fault(void *context, uint64_t line, bool disorder, const struct problem *problem)
{
    struct event_survey *survey = context;
    /* The place is told beside it; what was found and what is allowed make the text. */
    event_survey_fault(survey, disorder ? EVENT_FAULT_DISORDER : EVENT_FAULT_ROW, line, INT64_MIN,
                       "%.50s; allowed: %.50s", problem->found, problem->allowed);
}

static void place_text(const struct event_place *place, char *out, size_t size)
{
    char time[TIME_TEXT_SIZE] = "";
    if (place->time_ns != INT64_MIN)
        time_format(time, place->time_ns);
    if (place->line > 0)
        (void)snprintf(out, size, "line %llu%s%s", (unsigned long long)place->line,
                       time[0] != '\0' ? ", " : "", time);
    else
        (void)snprintf(out, size, "%s", time);
}

static void print_survey(const char *file, const struct recording *recording,
                         const struct event_survey *survey, struct table *table)
{
    uint64_t errors = event_survey_errors(survey);
    const char *kind = tape_kind_name(tape_kind_of(recording->kind));
    table_cell(table, text_of(file));
    table_cell(table, text_of(recording->instrument));
    table_cell_tone(table, errors == 0 ? TONE_GOOD : TONE_BAD,
                    errors == 0 ? TEXT("usable") : TEXT("not usable"));
    table_cell(table, TEXT(""));
    table_cell(table, TEXT(""));
    table_cell_print(table, "%llu events of %s, %llu numbers absent",
                     (unsigned long long)survey->events, kind, (unsigned long long)survey->missing);
    for (unsigned fault = 0; fault < EVENT_FAULT_COUNT; fault++) {
        uint64_t count = survey->counts[fault];
        for (uint64_t i = 0; i < count && i < EVENT_SURVEY_PLACES_MAX; i++) {
            const struct event_place *place = &survey->places[fault][i];
            char where[96];
            place_text(place, where, sizeof where);
            table_cell(table, text_of(file));
            table_cell(table, text_of(recording->instrument));
            table_cell_tone(table, event_faults[fault].error ? TONE_BAD : TONE_WARN,
                            text_of(event_faults[fault].name));
            table_cell_print(table, "%llu of %llu", (unsigned long long)i + 1,
                             (unsigned long long)count);
            table_cell(table, text_of(where));
            table_cell(table, text_of(place->text));
        }
    }
}

static void json_places(const struct event_survey *survey, unsigned fault, struct json_writer *json)
{
    json_key(json, event_faults[fault].name);
    json_object_begin(json);
    json_key(json, "count");
    json_u64(json, survey->counts[fault]);
    json_key(json, "places");
    json_array_begin(json);
    for (uint64_t i = 0; i < survey->counts[fault] && i < EVENT_SURVEY_PLACES_MAX; i++) {
        const struct event_place *place = &survey->places[fault][i];
        char time[TIME_TEXT_SIZE] = "";
        if (place->time_ns != INT64_MIN)
            time_format(time, place->time_ns);
        json_object_begin(json);
        json_key(json, "line");
        json_u64(json, place->line);
        json_key(json, "time");
        json_string(json, time);
        json_key(json, "found");
        json_string(json, place->text);
        json_object_end(json);
    }
    json_array_end(json);
    json_object_end(json);
}

static void json_survey(const char *file, const struct recording *recording,
                        const struct event_survey *survey, struct json_writer *json)
{
    json_object_begin(json);
    json_key(json, "file");
    json_string(json, file);
    json_key(json, "instrument");
    json_string(json, recording->instrument);
    json_key(json, "kind");
    json_string(json, tape_kind_name(tape_kind_of(recording->kind)));
    json_key(json, "usable");
    json_bool(json, event_survey_errors(survey) == 0);
    json_key(json, "events");
    json_u64(json, survey->events);
    json_key(json, "missing");
    json_u64(json, survey->missing);
    json_key(json, "faults");
    json_object_begin(json);
    for (unsigned fault = 0; fault < EVENT_FAULT_COUNT; fault++)
        json_places(survey, fault, json);
    json_object_end(json);
    json_object_end(json);
}

/* A tape was cut, or its content is not what its end says. */
static enum status judge_tape(const struct recording *recording, struct depth_hash *hash,
                              struct problem *problem)
{
    if (!recording->is_tape)
        return STATUS_OK;
    if (!recording->complete) {
        problem_set(problem, STATUS_TRUNCATED, recording->path,
                    "the tape was cut or is being written: %llu bytes behind its last whole block",
                    (unsigned long long)recording->size_lost);
        problem_next(problem, "tern data import %s makes a whole tape of what is there",
                     recording->path);
        return STATUS_TRUNCATED;
    }
    if ((recording->told.low | recording->told.high) != 0 &&
        !hash128_equal(recording->told, depth_hash_value(hash)))
        return problem_set(problem, STATUS_CORRUPT, recording->path,
                           "the content does not match the content hash at its end");
    return STATUS_OK;
}

static enum status survey_all(struct recording *recording, struct event_survey *survey,
                              struct depth_hash *hash, struct problem *problem)
{
    struct depth_event event;
    enum status status;
    while ((status = recording_next(recording, &event, problem)) == STATUS_OK) {
        event_survey_take(survey, &event, recording_line(recording));
        depth_hash_add(hash, &event);
    }
    event_survey_end(survey);
    return status == STATUS_END ? judge_tape(recording, hash, problem) : status;
}

enum status event_file_verify(struct cli *cli, const char *file, struct table *table,
                              struct json_writer *json, uint64_t *errors)
{
    /* Faults of the first row come while the recording is opened, before its kind is known. */
    struct event_survey *survey = calloc(1, sizeof *survey);
    struct event_survey *early = calloc(1, sizeof *early);
    struct depth_hash hash = {0};
    struct recording recording = {0};
    enum status status = STATUS_NO_MEMORY;
    if (survey != NULL && early != NULL)
        status = depth_hash_init(&hash);
    if (status != STATUS_OK)
        problem_set(&cli->problem, status, file, "not enough memory");
    struct depth_faults faults = {survey, note_fault};
    if (status == STATUS_OK)
        status = recording_open(&recording, file, &faults, &cli->problem);
    if (status == STATUS_OK) {
        *early = *survey;
        status = event_survey_begin(survey, recording.kind, recording.price_decimals);
        memcpy(survey->counts, early->counts, sizeof survey->counts);
        memcpy(survey->places, early->places, sizeof survey->places);
        if (status == STATUS_OK)
            status = survey_all(&recording, survey, &hash, &cli->problem);
        else
            problem_set(&cli->problem, status, file, "not enough memory");
    }
    if (status == STATUS_OK) {
        *errors += event_survey_errors(survey);
        if (cli->json)
            json_survey(file, &recording, survey, json);
        else
            print_survey(file, &recording, survey, table);
    }
    recording_close(&recording);
    depth_hash_release(&hash);
    if (survey != NULL)
        event_survey_release(survey);
    free(survey);
    free(early);
    return status;
}
