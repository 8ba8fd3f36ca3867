#include "drive/report/compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "drive/config/config.h"
#include "drive/result/breakdown.h"
#include "drive/report/result_read.h"
#include "drive/config/differ.h"
#include "world/store/journal.h"

#define FILE_SIZE_MAX ((size_t)1 << 30)
#define SETTINGS_SIZE_MAX ((size_t)64 << 20)

/* ---- reading --------------------------------------------------------------------------------- */

/* The configuration as the journal has it. A journal that is missing or of another version is no
 * reason to fail: then settings are compared by their hash. */
static void settings_read(struct compare_side *side)
{
    char path[4200];
    struct problem problem;
    struct journal_reader reader;
    struct journal_entry entry;
    struct config config;
    problem_init(&problem);
    (void)snprintf(path, sizeof path, "%.4090s/journal", side->directory);
    if (journal_reader_open(&reader, path, &problem) != STATUS_OK)
        return;
    bool found = false;
    for (int i = 0; i < 4 && !found && journal_next(&reader, &entry) == STATUS_OK; i++)
        found = entry.type == JOURNAL_CONFIG;
    if (found) {
        struct config_layer layer = {.name = "journal",
                                     .text = {(const char *)entry.payload, entry.size}};
        if (config_read_layers(&layer, 1, CONFIG_BACKTEST, &config, &problem) == STATUS_OK) {
            config_show_given(&config, &side->settings);
            config_release(&config);
        }
    }
    journal_reader_close(&reader);
}

enum status compare_side_read(const char *directory, struct compare_side *side,
                              struct problem *problem)
{
    memset(side, 0, sizeof *side);
    (void)text_copy(side->directory, sizeof side->directory, text_of(directory));
    enum status status = result_read(directory, &side->result, &side->metrics, problem);
    if (status != STATUS_OK)
        return status;
    text_buffer_init(&side->settings, SETTINGS_SIZE_MAX);
    text_buffer_init(&side->orders, FILE_SIZE_MAX);
    text_buffer_init(&side->fills, FILE_SIZE_MAX);
    settings_read(side);
    status = result_file_load(directory, "orders.csv", &side->orders, problem);
    if (status == STATUS_OK)
        status = result_file_load(directory, "fills.csv", &side->fills, problem);
    if (status != STATUS_OK)
        compare_side_release(side);
    return status;
}

void compare_side_release(struct compare_side *side)
{
    backtest_result_release(&side->result);
    text_buffer_release(&side->settings);
    text_buffer_release(&side->orders);
    text_buffer_release(&side->fills);
}

/* ---- rows ------------------------------------------------------------------------------------ */

struct making {
    struct comparison *out;
    const struct compare_side *a, *b;
    enum status status;
};

static struct compare_row *row(struct making *making, const char *group, struct text name,
                               struct text a, struct text b)
{
    struct comparison *out = making->out;
    if (making->status != STATUS_OK)
        return NULL;
    if (out->count == out->capacity) {
        uint32_t wanted = out->capacity == 0 ? 128 : out->capacity * 2;
        struct compare_row *grown = realloc(out->rows, wanted * sizeof *grown);
        if (grown == NULL) {
            making->status = STATUS_NO_MEMORY;
            return NULL;
        }
        out->rows = grown;
        out->capacity = wanted;
    }
    struct compare_row *made = &out->rows[out->count++];
    *made = (struct compare_row){.group = group, .differs = !text_equal(a, b)};
    (void)text_copy(made->name, sizeof made->name, name);
    (void)text_copy(made->a, sizeof made->a, a);
    (void)text_copy(made->b, sizeof made->b, b);
    out->differ += made->differs;
    return made;
}

static void row_text(struct making *making, const char *group, const char *name, const char *a,
                     const char *b)
{
    (void)row(making, group, text_of(name), text_of(a), text_of(b));
}

static void row_hash(struct making *making, const char *group, const char *name, struct hash128 a,
                     struct hash128 b)
{
    char left[HASH_TEXT_SIZE], right[HASH_TEXT_SIZE];
    (void)hash128_format(left, a);
    (void)hash128_format(right, b);
    row_text(making, group, name, left, right);
}

static void row_time(struct making *making, const char *name, int64_t a, int64_t b)
{
    char left[TIME_TEXT_SIZE], right[TIME_TEXT_SIZE];
    (void)time_format(left, a);
    (void)time_format(right, b);
    row_text(making, "data", name, left, right);
}

static void row_amount(struct making *making, const char *group, const char *name, struct amount a,
                       struct amount b)
{
    char left[DECIMAL_TEXT_SIZE], right[DECIMAL_TEXT_SIZE];
    (void)decimal_format_i128(left, a.units, AMOUNT_DECIMALS);
    (void)decimal_format_i128(right, b.units, AMOUNT_DECIMALS);
    row_text(making, group, name, left, right);
}

