/* Any bytes as a file of bars of any form, by the whole way from the file to bars and to a survey:
 * recognition, packing, columns, options. The first four bytes say the name that the file has and
 * the options; the rest is the file. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "world/import/bar_builder.h"
#include "world/import/rows.h"
#include "world/import/survey.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Below a folder of its own, for LEAN looks at the folders too. */
static const char *const names[] = {
    "a.csv",
    "crypto/x/minute/btcusd/20240101_trade.zip",
    "crypto/x/minute/btcusd/20240101_quote.csv",
    "equity/usa/minute/aapl/20240603_trade.csv",
    "equity/usa/hour/aapl.zip",
    "20240101_trade.csv",
    "a.json.gz",
    "crypto/x/hour/btcusd.csv",
};

static const char *const columns[] = {
    NULL,
    "time=1,open=2,high=3,low=4,close=5,volume=6",
    "time=When,open=o,high=h,low=l,close=c,volume=-",
    "time=2,open=3,high=4,low=5,close=6,volume=7,symbol=1",
    "time=1,bid_open=2,bid_high=3,bid_low=4,bid_close=5,ask_open=6,ask_high=7,ask_low=8,ask_close="
    "9",
    "time=1,open=2,high=99",
    NULL,
    NULL,
};

static const char *const zones[] = {NULL, "America/New_York", "+05:30", "Europe/Istanbul"};

static void check_series(const struct bar_series *series)
{
    ASSERT(series->count > 0 && series->bar_ns > 0 && series->price_decimals <= 18);
    ASSERT(series->form < BAR_FORM_COUNT);
    for (size_t i = 0; i < series->count; i++) {
        const struct bar *bar = &series->bars[i];
        ASSERT(bar->low.units > 0 && bar->low.units <= bar->open.units);
        ASSERT(bar->low.units <= bar->close.units && bar->close.units <= bar->high.units);
        ASSERT(bar->open.units <= bar->high.units);
        ASSERT(isfinite(bar->volume) && bar->volume >= 0);
        ASSERT(bar_time_is_aligned(bar->open_time_ns, series->bar_ns));
        ASSERT(i == 0 || bar->open_time_ns > series->bars[i - 1].open_time_ns);
    }
}

/* What an import takes, a survey calls usable. */
static void check_survey(const struct bar_source *source, const struct bar_series *series)
{
    struct survey survey;
    struct problem problem;
    problem_init(&problem);
    enum status status = survey_read(source, &survey, &problem);
    ASSERT(status == problem.status);
    ASSERT(status == STATUS_OK || series->count == 0);
    for (size_t i = 0; i < survey.count; i++)
        survey_judge(&survey.series[i], series->bar_ns);
    if (series->count > 1 && survey.count == 1)
        ASSERT(survey_errors(survey.series) == 0 && survey.series->count == series->count);
    survey_release(&survey);
}

/* The folders of `path` are made (or taken away, from the last to the first). */
static void make_folders(char *path)
{
    for (char *at = strchr(path + 1, '/'); at != NULL; at = strchr(at + 1, '/')) {
        *at = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            abort();
        *at = '/';
    }
}

static void remove_folders(char *path, size_t depth)
{
    for (size_t i = 0; i < depth; i++) {
        *strrchr(path, '/') = '\0';
        (void)rmdir(path);
    }
}

static void write_file(const char *path, const uint8_t *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL || (size > 0 && fwrite(data, 1, size, file) != size) || fclose(file) != 0)
        abort();
}

static void choose(const uint8_t *data, struct bar_source *source)
{
    static const int64_t lengths[] = {0, 60, 3600, 86400};
    static const char delimiters[] = {0, '|', '\t', ' '};
    const char *zone = zones[data[1] >> 3 & 3];
    source->columns = columns[data[1] & 7];
    source->has_zone = zone != NULL && zone_parse(text_of(zone), &source->zone);
    source->time_form = (enum time_form)(data[1] >> 5) % 5;
    source->bar_ns = lengths[data[2] & 3] * NANOSECONDS_PER_SECOND;
    source->delimiter = delimiters[data[2] >> 2 & 3];
    source->price_scale = (data[2] & 16) != 0 ? data[2] >> 5 : -1;
    source->instrument = (data[3] & 1) != 0 ? "BTC-USD" : NULL;
    source->member = (data[3] & 2) != 0 ? "a.csv" : NULL;
    source->quotes = (data[3] & 4) != 0;
    source->price_decimals_min = 0;
    source->price_decimals_max = 18;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[256];
    if (size < 4)
        return 0;
    const char *name = names[data[0] % ARRAY_COUNT(names)];
    (void)snprintf(path, sizeof path, "/tmp/tern-import-fuzz-%d/%s", (int)getpid(), name);
    make_folders(path);
    write_file(path, data + 4, size - 4);
    struct bar_source source;
    struct bar_series series;
    struct problem problem;
    struct row_peek peek;
    problem_init(&problem);
    bar_source_init(&source, path);
    choose(data, &source);
    enum status status = bar_series_read(&source, &series, &problem);
    ASSERT(status == problem.status);
    if (status == STATUS_OK)
        check_series(&series);
    else
        ASSERT(series.bars == NULL && series.count == 0 && problem.found[0] != '\0');
    check_survey(&source, &series);
    bar_series_release(&series);
    problem_init(&problem);
    status = row_peek_read(&source, &peek, &problem);
    ASSERT(status == problem.status && peek.rows <= ROW_PEEK_ROWS);
    (void)unlink(path);
    size_t depth = 1;
    for (const char *at = name; (at = strchr(at, '/')) != NULL; at++)
        depth++;
    remove_folders(path, depth);
    return 0;
}
