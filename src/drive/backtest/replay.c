#include "drive/backtest/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world/store/journal.h"

struct replay {
    const struct execute_ports *ports;
    const struct replay_request *request;
    struct replay_report *report;
    struct problem *problem;
    struct journal_reader reader; /* open from begin to end */
    size_t start;                 /* where its records begin */
    struct text config_text, data_text;
    struct config config;
    struct loaded_data data;
    bool whole; /* it has every input, bars too: a demo's, whose market is in no file */
};

static enum status journal_wrong(struct replay *replay, enum status status)
{
    char where[320];
    (void)snprintf(where, sizeof where, "%.280s: byte %zu", replay->request->journal_path,
                   replay->reader.at);
    problem_set(replay->problem, status, where, "%s", status_sentence(status));
    problem_next(replay->problem, "tern journal verify %.150s", replay->request->journal_path);
    return status;
}

/* ---- what the journal is about --------------------------------------------------------------- */

/* The texts before the first input. */
static enum status read_head(struct replay *replay)
{
    struct journal_entry entry;
    for (;;) {
        size_t at = replay->reader.at;
        enum status status = journal_next(&replay->reader, &entry);
        if (status == STATUS_END)
            break;
        if (status != STATUS_OK)
            return journal_wrong(replay, status);
        struct text text = {(const char *)entry.payload, entry.size};
        if (entry.type == JOURNAL_CONFIG)
            replay->config_text = text;
        else if (entry.type == JOURNAL_DATA)
            replay->data_text = text;
        else if (entry.type != JOURNAL_SESSION) {
            replay->reader.at = at;
            break;
        }
    }
    replay->start = replay->reader.at;
    replay->whole = text_starts_with(replay->data_text, TEXT("generator "));
    if (replay->config_text.size > 0 && replay->data_text.size > 0)
        return STATUS_OK;
    return problem_set(replay->problem, STATUS_DATA_INVALID, replay->request->journal_path,
                       "no configuration and data in it: not the journal of a back-test");
}

/* The configuration of the journal, with the paths of the file that is given. */
static enum status read_config(struct replay *replay)
{
    const struct replay_request *request = replay->request;
    struct config own;
    enum status status = config_read_text("the journal's configuration", replay->config_text, NULL,
                                          replay->whole ? CONFIG_LIVE : CONFIG_BACKTEST, &own,
                                          replay->problem);
    if (status != STATUS_OK || request->config_path == NULL) {
        replay->config = own;
        return status;
    }
    status = config_read_file(request->config_path, CONFIG_BACKTEST, &replay->config,
                              replay->problem);
    if (status == STATUS_OK) {
        struct hash128 left, right;
        status = config_hash(&own, &left);
        if (status == STATUS_OK)
            status = config_hash(&replay->config, &right);
        if (status != STATUS_OK)
            problem_set(replay->problem, status, request->config_path, "not enough memory");
        else if (!hash128_equal(left, right))
            status = problem_set(replay->problem, STATUS_DATA_INVALID, request->config_path,
                                 "another configuration than the journal's");
        if (status != STATUS_OK)
            config_release(&replay->config);
    }
    config_release(&own);
    return status;
}

static enum status load_data(struct replay *replay)
{
    struct execute_request request = {.progress = replay->request->progress,
                                      .progress_context = replay->request->progress_context};
    enum status status = data_load(replay->ports, &replay->config, &request, &replay->data,
                                   replay->problem);
    if (status != STATUS_OK) {
        replay->problem->next[0] = '\0';
        problem_next(replay->problem, "--config FILE names the configuration with the paths");
        return status;
    }
    struct text_buffer text;
    text_buffer_init(&text, (size_t)1 << 20);
    data_describe(&replay->config, &replay->data, &text);
    bool same = text.status == STATUS_OK &&
                text_equal((struct text){text.data, text.size}, replay->data_text);
    if (!same) {
        struct text expected = replay->data_text, found = {text.data, text.size};
        struct text line = text_split(&expected, '\n'), other = text_split(&found, '\n');
        while (text_equal(line, other) && expected.size > 0 && found.size > 0) {
            line = text_split(&expected, '\n');
            other = text_split(&found, '\n');
        }
        status = problem_set(replay->problem, STATUS_DATA_INVALID, "data",
                             "other data than the journal's: \"%.*s\"", (int)other.size,
                             other.data == NULL ? "" : other.data);
        problem_allowed(replay->problem, "%.*s", (int)line.size,
                        line.data == NULL ? "" : line.data);
        data_release(replay->ports, &replay->data);
    }
    text_buffer_release(&text);
    return status;
}

/* ---- records --------------------------------------------------------------------------------- */

/* Of a back-test bars and the cycles behind them come from the data. */
static bool input_is_journaled(const struct replay *replay, const struct input *input)
{
    if (replay->whole)
        return input_kind_is_durable((enum input_kind)input->kind);
    return input_kind_name((enum input_kind)input->kind) != NULL && input->kind != INPUT_BAR_OPEN &&
           input->kind != INPUT_BAR_CLOSE && input->kind != INPUT_CYCLE;
}

