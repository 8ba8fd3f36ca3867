/* Runs scenarios: text files that say what the world is, what happens line by line, and what must
 * come of it. README.md draws the notation.
 *
 *     scenario FILE.scn …          runs them, prints TAP
 *     scenario --show FILE.scn     prints what every line gave, to write a scenario by */
#include <stdio.h>
#include <string.h>

#include "scenario.h"

/* Without blanks at both ends, runs of blanks as one. */
static void squeeze(char *out, size_t size, struct text text)
{
    size_t used = 0;
    text = text_trim(text);
    for (size_t i = 0; i < text.size && used + 1 < size; i++) {
        bool blank = text.data[i] == ' ' || text.data[i] == '\t';
        if (blank && used > 0 && out[used - 1] == ' ')
            continue;
        out[used++] = blank ? ' ' : text.data[i];
    }
    out[used] = '\0';
}

/* The expected result at the end of the line, and of the lines below that begin with `->`. */
static void check_expected(struct scenario *scenario, const struct statement *statement)
{
    char expected[4096] = "";
    char part[1024];
    struct text found = {scenario->events.data, scenario->events.size};
    if (found.size == 0)
        found = TEXT("nothing");
    if (scenario->show)
        printf("# %u: %.*s\n", statement->head->number, (int)found.size, found.data);
    if (statement->head->expected.data == NULL)
        return;
    squeeze(expected, sizeof expected, statement->head->expected);
    for (unsigned i = 0; i < statement->rows_count; i++) {
        const struct line *row = &statement->rows[i];
        if (row->words_count > 0 || row->expected.data == NULL) {
            fail(scenario, row, "a row belongs to no table");
            return;
        }
        squeeze(part, sizeof part, row->expected);
        size_t used = strlen(expected);
        (void)snprintf(expected + used, sizeof expected - used, "; %s", part);
    }
    if (!text_equal(text_of(expected), found))
        fail(scenario, statement->head, "expected: %s\n        found: %.*s", expected,
             (int)found.size, found.data);
}

static void take(struct scenario *scenario, const struct statement *statement)
{
    if (scenario->engine == NULL) {
        if (world_take(scenario, statement))
            return;
        scenario->start_ns = scenario->time_ns;
        if (!world_begin(scenario))
            return;
    }
    if (word_is(statement->head->words[0], "expect")) {
        expect_take(scenario, statement);
        return;
    }
    if (action_take(scenario, statement)) {
        check_expected(scenario, statement);
        return;
    }
    struct text word = statement->head->words[0];
    fail(scenario, statement->head, "`%.*s` is no statement", (int)word.size, word.data);
}

static void run(struct scenario *scenario)
{
    world_defaults(scenario);
    unsigned at = 0;
    while (at < scenario->lines_count) {
        struct statement statement = {&scenario->lines[at], &scenario->lines[at + 1], 0};
        at++;
        while (at < scenario->lines_count && scenario->lines[at].indented) {
            statement.rows_count++;
            at++;
        }
        if (statement.head->indented || statement.head->words_count == 0) {
            fail(scenario, statement.head, "a row belongs to no table");
            return;
        }
        take(scenario, &statement);
        if (scenario->engine == NULL && scenario->failures > 0)
            return;
    }
    const struct line *last = scenario->lines_count ? &scenario->lines[scenario->lines_count - 1]
                                                    : NULL;
    if (scenario->engine == NULL)
        fail(scenario, last, "nothing happens");
    else
        check_end(scenario, last);
}

/* One file is one test. */
static bool run_file(const char *path, unsigned number, bool show)
{
    static struct scenario scenario;
    if (!scenario_read(&scenario, path)) {
        printf("not ok %u - %s\n# cannot be read\n", number, path);
        scenario_forget(&scenario);
        return false;
    }
    scenario.show = show;
    run(&scenario);
    bool good = scenario.failures == 0;
    const char *name = strrchr(path, '/');
    printf("%s %u - %s: %s\n", good ? "ok" : "not ok", number, name == NULL ? path : name + 1,
           scenario.title);
    struct text rest = {scenario.report.data, scenario.report.size};
    while (rest.size > 0) {
        struct text line = text_split(&rest, '\n');
        printf("# %.*s\n", (int)line.size, line.data);
    }
    scenario_forget(&scenario);
    (void)fflush(stdout);
    return good;
}

int main(int argc, char **argv)
{
    int first = 1;
    bool show = argc > 1 && strcmp(argv[1], "--show") == 0;
    bool good = true;
    first += show;
    if (first == argc) {
        printf("1..0 # SKIP no scenario is named\n");
        return 0;
    }
    printf("1..%d\n", argc - first);
    for (int i = first; i < argc; i++)
        good = run_file(argv[i], (unsigned)(i - first + 1), show) && good;
    return good ? 0 : 1;
}
