/* What the rows of one symbol tell together: order, grid, gaps by calendar, prices, volumes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "world/import/bar_builder.h"
#include "world/import/calendar.h"
#include "world/import/survey_parts.h"

#define HOUR (3600 * NANOSECONDS_PER_SECOND)
#define MINUTE (60 * NANOSECONDS_PER_SECOND)
/* Of the New York Stock Exchange, on its own clocks. */
#define SESSION_BEGIN (9 * HOUR + 30 * MINUTE)
#define SESSION_END (16 * HOUR)
#define SESSION_HALF_END (13 * HOUR)

/* A wick or a move is an outlier beyond this ratio of its neighbours, whatever the market; one
 * between two adjacent bars (close to open) beyond that smaller one. */
#define WICK_RATIO 2.0
#define MOVE_RATIO 1.35
#define SEAM_RATIO 1.15
/* Of closes from one day of trading to the next, where a split is not far from a whole ratio. */
#define SPLIT_NEAR 0.06
/* Volumes are compared in pieces of so many bars. */
#define VOLUME_PIECE 64u

/* From an earlier time to a later one; INT64_MAX where it does not fit. */
static int64_t time_between(int64_t from, int64_t to)
{
    int64_t span;
    return __builtin_sub_overflow(to, from, &span) ? INT64_MAX : span;
}

/* ---- order and grid -------------------------------------------------------------------------- */

static int by_time(const void *a, const void *b)
{
    const struct survey_row *left = a, *right = b;
    if (left->time_ns != right->time_ns)
        return left->time_ns < right->time_ns ? -1 : 1;
    if (left->line.part != right->line.part)
        return left->line.part < right->line.part ? -1 : 1;
    return left->line.line < right->line.line ? -1 : left->line.line > right->line.line;
}

/* Rows that are newest first from the first to the last are in an order as well. */
static void turn_newest_first(struct survey_series *series)
{
    struct survey_row *rows = series->rows;
    for (size_t i = 1; i < series->count; i++) {
        if (rows[i].time_ns > rows[i - 1].time_ns)
            return;
    }
    for (size_t i = 0, k = series->count; i + 1 < k; i++) {
        struct survey_row row = rows[i];
        rows[i] = rows[--k];
        rows[k] = row;
    }
}

/* Where clocks are set back in North America (at 02:00) or Europe (01:00 to 04:00): an hour that
 * stands there twice, or stands there not at all in spring, was told by such clocks. */
static bool is_changed_hour(int64_t time_ns, bool spring)
{
    int year = civil_from_ns(time_ns).year;
    int64_t day = day_of_ns(time_ns), hour = (time_ns - day * NANOSECONDS_PER_DAY) / HOUR;
    int64_t american = spring ? nth_weekday(year, 3, 6, 2) : nth_weekday(year, 11, 6, 1);
    int64_t european = nth_weekday(year, spring ? 4 : 11, 6, 1) - 7;
    return (day == american && hour == (spring ? 2 : 1)) ||
           (day == european && hour >= 1 && hour <= 3);
}

static bool is_autumn_hour(int64_t time_ns)
{
    return is_changed_hour(time_ns, false);
}

