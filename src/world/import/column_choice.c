/* Columns that a person chose, by name or by number. */
#include "world/import/columns.h"

#include "world/import/digits.h"

#include <stdio.h>
#include <string.h>

#define PLACE "--columns"
#define EXAMPLE "--columns time=Timestamp,open=2,high=3,low=4,close=5,volume=6"

/* ---- the words ------------------------------------------------------------------------------- */

static enum column find_word(struct text word)
{
    unsigned i = 0;
    while (i < COLUMN_COUNT && !text_equal_ignore_case(word, text_of(column_plain_name(i))))
        i++;
    return i;
}

static enum status bad_word(struct text word, struct problem *problem)
{
    const char *names[COLUMN_COUNT];
    for (unsigned i = 0; i < COLUMN_COUNT; i++)
        names[i] = column_plain_name(i);
    const char *near = word.size > 0 ? text_suggest(word, names, COLUMN_COUNT) : NULL;
    problem_set(problem, STATUS_USAGE, PLACE, "found \"%.*s\"",
                (int)(word.size < 60 ? word.size : 60), word.size > 0 ? word.data : "");
    problem_allowed(problem, "time=…,open=…,high=…,low=…,close=…,volume=… (and symbol=…), or "
                             "bid_open=… to ask_close=…, each with a name or a number from 1");
    if (near != NULL)
        problem_next(problem, "did you mean %s?", near);
    else
        problem_next(problem, EXAMPLE);
    return STATUS_USAGE;
}

static enum status read_pair(struct text pair, struct column_choice *out, struct problem *problem)
{
    struct text value = pair;
    struct text word = text_trim(text_split(&value, '='));
    value = text_trim(value);
    enum column column = find_word(word);
    if (column == COLUMN_COUNT || value.size == 0 || value.size >= COLUMN_NAME_SIZE)
        return bad_word(column == COLUMN_COUNT ? word : pair, problem);
    if (out->chosen[column] || (column == COLUMN_VOLUME && out->no_volume)) {
        problem_set(problem, STATUS_USAGE, PLACE, "%s is given twice", column_plain_name(column));
        problem_allowed(problem, "each column once");
        return STATUS_USAGE;
    }
    if (column == COLUMN_VOLUME && text_equal(value, TEXT("-"))) {
        out->no_volume = true;
        return STATUS_OK;
    }
    struct digits number;
    out->chosen[column] = true;
    (void)text_copy(out->names[column], COLUMN_NAME_SIZE, value);
    if (digits_read(value, &number) && number.decimals == 0) {
        if (number.mantissa < 1 || number.mantissa > CSV_FIELDS_MAX) {
            problem_set(problem, STATUS_USAGE, PLACE, "found \"%s\"", out->names[column]);
            problem_allowed(problem, "a column from 1 to %d", CSV_FIELDS_MAX);
            return STATUS_USAGE;
        }
        out->positions[column] = (size_t)number.mantissa;
    }
    return STATUS_OK;
}

static bool has_quotes(const struct column_choice *choice)
{
    bool quotes = false;
    for (unsigned i = COLUMN_BID_OPEN; i <= COLUMN_ASK_CLOSE; i++)
        quotes = quotes || choice->chosen[i];
    return quotes;
}

/* Bars need a time and either four prices or eight quotes. */
static enum status judge_choice(const struct column_choice *choice, struct problem *problem)
{
    bool quotes = has_quotes(choice);
    for (unsigned i = COLUMN_TIME; i <= COLUMN_ASK_CLOSE; i++) {
        bool of_quotes = i >= COLUMN_BID_OPEN;
        bool wanted = i == COLUMN_TIME || of_quotes == quotes;
        bool given = choice->chosen[i] || (i == COLUMN_VOLUME && choice->no_volume);
        if (wanted == given || (quotes && i == COLUMN_VOLUME))
            continue;
        problem_set(problem, STATUS_USAGE, PLACE, wanted ? "%s is missing" : "%s beside quotes",
                    column_plain_name(i));
        problem_allowed(problem, "time, open, high, low, close and volume (volume=- where there is "
                                 "none), or time and bid_open to ask_close");
        problem_next(problem, EXAMPLE);
        return STATUS_USAGE;
    }
    return STATUS_OK;
}

enum status column_choice_parse(const char *text, struct column_choice *out,
                                struct problem *problem)
{
    *out = (struct column_choice){0};
    struct text rest = text_of(text);
    enum status status = STATUS_OK;
    do
        status = read_pair(text_split(&rest, ','), out, problem);
    while (status == STATUS_OK && rest.data != NULL);
    return status == STATUS_OK ? judge_choice(out, problem) : status;
}

/* ---- the columns of a file ------------------------------------------------------------------- */

/* Whether the first row is data where columns are known by their numbers alone: its time is one. */
static bool is_data(const struct csv_reader *reader, size_t position)
{
    int64_t time_ns;
    struct text field = reader->fields[position - 1];
    struct digits number;
    return column_time_read(field, TIME_FORM_ANY, &time_ns) || digits_read(field, &number);
}

static enum status not_there(const struct csv_reader *reader, const struct column_choice *choice,
                             enum column column, struct problem *problem)
{
    char names[sizeof problem->allowed] = "";
    size_t used = 0;
    for (size_t i = 0; i < reader->field_count && used + 48 < sizeof names; i++) {
        struct text field = reader->fields[i];
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%.*s", i > 0 ? ", " : "",
                                 (int)(field.size < 40 ? field.size : 40), field.data);
    }
    csv_problem(reader, problem, column_plain_name(column), "there is no column \"%s\"",
                choice->names[column]);
    problem_allowed(problem, "%s", names);
    problem_next(problem, "give --columns the names of the first line, or numbers from 1");
    return STATUS_DATA_INVALID;
}

enum status column_layout_choose(const struct csv_reader *reader,
                                 const struct column_choice *choice, struct column_layout *out,
                                 struct problem *problem)
{
    *out = (struct column_layout){
        .field_count = reader->field_count,
        .form = BAR_FORM_CHOSEN,
        .has_quotes = has_quotes(choice),
        .has_volume = choice->chosen[COLUMN_VOLUME],
        .has_symbol = choice->chosen[COLUMN_SYMBOL],
    };
    for (unsigned i = 0; i < COLUMN_COUNT; i++)
        out->has_header = out->has_header || (choice->chosen[i] && choice->positions[i] == 0);
    for (unsigned i = 0; i < COLUMN_COUNT; i++) {
        if (!choice->chosen[i])
            continue;
        size_t at = choice->positions[i] > 0 ? choice->positions[i] - 1 : 0;
        struct text name = text_of(choice->names[i]);
        while (choice->positions[i] == 0 && at < reader->field_count &&
               !text_equal_ignore_case(text_trim(reader->fields[at]), name))
            at++;
        if (at >= reader->field_count)
            return not_there(reader, choice, i, problem);
        out->index[i] = at;
        (void)text_copy(out->names[i], COLUMN_NAME_SIZE, text_of(column_plain_name(i)));
    }
    if (!out->has_header)
        out->has_header = !is_data(reader, choice->positions[COLUMN_TIME]);
    return STATUS_OK;
}