static void row_count(struct making *making, const char *group, const char *name, uint64_t a,
                      uint64_t b)
{
    char left[24], right[24];
    (void)snprintf(left, sizeof left, "%" PRIu64, a);
    (void)snprintf(right, sizeof right, "%" PRIu64, b);
    row_text(making, group, name, left, right);
}

/* ---- settings -------------------------------------------------------------------------------- */

/* Whether that key's value is its default: the third field of its line. */
static bool is_default(struct text settings, struct text key)
{
    while (settings.size > 0) {
        struct text line = text_split(&settings, '\n');
        if (!text_equal(text_split(&line, '\t'), key))
            continue;
        (void)text_split(&line, '\t');
        return text_equal(line, TEXT("default"));
    }
    return false;
}

static struct text settings_of(const struct compare_side *side)
{
    return (struct text){side->settings.data, side->settings.size};
}

static void setting_take(void *context, struct text key, struct text a, struct text b)
{
    struct making *making = context;
    struct compare_row *made = row(making, "settings", key, a, b);
    if (made == NULL)
        return;
    made->a_default = is_default(settings_of(making->a), key);
    made->b_default = is_default(settings_of(making->b), key);
}

static void settings_rows(struct making *making)
{
    const struct backtest_result *a = &making->a->result, *b = &making->b->result;
    struct config_differ differ = {making, setting_take};
    row_text(making, "settings", "version", a->version, b->version);
    row_text(making, "settings", "name", a->name, b->name);
    row_hash(making, "settings", "config_hash", a->config_hash, b->config_hash);
    row_text(making, "settings", "currency", a->currency, b->currency);
    if (making->a->settings.size > 0 && making->b->settings.size > 0)
        (void)config_differ(settings_of(making->a), settings_of(making->b), &differ);
    else
        row_count(making, "settings", "seed", a->seed, b->seed);
}

/* ---- data and result ------------------------------------------------------------------------- */

static void names_text(const struct backtest_result *result, char out[COMPARE_VALUE_SIZE])
{
    struct text_buffer names;
    text_buffer_init(&names, 1 << 24);
    for (uint32_t i = 0; i < result->instruments.count; i++)
        text_buffer_print(&names, "%s%s", i > 0 ? " " : "", result->instruments.items[i].name);
    (void)text_copy(out, COMPARE_VALUE_SIZE, (struct text){names.data, names.size});
    text_buffer_release(&names);
}

static void data_rows(struct making *making)
{
    const struct backtest_result *a = &making->a->result, *b = &making->b->result;
    char left[COMPARE_VALUE_SIZE], right[COMPARE_VALUE_SIZE];
    row_hash(making, "data", "data_hash", a->data_hash, b->data_hash);
    row_time(making, "from", a->from_ns, b->from_ns);
    row_time(making, "to", a->to_ns, b->to_ns);
    row_count(making, "data", "bars", a->bars_count, b->bars_count);
    names_text(a, left);
    names_text(b, right);
    row_text(making, "data", "instruments", left, right);
}

static void result_rows(struct making *making)
{
    const struct backtest_result *a = &making->a->result, *b = &making->b->result;
    row_hash(making, "result", "journal_hash", a->journal_hash, b->journal_hash);
    row_amount(making, "result", "start_equity", a->start_equity, b->start_equity);
    row_amount(making, "result", "end_equity", a->end_equity, b->end_equity);
    row_amount(making, "result", "realized", a->realized, b->realized);
    row_amount(making, "result", "unrealized", a->unrealized, b->unrealized);
    row_amount(making, "result", "fees", a->fees, b->fees);
    row_amount(making, "result", "funding", a->funding, b->funding);
    row_count(making, "result", "orders", a->orders_count, b->orders_count);
    row_count(making, "result", "fills", a->fills_count, b->fills_count);
    row_count(making, "result", "trips", a->trips_count, b->trips_count);
    row_count(making, "result", "warnings", a->warnings.count, b->warnings.count);
}

static bool metric_value_equal(const struct metric_value *a, const struct metric_value *b)
{
    return a->present == b->present && a->number == b->number && a->integer == b->integer &&
           a->money.units == b->money.units;
}

/* As people read them; those that look alike and are not, to the last digit. */
static void metrics_rows(struct making *making)
{
    for (enum metric metric = 0; metric < METRIC_COUNT; metric++) {
        struct text_buffer a, b;
        text_buffer_init(&a, 1024);
        text_buffer_init(&b, 1024);
        const struct metric_value *left = &making->a->metrics.values[metric];
        const struct metric_value *right = &making->b->metrics.values[metric];
        metric_print_human(metric, left, 4, &a);
        metric_print_human(metric, right, 4, &b);
        bool look_alike = text_equal((struct text){a.data, a.size}, (struct text){b.data, b.size});
        if (look_alike && !metric_value_equal(left, right)) {
            text_buffer_reset(&a);
            text_buffer_reset(&b);
            metric_print_exact(metric, left, &a);
            metric_print_exact(metric, right, &b);
        }
        (void)row(making, "metrics", text_of(metric_rows[metric].name),
                  (struct text){a.data, a.size}, (struct text){b.data, b.size});
        text_buffer_release(&a);
        text_buffer_release(&b);
    }
}

