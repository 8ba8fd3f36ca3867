#include "app/ports.h"

#include <stdlib.h>

#include "world/import/bars.h"
#include "world/store/journal.h"
#include "world/tape/tape_bars.h"

/* ---- bars from files ------------------------------------------------------------------------- */

static enum status bars_load(const struct bar_request *request, struct bar_data *out,
                             struct problem *problem)
{
    struct bar_source source;
    struct bar_series series;
    bar_source_init(&source, request->path);
    source.instrument = request->instrument;
    source.symbol = request->symbol;
    source.bar_ns = request->bar_ns;
    source.price_decimals_min = request->price_decimals_min;
    source.price_decimals_max = request->price_decimals_max;
    source.from_ns = request->from_ns;
    source.to_ns = request->to_ns;
    enum status status = tape_is_tape(request->path) ? tape_read_bars(&source, &series, problem)
                                                     : bar_series_read(&source, &series, problem);
    if (status != STATUS_OK)
        return status;
    *out = (struct bar_data){
        .bars = series.bars,
        .count = series.count,
        .price_decimals = series.price_decimals,
        .bar_ns = series.bar_ns,
        .content_hash = series.content_hash,
        .bars_missing = series.gap_bars_missing,
    };
    return STATUS_OK;
}

static void bars_release(struct bar_data *data)
{
    struct bar_series series = {.bars = data->bars, .count = data->count};
    bar_series_release(&series);
    data->bars = NULL;
}

const struct bar_port bar_port_files = {bars_load, bars_release};

/* ---- the journal in a file ------------------------------------------------------------------- */

struct journal_handle {
    struct journal_writer writer;
};

static enum status journal_create(const char *path, struct text session, struct text config,
                                  struct text data, struct journal_handle **out,
                                  struct problem *problem)
{
    struct journal_handle *handle = calloc(1, sizeof *handle);
    if (handle == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, path, "not enough memory");
    enum status status = journal_writer_open(&handle->writer, path, problem);
    if (status != STATUS_OK) {
        free(handle);
        return status;
    }
    /* A failure stays with the writer and shows when the file is closed. */
    (void)journal_write(&handle->writer, JOURNAL_SESSION, session.data, session.size);
    (void)journal_write(&handle->writer, JOURNAL_CONFIG, config.data, config.size);
    (void)journal_write(&handle->writer, JOURNAL_DATA, data.data, data.size);
    *out = handle;
    return STATUS_OK;
}

static const struct journal_sink *journal_sink_of(struct journal_handle *handle)
{
    return &handle->writer.sink;
}

static enum status journal_close(struct journal_handle *handle, struct problem *problem)
{
    enum status status = journal_writer_close(&handle->writer, problem);
    free(handle);
    return status;
}

static void journal_abort(struct journal_handle *handle)
{
    journal_writer_abort(&handle->writer);
    free(handle);
}

const struct journal_port journal_port_file = {journal_create, journal_sink_of, journal_close,
                                               journal_abort};