static void judge_order(struct survey_series *series)
{
    char text[SURVEY_TEXT_SIZE], time[TIME_TEXT_SIZE];
    struct survey_row *rows = series->rows;
    turn_newest_first(series);
    for (size_t i = 1; i < series->count; i++) {
        if (rows[i].time_ns >= rows[i - 1].time_ns)
            continue;
        time_format(time, rows[i - 1].time_ns);
        (void)snprintf(text, sizeof text, "behind %s", time);
        survey_note(series, SURVEY_DISORDER, rows[i].line, rows[i].time_ns, text);
    }
    if (series->counts[SURVEY_DISORDER] > 0)
        qsort(rows, series->count, sizeof *rows, by_time);
    size_t kept = series->count > 0 ? 1 : 0;
    const struct survey_row *twice = NULL;
    for (size_t i = 1; i < series->count; i++) {
        if (rows[i].time_ns == rows[kept - 1].time_ns) {
            twice = twice == NULL && is_autumn_hour(rows[i].time_ns) ? &rows[i] : twice;
            (void)snprintf(text, sizeof text, "as line %llu",
                           (unsigned long long)rows[kept - 1].line.line);
            survey_note(series, SURVEY_DUPLICATE, rows[i].line, rows[i].time_ns, text);
        } else {
            rows[kept++] = rows[i];
        }
    }
    if (twice != NULL)
        survey_note(series, SURVEY_TIME_ZONE, twice->line, twice->time_ns,
                    "the hour that comes twice when summer time ends: local time, not UTC?");
    series->count = kept;
}

static int by_value(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return left < right ? -1 : left > right;
}

/* Whether a tenth of the rows do not lie on the grid that one of them and the step make. */
static bool are_many_off(const struct survey_series *series, int64_t step)
{
    size_t off = 0;
    for (size_t i = 1; i < series->count; i++)
        off += time_between(series->rows[0].time_ns, series->rows[i].time_ns) % step != 0 ? 1 : 0;
    return off * 10 > series->count;
}

/* The step that is found most often; where many rows do not fit into it, as in files of the seconds
 * that had a trade, the smallest one, if all are multiples of it. 0 without one. */
static int64_t usual_step(const struct survey_series *series)
{
    size_t count = series->count < 2 ? 0 : series->count - 1;
    int64_t *steps = malloc((count + 1) * sizeof *steps);
    if (steps == NULL || count == 0) {
        free(steps);
        return 0;
    }
    for (size_t i = 0; i < count; i++)
        steps[i] = time_between(series->rows[i].time_ns, series->rows[i + 1].time_ns);
    qsort(steps, count, sizeof *steps, by_value);
    int64_t best = steps[0];
    size_t best_count = 0;
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && steps[end] == steps[i];)
            end++;
        if (end - i > best_count) {
            best = steps[i];
            best_count = end - i;
        }
    }
    bool multiples = true;
    for (size_t i = 0; i < count; i++)
        multiples = multiples && steps[i] % steps[0] == 0;
    if (multiples && steps[0] < best && are_many_off(series, best))
        best = steps[0];
    free(steps);
    return best;
}

static void judge_grid(struct survey_series *series)
{
    char text[SURVEY_TEXT_SIZE], shift_text[DURATION_TEXT_SIZE];
    int64_t bar_ns = series->bar_ns;
    if (bar_ns <= 0)
        return;
    int64_t shift = 0;
    uint64_t same = 0, off = 0;
    for (size_t i = 0; i < series->count; i++) {
        int64_t time = series->rows[i].time_ns;
        if (bar_time_is_aligned(time, bar_ns))
            continue;
        int64_t rest = time_between(bar_time_floor(time, bar_ns), time);
        shift = off++ == 0 ? rest : shift;
        same += rest == shift ? 1 : 0;
        (void)snprintf(text, sizeof text, "no multiple of the bar's length");
        survey_note(series, SURVEY_OFF_GRID, series->rows[i].line, time, text);
    }
    /* All off by the same whole quarters of an hour: midnight of another place. */
    if (series->count >= 4 && same * 10 >= series->count * 9 && shift % (15 * MINUTE) == 0) {
        duration_format(shift_text, shift);
        (void)snprintf(text, sizeof text, "bars open %s after the UTC grid: local time?",
                       shift_text);
        survey_note(series, SURVEY_TIME_ZONE, series->rows[0].line, series->rows[0].time_ns, text);
    }
}

/* ---- calendar -------------------------------------------------------------------------------- */

static struct zone new_york(void)
{
    struct zone zone;
    bool known = zone_parse(TEXT("America/New_York"), &zone);
    ASSERT(known);
    return zone;
}

