#include "world/tape/tape_bars.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/decimal.h"
#include "base/time.h"
#include "world/import/bar_builder.h"
#include "world/tape/tape_parts.h"

/* Bars that are summarised together: they lie in the nearest cache. */
#define SUMMARY_ROWS (4 * COLUMN_GROUP)

enum { TIME, OPEN, CLOSE, HIGH, LOW, VOLUME, COLUMNS };

static const double tens[TAPE_VOLUME_DECIMALS_MAX + 1] = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

/* ---- writing --------------------------------------------------------------------------------- */

/* Whether volume is m / 10^decimals with m < 2^53, which a correctly rounded division proves. */
static bool volume_units(double volume, unsigned decimals, int64_t *out)
{
    double scaled = volume * tens[decimals];
    if (!(scaled < 9007199254740992.0))
        return false;
    int64_t units = (int64_t)(scaled + 0.5);
    *out = units;
    return (double)units / tens[decimals] == volume && !signbit(volume);
}

/* Volumes as whole numbers of the fewest decimals that hold all of the block, else as bits. */
static uint8_t pack_volumes(const struct bar *bars, size_t rows, int64_t *out)
{
    unsigned decimals = 0;
    size_t i = 0;
    while (i < rows && decimals <= TAPE_VOLUME_DECIMALS_MAX) {
        if (volume_units(bars[i].volume, decimals, &out[i])) {
            i++;
            continue;
        }
        /* Begin anew with one decimal more: what held before holds there too, or nothing does. */
        decimals++;
        i = 0;
    }
    if (decimals <= TAPE_VOLUME_DECIMALS_MAX)
        return (uint8_t)decimals;
    for (i = 0; i < rows; i++)
        memcpy(&out[i], &bars[i].volume, sizeof out[i]);
    return TAPE_VOLUME_RAW;
}

static void split(const struct bar *bars, size_t rows, int64_t *const columns[])
{
    int64_t before = bars[0].open.units;
    for (size_t i = 0; i < rows; i++) {
        int64_t open = bars[i].open.units, close = bars[i].close.units;
        columns[TIME][i] = bars[i].open_time_ns;
        columns[OPEN][i] = open - before;
        columns[CLOSE][i] = close - open;
        columns[HIGH][i] = bars[i].high.units - i64_max(open, close);
        columns[LOW][i] = i64_min(open, close) - bars[i].low.units;
        before = close;
    }
}

enum status tape_writer_bars(struct tape_writer *writer, const struct bar *bars, size_t count)
{
    int64_t *space = malloc(COLUMNS * TAPE_BLOCK_ROWS * sizeof *space);
    if (space == NULL)
        return STATUS_NO_MEMORY;
    int64_t *columns[COLUMNS];
    for (unsigned i = 0; i < COLUMNS; i++)
        columns[i] = space + i * TAPE_BLOCK_ROWS;
    enum status status = STATUS_OK;
    for (size_t done = 0; done < count && status == STATUS_OK;) {
        size_t rows = count - done < TAPE_BLOCK_ROWS ? count - done : TAPE_BLOCK_ROWS;
        struct column_note notes[COLUMNS] = {[OPEN].base = bars[done].open.units};
        split(bars + done, rows, columns);
        notes[VOLUME].decimals = pack_volumes(bars + done, rows, columns[VOLUME]);
        status = tape_writer_block(writer, columns, rows, notes);
        done += rows;
    }
    free(space);
    return status;
}

enum status tape_write_bars(const char *path, const char *instrument,
                            const struct bar_series *series, bool replace, struct problem *problem)
{
    struct tape_facts facts = {
        .kind = TAPE_BARS, .price_decimals = series->price_decimals, .bar_ns = series->bar_ns};
    struct tape_writer *writer;
    if (!text_copy(facts.instrument, sizeof facts.instrument, text_of(instrument)))
        return problem_set(problem, STATUS_RANGE, path, "the instrument's name is too long");
    enum status status = tape_writer_create(path, &facts, &writer, problem);
    if (status != STATUS_OK)
        return status;
    /* A failure stays with the writer; one of memory for the columns does not. */
    if (tape_writer_bars(writer, series->bars, series->count) == STATUS_NO_MEMORY) {
        tape_writer_abort(writer);
        return problem_set(problem, STATUS_NO_MEMORY, path, "not enough memory");
    }
    return tape_writer_finish(writer, series->content_hash, replace, problem);
}

