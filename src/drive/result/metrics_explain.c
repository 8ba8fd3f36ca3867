/* A metric's formula with the numbers of a run put in the place of its words. */
#include "drive/result/metrics_names.h"

#include "base/json_write.h"
#include "base/math.h"
#include "drive/result/metrics_basis.h"
#include "drive/result/readable.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SYMBOLS_MAX 40u
#define VALUE_SIZE 72u
#define WIDTH 78u

struct symbol {
    const char *word; /* as formulas have it */
    const char *meaning;
    char value[VALUE_SIZE]; /* "" where it is not known */
};

struct explanation {
    enum metric metric;
    const struct backtest_result *result;
    const struct metrics *metrics;
    struct symbol symbols[SYMBOLS_MAX];
    size_t count;
    bool used[SYMBOLS_MAX];
};

/* Words of formulas that are put in, metric by metric: the same word may mean something else in
 * another formula (`mean r`, `mean (close - open)`). Names of metrics stand for their values. */
static const char *const words_of[METRIC_COUNT] = {
    [METRIC_RETURN] = "end equity,start equity",
    [METRIC_CAGR] = "end equity,start equity,to - from",
    [METRIC_SHARPE] = "mean,sd,P",
    [METRIC_SORTINO] = "mean,sum min(r; 0)^2,N,P",
    [METRIC_CALMAR] = "cagr,max_drawdown",
    [METRIC_PROFIT_FACTOR] = "gross_profit,gross_loss",
    [METRIC_EXPECTANCY] = "sum net,trips",
    [METRIC_WIN_RATE] = "wins,trips",
    [METRIC_EXPOSURE] = "bars with exposure > 0,bars",
    [METRIC_PROFIT] = "end equity,start equity",
    [METRIC_VOLATILITY] = "sd,P",
    [METRIC_OMEGA] = "sum max(r; 0),sum max(-r; 0)",
    [METRIC_ULCER_INDEX] = "mean drawdown^2",
    [METRIC_RECOVERY_FACTOR] = "profit,max_drawdown_amount",
    [METRIC_PROBABILISTIC_SHARPE] = "SR,N,skewness,kurtosis,mean,sd",
    [METRIC_MINIMUM_TRACK_RECORD] = "SR,skewness,kurtosis",
    [METRIC_AVERAGE_WIN] = "gross_profit,wins",
    [METRIC_AVERAGE_LOSS] = "gross_loss,losses",
    [METRIC_PAYOFF_RATIO] = "gross_profit,wins,gross_loss,losses",
    [METRIC_EXPECTANCY_RATIO] = "payoff_ratio,win_rate",
    [METRIC_KELLY_FRACTION] = "win_rate,payoff_ratio",
    [METRIC_TRIPS_PER_DAY] = "trips,to - from",
    [METRIC_TURNOVER_RATIO] = "turnover,mean equity,to - from",
    [METRIC_FEES_RATIO] = "fees,turnover",
    [METRIC_AVERAGE_DAY] = "mean",
    [METRIC_GEOMETRIC_MEAN] = "end equity,start equity,N",
    [METRIC_TIME_UNDER_WATER] = "bars with drawdown > 0,bars",
    [METRIC_MARTIN_RATIO] = "cagr,ulcer_index",
    [METRIC_GAIN_TO_PAIN] = "sum r,sum max(-r; 0)",
    [METRIC_COMMON_SENSE_RATIO] = "omega,tail_ratio",
    [METRIC_CPC_INDEX] = "profit_factor,win_rate,payoff_ratio",
    [METRIC_SMART_SHARPE] = "sharpe,A",
    [METRIC_SMART_SORTINO] = "sortino,A",
};

/* ---- what words stand for -------------------------------------------------------------------- */

static struct symbol *symbol_add(struct explanation *explanation, const char *word,
                                 const char *meaning)
{
    ASSERT(explanation->count < SYMBOLS_MAX);
    struct symbol *symbol = &explanation->symbols[explanation->count++];
    *symbol = (struct symbol){.word = word, .meaning = meaning};
    return symbol;
}