/* What New York's clocks show since midnight. */
static int64_t clock_of(struct zone zone, int64_t time_ns, int64_t *day)
{
    int64_t local = time_ns;
    if (__builtin_add_overflow(time_ns, zone_offset_s(zone, time_ns) * NANOSECONDS_PER_SECOND,
                               &local))
        local = time_ns;
    *day = day_of_ns(local);
    return local - *day * NANOSECONDS_PER_DAY;
}

/* A market that keeps weekends: a week or more without a bar on one, by New York's clocks, since an
 * evening there is the next day in UTC. Days keep their date. */
static bool keeps_weekends(const struct survey_series *series)
{
    size_t count = series->count;
    if (count < 6 || series->bar_ns > NANOSECONDS_PER_DAY ||
        time_between(series->rows[0].time_ns, series->rows[count - 1].time_ns) <
            7 * NANOSECONDS_PER_DAY)
        return false;
    struct zone zone = new_york();
    for (size_t i = 0; i < count; i++) {
        int64_t time = series->rows[i].time_ns, day = day_of_ns(time);
        if (series->bar_ns < NANOSECONDS_PER_DAY)
            (void)clock_of(zone, time, &day);
        if (weekday_of_day(day) >= 5)
            return false;
    }
    return true;
}

/* Regular sessions alone: every bar opens from 09:30 to 16:00, and bars fit into half an hour. */
static bool keeps_sessions(const struct survey_series *series)
{
    struct zone zone = new_york();
    int64_t day;
    if (!series->weekdays || series->bar_ns > 30 * MINUTE || (30 * MINUTE) % series->bar_ns != 0)
        return false;
    for (size_t i = 0; i < series->count; i++) {
        int64_t clock = clock_of(zone, series->rows[i].time_ns, &day);
        if (clock < SESSION_BEGIN || clock > SESSION_END)
            return false;
    }
    return true;
}

/* Bars of whole sessions strictly between two times: 09:30 to 16:00, to 13:00 on half days. */
static uint64_t sessions_between(const struct survey_series *series, int64_t from, int64_t to)
{
    struct zone zone = new_york();
    uint64_t count = 0;
    int64_t first, last;
    int64_t first_clock = clock_of(zone, from, &first), last_clock = clock_of(zone, to, &last);
    for (int64_t day = first; day <= last && day < first + 100000; day++) {
        if (weekday_of_day(day) >= 5 || new_york_is_holiday(day))
            continue;
        int64_t begin = SESSION_BEGIN;
        int64_t end = new_york_is_half_day(day) ? SESSION_HALF_END : SESSION_END;
        if (day == first && first_clock + series->bar_ns > begin)
            begin = first_clock + series->bar_ns;
        if (day == last && last_clock < end)
            end = last_clock;
        count += end > begin ? (uint64_t)((end - begin + series->bar_ns - 1) / series->bar_ns) : 0;
    }
    return count;
}

/* Bars that the calendar expects strictly between two times. */
static uint64_t expected_between(const struct survey_series *series, int64_t from, int64_t to)
{
    if (!series->weekdays)
        return (uint64_t)((time_between(from, to) - 1) / series->bar_ns);
    if (series->sessions)
        return sessions_between(series, from, to);
    int64_t first = day_of_ns(from), last = day_of_ns(to);
    if (first == last)
        return (uint64_t)((time_between(from, to) - 1) / series->bar_ns);
    /* Overnight and weekends are expected; what is absent is whole days of trading. */
    uint64_t days = 0;
    for (int64_t day = first + 1; day < last && days < 100000; day++)
        days += weekday_of_day(day) < 5 && !new_york_is_holiday(day) ? 1 : 0;
    return days;
}

