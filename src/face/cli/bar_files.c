/* Options of files of bars, and the question for their columns. */
#include "face/cli/bar_files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "world/import/rows.h"

/* Prices keep all decimals that the file has; the instrument decides later what it needs. */
#define FILE_DECIMALS_MAX 18u
#define ANSWER_SIZE 64u

/* ---- options --------------------------------------------------------------------------------- */

static enum status bad_value(struct cli *cli, const char *option, const char *value,
                             const char *allowed)
{
    problem_set(&cli->problem, STATUS_USAGE, option, "found \"%s\"", value);
    problem_allowed(&cli->problem, "%s", allowed);
    return STATUS_USAGE;
}

static enum status take_delimiter(struct cli *cli, const char *value, struct bar_source *out)
{
    bool tab = strcmp(value, "tab") == 0 || strcmp(value, "\\t") == 0;
    unsigned char c = (unsigned char)value[0];
    bool one = c != '\0' && value[1] == '\0';
    bool digit = c >= '0' && c <= '9';
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!tab && (!one || digit || letter || c > 126 || (c < ' ' && c != '\t') || c == '"' ||
                 c == '.' || c == '-'))
        return bad_value(cli, "--delimiter", value, "one character such as ; or | or the word tab");
    out->delimiter = tab ? '\t' : value[0];
    return STATUS_OK;
}

static enum status take_time_unit(struct cli *cli, const char *value, struct bar_source *out)
{
    static const struct {
        const char *name;
        enum time_form form;
    } units[] = {{"s", TIME_FORM_SECONDS},       {"ms", TIME_FORM_MILLISECONDS},
                 {"us", TIME_FORM_MICROSECONDS}, {"ns", TIME_FORM_NANOSECONDS},
                 {"mdy", TIME_FORM_MONTH_FIRST}, {"dmy", TIME_FORM_DAY_FIRST}};
    for (size_t i = 0; i < ARRAY_COUNT(units); i++) {
        if (strcmp(value, units[i].name) == 0) {
            out->time_form = units[i].form;
            return STATUS_OK;
        }
    }
    return bad_value(cli, "--time-unit", value, "s, ms, us or ns of numbers; mdy or dmy of dates");
}

static enum status take_zone(struct cli *cli, const char *value, struct bar_source *out)
{
    const char *names[64];
    size_t count = 0;
    while (count < ARRAY_COUNT(names) && zone_name(count) != NULL) {
        names[count] = zone_name(count);
        count++;
    }
    if (zone_parse(text_of(value), &out->zone)) {
        out->has_zone = true;
        return STATUS_OK;
    }
    const char *near = text_suggest(text_of(value), names, count);
    bad_value(cli, "--time-zone", value,
              "UTC, an offset such as +03:00, or a zone that tern help formats lists");
    if (near != NULL)
        problem_next(&cli->problem, "did you mean %s?", near);
    return STATUS_USAGE;
}

static enum status take_scale(struct cli *cli, const char *value, struct bar_source *out)
{
    size_t zeros = strspn(value + (value[0] == '1' ? 1 : 0), "0");
    if (value[0] != '1' || value[1 + zeros] != '\0' || zeros > 9)
        return bad_value(cli, "--price-scale", value, "1, 10, 100 … 1000000000");
    out->price_scale = (int)zeros;
    return STATUS_OK;
}

enum status bar_file_source(struct cli *cli, const char *path, struct bar_source *out)
{
    static const struct {
        enum cli_option option;
        enum status (*take)(struct cli *cli, const char *value, struct bar_source *out);
    } takers[] = {{CLI_OPTION_DELIMITER, take_delimiter},
                  {CLI_OPTION_TIME_UNIT, take_time_unit},
                  {CLI_OPTION_TIME_ZONE, take_zone},
                  {CLI_OPTION_PRICE_SCALE, take_scale}};
    const char *const *values = cli->arguments.values;
    bar_source_init(out, path);
    out->price_decimals_min = 0;
    out->price_decimals_max = FILE_DECIMALS_MAX;
    out->folder = true;
    out->instrument = values[CLI_OPTION_INSTRUMENT];
    out->columns = values[CLI_OPTION_COLUMNS];
    out->member = values[CLI_OPTION_MEMBER];
    out->quotes = cli_have(cli, CLI_OPTION_QUOTES);
    enum status status = STATUS_OK;
    for (size_t i = 0; i < ARRAY_COUNT(takers) && status == STATUS_OK; i++) {
        const char *value = values[takers[i].option];
        if (value != NULL)
            status = takers[i].take(cli, value, out);
    }
    struct column_choice choice;
    if (status == STATUS_OK && out->columns != NULL)
        status = column_choice_parse(out->columns, &choice, &cli->problem);
    return status;
}

/* ---- the question ---------------------------------------------------------------------------- */

bool bar_file_may_ask(const struct cli *cli)
{
    return isatty(STDIN_FILENO) && isatty(STDERR_FILENO) && !cli->json && !cli->quiet &&
           !cli_have(cli, CLI_OPTION_NO_INPUT);
}