static void symbol_number(struct explanation *explanation, const char *word, double value,
                          const char *meaning)
{
    struct symbol *symbol = symbol_add(explanation, word, meaning);
    char text[DOUBLE_TEXT_SIZE];
    if (!double_is_finite(value))
        return;
    size_t size = double_format(text, value);
    (void)text_copy(symbol->value, VALUE_SIZE, (struct text){text, size});
}

static void symbol_money(struct explanation *explanation, const char *word, struct amount amount,
                         const char *meaning)
{
    char text[DECIMAL_TEXT_SIZE];
    size_t size = decimal_format_i128(text, amount.units, AMOUNT_DECIMALS);
    (void)text_copy(symbol_add(explanation, word, meaning)->value, VALUE_SIZE,
                    (struct text){text, size});
}

static void symbol_count(struct explanation *explanation, const char *word, uint64_t count,
                         const char *meaning)
{
    (void)snprintf(symbol_add(explanation, word, meaning)->value, VALUE_SIZE, "%" PRIu64, count);
}

static void returns_add(struct explanation *explanation, const struct metrics_basis *basis)
{
    double gains = 0, falls = 0, squares = 0;
    for (size_t i = 0; i < basis->returns_count; i++) {
        double value = basis->returns[i];
        gains += value > 0 ? value : 0;
        falls += value < 0 ? -value : 0;
        squares += value < 0 ? value * value : 0;
    }
    symbol_number(explanation, "mean", basis->moments.mean, "mean of the returns of periods");
    symbol_number(explanation, "sd", basis->moments.deviation, "their standard deviation");
    symbol_number(explanation, "P", basis->periods_per_year, "periods a year");
    symbol_count(explanation, "N", basis->returns_count, "returns, one a period");
    symbol_number(explanation, "SR",
                  basis->has_variance ? basis->moments.mean / basis->moments.deviation
                                      : double_nan(),
                  "mean / sd, of one period");
    symbol_number(explanation, "sum min(r; 0)^2", squares, "squares of the falls");
    symbol_number(explanation, "sum max(r; 0)", gains, "sum of the gains");
    symbol_number(explanation, "sum max(-r; 0)", falls, "sum of the falls");
    symbol_number(explanation, "sum r", gains - falls, "sum of the returns");
    symbol_number(explanation, "A", basis->autocorrelation_penalty,
                  "how much returns follow one another");
}

static void books_add(struct explanation *explanation, const struct metrics_basis *basis)
{
    const struct backtest_result *result = basis->result;
    uint32_t points = result->equity.count;
    symbol_money(explanation, "start equity", result->start_equity, "what the account began with");
    symbol_money(explanation, "end equity", result->end_equity, "what it ended with");
    (void)snprintf(symbol_add(explanation, "to - from", "the whole time")->value, VALUE_SIZE,
                   "%.10g days", basis->years * 365);
    symbol_money(explanation, "sum net", basis->trips.net, "sum over the trips, after fees");
    symbol_count(explanation, "trips", basis->trips.count, "closed round trips");
    symbol_money(explanation, "fees", result->fees, "paid");
    symbol_number(explanation, "mean equity", basis->equity_mean, "over every bar's close");
    symbol_count(explanation, "bars with exposure > 0", basis->points_exposed,
                 "closes at which a position was open");
    symbol_count(explanation, "bars with drawdown > 0", basis->points_under_water,
                 "closes below the peak");
    symbol_count(explanation, "bars", points, "closes at which equity was taken");
    symbol_number(explanation, "mean drawdown^2",
                  points > 0 ? basis->drawdown.squares_sum / points : double_nan(),
                  "mean of the squares of drawdowns");
}