/* ---- bots ------------------------------------------------------------------------------------ */

static const struct breakdown_row *bot_find(const struct breakdown *breakdown, const char *name)
{
    for (uint32_t i = 0; i < breakdown->count; i++) {
        if (strcmp(breakdown->rows[i].name, name) == 0)
            return &breakdown->rows[i];
    }
    return NULL;
}

static void bot_rows(struct making *making, const char *name, const struct breakdown_row *a,
                     const struct breakdown_row *b)
{
    static const char *const titles[] = {"net", "fees", "trips"};
    const struct breakdown_row *sides[] = {a, b};
    char values[2][DECIMAL_TEXT_SIZE], title[COMPARE_NAME_SIZE];
    for (size_t i = 0; i < ARRAY_COUNT(titles); i++) {
        for (size_t side = 0; side < 2; side++) {
            const struct breakdown_row *bot = sides[side];
            if (bot == NULL)
                (void)snprintf(values[side], DECIMAL_TEXT_SIZE, "-");
            else if (i == 2)
                (void)snprintf(values[side], DECIMAL_TEXT_SIZE, "%" PRIu64, bot->trips);
            else
                (void)decimal_format_i128(values[side], i == 0 ? bot->net.units : bot->fees.units,
                                          AMOUNT_DECIMALS);
        }
        (void)snprintf(title, sizeof title, "%s %s", name, titles[i]);
        row_text(making, "bots", title, values[0], values[1]);
    }
}

static void bots_rows(struct making *making)
{
    struct breakdown a = {0}, b = {0};
    enum status status = breakdown_init(&a, &making->a->result, BREAKDOWN_BOT);
    if (status == STATUS_OK)
        status = breakdown_init(&b, &making->b->result, BREAKDOWN_BOT);
    for (uint32_t i = 0; status == STATUS_OK && i < a.count; i++)
        bot_rows(making, a.rows[i].name, &a.rows[i], bot_find(&b, a.rows[i].name));
    for (uint32_t i = 0; status == STATUS_OK && i < b.count; i++) {
        if (bot_find(&a, b.rows[i].name) == NULL)
            bot_rows(making, b.rows[i].name, NULL, &b.rows[i]);
    }
    breakdown_release(&a);
    breakdown_release(&b);
    if (making->status == STATUS_OK)
        making->status = status;
}

/* ---- where they part ------------------------------------------------------------------------- */

/* The first columns of a line, which say what happened, without the nanoseconds; what is behind
 * them are numbers that the venue gave. Commas within quotes separate nothing. */
static void line_words(struct text line, unsigned columns, char out[COMPARE_VALUE_SIZE])
{
    size_t used = 0;
    unsigned column = 0;
    bool quoted = false;
    for (size_t i = 0; i < line.size && column < columns && used + 1 < COMPARE_VALUE_SIZE; i++) {
        char c = line.data[i];
        quoted = c == '"' ? !quoted : quoted;
        bool ends = c == ',' && !quoted;
        column += ends;
        /* Empty fields leave no gap. */
        if (ends && (column == 2 || column == columns || (used > 0 && out[used - 1] == ' ')))
            continue;
        if (column != 1 || ends)
            out[used++] = ends ? ' ' : c;
    }
    while (used > 0 && out[used - 1] == ' ')
        used--;
    out[used] = '\0';
}

static void parting_row(struct making *making, const char *what, struct text a, struct text b,
                        unsigned columns)
{
    char left[COMPARE_VALUE_SIZE], right[COMPARE_VALUE_SIZE], name[COMPARE_NAME_SIZE];
    (void)text_split(&a, '\n');
    (void)text_split(&b, '\n');
    for (uint64_t number = 1; a.size > 0 || b.size > 0; number++) {
        line_words(text_split(&a, '\n'), columns, left);
        line_words(text_split(&b, '\n'), columns, right);
        if (strcmp(left, right) == 0)
            continue;
        (void)snprintf(name, sizeof name, "%s %" PRIu64, what, number);
        row_text(making, "parting", name, left[0] == '\0' ? "-" : left,
                 right[0] == '\0' ? "-" : right);
        return;
    }
}

enum status compare_make(const struct compare_side *a, const struct compare_side *b,
                         struct comparison *out)
{
    struct making making = {.out = out, .a = a, .b = b};
    *out = (struct comparison){0};
    settings_rows(&making);
    data_rows(&making);
    result_rows(&making);
    metrics_rows(&making);
    bots_rows(&making);
    parting_row(&making, "order", (struct text){a->orders.data, a->orders.size},
                (struct text){b->orders.data, b->orders.size}, 12);
    parting_row(&making, "fill", (struct text){a->fills.data, a->fills.size},
                (struct text){b->fills.data, b->fills.size}, 10);
    return making.status;
}

void comparison_release(struct comparison *comparison)
{
    free(comparison->rows);
    *comparison = (struct comparison){0};
}
