/* Metrics as text: single values, `tern help metrics` and docs/reference/metrics.md. */
#include "base/json_write.h"
#include "base/time.h"
#include "drive/result/metrics_names.h"
#include "drive/result/readable.h"

#include <inttypes.h>
#include <string.h>

static const char *const unit_names[] = {
    [METRIC_UNIT_RATIO] = "ratio",      [METRIC_UNIT_NUMBER] = "number",
    [METRIC_UNIT_MONEY] = "money",      [METRIC_UNIT_COUNT] = "count",
    [METRIC_UNIT_DURATION] = "seconds", [METRIC_UNIT_TIME] = "time",
};

const char *metric_unit_name(enum metric_unit unit)
{
    return unit_names[unit];
}

/* Seconds of a duration, exactly: 90.5 */
static void seconds_append(struct text_buffer *out, int64_t duration_ns)
{
    char text[DECIMAL_TEXT_SIZE];
    size_t size = decimal_format_i64(text, duration_ns, 9);
    text_buffer_append(out, (struct text){text, size});
}

void metric_print_exact(enum metric metric, const struct metric_value *value,
                        struct text_buffer *out)
{
    char text[DOUBLE_TEXT_SIZE];
    if (!value->present)
        return;
    switch (metric_rows[metric].unit) {
    case METRIC_UNIT_RATIO:
    case METRIC_UNIT_NUMBER:
        text_buffer_append(out, (struct text){text, double_format(text, value->number)});
        break;
    case METRIC_UNIT_MONEY: {
        char money[DECIMAL_TEXT_SIZE];
        size_t size = decimal_format_i128(money, value->money.units, AMOUNT_DECIMALS);
        text_buffer_append(out, (struct text){money, size});
        break;
    }
    case METRIC_UNIT_COUNT: text_buffer_print(out, "%" PRId64, value->integer); break;
    case METRIC_UNIT_DURATION: seconds_append(out, value->integer); break;
    case METRIC_UNIT_TIME: {
        char time[TIME_TEXT_SIZE];
        text_buffer_append(out, (struct text){time, time_format(time, value->integer)});
        break;
    }
    }
}

/* Changes carry their sign, so that direction never hangs on colour. */
static bool metric_has_sign(enum metric metric)
{
    return metric == METRIC_RETURN || metric == METRIC_CAGR || metric == METRIC_EXPECTANCY ||
           metric == METRIC_PROFIT || metric == METRIC_MARKET_CHANGE || metric == METRIC_BEST_DAY ||
           metric == METRIC_WORST_DAY || metric == METRIC_BEST_TRIP || metric == METRIC_WORST_TRIP;
}

void metric_print_human(enum metric metric, const struct metric_value *value, unsigned places,
                        struct text_buffer *out)
{
    char text[READABLE_SIZE] = "-";
    bool sign = metric_has_sign(metric);
    if (value->present) {
        switch (metric_rows[metric].unit) {
        case METRIC_UNIT_RATIO: percent_format(text, value->number, sign); break;
        case METRIC_UNIT_NUMBER: number_format(text, value->number, 2); break;
        case METRIC_UNIT_MONEY: money_format(text, value->money, places, sign); break;
        case METRIC_UNIT_COUNT: count_format(text, (uint64_t)value->integer); break;
        case METRIC_UNIT_DURATION: span_format(text, value->integer); break;
        case METRIC_UNIT_TIME: moment_format(text, value->integer); break;
        }
    }
    text_buffer_append(out, text_of(text));
}

/* In a markdown table a vertical bar ends the cell. */
static void markdown_append(struct text_buffer *out, const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '|')
            text_buffer_append(out, TEXT("\\"));
        text_buffer_append(out, (struct text){at, 1});
    }
}

static const char *const paragraphs[] = {
    "Every back-test prints these and writes them to result.json under \"metrics\". What is not "
    "defined for a run (no variance, no losing trip, too few values) is null there and a dash in "
    "tables.",
    "Returns. Equity is taken once a period: a UTC day, or one bar where the finest series has "
    "bars longer than a day. A day's close is the last equity at or before its 24:00 (a bar that "
    "closes at 00:00 belongs to the day before). The first return r is against the start equity; "
    "a period without a bar keeps the equity of the one before, so its return is 0; the last "
    "period counts even where it is incomplete. N is the number of returns, mean their sum over "
    "N, sd = sqrt(sum (r - mean)^2 / (N - 1)). P, the periods a year, is 365 for days and 365 "
    "days / bar length for longer bars. from is the opening of the first bar, to the closing of "
    "the last.",
    "Equity of every bar's close, not of days, is the base of drawdowns and of exposure.",
    "A trip is a closed round trip: from a flat position to the next flat one. Its net is "
    "realised less its own fees. A trip still open at the end is in no trip metric.",
    "Money is summed in exact integers; averages of money are rounded half-even to 8 decimals. "
    "Ratios are shares (0.02 is 2 %), durations seconds, times RFC 3339 in UTC.",
    "`tern help metrics --explain NAME` tells of one metric, by our name or that of freqtrade, "
    "Jesse or QuantStats; `tern backtest show --explain NAME` puts a run's own numbers into its "
    "formula.",
};

/* Words of text in lines of at most 78 columns; `first` stands before the first line, as many
 * spaces before the others. */
