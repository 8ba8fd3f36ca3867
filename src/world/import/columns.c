/* Column names and what they mean. */
#include "world/import/columns.h"

#include "base/decimal.h"

#include <stdio.h>
#include <string.h>

/* ---- the names ---- */

/* Each column with its names between spaces; the first one stands for it in messages. */
static const char *const column_names[COLUMN_COUNT] = {
    [COLUMN_TIME] = ("time ts timestamp date datetime date_time unix unix_timestamp unix_time "
                     "unixtime open_time opentime start start_time epoch t"),
    [COLUMN_OPEN] = "open o open_price",
    [COLUMN_HIGH] = "high h high_price",
    [COLUMN_LOW] = "low l low_price",
    [COLUMN_CLOSE] = "close c close_price",
    [COLUMN_VOLUME] = "volume vol v base_volume volume_base",
    [COLUMN_BID_OPEN] = "bid_open",
    [COLUMN_BID_HIGH] = "bid_high",
    [COLUMN_BID_LOW] = "bid_low",
    [COLUMN_BID_CLOSE] = "bid_close",
    [COLUMN_ASK_OPEN] = "ask_open",
    [COLUMN_ASK_HIGH] = "ask_high",
    [COLUMN_ASK_LOW] = "ask_low",
    [COLUMN_ASK_CLOSE] = "ask_close",
    [COLUMN_SYMBOL] = "symbol pair ticker instrument product product_id tic code",
};

static const struct {
    const char *ending;
    enum time_form form;
} time_endings[] = {
    {"_s", TIME_FORM_SECONDS},       {"_sec", TIME_FORM_SECONDS},
    {"_seconds", TIME_FORM_SECONDS}, {"_ms", TIME_FORM_MILLISECONDS},
    {"_us", TIME_FORM_MICROSECONDS}, {"_ns", TIME_FORM_NANOSECONDS},
};

/* Columns that are no part of a bar and may be passed over; `*` stands for any ending. */
static const char ignored_names[] =
    "bid_size ask_size average avg vwap weighted_average weighted_price "
    "daily_change daily_change_pct change change_pct change_percent "
    "adj_* div_cash dividend dividends split_factor stock_splits capital_gains "
    "quote_volume quote_asset_volume volume_quote vw n volume_currency turnover "
    "trades count trade_count tradecount n_trades num_trades number_of_trades transactions "
    "taker_buy_* close_time closetime ignore index unnamed:_0";

/* Files of other kinds that someone may hand over, by names that give them away. */
static const struct {
    const char *names, *kind;
} other_kinds[] = {
    {"funding_rate fundingrate last_funding_rate", "funding rates of a perpetual"},
    {"taker_side maker_side trade_id agg_trade_id is_buyer_maker", "trades"},
    {"update_id first_id last_id", "changes of an order book"},
    {"bid best_bid", "quotes"},
    {"price_factor", "price factors"},
};

/* Takes the next of the names between spaces; false after the last. */
static bool next_name(const char **names, char out[COLUMN_NAME_SIZE])
{
    size_t size = strcspn(*names, " ");
    text_copy(out, COLUMN_NAME_SIZE, (struct text){*names, size});
    *names += size + ((*names)[size] == ' ' ? 1 : 0);
    return size > 0;
}

static bool is_among(const char *name, const char *names)
{
    char other[COLUMN_NAME_SIZE];
    while (next_name(&names, other)) {
        size_t size = strlen(other);
        bool any_ending = other[size - 1] == '*';
        if (any_ending ? strncmp(name, other, size - 1) == 0 : strcmp(name, other) == 0)
            return true;
    }
    return false;
}

const char *column_plain_name(enum column column)
{
    static const char *const names[COLUMN_COUNT] = {
        "time",     "open",     "high",     "low",       "close",
        "volume",   "bid_open", "bid_high", "bid_low",   "bid_close",
        "ask_open", "ask_high", "ask_low",  "ask_close", "symbol",
    };
    return names[column];
}

/* ---- one name ---- */

