#include "drive/backtest/execute.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/time.h"
#include "drive/backtest/market_sources.h"
#include "drive/report/output.h"
#include "drive/backtest/playback.h"
#include "drive/result/warnings.h"
#include "world/tape/recording.h"

/* ---- data ------------------------------------------------------------------------------------ */

static bool progress(const struct execute_request *request, const char *what, uint64_t done,
                     uint64_t total)
{
    if (request->progress == NULL)
        return true;
    return request->progress(request->progress_context, what, done, total);
}

void data_release(const struct execute_ports *ports, struct loaded_data *data)
{
    for (uint32_t i = 0; data->items != NULL && i < data->count; i++) {
        if (data->items[i].bars != NULL)
            ports->bars->release(&data->items[i]);
    }
    free(data->items);
    free(data->series);
    session_release(&data->session);
    *data = (struct loaded_data){0};
}

/* A file that is missing or may not be read is the configuration's fault, and the surface has one
 * exit code for both. */
static enum status data_status(enum status status, struct problem *problem)
{
    if (status != STATUS_NOT_FOUND && status != STATUS_IO)
        return status;
    problem->status = STATUS_DATA_INVALID;
    return STATUS_DATA_INVALID;
}

/* Entries of the same sort before this one: its place among the series, or the session's files. */
static uint32_t place_of(const struct config *config, uint32_t index)
{
    bool session = config_data_is_session(&config->data[index]);
    uint32_t place = 0;
    for (uint32_t i = 0; i < index; i++)
        place += config_data_is_session(&config->data[i]) == session;
    return place;
}

static enum status load_session_file(const struct config *config, uint32_t index,
                                     struct loaded_data *data, struct problem *problem)
{
    const struct config_data *source = &config->data[index];
    const struct config_instrument *instrument = &config->instruments[source->instrument_index];
    struct session_file *file = &data->session.files[place_of(config, index)];
    struct depth_source depth = {
        .path = source->file,
        .price_decimals = instrument->price_decimals,
        .quantity_decimals = instrument->quantity_decimals,
    };
    enum depth_kind kind = source->kind == CONFIG_DATA_DEPTH    ? DEPTH_LEVELS
                           : source->kind == CONFIG_DATA_QUOTES ? DEPTH_QUOTE
                                                                : DEPTH_TRADE;
    file->instrument = source->instrument_index;
    enum status status = recording_read(&depth, kind, &file->data, problem);
    return data_status(status, problem);
}

static enum status load_one(const struct execute_ports *ports, const struct config *config,
                            uint32_t index, struct loaded_data *data, struct problem *problem)
{
    const struct config_data *source = &config->data[index];
    const struct config_instrument *instrument = &config->instruments[source->instrument_index];
    if (config_data_is_session(source))
        return load_session_file(config, index, data, problem);
    struct bar_request request = {
        .path = source->file,
        .instrument = source->instrument,
        .symbol = source->symbol,
        .bar_ns = source->bar_ns,
        .price_decimals_min = instrument->price_decimals,
        .price_decimals_max = AMOUNT_DECIMALS - instrument->quantity_decimals,
        .from_ns = source->from.set ? source->from.value : INT64_MIN,
        .to_ns = source->to.set ? source->to.value : INT64_MAX,
    };
    struct bar_data *item = &data->items[index];
    enum status status = ports->bars->load(&request, item, problem);
    if (status != STATUS_OK) {
        item->bars = NULL;
        /* A file that is missing is the configuration's fault, and the surface has one exit code
         * for both. */
        return data_status(status, problem);
    }
    data->series[place_of(config, index)] = (struct backtest_series){
        .instrument = source->instrument_index,
        .bars = item->bars,
        .count = item->count,
        .bar_ns = item->bar_ns,
        .price_decimals = item->price_decimals,
        .content_hash = item->content_hash,
        .bars_missing = item->bars_missing,
    };
    return STATUS_OK;
}

/* Files are independent of one another, so as many threads as there are cores take the next one
 * each. Which thread reads which file changes nothing: every file has its own place and problem. */
#define LOADERS_MAX 16u

struct load_job {
    const struct execute_ports *ports;
    const struct config *config;
    struct loaded_data *data;
    struct problem *problems; /* one a file */
    enum status *statuses;
    _Atomic uint32_t next, done;
    _Atomic bool stop;
};