static void wrapped_append(struct text_buffer *out, const char *first, const char *text)
{
    static const char spaces[] = "        ";
    const char *indent = first;
    size_t column = 0;
    struct text rest = text_of(text);
    while (rest.size > 0) {
        struct text word = text_split(&rest, ' ');
        if (column > 0 && column + 1 + word.size > 78) {
            text_buffer_append(out, TEXT("\n"));
            column = 0;
            indent = spaces + sizeof(spaces) - 1 - strlen(first);
        }
        text_buffer_append(out, column == 0 ? text_of(indent) : TEXT(" "));
        column += column == 0 ? strlen(indent) : 1;
        text_buffer_append(out, word);
        column += word.size;
    }
    text_buffer_append(out, TEXT("\n"));
}

/* ---- names elsewhere ------------------------------------------------------------------------- */

static const char *or_none(const char *name)
{
    return name == NULL ? "" : name;
}

static void markdown_names(struct text_buffer *out)
{
    text_buffer_append(out, TEXT("\n## Names elsewhere\n\nThe ten that people look for first: "));
    for (size_t i = 0; i < ARRAY_COUNT(metric_first_ten); i++)
        text_buffer_print(out, "%s`%s`",
                          i == 0       ? ""
                          : i % 6 == 0 ? ",\n"
                                       : ", ",
                          metric_rows[metric_first_ten[i]].name);
    text_buffer_append(out,
                       TEXT(".\nNames are keys of freqtrade's and Jesse's results and functions "
                            "of QuantStats.\n\n| here | freqtrade | Jesse | QuantStats | how "
                            "theirs differs | source |\n|---|---|---|---|---|---|\n"));
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        const struct metric_note *note = &metric_notes[i];
        if (note->freqtrade == NULL && note->jesse == NULL && note->quantstats == NULL &&
            note->source == NULL)
            continue;
        text_buffer_print(out, "| `%s` | %s | %s | %s | %s | %s |\n", metric_rows[i].name,
                          or_none(note->freqtrade), or_none(note->jesse), or_none(note->quantstats),
                          or_none(note->differs), or_none(note->source));
    }
    size_t count;
    const struct metric_missing *missing = metrics_missing(&count);
    text_buffer_append(out, TEXT("\nNot here:\n\n| program | name | why, or what says it |\n"
                                 "|---|---|---|\n"));
    for (size_t i = 0; i < count; i++)
        text_buffer_print(out, "| %s | %s | %s |\n", missing[i].program, missing[i].name,
                          missing[i].why);
}

/* Under a metric of the page for a terminal: what it is called elsewhere. */
static void text_names(struct text_buffer *out, const struct metric_note *note)
{
    struct text_buffer names;
    text_buffer_init(&names, 4096);
    if (note->freqtrade != NULL)
        text_buffer_print(&names, "freqtrade %s", note->freqtrade);
    if (note->jesse != NULL)
        text_buffer_print(&names, "%sJesse %s", names.size > 0 ? "; " : "", note->jesse);
    if (note->quantstats != NULL)
        text_buffer_print(&names, "%sQuantStats %s", names.size > 0 ? "; " : "", note->quantstats);
    if (names.size > 0)
        wrapped_append(out, "    ~ ", names.data);
    text_buffer_release(&names);
}

static void markdown_page(struct text_buffer *out)
{
    text_buffer_append(out, TEXT("# Metrics of a back-test\n\n"
                                 "<!-- Printed by `tern help metrics --markdown` from the table "
                                 "in src/drive/result/metrics.h; do not edit. -->\n\n"));
    for (size_t i = 0; i < ARRAY_COUNT(paragraphs); i++) {
        wrapped_append(out, "", paragraphs[i]);
        text_buffer_append(out, TEXT("\n"));
    }
    text_buffer_append(out, TEXT("| name | unit | what it says | formula |\n|---|---|---|---|\n"));
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        text_buffer_print(out, "| `%s` | %s | ", metric_rows[i].name,
                          unit_names[metric_rows[i].unit]);
        markdown_append(out, metric_rows[i].definition);
        text_buffer_append(out, TEXT(" | `"));
        markdown_append(out, metric_rows[i].formula);
        text_buffer_append(out, TEXT("` |\n"));
    }
    markdown_names(out);
}

void metrics_page_print(struct text_buffer *out, bool markdown)
{
    if (markdown) {
        markdown_page(out);
        return;
    }
    text_buffer_append(out, TEXT("Metrics of a back-test\n\n"));
    for (size_t i = 0; i < ARRAY_COUNT(paragraphs); i++) {
        wrapped_append(out, "", paragraphs[i]);
        text_buffer_append(out, TEXT("\n"));
    }
    text_buffer_append(out, TEXT("The ten that people look for first:"));
    for (size_t i = 0; i < ARRAY_COUNT(metric_first_ten); i++)
        text_buffer_print(out, "%s%s", i % 5 == 0 ? "\n    " : ", ",
                          metric_rows[metric_first_ten[i]].name);
    text_buffer_append(out, TEXT("\nBehind ~ stands what other programs call a metric.\n\n"));
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        text_buffer_print(out, "%s (%s)\n", metric_rows[i].name, unit_names[metric_rows[i].unit]);
        wrapped_append(out, "    ", metric_rows[i].definition);
        wrapped_append(out, "    = ", metric_rows[i].formula);
        text_names(out, &metric_notes[i]);
    }
    size_t count;
    const struct metric_missing *missing = metrics_missing(&count);
    text_buffer_append(out, TEXT("\nElsewhere, and not here\n\n"));
    for (size_t i = 0; i < count; i++) {
        text_buffer_print(out, "%s (%s)\n", missing[i].name, missing[i].program);
        wrapped_append(out, "    ", missing[i].why);
    }
}