/* ---- reading --------------------------------------------------------------------------------- */

struct reading {
    struct tape_reader *reader;
    const struct bar_source *source;
    struct bar *bars;
    size_t count;
    int64_t bar_ns, last_ns;
    int64_t units_max;
    bool bad; /* a bar that no writer makes */
    /* Of a whole tape, which is scaled and summarised while it is read. */
    bool whole;
    int64_t factor;
    struct bar_series series;
    struct bar_summary summary;
};

/* Room for bars, given back by free. Large ones lie on large pages where the system has them: a
 * third of the time of a plain allocation goes into its page faults. */
static struct bar *take_bars(size_t count)
{
    const size_t page = (size_t)2 << 20;
    size_t size = (count + 1) * sizeof(struct bar);
    if (size < 4 * page)
        return malloc(size);
    size = (size + page - 1) / page * page;
    struct bar *bars = aligned_alloc(page, size);
    if (bars != NULL)
        (void)madvise(bars, size, MADV_HUGEPAGE);
    return bars;
}

/* Below 2^52 a whole number is the low bits of the double that is 2^52 and it: no conversion, which
 * baseline processors do one at a time. */
static bool join_volumes(const int64_t *units, size_t rows, unsigned decimals, struct bar *out)
{
    static const double two_52 = 4503599627370496.0;
    double volumes[COLUMN_GROUP];
    uint64_t all = 0;
    bool good = true;
    for (size_t i = 0; i < rows; i++)
        all |= (uint64_t)units[i];
    if (decimals == TAPE_VOLUME_RAW) {
        memcpy(volumes, units, rows * sizeof *volumes);
        for (size_t i = 0; i < rows; i++)
            good &= volumes[i] >= 0 && volumes[i] < (double)INFINITY;
    } else if (all >> 52 == 0) {
        uint64_t bits[COLUMN_GROUP];
        for (size_t i = 0; i < rows; i++)
            bits[i] = (uint64_t)units[i] | UINT64_C(0x4330000000000000);
        memcpy(volumes, bits, rows * sizeof *volumes);
        for (size_t i = 0; i < rows; i++)
            volumes[i] = (volumes[i] - two_52) / tens[decimals];
    } else {
        good = all >> 63 == 0;
        for (size_t i = 0; i < rows; i++)
            volumes[i] = (double)units[i] / tens[decimals];
    }
    for (size_t i = 0; i < rows; i++)
        out[i].volume = volumes[i];
    return good;
}

/* Up to 128 bars from their columns. Arithmetic is modulo 2^64 and judged behind. */
static void join(struct reading *reading, int64_t columns[COLUMNS][COLUMN_GROUP], size_t rows,
                 int64_t *before_close, unsigned volume_decimals, struct bar *out)
{
    uint64_t before = (uint64_t)*before_close;
    int64_t last = reading->last_ns, high_max = reading->units_max;
    bool bad = false;
    for (size_t i = 0; i < rows; i++) {
        uint64_t open = before + (uint64_t)columns[OPEN][i];
        uint64_t close = open + (uint64_t)columns[CLOSE][i];
        int64_t top = i64_max((int64_t)open, (int64_t)close);
        int64_t bottom = i64_min((int64_t)open, (int64_t)close);
        int64_t high = (int64_t)((uint64_t)top + (uint64_t)columns[HIGH][i]);
        int64_t low = (int64_t)((uint64_t)bottom - (uint64_t)columns[LOW][i]);
        int64_t time = columns[TIME][i];
        out[i].open_time_ns = time;
        out[i].open.units = (int64_t)open;
        out[i].high.units = high;
        out[i].low.units = low;
        out[i].close.units = (int64_t)close;
        bad |= (time <= last) | (low <= 0) | (low > bottom) | (high < top);
        high_max = i64_max(high_max, high);
        last = time;
        before = close;
    }
    reading->bad |= bad | !join_volumes(columns[VOLUME], rows, volume_decimals, out);
    reading->last_ns = last;
    reading->units_max = high_max;
    *before_close = (int64_t)before;
}