static void *load_files(void *context)
{
    struct load_job *job = context;
    for (;;) {
        uint32_t index = atomic_fetch_add(&job->next, 1);
        if (index >= job->data->count || atomic_load(&job->stop))
            return NULL;
        job->statuses[index] = load_one(job->ports, job->config, index, job->data,
                                        &job->problems[index]);
        if (job->statuses[index] != STATUS_OK)
            atomic_store(&job->stop, true);
        (void)atomic_fetch_add(&job->done, 1);
    }
}

/* Starts the threads, watches them while a person waits, and joins them. */
static bool load_all(struct load_job *job, const struct execute_request *request)
{
    pthread_t threads[LOADERS_MAX];
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    uint32_t wanted = cores < 1 ? 1 : cores > (long)LOADERS_MAX ? LOADERS_MAX : (uint32_t)cores;
    uint32_t started = 0;
    bool go_on = progress(request, "load", 0, job->data->count);
    while (go_on && started + 1 < wanted && started + 1 < job->data->count &&
           pthread_create(&threads[started], NULL, load_files, job) == 0) {
        started++;
    }
    /* This thread works too, one file at a time, so that progress shows and an interrupt is
     * seen. */
    while (go_on && !atomic_load(&job->stop)) {
        uint32_t index = atomic_fetch_add(&job->next, 1);
        if (index >= job->data->count)
            break;
        job->statuses[index] = load_one(job->ports, job->config, index, job->data,
                                        &job->problems[index]);
        uint32_t done = atomic_fetch_add(&job->done, 1) + 1;
        if (job->statuses[index] != STATUS_OK)
            break;
        go_on = progress(request, "load", done, job->data->count);
    }
    if (!go_on)
        atomic_store(&job->stop, true);
    for (uint32_t i = 0; i < started; i++)
        (void)pthread_join(threads[i], NULL);
    return go_on;
}

/* The pieces that `from` and `to` leave, after the clocks of all files are one. */
static enum status cut_session(const struct config *config, struct session *session,
                               struct problem *problem)
{
    session->events = 0;
    for (uint32_t i = 0; i < config->data_count; i++) {
        const struct config_data *source = &config->data[i];
        if (!config_data_is_session(source))
            continue;
        struct session_file *file = &session->files[place_of(config, i)];
        char first[TIME_TEXT_SIZE], last[TIME_TEXT_SIZE];
        time_format(first, file->data.records[0].event_ns);
        time_format(last, file->data.records[file->data.count - 1].event_ns);
        enum status status = session_cut(file, config->instruments[file->instrument].tick,
                                         source->from.set ? source->from.value : INT64_MIN,
                                         source->to.set ? source->to.value : INT64_MAX);
        session->events += file->data.count;
        if (status == STATUS_OK)
            continue;
        if (status != STATUS_END)
            return problem_set(problem, status, "data", "not enough memory");
        problem_set(problem, STATUS_DATA_INVALID, source->file,
                    "nothing happened in the time window; the file has %s to %s", first, last);
        problem_next(problem, "widen the window");
        return STATUS_DATA_INVALID;
    }
    return STATUS_OK;
}

enum status data_load(const struct execute_ports *ports, const struct config *config,
                      const struct execute_request *request, struct loaded_data *out,
                      struct problem *problem)
{
    size_t places = (size_t)config->data_count + 1;
    *out = (struct loaded_data){.count = config->data_count};
    out->items = calloc(places, sizeof *out->items);
    out->series = calloc(places, sizeof *out->series);
    struct load_job job = {.ports = ports, .config = config, .data = out};
    job.problems = calloc(places, sizeof *job.problems);
    job.statuses = calloc(places, sizeof *job.statuses);
    enum status status = STATUS_OK;
    for (uint32_t i = 0; i < config->data_count; i++)
        out->session.count += config_data_is_session(&config->data[i]);
    out->series_count = config->data_count - out->session.count;
    out->session.files = calloc(places, sizeof *out->session.files);
    if (out->session.files == NULL)
        status = STATUS_NO_MEMORY;
    if (out->items == NULL || out->series == NULL || job.problems == NULL || job.statuses == NULL ||
        status != STATUS_OK) {
        status = problem_set(problem, STATUS_NO_MEMORY, "data", "not enough memory");
    } else if (!load_all(&job, request)) {
        status = problem_set(problem, STATUS_INTERRUPTED, "back-test", "interrupted");
    }
    /* Of several problems the first file's is told, whichever thread found one first. */
    for (uint32_t i = 0; status == STATUS_OK && i < config->data_count; i++) {
        if (job.statuses[i] == STATUS_OK)
            continue;
        status = job.statuses[i];
        *problem = job.problems[i];
    }
    if (status == STATUS_OK && out->session.count > 0 &&
        session_align(&out->session, config->simulation.feed_latency_ns) != STATUS_OK)
        status = problem_set(problem, STATUS_NO_MEMORY, "data", "not enough memory");
    if (status == STATUS_OK)
        status = cut_session(config, &out->session, problem);
    free(job.problems);
    free(job.statuses);
    if (status != STATUS_OK)
        data_release(ports, out);
    return status;
}