/* The next input or frame. The input is copied: bytes of a file are not aligned. */
static enum status next_record(void *context, struct journal_record *record)
{
    struct replay *replay = context;
    struct journal_entry entry;
    for (;;) {
        enum status status = journal_next(&replay->reader, &entry);
        if (status != STATUS_OK)
            return status;
        if (entry.type == JOURNAL_INPUT) {
            if (entry.size != sizeof replay->reader.input)
                return STATUS_CORRUPT;
            memcpy(&replay->reader.input, entry.payload, sizeof replay->reader.input);
            if (!input_is_journaled(replay, &replay->reader.input))
                return STATUS_CORRUPT;
            *record = (struct journal_record){.input = &replay->reader.input};
            return STATUS_OK;
        }
        if (entry.type == JOURNAL_FRAME) {
            *record = (struct journal_record){.frame = entry.payload, .frame_size = entry.size};
            return STATUS_OK;
        }
    }
}

/* Counts as backtest_fold pulls. */
static enum status counted_record(void *context, struct journal_record *record)
{
    struct replay *replay = context;
    enum status status = next_record(context, record);
    if (status == STATUS_OK) {
        replay->report->inputs += record->input != NULL;
        replay->report->frames += record->frame != NULL;
    }
    return status;
}

static enum status fold(struct replay *replay)
{
    struct backtest backtest;
    enum status status = backtest_open(&backtest, &replay->config, &replay->data, replay->problem);
    if (status != STATUS_OK)
        return status;
    struct journal_records records = {replay, counted_record};
    replay->reader.at = replay->start;
    status = backtest_fold(&backtest, &records, replay->problem);
    if (status == STATUS_OK) {
        replay->report->state_folded = engine_state_hash(backtest.engine);
        replay->report->chain = engine_chain(backtest.engine);
        replay->report->audit = engine_audit(backtest.engine, &replay->report->audit_detail);
    }
    backtest_release(&backtest);
    return status;
}

/* ---- a journal that has every input ---------------------------------------------------------- */

static bool price_is_sane(struct price price)
{
    return price.units > 0 && price.units <= PRICE_UNITS_MAX;
}

/* Bytes from outside: what the engine asserts of its caller is asked here. */
static bool input_fits(const struct engine *engine, const struct input *input)
{
    const struct bar *bar = &input->bar.bar;
    if (input->seq <= engine_input_seq(engine) || input->time_ns < engine_time(engine))
        return false;
    if (input->kind == INPUT_BAR_OPEN)
        return input->instrument < engine_configuration(engine)->instruments_count &&
               price_is_sane(bar->open);
    if (input->kind != INPUT_BAR_CLOSE)
        return true;
    return input->instrument < engine_configuration(engine)->instruments_count &&
           input->bar.bar_ns > 0 && input->bar.bar_ns <= NANOSECONDS_PER_DAY &&
           bar->open_time_ns <= input->time_ns && bar->open_time_ns > INT64_MIN / 2 &&
           price_is_sane(bar->open) && price_is_sane(bar->high) && price_is_sane(bar->low) &&
           price_is_sane(bar->close) && bar->volume >= 0 && bar->volume < 1e18;
}

static enum status fold_records(struct replay *replay, struct engine *engine)
{
    struct journal_record record;
    for (;;) {
        uint32_t size = 0;
        enum status status = counted_record(replay, &record);
        if (status == STATUS_END)
            return STATUS_OK;
        if (status == STATUS_OK && record.input != NULL) {
            if (input_fits(engine, record.input))
                engine_fold_input(engine, record.input);
            else
                status = STATUS_CORRUPT;
        } else if (status == STATUS_OK) {
            status = engine_fold_frame(engine, record.frame, record.frame_size, &size);
        }
        if (status != STATUS_OK)
            return journal_wrong(replay, status);
    }
}

static enum status fold_whole(struct replay *replay)
{
    struct assembly assembly;
    struct engine *engine = NULL;
    struct assemble_market *markets = calloc((size_t)replay->config.instruments_count + 1,
                                             sizeof *markets);
    if (markets == NULL)
        return problem_set(replay->problem, STATUS_NO_MEMORY, "journal", "not enough memory");
    enum status status = assembly_init(&assembly, &replay->config, markets, replay->problem);
    free(markets);
    if (status != STATUS_OK)
        return status;
    status = engine_create(&assembly.engine, &engine);
    if (status != STATUS_OK)
        problem_set(replay->problem, status, "journal", "not enough memory");
    replay->reader.at = replay->start;
    if (status == STATUS_OK)
        status = fold_records(replay, engine);
    if (status == STATUS_OK) {
        replay->report->state_folded = engine_state_hash(engine);
        replay->report->chain = engine_chain(engine);
        replay->report->audit = engine_audit(engine, &replay->report->audit_detail);
    }
    engine_free(engine);
    assembly_release(&assembly);
    return status;
}