/* As the tables spell it. */
static void normalise(struct text name, char out[COLUMN_NAME_SIZE])
{
    name = text_trim(name);
    size_t size = 0;
    for (size_t i = 0; i < name.size && size < COLUMN_NAME_SIZE - 1; i++) {
        char c = name.data[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (c == '(' || c == ')' || c == '[' || c == ']' || c == '<' || c == '>')
            continue;
        out[size++] = c == ' ' || c == '-' || c == '.' ? '_' : c;
    }
    out[size] = '\0';
}

static bool find_plain(const char *name, enum column *out)
{
    for (unsigned i = 0; i < COLUMN_COUNT; i++) {
        if (is_among(name, column_names[i])) {
            *out = i;
            return true;
        }
    }
    return false;
}

static bool find_column(const char *name, enum column *out, enum time_form *form)
{
    *form = TIME_FORM_ANY;
    if (find_plain(name, out))
        return true;
    struct text whole = text_of(name);
    for (size_t i = 0; i < ARRAY_COUNT(time_endings); i++) {
        struct text ending = text_of(time_endings[i].ending);
        if (whole.size <= ending.size || strcmp(name + whole.size - ending.size, ending.data) != 0)
            continue;
        char stem[COLUMN_NAME_SIZE];
        text_copy(stem, sizeof stem, (struct text){name, whole.size - ending.size});
        if (find_plain(stem, out) && *out == COLUMN_TIME) {
            *form = time_endings[i].form;
            return true;
        }
    }
    return false;
}

/* `volume_btc` among columns like it: 1 where it is of the base asset, 0 of another, -1 no such. */
static int judge_named_volume(const char *name, struct text base_asset)
{
    static const char *const stems[] = {"volume_", "vol_"};
    for (size_t i = 0; i < ARRAY_COUNT(stems); i++) {
        size_t size = strlen(stems[i]);
        if (strncmp(name, stems[i], size) == 0)
            return text_equal_ignore_case(text_of(name + size), base_asset) ? 1 : 0;
    }
    return -1;
}

/* ---- the header ---- */

static bool is_date_name(const char *name)
{
    return strcmp(name, "date") == 0 || strcmp(name, "datetime") == 0 ||
           strcmp(name, "date_time") == 0;
}

/* A row of nothing but numbers (the first may be a date) is data. */
static bool is_numeric_row(const struct csv_reader *reader)
{
    for (size_t i = 0; i < reader->field_count; i++) {
        unsigned decimals = 0;
        int64_t time_ns = 0;
        if (decimal_count(reader->fields[i], &decimals) != STATUS_OK &&
            (i > 0 || !column_time_read(reader->fields[i], TIME_FORM_ANY, &time_ns)))
            return false;
    }
    return true;
}

enum status column_layout_number(const struct csv_reader *reader, struct column_layout *out,
                                 struct problem *problem)
{
    size_t count = reader->field_count;
    *out = (struct column_layout){.field_count = count};
    if (count != 6 && count != 7 && count != 12) {
        csv_problem(reader, problem, NULL, "no header, and %zu columns", count);
        problem_allowed(problem, "without a header 6 columns: time, open, high, low, close, volume "
                                 "(or Kraken's 7, or Binance's 12)");
        problem_next(problem, "give --columns time=1,open=2,high=3,low=4,close=5,volume=6, or put "
                              "a line with names at the top");
        return STATUS_DATA_INVALID;
    }
    for (unsigned i = COLUMN_TIME; i <= COLUMN_VOLUME; i++) {
        out->index[i] = i;
        (void)text_copy(out->names[i], COLUMN_NAME_SIZE, text_of(column_plain_name(i)));
    }
    out->has_volume = true;
    out->form = count == 6 ? BAR_FORM_PLAIN : count == 7 ? BAR_FORM_KRAKEN : BAR_FORM_BINANCE;
    return STATUS_OK;
}

/* The known name nearest to `name`, if one is near. */
static bool suggest(struct text name, char out[COLUMN_NAME_SIZE])
{
    char words[160][COLUMN_NAME_SIZE];
    const char *candidates[ARRAY_COUNT(words)];
    size_t count = 0;
    for (unsigned i = 0; i <= COLUMN_COUNT; i++) {
        const char *names = i < COLUMN_COUNT ? column_names[i] : ignored_names;
        while (count < ARRAY_COUNT(words) && next_name(&names, words[count])) {
            candidates[count] = words[count];
            count++;
        }
    }
    const char *near = name.size > 0 ? text_suggest(name, candidates, count) : NULL;
    if (near != NULL)
        text_copy(out, COLUMN_NAME_SIZE, text_of(near));
    return near != NULL;
}

static enum status unknown_column(const struct csv_reader *reader, struct text name,
                                  struct problem *problem)
{
    char near[COLUMN_NAME_SIZE];
    csv_problem(reader, problem, NULL, "unknown column \"%.*s\"",
                (int)(name.size < 60 ? name.size : 60), name.size > 0 ? name.data : "");
    problem_allowed(problem, "ts_ms (time, date ...), open, high, low, close, volume, symbol, "
                             "bid_open ... ask_close; skipped: average, vwap, adj_..., div_cash, "
                             "split_factor, trades, quote_volume, close_time ...");
    if (suggest(name, near))
        problem_next(problem, "did you mean %s? Else give --columns time=…,open=…", near);
    else
        problem_next(problem, "give --columns time=…,open=…,high=…,low=…,close=…,volume=…");
    return STATUS_DATA_INVALID;
}

static enum status another_kind(const struct csv_reader *reader, const char *kind,
                                struct problem *problem)
{
    csv_problem(reader, problem, NULL, "these are %s, not bars", kind);
    problem_allowed(problem, "time, open, high, low, close, volume");
    return STATUS_DATA_INVALID;
}

/* State of reading one header. */
struct header {
    bool seen[COLUMN_COUNT];
    char time_name[COLUMN_NAME_SIZE]; /* normalised, to settle a date beside a number */
    bool volume_is_named;             /* the volume is one like volume_btc */
    bool volume_other;                /* there is one like volume_usdt */
};

static void take_column(struct column_layout *out, struct header *header, enum column column,
                        size_t index, struct text name)
{
    header->seen[column] = true;
    out->index[column] = index;
    text_copy(out->names[column], sizeof out->names[column], text_trim(name));
}

static enum status read_name(const struct csv_reader *reader, size_t index, struct text base_asset,
                             struct header *header, struct column_layout *out,
                             struct problem *problem)
{
    struct text field = reader->fields[index];
    char name[COLUMN_NAME_SIZE];
    normalise(field, name);
    /* A nameless first column is the row number that pandas writes. */
    if (name[0] == '\0' && index == 0)
        return STATUS_OK;
    enum column column = COLUMN_COUNT;
    enum time_form form = TIME_FORM_ANY;
    if (!find_column(name, &column, &form)) {
        int volume = judge_named_volume(name, base_asset);
        if (volume == 1) {
            column = COLUMN_VOLUME;
            header->volume_is_named = true;
        } else if (is_among(name, ignored_names)) {
            return STATUS_OK;
        } else if (volume == 0) {
            header->volume_other = true;
            return STATUS_OK;
        } else {
            return unknown_column(reader, field, problem);
        }
    }
    if (column == COLUMN_TIME && header->seen[COLUMN_TIME]) {
        bool date_now = is_date_name(name);
        bool date_before = is_date_name(header->time_name);
        if (date_now && !date_before)
            return STATUS_OK;
        if (date_before && !date_now)
            header->seen[COLUMN_TIME] = false;
    }
    if (header->seen[column]) {
        csv_problem(reader, problem, column_plain_name(column),
                    "columns \"%s\" and \"%s\" mean the same", out->names[column], name);
        problem_allowed(problem, "each column once");
        return STATUS_DATA_INVALID;
    }
    take_column(out, header, column, index, field);
    if (column == COLUMN_TIME) {
        out->time_form = form;
        text_copy(header->time_name, sizeof header->time_name, text_of(name));
    }
    return STATUS_OK;
}

static enum status judge_duplicates(const struct csv_reader *reader, struct problem *problem)
{
    for (size_t i = 1; i < reader->field_count; i++) {
        char name[COLUMN_NAME_SIZE];
        normalise(reader->fields[i], name);
        for (size_t k = 0; k < i; k++) {
            char other[COLUMN_NAME_SIZE];
            normalise(reader->fields[k], other);
            if (strcmp(name, other) != 0)
                continue;
            csv_problem(reader, problem, name, "the name stands twice, in fields %zu and %zu",
                        k + 1, i + 1);
            problem_allowed(problem, "each name once");
            return STATUS_DATA_INVALID;
        }
    }
    return STATUS_OK;
}

/* A file of an old Macintosh is one long line. */
static enum status judge_line_ends(const struct csv_reader *reader, struct problem *problem)
{
    for (size_t i = 0; i < reader->field_count; i++) {
        struct text field = reader->fields[i];
        if (field.size == 0 || memchr(field.data, '\r', field.size) == NULL)
            continue;
        csv_problem(reader, problem, NULL, "lines end with CR alone");
        problem_allowed(problem, "LF or CRLF");
        return STATUS_DATA_INVALID;
    }
    return STATUS_OK;
}

static enum status judge_missing(const struct csv_reader *reader, const struct header *header,
                                 struct column_layout *out, struct problem *problem)
{
    for (size_t i = COLUMN_BID_OPEN; i <= COLUMN_ASK_CLOSE; i++)
        out->has_quotes = out->has_quotes || header->seen[i];
    bool has_price = header->seen[COLUMN_OPEN] || header->seen[COLUMN_CLOSE];
    if (out->has_quotes && has_price) {
        csv_problem(reader, problem, NULL, "both prices (open ...) and quotes (bid_open ...)");
        problem_allowed(problem, "the one or the other");
        return STATUS_DATA_INVALID;
    }
    for (unsigned i = COLUMN_TIME; i <= COLUMN_ASK_CLOSE; i++) {
        bool of_quotes = i >= COLUMN_BID_OPEN;
        if (header->seen[i] || (i != COLUMN_TIME && of_quotes != out->has_quotes))
            continue;
        csv_problem(reader, problem, column_plain_name(i), "the column is missing");
        problem_allowed(problem, "%s",
                        out->has_quotes
                            ? "time, bid_open, bid_high, bid_low, bid_close, ask_open ... ask_close"
                            : "time, open, high, low, close, volume, in any order");
        if (i == COLUMN_VOLUME && header->volume_other)
            problem_next(problem, "name the instrument (BTC-USD), to tell which volume is its own");
        else
            problem_next(problem, "name the columns in the first line, or give --columns");
        return STATUS_DATA_INVALID;
    }
    return STATUS_OK;
}

enum status column_layout_read(const struct csv_reader *reader, struct text base_asset,
                               struct column_layout *out, struct problem *problem)
{
    *out = (struct column_layout){.field_count = reader->field_count};
    if (is_numeric_row(reader))
        return column_layout_number(reader, out, problem);
    out->has_header = out->has_volume = true;
    out->form = BAR_FORM_NAMED;
    for (size_t i = 0; i < reader->field_count; i++) {
        char name[COLUMN_NAME_SIZE];
        normalise(reader->fields[i], name);
        if (strncmp(name, "taker_buy_", 10) == 0)
            out->form = BAR_FORM_BINANCE;
        for (size_t k = 0; k < ARRAY_COUNT(other_kinds); k++)
            if (is_among(name, other_kinds[k].names))
                return another_kind(reader, other_kinds[k].kind, problem);
    }
    enum status status = judge_line_ends(reader, problem);
    if (status == STATUS_OK)
        status = judge_duplicates(reader, problem);
    struct header header = {0};
    for (size_t i = 0; status == STATUS_OK && i < reader->field_count; i++)
        status = read_name(reader, i, base_asset, &header, out, problem);
    if (status == STATUS_OK)
        status = judge_missing(reader, &header, out, problem);
    out->has_symbol = header.seen[COLUMN_SYMBOL];
    return status;
}

enum column column_guess(struct text name)
{
    char plain[COLUMN_NAME_SIZE];
    enum column column = COLUMN_COUNT;
    enum time_form form;
    normalise(name, plain);
    if (find_column(plain, &column, &form))
        return column;
    /* A word within a longer name: `Open Price (USD)`, `trade time`. */
    static const enum column words[] = {COLUMN_TIME, COLUMN_OPEN,  COLUMN_HIGH,
                                        COLUMN_LOW,  COLUMN_CLOSE, COLUMN_VOLUME};
    for (size_t i = 0; i < ARRAY_COUNT(words); i++)
        if (strstr(plain, column_plain_name(words[i])) != NULL)
            return words[i];
    return strstr(plain, "date") != NULL ? COLUMN_TIME : COLUMN_COUNT;
}
