/* What the commands walk-forward and doubt share. Inner header of the command line. */
#ifndef TERN_FACE_CLI_WALK_FACE_H
#define TERN_FACE_CLI_WALK_FACE_H

#include "drive/doubt/refit.h"
#include "drive/result/trials.h"
#include "face/cli/sweep_face.h"

/* A walk-forward as the words and options ask for it, with what it points to. */
struct walk_words {
    struct sweep_space space; /* owned */
    struct sweep_plan sweep;
    struct refit_request request; /* points into this struct; progress is the caller's to set */
    char folder[STORE_PATH_SIZE]; /* of the sweeps of its windows; there */
    char trials[TRIALS_PATH_SIZE];
};

/* Reads space, plan and metric. `place`: the folder, NULL: below $XDG_DATA_HOME/tern/walks. The
 * caller calls walk_words_release, whatever is returned. */
MUST_USE enum status walk_words_read(struct cli *cli, const char *place, struct walk_words *out);
void walk_words_release(struct walk_words *words);
/* Writes a file whole, or leaves what was there: beside its place first, then moved. STATUS_IO,
 * STATUS_NO_SPACE, STATUS_RANGE with the problem set. */
MUST_USE enum status file_put(struct cli *cli, const char *folder, const char *name,
                              const struct text_buffer *text);

#endif