enum status backtest_open(struct backtest *backtest, const struct config *config,
                          const struct loaded_data *data, struct problem *problem)
{
    if (data->session.count > 0)
        return backtest_init_session(backtest, config, &data->session, data->series,
                                     data->series_count, problem);
    return backtest_init(backtest, config, data->series, data->series_count, problem);
}

void data_describe(const struct config *config, const struct loaded_data *data,
                   struct text_buffer *out)
{
    for (uint32_t i = 0; i < data->session.count; i++) {
        const struct session_file *file = &data->session.files[i];
        char hash[HASH_TEXT_SIZE];
        hash128_format(hash, file->data.content_hash);
        text_buffer_print(out, "%s %s %zu %s\n", config->instruments[file->instrument].name, hash,
                          file->data.count,
                          file->data.kind == DEPTH_LEVELS  ? "depth"
                          : file->data.kind == DEPTH_QUOTE ? "quotes"
                                                           : "trades");
    }
    for (uint32_t i = 0; i < data->series_count; i++) {
        const struct backtest_series *series = &data->series[i];
        char hash[HASH_TEXT_SIZE];
        char length[DURATION_TEXT_SIZE];
        hash128_format(hash, series->content_hash);
        duration_format(length, series->bar_ns);
        text_buffer_print(out, "%s %s %zu %s\n", config->instruments[series->instrument].name, hash,
                          series->count, length);
    }
}

/* ---- the run --------------------------------------------------------------------------------- */

struct execution {
    const struct execute_ports *ports;
    const struct execute_request *request;
    struct config config;
    struct loaded_data data;
    struct backtest backtest;
    struct result_output output;
    struct journal_handle *journal;
    bool output_begun;
    bool writes;
    char directory[OUTPUT_PATH_SIZE]; /* where, if it writes */
};

static bool run_progress(void *context, uint64_t done, uint64_t total)
{
    return progress(context, "run", done, total);
}

static enum status journal_begin(struct execution *execution, struct problem *problem)
{
    struct text_buffer config;
    struct text_buffer data;
    struct text_buffer session;
    text_buffer_init(&config, (size_t)4 << 20);
    text_buffer_init(&data, (size_t)1 << 20);
    text_buffer_init(&session, 4096);
    config_canonical(&execution->config, &config);
    data_describe(&execution->config, &execution->data, &data);
    text_buffer_print(&session, "tern %s\n", execution->ports->version);
    char path[OUTPUT_PATH_SIZE + 16];
    (void)snprintf(path, sizeof path, "%s/journal", execution->output.partial);
    enum status status = STATUS_NO_MEMORY;
    if (config.status == STATUS_OK && data.status == STATUS_OK && session.status == STATUS_OK) {
        status = execution->ports->journal->create(path, (struct text){session.data, session.size},
                                                   (struct text){config.data, config.size},
                                                   (struct text){data.data, data.size},
                                                   &execution->journal, problem);
    } else {
        problem_set(problem, status, "journal", "not enough memory");
    }
    text_buffer_release(&config);
    text_buffer_release(&data);
    text_buffer_release(&session);
    return status;
}