/* ---- putting in ------------------------------------------------------------------------------ */

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* A word of words_of: commas separate there, so that `;` stands for those within. */
static struct text word_next(struct text *words, char out[VALUE_SIZE])
{
    struct text word = text_split(words, ',');
    (void)text_copy(out, VALUE_SIZE, word);
    for (char *at = out; *at != '\0'; at++)
        *at = *at == ';' ? ',' : *at;
    return (struct text){out, word.size};
}

static bool stands_at(const char *formula, const char *at, struct text word)
{
    return strncmp(at, word.data, word.size) == 0 && (at == formula || !is_word_byte(at[-1])) &&
           !is_word_byte(at[word.size]);
}

/* The value of a word: a symbol, or a metric of that name. */
static bool value_append(struct explanation *explanation, struct text word, struct text_buffer *out)
{
    for (size_t i = 0; i < explanation->count; i++) {
        const struct symbol *symbol = &explanation->symbols[i];
        char plain[VALUE_SIZE];
        struct text rest = text_of(symbol->word);
        (void)word_next(&rest, plain);
        if (!text_equal(text_of(plain), word))
            continue;
        explanation->used[i] = true;
        text_buffer_append(out, symbol->value[0] != '\0' ? text_of(symbol->value) : word);
        return true;
    }
    const struct metric_row *row = metric_row_find(word);
    if (row == NULL)
        return false;
    enum metric metric = (enum metric)(row - metric_rows);
    if (explanation->metrics->values[metric].present)
        metric_print_exact(metric, &explanation->metrics->values[metric], out);
    else
        text_buffer_append(out, word);
    return true;
}

static void formula_append(struct explanation *explanation, struct text_buffer *out)
{
    const char *formula = metric_rows[explanation->metric].formula;
    const char *words = words_of[explanation->metric];
    for (const char *at = formula; *at != '\0';) {
        struct text rest = text_of(words), longest = {NULL, 0};
        char word[VALUE_SIZE], best[VALUE_SIZE] = "";
        while (rest.size > 0) {
            struct text one = word_next(&rest, word);
            if (one.size > longest.size && stands_at(formula, at, one)) {
                (void)text_copy(best, VALUE_SIZE, one);
                longest = (struct text){best, one.size};
            }
        }
        if (longest.size > 0 && value_append(explanation, longest, out)) {
            at += longest.size;
            continue;
        }
        text_buffer_append(out, (struct text){at++, 1});
    }
}

/* ---- the page -------------------------------------------------------------------------------- */

static void line(struct text_buffer *out, const char *name, struct text text)
{
    size_t column = 14;
    text_buffer_print(out, "  %-12s", name);
    while (text.size > 0) {
        struct text word = text_split(&text, ' ');
        if (column > 14 && column + 1 + word.size > WIDTH) {
            text_buffer_print(out, "\n%14s", "");
            column = 14;
        } else if (column > 14) {
            text_buffer_append(out, TEXT(" "));
            column++;
        }
        text_buffer_append(out, word);
        column += word.size;
    }
    text_buffer_append(out, TEXT("\n"));
}

static void elsewhere(struct text_buffer *out, const struct metric_note *note)
{
    const struct {
        const char *program, *name;
    } names[] = {
        {"freqtrade", note->freqtrade}, {"Jesse", note->jesse}, {"QuantStats", note->quantstats}};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        if (names[i].name != NULL)
            line(out, names[i].program, text_of(names[i].name));
    }
    if (note->differs != NULL)
        line(out, "differs", text_of(note->differs));
    if (note->source != NULL)
        line(out, "source", text_of(note->source));
}