/* What does not fit is found by the largest price, at the end. */
static void scale_up(struct bar *bars, size_t count, int64_t factor)
{
    uint64_t times = (uint64_t)factor;
    if (factor == 1)
        return;
    for (size_t i = 0; i < count; i++) {
        bars[i].open.units = (int64_t)((uint64_t)bars[i].open.units * times);
        bars[i].high.units = (int64_t)((uint64_t)bars[i].high.units * times);
        bars[i].low.units = (int64_t)((uint64_t)bars[i].low.units * times);
        bars[i].close.units = (int64_t)((uint64_t)bars[i].close.units * times);
    }
}

static enum status read_one(struct reading *reading, size_t index, struct problem *problem)
{
    struct column_reader columns[TAPE_COLUMNS_MAX];
    int64_t values[COLUMNS][COLUMN_GROUP];
    size_t rows;
    struct bar *out = reading->bars + reading->count;
    enum status status = tape_reader_block(reading->reader, index, &rows, columns, problem);
    if (status != STATUS_OK)
        return status;
    unsigned decimals = columns[VOLUME].note.decimals;
    int64_t before = columns[OPEN].note.base;
    if (decimals > TAPE_VOLUME_DECIMALS_MAX && decimals != TAPE_VOLUME_RAW)
        return tape_reader_fault(reading->reader, index, "its volumes have no decimals", problem);
    for (size_t done = 0; done < rows;) {
        size_t part = rows - done < COLUMN_GROUP ? rows - done : COLUMN_GROUP;
        for (unsigned i = 0; i < COLUMNS; i++) {
            if (column_next(&columns[i], values[i], part) != STATUS_OK)
                return tape_reader_fault(reading->reader, index, "a column ends early", problem);
        }
        join(reading, values, part, &before, decimals, out + done);
        done += part;
        if (reading->whole && (done % SUMMARY_ROWS == 0 || done == rows)) {
            size_t begin = (done - 1) / SUMMARY_ROWS * SUMMARY_ROWS;
            scale_up(out + begin, done - begin, reading->factor);
            bar_summary_add(&reading->summary, out + begin, done - begin);
        }
    }
    const struct tape_block *block = &tape_reader_summary(reading->reader)->blocks[index];
    if (reading->bad || out[0].open_time_ns != block->first_ns ||
        out[rows - 1].open_time_ns != block->last_ns)
        return tape_reader_fault(reading->reader, index, "it has bars that cannot be", problem);
    /* A bar one length behind an aligned one is aligned: only the others cost a division. */
    int64_t expected = INT64_MIN;
    for (size_t i = 0; i < rows; i++) {
        int64_t time = out[i].open_time_ns;
        if (UNLIKELY(time != expected) && !bar_time_is_aligned(time, reading->bar_ns))
            return tape_reader_fault(reading->reader, index, "a time is off the grid", problem);
        expected = (int64_t)((uint64_t)time + (uint64_t)reading->bar_ns);
    }
    reading->count += rows;
    return STATUS_OK;
}

/* Leaves out the bars before and behind the window. */
static void cut_window(struct reading *reading)
{
    size_t begin = 0, end = reading->count;
    while (begin < end && reading->bars[begin].open_time_ns < reading->source->from_ns)
        begin++;
    while (end > begin && reading->bars[end - 1].open_time_ns >= reading->source->to_ns)
        end--;
    if (begin > 0)
        memmove(reading->bars, reading->bars + begin, (end - begin) * sizeof *reading->bars);
    reading->count = end - begin;
}

