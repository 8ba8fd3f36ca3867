/* What the commands of sweeps share: where sweeps lie, and how one is printed. Inner header of the
 * command line. */
#ifndef TERN_FACE_CLI_SWEEP_FACE_H
#define TERN_FACE_CLI_SWEEP_FACE_H

#include "drive/sweep/sweep_view.h"
#include "face/cli/cli_context.h"
#include "face/cli/store.h"

/* ---- places (sweep_places.c) ----------------------------------------------------------------- */

#define SWEEPS_MAX 4096u

/* $XDG_DATA_HOME/tern/sweeps. STATUS_NOT_FOUND where HOME is not set. */
MUST_USE enum status sweeps_folder(char out[STORE_PATH_SIZE]);
/* Makes the folder and what is above it; false with errno. */
bool sweeps_folder_make(const char *folder);

struct sweep_names {
    char (*names)[EXECUTE_NAME_SIZE]; /* owned; without .db, by name */
    int64_t *changed;                 /* owned; seconds */
    size_t count;
};

/* The sweeps of a folder; of none where it is not there. False where memory is not enough. */
bool sweep_names_read(const char *folder, struct sweep_names *out);
void sweep_names_release(struct sweep_names *names);
/* A path, or a name or the beginning of one up to a `-`; the newest of several. */
MUST_USE enum status sweep_find(struct cli *cli, const char *name, char out[STORE_PATH_SIZE]);
/* Of the sweep that the command names first; the caller releases it. */
MUST_USE enum status sweep_summary_of_operand(struct cli *cli, struct sweep_summary *out);

/* ---- what is tried (run_sweep.c) ------------------------------------------------------------- */

/* The space that --grid and the operands behind the first say, drawn. The caller has initialised it
 * and releases it, whatever is returned. */
MUST_USE enum status sweep_space_of(struct cli *cli, struct sweep_space *space,
                                    struct sweep_plan *plan);

/* ---- printing (sweep_print.c) ---------------------------------------------------------------- */

/* A Sharpe ratio a day as one a year of 365 days. */
double sweep_annual(double sharpe);
/* What a trial gained as a share of what it began with; NaN where that is nothing. */
double sweep_return(const struct sweep_summary *summary, const struct sweep_trial *trial);
/* A cell of a table; a dash where the value is not finite. */
void cell_double(struct table *table, double value, int places, const char *unit, double factor);
/* A row of a table with the columns what, value and meaning. */
void luck_row(struct table *table, const char *name, double value, int places, const char *unit,
              const char *meaning);
/* Members of a JSON object; null where a number is not finite. */
void key_number(struct json_writer *json, const char *key, double value);
void key_amount(struct json_writer *json, const char *key, struct amount amount);
void key_count(struct json_writer *json, const char *key, uint64_t value);
void key_text(struct json_writer *json, const char *key, const char *value);
/* The best trials of a store and how lucky they are, as tables or JSON. */
MUST_USE enum status sweep_print(struct cli *cli, const char *path);

/* ---- maps (sweep_map_print.c) ---------------------------------------------------------------- */

/* A view by the metric that --metric names, and the axes that --axes names or else the two that
 * matter most; y is VIEW_NONE where there is one alone. The caller releases the view. */
MUST_USE enum status sweep_view_of(struct cli *cli, const struct sweep_summary *summary,
                                   struct sweep_view *view, uint32_t *x, uint32_t *y);
/* Tables of what mattered and of what lies around the best; in *edges a bit for each axis at whose
 * edge the best lies. */
MUST_USE enum status sweep_mattered_print(struct cli *cli, const struct sweep_summary *summary,
                                          uint32_t *edges);
/* A heat map of shades, or one line a cell with --plain. */
MUST_USE enum status sweep_map_print(struct cli *cli, const struct sweep_summary *summary);
/* Members metric, importance, around_best, most_stable and, where asked for, map. */
MUST_USE enum status sweep_view_json(struct cli *cli, const struct sweep_summary *summary,
                                     bool with_map, struct json_writer *json);
/* sweep.html into cli->out. */
MUST_USE enum status sweep_html_print(struct cli *cli, const struct sweep_summary *summary);

#endif