static void judge_gaps(struct survey_series *series)
{
    char text[SURVEY_TEXT_SIZE], to[TIME_TEXT_SIZE];
    for (size_t i = 1; i < series->count && series->bar_ns > 0; i++) {
        const struct survey_row *before = &series->rows[i - 1], *row = &series->rows[i];
        if (time_between(before->time_ns, row->time_ns) <= series->bar_ns)
            continue;
        uint64_t missing = expected_between(series, before->time_ns, row->time_ns);
        if (missing == 0)
            continue;
        bool days = series->weekdays && !series->sessions &&
                    day_of_ns(before->time_ns) != day_of_ns(row->time_ns);
        time_format(to, row->time_ns);
        (void)snprintf(text, sizeof text, "%llu %s absent before %s", (unsigned long long)missing,
                       days ? "trading days" : "bars", to);
        survey_note(series, SURVEY_GAP, before->line, before->time_ns, text);
        series->bars_missing += missing;
        if (time_between(before->time_ns, row->time_ns) - HOUR == series->bar_ns &&
            !series->weekdays && is_changed_hour(row->time_ns - HOUR, true))
            survey_note(series, SURVEY_TIME_ZONE, before->line, before->time_ns,
                        "the hour that summer time leaves out is absent: local time, not UTC?");
    }
}

/* A New York session begins at 13:30 or 14:30 UTC (8:00 or 9:00 with early trade); one that begins
 * at 9:30 was written in New York's own time. */
static void judge_session(struct survey_series *series)
{
    uint64_t days = 0, local = 0;
    int64_t day_before = INT64_MIN;
    if (!series->weekdays || series->bar_ns >= HOUR)
        return;
    for (size_t i = 0; i < series->count; i++) {
        int64_t time = series->rows[i].time_ns, day = day_of_ns(time);
        if (day == day_before)
            continue;
        day_before = day;
        days++;
        local += time - day * NANOSECONDS_PER_DAY == 9 * HOUR + 30 * MINUTE ? 1 : 0;
    }
    if (days > 0 && local * 10 >= days * 8)
        survey_note(series, SURVEY_TIME_ZONE, series->rows[0].line, series->rows[0].time_ns,
                    "sessions begin at 09:30: New York's time, not UTC");
}

/* ---- prices and volumes ---------------------------------------------------------------------- */

static double larger(double a, double b)
{
    return a > b ? a : b;
}

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

static double ratio_of(double a, double b)
{
    return larger(a, b) / smaller(a, b);
}

static bool is_impossible(const struct survey_row *row)
{
    return !(row->low > 0 && row->high >= row->low && row->open >= row->low &&
             row->open <= row->high && row->close >= row->low && row->close <= row->high &&
             row->volume >= 0);
}

static void judge_rows(struct survey_series *series)
{
    char text[SURVEY_TEXT_SIZE];
    for (size_t i = 0; i < series->count; i++) {
        const struct survey_row *row = &series->rows[i];
        if (is_impossible(row)) {
            (void)snprintf(text, sizeof text,
                           "open %.10g high %.10g low %.10g close %.10g vol %.6g", row->open,
                           row->high, row->low, row->close, row->volume);
            survey_note(series, SURVEY_IMPOSSIBLE, row->line, row->time_ns, text);
        } else if (row->volume == 0) {
            survey_note(series, SURVEY_VOLUME_ZERO, row->line, row->time_ns, "volume 0");
        }
    }
}

/* `, 7 to 1: a split?` where the ratio of two closes is near such a one; else nothing. */
static const char *split_text(double ratio, char out[32])
{
    static const double splits[] = {1.5, 2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 30, 50};
    out[0] = '\0';
    for (size_t i = 0; i < ARRAY_COUNT(splits); i++) {
        if (ratio > splits[i] * (1 - SPLIT_NEAR) && ratio < splits[i] * (1 + SPLIT_NEAR))
            (void)snprintf(out, 32, ", %g to 1: a split?", splits[i]);
    }
    return out;
}