/* The least number of decimals >= least that holds all prices, which are in `decimals`. */
static unsigned decimals_needed(const struct bar *bars, size_t count, unsigned decimals,
                                unsigned least)
{
    if (decimals <= least)
        return least;
    int64_t step = power_of_ten(decimals - least);
    for (size_t i = 0; i < count && step > 1; i++) {
        while (bars[i].open.units % step != 0 || bars[i].high.units % step != 0 ||
               bars[i].low.units % step != 0 || bars[i].close.units % step != 0) {
            step /= 10;
            least++;
        }
    }
    return least;
}

static enum status rescale(struct reading *reading, const char *name, unsigned from, unsigned to,
                           struct problem *problem)
{
    if (from == to)
        return STATUS_OK;
    int64_t factor = power_of_ten(from < to ? to - from : from - to);
    if (from < to && reading->units_max > INT64_MAX / factor)
        return problem_set(problem, STATUS_DATA_INVALID, name,
                           "a price is too large for %u decimals", to);
    for (size_t i = 0; i < reading->count; i++) {
        struct bar *bar = &reading->bars[i];
        struct price *const prices[] = {&bar->open, &bar->high, &bar->low, &bar->close};
        for (unsigned j = 0; j < ARRAY_COUNT(prices); j++)
            prices[j]->units = from < to ? prices[j]->units * factor : prices[j]->units / factor;
    }
    return STATUS_OK;
}

static enum status refuse_decimals(const struct bar_source *source, unsigned needed,
                                   struct problem *problem)
{
    problem_set(problem, STATUS_DATA_INVALID, source->path, "prices have %u decimals", needed);
    problem_allowed(problem, "at most %u", source->price_decimals_max);
    return STATUS_DATA_INVALID;
}

static enum status judge_request(const struct tape_summary *summary,
                                 const struct bar_source *source, bool cut, struct problem *problem)
{
    char text[DURATION_TEXT_SIZE], wanted[DURATION_TEXT_SIZE];
    if (summary->facts.kind != TAPE_BARS) {
        problem_set(problem, STATUS_DATA_INVALID, source->path, "a tape of %s",
                    tape_kind_name(summary->facts.kind));
        problem_allowed(problem, "a tape of bars");
        return STATUS_DATA_INVALID;
    }
    if (!summary->complete && !cut) {
        problem_set(problem, STATUS_TRUNCATED, source->path,
                    "the tape was cut or is being written: it has no end behind its %llu rows",
                    (unsigned long long)summary->rows);
        problem_next(problem, "tern data import %s makes a whole tape of what is there",
                     source->path);
        return STATUS_TRUNCATED;
    }
    if (source->bar_ns != 0 && source->bar_ns != summary->facts.bar_ns) {
        duration_format(text, summary->facts.bar_ns);
        duration_format(wanted, source->bar_ns);
        problem_set(problem, STATUS_DATA_INVALID, source->path, "bars of %s", text);
        problem_allowed(problem, "bars of the length given, %s", wanted);
        problem_next(problem, "give the bar's length as %s", text);
        return STATUS_DATA_INVALID;
    }
    if (summary->rows > BAR_SERIES_COUNT_MAX)
        return problem_set(problem, STATUS_NO_MEMORY, source->path, "more bars than fit");
    return STATUS_OK;
}

/* Whether all rows are wanted, so that what is needed of decimals is known before the first. */
static enum status begin_whole(struct reading *reading, const struct tape_summary *summary,
                               struct problem *problem)
{
    const struct bar_source *source = reading->source;
    unsigned decimals = summary->facts.price_decimals;
    if (summary->rows == 0 || source->from_ns > summary->blocks[0].first_ns ||
        source->to_ns <= summary->blocks[summary->blocks_count - 1].last_ns)
        return STATUS_OK;
    unsigned needed = decimals > source->price_decimals_min ? decimals : source->price_decimals_min;
    if (needed > source->price_decimals_max)
        return refuse_decimals(source, needed, problem);
    reading->whole = true;
    reading->factor = power_of_ten(needed - decimals);
    reading->series = (struct bar_series){.bars = reading->bars,
                                          .count = (size_t)summary->rows,
                                          .price_decimals = needed,
                                          .bar_ns = summary->facts.bar_ns};
    return bar_summary_begin(&reading->summary, &reading->series) == STATUS_OK
               ? STATUS_OK
               : problem_set(problem, STATUS_NO_MEMORY, source->path,
                             "no memory for the content hash");
}

