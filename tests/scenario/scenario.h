/* What the files of the scenario runner share: the text of a scenario, the small world it builds,
 * and what is found in it. README.md draws the notation. */
#ifndef TERN_TESTS_SCENARIO_SCENARIO_H
#define TERN_TESTS_SCENARIO_SCENARIO_H

#include "core/engine/engine.h"

#define ASSETS_MAX 8u
#define INSTRUMENTS_MAX 8u
#define BOTS_MAX 6u
#define BALANCES_MAX 8u
#define WORDS_MAX 32u
#define ROWS_MAX 64u
#define EVENTS_SIZE_MAX ((size_t)1 << 16)
#define SCENARIO_BAR_NS (INT64_C(60) * NANOSECONDS_PER_SECOND)

/* One line of the file, cut into words; what is behind `->` is kept apart. */
struct line {
    unsigned number;
    bool indented;
    unsigned words_count;
    struct text words[WORDS_MAX];
    struct text expected; /* data NULL where nothing is expected */
};

/* A statement: its line, and the indented rows below it. */
struct statement {
    const struct line *head;
    const struct line *rows;
    unsigned rows_count;
};

struct scenario {
    const char *path;
    bool show; /* print what every line gave, for authors */
    char *text;
    struct line *lines;
    unsigned lines_count;
    char title[256];

    struct engine_config config;
    struct instrument instruments[INSTRUMENTS_MAX];
    struct instrument_limits limits[INSTRUMENTS_MAX];
    struct series_config series[INSTRUMENTS_MAX];
    struct bot_config bots[BOTS_MAX];
    struct opening_balance balances[BALANCES_MAX];
    struct amount reserves[BOTS_MAX + 1];
    char asset_names[ASSETS_MAX][ASSET_NAME_SIZE];
    const char *assets[ASSETS_MAX];

    struct engine *engine; /* NULL while the world is described */
    struct input input;
    uint64_t seq, trade_id;
    int64_t start_ns, time_ns;

    uint8_t *journal; /* every input and frame, for the fold at the end */
    size_t journal_size, journal_capacity;

    struct text_buffer events; /* what the last action led to */
    struct text_buffer report; /* failures, a line each */
    unsigned failures;
};

/* ---- words.c --------------------------------------------------------------------------------- */

/* Reads the file and cuts it into lines; false where it cannot be read. */
bool scenario_read(struct scenario *scenario, const char *path);
void scenario_forget(struct scenario *scenario);
PRINTF_LIKE(3, 4)
void fail(struct scenario *scenario, const struct line *line, const char *format, ...);
bool word_is(struct text word, const char *name);
/* Each says in the report what it could not read and gives 0. */
int64_t units_read(struct scenario *scenario, const struct line *line, struct text word,
                   unsigned decimals);
struct amount amount_read(struct scenario *scenario, const struct line *line, struct text word);
struct ratio ratio_read(struct scenario *scenario, const struct line *line, struct text word);
int64_t duration_read(struct scenario *scenario, const struct line *line, struct text word);
/* HH:MM[:SS] as nanoseconds since midnight. */
int64_t clock_read(struct scenario *scenario, const struct line *line, struct text word);
/* NONE_INDEX where there is none of the name, without a word. */
uint32_t asset_find(const struct scenario *scenario, struct text name);
uint32_t instrument_find(const struct scenario *scenario, struct text name);
uint32_t book_find(const struct scenario *scenario, struct text name);
/* The same, and a failure where there is none; 0 then. */
uint32_t asset_read(struct scenario *scenario, const struct line *line, struct text word);
uint32_t instrument_read(struct scenario *scenario, const struct line *line, struct text word);
uint32_t book_read(struct scenario *scenario, const struct line *line, struct text word);
uint64_t order_read(struct scenario *scenario, const struct line *line, struct text word);
const char *book_name(const struct scenario *scenario, uint32_t book);
/* The cell of a row under the column of that name; empty where either is missing. */
struct text cell_of(const struct line *head, unsigned first, const struct line *row,
                    const char *name);

/* ---- world.c --------------------------------------------------------------------------------- */

void world_defaults(struct scenario *scenario);
/* true where the statement describes the world; it has been taken in then. */
bool world_take(struct scenario *scenario, const struct statement *statement);
/* Builds the engine and feeds it the first input. */
bool world_begin(struct scenario *scenario);

/* ---- plans.c --------------------------------------------------------------------------------- */

/* Kind, instrument and parameters of a bot; false where the row names no kind. */
bool plan_take(struct scenario *scenario, const struct line *head, const struct line *row,
               struct bot_config *bot);

/* ---- actions.c ------------------------------------------------------------------------------- */

bool action_take(struct scenario *scenario, const struct statement *statement);

/* ---- events.c -------------------------------------------------------------------------------- */

/* Feeds scenario->input, keeps it and its frame, checks every invariant, appends to events. */
void step(struct scenario *scenario, const struct line *line);
/* What must hold behind every scenario: a fold and a snapshot end in the same state, and equity is
 * what the books say. */
void check_end(struct scenario *scenario, const struct line *line);

/* ---- expect.c -------------------------------------------------------------------------------- */

void expect_take(struct scenario *scenario, const struct statement *statement);

#endif
