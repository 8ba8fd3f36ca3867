#include "drive/research/replay.h"

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
                                          CONFIG_BACKTEST, &own, replay->problem);
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

/* Bars and the cycles behind them come from the data. */
static bool input_is_journaled(const struct input *input)
{
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
            if (!input_is_journaled(&replay->reader.input))
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
        status = load_data(&replay);
        if (status == STATUS_OK) {
            status = fold(&replay);
            if (status == STATUS_OK && !request->fold_only)
                status = run_again(&replay);
            data_release(ports, &replay.data);
        }
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