/* ---- running again --------------------------------------------------------------------------- */

static void differ(struct replay *replay, uint64_t seq, const char *what)
{
    if (replay->report->differs)
        return;
    replay->report->differs = true;
    replay->report->differs_input = seq;
    (void)text_copy(replay->report->differs_what, sizeof replay->report->differs_what,
                    text_of(what));
}

/* STATUS_END stops the run at the first difference: what follows says nothing more. */
static enum status compare_input(void *context, const struct input *input)
{
    struct replay *replay = context;
    struct journal_record record;
    enum status status = next_record(replay, &record);
    if (status == STATUS_OK && record.input != NULL &&
        memcmp(record.input, input, sizeof *input) == 0)
        return STATUS_OK;
    differ(replay, input->seq,
           status != STATUS_OK    ? "the journal ends before an input of the run"
           : record.input == NULL ? "the run has an input where the journal has a frame"
                                  : "the run has another input");
    return STATUS_END;
}

static enum status compare_frame(void *context, const uint8_t *data, uint32_t size)
{
    struct replay *replay = context;
    struct journal_record record;
    struct frame_header header;
    memcpy(&header, data, sizeof header);
    enum status status = next_record(replay, &record);
    if (status == STATUS_OK && record.frame != NULL && record.frame_size == size &&
        memcmp(record.frame, data, size) == 0)
        return STATUS_OK;
    differ(replay, header.input_seq,
           status != STATUS_OK    ? "the journal ends before a frame of the run"
           : record.frame == NULL ? "the run has a frame where the journal has an input"
                                  : "the run has another frame");
    return STATUS_END;
}

static bool run_progress(void *context, uint64_t done, uint64_t total)
{
    struct replay *replay = context;
    const struct replay_request *request = replay->request;
    return request->progress == NULL ||
           request->progress(request->progress_context, "replay", done, total);
}

static enum status run_again(struct replay *replay)
{
    struct backtest backtest;
    struct backtest_result result;
    struct problem ignored;
    enum status status = backtest_open(&backtest, &replay->config, &replay->data, replay->problem);
    if (status != STATUS_OK)
        return status;
    struct journal_sink sink = {replay, compare_input, compare_frame};
    struct backtest_options options = {.progress = run_progress, .progress_context = replay};
    problem_init(&ignored);
    backtest_result_init(&result);
    replay->reader.at = replay->start;
    status = backtest_run(&backtest, &sink, &options, &result, &ignored);
    struct journal_record record;
    if (status == STATUS_OK && next_record(replay, &record) != STATUS_END)
        differ(replay, engine_input_seq(backtest.engine), "the journal goes on behind the run");
    if (replay->report->differs)
        status = STATUS_OK;
    else if (status != STATUS_OK)
        *replay->problem = ignored;
    replay->report->state_run = engine_state_hash(backtest.engine);
    backtest_result_release(&result);
    backtest_release(&backtest);
    return status;
}

/* What is checked of it is that its frames follow from each other; the market itself comes again
 * with the seed alone. */
static enum status replay_whole(struct replay *replay)
{
    if (replay->request->fold_only)
        return fold_whole(replay);
    problem_set(replay->problem, STATUS_DATA_INVALID, replay->request->journal_path,
                "a demo's journal: its market is in no file that could be read again");
    problem_next(replay->problem, "tern ledger check %.150s, or the demo again with its seed",
                 replay->request->journal_path);
    return STATUS_DATA_INVALID;
}

static enum status replay_backtest(struct replay *replay)
{
    enum status status = load_data(replay);
    if (status != STATUS_OK)
        return status;
    status = fold(replay);
    if (status == STATUS_OK && !replay->request->fold_only)
        status = run_again(replay);
    data_release(replay->ports, &replay->data);
    return status;
}

enum status replay_journal(const struct execute_ports *ports, const struct replay_request *request,
                           struct replay_report *report, struct problem *problem)
{
    struct replay replay = {
        .ports = ports, .request = request, .report = report, .problem = problem};
    *report = (struct replay_report){0};
    enum status status = journal_reader_open(&replay.reader, request->journal_path, problem);
    if (status != STATUS_OK)
        return status;
    status = read_head(&replay);
    if (status == STATUS_OK)
        status = read_config(&replay);
    if (status == STATUS_OK) {
        status = replay.whole ? replay_whole(&replay) : replay_backtest(&replay);
        config_release(&replay.config);
    }
    journal_reader_close(&replay.reader);
    return status;
}

bool replay_is_good(const struct replay_request *request, const struct replay_report *report)
{
    if (report->audit != NULL || report->differs)
        return false;
    return request->fold_only || hash128_equal(report->state_folded, report->state_run);
}