void execute_directory_name(char out[EXECUTE_NAME_SIZE], const char *config_path,
                            struct hash128 config_hash, struct hash128 data_hash)
{
    const char *slash = strrchr(config_path, '/');
    const char *name = slash == NULL ? config_path : slash + 1;
    const char *dot = strrchr(name, '.');
    size_t length = dot == NULL || dot == name ? strlen(name) : (size_t)(dot - name);
    size_t used = 0;
    for (size_t i = 0; i < length && used + 1 < RESULT_NAME_SIZE; i++) {
        char c = name[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '_' || c == '-' || (c == '.' && used > 0);
        if (plain)
            out[used++] = c;
    }
    char config[HASH_TEXT_SIZE];
    char data[HASH_TEXT_SIZE];
    hash128_format(config, config_hash);
    hash128_format(data, data_hash);
    (void)snprintf(out + used, EXECUTE_NAME_SIZE - used, "%s%.8s-%.8s", used > 0 ? "-" : "", config,
                   data);
}

static enum status choose_directory(struct execution *execution, struct problem *problem)
{
    const struct execute_request *request = execution->request;
    execution->writes = request->directory != NULL || request->parent != NULL;
    if (!execution->writes)
        return STATUS_OK;
    char name[EXECUTE_NAME_SIZE] = "";
    const char *parent = request->directory;
    if (parent == NULL) {
        struct hash128 hash;
        enum status status = config_hash(&execution->config, &hash);
        if (status != STATUS_OK)
            return problem_set(problem, status, "back-test", "not enough memory");
        execute_directory_name(name, request->config_path, hash, execution->backtest.data_hash);
        parent = request->parent;
    }
    int size = snprintf(execution->directory, sizeof execution->directory, "%s%s%s", parent,
                        name[0] == '\0' ? "" : "/", name);
    if (size < 0 || (size_t)size >= sizeof execution->directory)
        return problem_set(problem, STATUS_RANGE, parent, "the path is too long");
    return STATUS_OK;
}

static enum status run(struct execution *execution, struct backtest_result *result,
                       struct problem *problem)
{
    const struct execute_request *request = execution->request;
    struct backtest_options options = {
        .collect_rows = true,
        .progress = request->progress == NULL ? NULL : run_progress,
        .progress_context = (void *)(uintptr_t)request,
    };
    const struct journal_sink *sink = NULL;
    enum status status = choose_directory(execution, problem);
    if (status != STATUS_OK)
        return status;
    if (execution->writes) {
        status = result_output_begin(&execution->output, &output_disk_posix, execution->directory,
                                     problem);
        if (status != STATUS_OK)
            return status;
        execution->output_begun = true;
        status = journal_begin(execution, problem);
        if (status != STATUS_OK)
            return status;
        sink = execution->ports->journal->sink(execution->journal);
    }
    status = backtest_run(&execution->backtest, sink, &options, result, problem);
    if (execution->journal == NULL)
        return status;
    struct journal_handle *journal = execution->journal;
    execution->journal = NULL;
    if (status == STATUS_OK)
        return execution->ports->journal->close(journal, problem);
    if (status == STATUS_IO) {
        /* The journal knows better what failed. */
        struct problem cause;
        problem_init(&cause);
        if (execution->ports->journal->close(journal, &cause) != STATUS_OK)
            *problem = cause;
        return problem->status;
    }
    execution->ports->journal->abort(journal);
    return status;
}

static double seconds_since(const struct timespec *start)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) * 1e-9;
}

static enum status execute(struct execution *execution, struct backtest_result *result,
                           struct metrics *metrics, struct problem *problem)
{
    const struct execute_request *request = execution->request;
    struct timespec start;
    (void)clock_gettime(CLOCK_MONOTONIC, &start);
    enum status status = config_read_file(request->config_path, CONFIG_BACKTEST, &execution->config,
                                          problem);
    if (status != STATUS_OK)
        return status;
    status = data_load(execution->ports, &execution->config, request, &execution->data, problem);
    if (status != STATUS_OK)
        return status;
    status = backtest_open(&execution->backtest, &execution->config, &execution->data, problem);
    if (status != STATUS_OK)
        return status;
    status = run(execution, result, problem);
    if (status != STATUS_OK)
        return status;
    (void)text_copy(result->version, sizeof result->version, text_of(execution->ports->version));
    result->wall_seconds = seconds_since(&start);
    status = backtest_result_conclude(result, request->trials_path, metrics);
    if (status != STATUS_OK)
        return problem_set(problem, status, "result", "cannot be concluded");
    if (!execution->writes)
        return STATUS_OK;
    status = market_gather_run(&execution->backtest, &execution->data.session, result);
    if (status != STATUS_OK)
        return problem_set(problem, status, "report", "not enough memory");
    status = result_output_write(&execution->output, result, metrics, problem);
    if (status == STATUS_OK)
        status = result_output_commit(&execution->output, problem);
    return status;
}

enum status execute_backtest(const struct execute_ports *ports,
                             const struct execute_request *request, struct backtest_result *result,
                             struct metrics *metrics, struct problem *problem)
{
    struct execution execution = {.ports = ports, .request = request};
    backtest_result_init(result);
    enum status status = execute(&execution, result, metrics, problem);
    if (execution.journal != NULL)
        ports->journal->abort(execution.journal);
    if (status != STATUS_OK && execution.output_begun)
        result_output_abort(&execution.output);
    if (execution.backtest.config != NULL)
        backtest_release(&execution.backtest);
    data_release(ports, &execution.data);
    config_release(&execution.config);
    if (status != STATUS_OK)
        backtest_result_release(result);
    return status;
}