static void page_text(struct explanation *explanation, struct text here, struct text_buffer *out)
{
    const struct metric_row *row = &metric_rows[explanation->metric];
    text_buffer_print(out, "%s (%s, %s)", row->title, row->name, metric_unit_name(row->unit));
    if (explanation->metrics != NULL) {
        text_buffer_append(out, TEXT(": "));
        metric_print_human(explanation->metric, &explanation->metrics->values[explanation->metric],
                           money_places(explanation->result->start_equity), out);
    }
    text_buffer_append(out, TEXT("\n"));
    line(out, "says", text_of(row->definition));
    line(out, "formula", text_of(row->formula));
    if (here.size > 0)
        line(out, "here", here);
    for (size_t i = 0; i < explanation->count; i++) {
        char text[VALUE_SIZE * 2], word[VALUE_SIZE];
        struct text rest = text_of(explanation->symbols[i].word);
        if (!explanation->used[i])
            continue;
        (void)word_next(&rest, word);
        (void)snprintf(text, sizeof text, "%s: %s", word, explanation->symbols[i].meaning);
        line(out, "", text_of(text));
    }
    elsewhere(out, &metric_notes[explanation->metric]);
}

static void key_string(struct json_writer *json, const char *key, const char *value)
{
    json_key(json, key);
    if (value == NULL)
        json_null(json);
    else
        json_string(json, value);
}

static void page_json(struct explanation *explanation, struct text here, struct text_buffer *out)
{
    const struct metric_row *row = &metric_rows[explanation->metric];
    const struct metric_note *note = &metric_notes[explanation->metric];
    struct json_writer json;
    json_write_init(&json, out, 1);
    json_object_begin(&json);
    key_string(&json, "name", row->name);
    key_string(&json, "title", row->title);
    key_string(&json, "unit", metric_unit_name(row->unit));
    key_string(&json, "definition", row->definition);
    key_string(&json, "formula", row->formula);
    if (explanation->metrics != NULL) {
        struct text_buffer value;
        text_buffer_init(&value, 1024);
        metric_print_exact(explanation->metric, &explanation->metrics->values[explanation->metric],
                           &value);
        key_string(&json, "value", value.size > 0 ? value.data : NULL);
        json_key(&json, "here");
        if (here.size > 0)
            json_text(&json, here);
        else
            json_null(&json);
        text_buffer_release(&value);
    }
    key_string(&json, "freqtrade", note->freqtrade);
    key_string(&json, "jesse", note->jesse);
    key_string(&json, "quantstats", note->quantstats);
    key_string(&json, "differs", note->differs);
    key_string(&json, "source", note->source);
    json_object_end(&json);
    (void)!json_write_finish(&json);
}

/* The formula with numbers, and what it gives: `0.0017 / 0.027 * sqrt(365) = 1.19`. */
static enum status here_make(struct explanation *explanation, struct text_buffer *out)
{
    struct metrics_basis basis;
    enum status status = metrics_basis_init(&basis, explanation->result);
    if (status == STATUS_OK) {
        returns_add(explanation, &basis);
        books_add(explanation, &basis);
        formula_append(explanation, out);
        text_buffer_append(out, TEXT(" = "));
        if (explanation->metrics->values[explanation->metric].present)
            metric_print_exact(explanation->metric,
                               &explanation->metrics->values[explanation->metric], out);
        else
            text_buffer_append(out, TEXT("not defined for this run"));
    }
    metrics_basis_release(&basis);
    return status == STATUS_OK ? out->status : status;
}

enum status metric_explain(enum metric metric, const struct backtest_result *result,
                           const struct metrics *metrics, bool json, struct text_buffer *out)
{
    struct explanation explanation = {.metric = metric, .result = result, .metrics = metrics};
    struct text_buffer here;
    text_buffer_init(&here, 1 << 16);
    enum status status = STATUS_OK;
    if (result != NULL && words_of[metric] != NULL)
        status = here_make(&explanation, &here);
    if (status == STATUS_OK && json)
        page_json(&explanation, (struct text){here.data, here.size}, out);
    else if (status == STATUS_OK)
        page_text(&explanation, (struct text){here.data, here.size}, out);
    text_buffer_release(&here);
    return status == STATUS_OK ? out->status : status;
}