static void judge_outliers(struct survey_series *series)
{
    char text[SURVEY_TEXT_SIZE], split[32];
    /* Shares open where the night has led them, and may be split. */
    bool days = series->weekdays && series->bar_ns >= NANOSECONDS_PER_DAY;
    double seam_ratio = days ? MOVE_RATIO : SEAM_RATIO;
    for (size_t i = 0; i < series->count; i++) {
        const struct survey_row *row = &series->rows[i];
        const struct survey_row *before = i > 0 ? row - 1 : row;
        if (is_impossible(row) || is_impossible(before))
            continue;
        double low = smaller(before->close, row->close), high = larger(before->close, row->close);
        bool adjacent = i > 0 && time_between(before->time_ns, row->time_ns) == series->bar_ns;
        /* From one day of trading to the next a price may jump, but not for long so far. */
        bool next_day = i > 0 && series->weekdays && series->bar_ns > 0 && !adjacent &&
                        expected_between(series, before->time_ns, row->time_ns) == 0;
        if (row->low * WICK_RATIO < low)
            (void)snprintf(text, sizeof text, "low %.10g beside closes of %.10g and %.10g",
                           row->low, before->close, row->close);
        else if (row->high > high * WICK_RATIO)
            (void)snprintf(text, sizeof text, "high %.10g beside closes of %.10g and %.10g",
                           row->high, before->close, row->close);
        else if (adjacent && ratio_of(row->open, before->close) > seam_ratio)
            (void)snprintf(text, sizeof text, "opens at %.10g behind a close of %.10g%s", row->open,
                           before->close,
                           split_text(days ? ratio_of(row->open, before->close) : 0, split));
        else if ((adjacent || next_day) && ratio_of(row->close, before->close) > MOVE_RATIO)
            (void)snprintf(text, sizeof text, "closes at %.10g behind a close of %.10g%s",
                           row->close, before->close,
                           split_text(days ? ratio_of(row->close, before->close) : 0, split));
        else
            continue;
        survey_note(series, SURVEY_OUTLIER, row->line, row->time_ns, text);
    }
}

static int by_double(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return left < right ? -1 : left > right;
}

static double median_volume(const struct survey_row *rows, size_t count)
{
    double volumes[VOLUME_PIECE];
    for (size_t i = 0; i < count; i++)
        volumes[i] = rows[i].volume;
    qsort(volumes, count, sizeof *volumes, by_double);
    return volumes[count / 2];
}

/* Base and quote volume differ by the price: a piece whose median volume is that much above or
 * below the piece before it. Prices near 1 cannot tell. */
static void judge_volumes(struct survey_series *series)
{
    char text[SURVEY_TEXT_SIZE];
    double before = 0;
    for (size_t i = 0; i + VOLUME_PIECE <= series->count; i += VOLUME_PIECE) {
        const struct survey_row *row = &series->rows[i];
        double median = median_volume(row, VOLUME_PIECE), price = row->close;
        price = price < 1 ? 1 / price : price;
        if (before > 0 && median > 0 && price > 50) {
            double ratio = ratio_of(median, before);
            if (ratio > price / 4 && ratio < price * 4) {
                (void)snprintf(text, sizeof text,
                               "median volume %.4g behind %.4g: %.0f times, the price is %.6g",
                               median, before, ratio, row->close);
                survey_note(series, SURVEY_VOLUME_SWAPPED, row->line, row->time_ns, text);
            }
        }
        before = median;
    }
}

void survey_judge(struct survey_series *series, int64_t bar_ns)
{
    judge_order(series);
    series->bar_ns = bar_ns > 0 ? bar_ns : usual_step(series);
    judge_grid(series);
    series->weekdays = keeps_weekends(series);
    series->sessions = keeps_sessions(series);
    judge_rows(series);
    judge_gaps(series);
    judge_session(series);
    judge_outliers(series);
    judge_volumes(series);
}