static enum status finish_whole(struct reading *reading, struct bar_series *out,
                                struct problem *problem)
{
    if (reading->units_max > INT64_MAX / reading->factor)
        return problem_set(problem, STATUS_DATA_INVALID, reading->source->path,
                           "a price is too large for %u decimals", reading->series.price_decimals);
    bar_summary_end(&reading->summary);
    *out = reading->series;
    return STATUS_OK;
}

static enum status finish(struct reading *reading, const struct tape_summary *summary,
                          struct bar_series *out, struct problem *problem)
{
    const struct bar_source *source = reading->source;
    unsigned decimals = summary->facts.price_decimals;
    if (reading->count == 0) {
        char first[TIME_TEXT_SIZE] = "none", last[TIME_TEXT_SIZE] = "none";
        if (summary->blocks_count > 0) {
            time_format(first, summary->blocks[0].first_ns);
            time_format(last, summary->blocks[summary->blocks_count - 1].last_ns);
        }
        problem_set(problem, STATUS_DATA_INVALID, source->path,
                    "no bar lies in the time window; the tape has %s to %s", first, last);
        problem_next(problem, "widen the window");
        return STATUS_DATA_INVALID;
    }
    unsigned needed = decimals_needed(reading->bars, reading->count, decimals,
                                      source->price_decimals_min);
    if (needed > source->price_decimals_max)
        return refuse_decimals(source, needed, problem);
    enum status status = rescale(reading, source->path, decimals, needed, problem);
    if (status != STATUS_OK)
        return status;
    struct bar_series series = {.bars = reading->bars,
                                .count = reading->count,
                                .price_decimals = needed,
                                .bar_ns = summary->facts.bar_ns};
    if (bar_series_summarise(&series) != STATUS_OK)
        return problem_set(problem, STATUS_NO_MEMORY, source->path,
                           "no memory for the content hash");
    *out = series;
    return STATUS_OK;
}

enum status tape_reader_bars(struct tape_reader *reader, const struct bar_source *source, bool cut,
                             struct bar_series *out, struct problem *problem)
{
    const struct tape_summary *summary = tape_reader_summary(reader);
    *out = (struct bar_series){0};
    enum status status = judge_request(summary, source, cut, problem);
    if (status != STATUS_OK)
        return status;
    size_t begin = tape_reader_find(reader, source->from_ns), end = summary->blocks_count;
    while (end > begin && summary->blocks[end - 1].first_ns >= source->to_ns)
        end--;
    uint64_t rows_end = end < summary->blocks_count ? summary->blocks[end].rows_before
                                                    : summary->rows;
    uint64_t rows_begin = begin < end ? summary->blocks[begin].rows_before : rows_end;
    struct reading reading = {
        .reader = reader,
        .source = source,
        .bar_ns = summary->facts.bar_ns,
        .last_ns = INT64_MIN,
        .bars = take_bars((size_t)(rows_end - rows_begin)),
    };
    if (reading.bars == NULL)
        return problem_set(problem, STATUS_NO_MEMORY, source->path, "not enough memory");
    status = begin_whole(&reading, summary, problem);
    for (size_t i = begin; i < end && status == STATUS_OK; i++)
        status = read_one(&reading, i, problem);
    if (status == STATUS_OK && reading.whole) {
        status = finish_whole(&reading, out, problem);
    } else if (status == STATUS_OK) {
        cut_window(&reading);
        status = finish(&reading, summary, out, problem);
    }
    bar_summary_end(&reading.summary);
    if (status != STATUS_OK)
        free(reading.bars);
    return status;
}

enum status tape_read_bars(const struct bar_source *source, struct bar_series *out,
                           struct problem *problem)
{
    struct tape_reader *reader;
    *out = (struct bar_series){0};
    enum status status = tape_reader_open(source->path, &reader, problem);
    if (status != STATUS_OK)
        return status;
    status = tape_reader_bars(reader, source, false, out, problem);
    tape_reader_close(reader);
    return status;
}
