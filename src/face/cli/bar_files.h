/* Files of bars as the data commands name them: the options that say how to read one, and the
 * question where nobody said. Internal to face/cli. */
#ifndef TERN_FACE_CLI_BAR_FILES_H
#define TERN_FACE_CLI_BAR_FILES_H

#include "face/cli/cli_context.h"
#include "world/import/bars.h"

/* What the options of bar_file_source are, for the command table. */
#define BAR_FILE_OPTIONS                                                                \
    (CLI_OPTION_BIT(COLUMNS) | CLI_OPTION_BIT(DELIMITER) | CLI_OPTION_BIT(TIME_UNIT) |  \
     CLI_OPTION_BIT(TIME_ZONE) | CLI_OPTION_BIT(PRICE_SCALE) | CLI_OPTION_BIT(MEMBER) | \
     CLI_OPTION_BIT(QUOTES))

#define BAR_COLUMNS_SIZE 512u

/* A source with all that the options say; prices keep every decimal of the file. `path` is
 * borrowed, and so are the arguments. STATUS_USAGE with the problem set. */
MUST_USE enum status bar_file_source(struct cli *cli, const char *path, struct bar_source *out);

/* Whether a person may be asked: terminals on both sides, no --no-input, no --json, no --quiet. */
bool bar_file_may_ask(const struct cli *cli);
/* Where the columns of a file are not known, shows its first rows and asks for them one by one,
 * into `columns`, which the source then borrows. Nothing is asked where the columns are known,
 * where they were given, or where the file cannot be read at all: that is told by reading it.
 * STATUS_INTERRUPTED where the answers end. */
MUST_USE enum status bar_file_ask(struct cli *cli, struct bar_source *source,
                                  char columns[BAR_COLUMNS_SIZE]);

#endif