/* Whether the first row says what the columns are. */
static bool are_known(const struct bar_source *source)
{
    struct problem problem;
    struct row_reader *rows;
    problem_init(&problem);
    if (row_reader_open(source, &rows, &problem) != STATUS_OK)
        return true; /* not a question of columns */
    enum status status = row_reader_next(rows, &problem);
    row_reader_close(rows);
    return status != STATUS_DATA_INVALID;
}

static void show(struct cli *cli, const char *path, const struct row_peek *peek)
{
    struct table table;
    struct text_buffer text;
    struct table_style style = cli->style;
    char heads[ROW_PEEK_FIELDS][16];
    style.plain = false;
    text_buffer_init(&text, 65536);
    table_init(&table, "first rows", NULL);
    for (size_t i = 0; i < peek->fields; i++) {
        (void)snprintf(heads[i], sizeof heads[i], "%zu", i + 1);
        table_column(&table, heads[i], TABLE_LEFT, 0);
    }
    for (size_t row = 0; row < peek->rows; row++)
        for (size_t i = 0; i < peek->fields; i++)
            table_cell(&table, text_of(peek->text[row][i]));
    cli_note(cli,
             "%s: the columns are not known. Its first rows, with the columns' numbers:", path);
    if (table_write(&table, &style, &text) == STATUS_OK)
        dprintf(STDERR_FILENO, "%.*s\n", (int)text.size, text.data);
    table_release(&table);
    text_buffer_release(&text);
}

/* A line from the terminal without its end; false where there is none any more. */
static bool read_answer(char out[ANSWER_SIZE])
{
    size_t size = 0;
    for (;;) {
        char c;
        ssize_t got = read(STDIN_FILENO, &c, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        if (c == '\n')
            break;
        if (size + 1 < ANSWER_SIZE)
            out[size++] = c;
    }
    out[size] = '\0';
    struct text trimmed = text_trim((struct text){out, size});
    memmove(out, trimmed.data, trimmed.size);
    out[trimmed.size] = '\0';
    return true;
}

/* The column that the first row's names speak for, else the next one in the usual order; 0: none.
 * */
static size_t guess(const struct row_peek *peek, enum column column, size_t last)
{
    for (size_t i = 0; i < peek->fields; i++)
        if (column_guess(text_of(peek->text[0][i])) == column)
            return i + 1;
    return column == COLUMN_TIME ? 1 : last < peek->fields ? last + 1 : 0;
}

/* Asks until the answer is a column; 0 for none, which the volume alone may be. */
static enum status ask_one(const struct row_peek *peek, enum column column, size_t proposal,
                           size_t *out)
{
    char answer[ANSWER_SIZE];
    const char *name = column_plain_name(column);
    const char *none = column == COLUMN_VOLUME ? ", - for none" : "";
    for (;;) {
        if (proposal > 0)
            dprintf(STDERR_FILENO, "%s is column [%zu %s%s]: ", name, proposal,
                    peek->text[0][proposal - 1], none);
        else
            dprintf(STDERR_FILENO, "%s is column [1 to %zu%s]: ", name, peek->fields, none);
        if (!read_answer(answer))
            return STATUS_INTERRUPTED;
        *out = proposal;
        if (answer[0] == '\0' && proposal > 0)
            return STATUS_OK;
        *out = 0;
        if (strcmp(answer, "-") == 0 && column == COLUMN_VOLUME)
            return STATUS_OK;
        for (size_t i = 0; i < peek->fields && *out == 0; i++) {
            char number[8];
            (void)snprintf(number, sizeof number, "%zu", i + 1);
            if (strcmp(answer, number) == 0 ||
                text_equal_ignore_case(text_of(answer), text_of(peek->text[0][i])))
                *out = i + 1;
        }
        if (*out > 0)
            return STATUS_OK;
        dprintf(STDERR_FILENO, "A number from 1 to %zu, or a name of the first row.\n",
                peek->fields);
    }
}

enum status bar_file_ask(struct cli *cli, struct bar_source *source, char columns[BAR_COLUMNS_SIZE])
{
    struct row_peek peek;
    struct problem problem;
    problem_init(&problem);
    if (source->columns != NULL || are_known(source) ||
        row_peek_read(source, &peek, &problem) != STATUS_OK || peek.fields < 5)
        return STATUS_OK;
    show(cli, source->path, &peek);
    size_t used = 0, last = 0;
    for (unsigned column = COLUMN_TIME; column <= COLUMN_VOLUME; column++) {
        size_t chosen = 0;
        enum status status = ask_one(&peek, column, guess(&peek, column, last), &chosen);
        if (status != STATUS_OK)
            return problem_set(&cli->problem, status, source->path,
                               "the question for the columns was not answered");
        last = chosen;
        char value[8] = "-";
        if (chosen > 0)
            (void)snprintf(value, sizeof value, "%zu", chosen);
        used += (size_t)snprintf(columns + used, BAR_COLUMNS_SIZE - used, "%s%s=%s",
                                 column > COLUMN_TIME ? "," : "", column_plain_name(column), value);
    }
    source->columns = columns;
    cli_note(cli, "Next time: --columns %s", columns);
    return STATUS_OK;
}
