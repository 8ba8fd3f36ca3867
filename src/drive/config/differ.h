/* What differs between two lists of keys with values, as config_show writes configurations:
 *
 *     key<TAB>value<TAB>origin        one a line; keys of log, listen, telemetry and the paths of
 *                                     data are left out, for they change no result */
#ifndef TERN_DRIVE_CONFIG_DIFFER_H
#define TERN_DRIVE_CONFIG_DIFFER_H

#include "base/problem.h"
#include "base/text.h"

struct config_differ {
    void *context;
    /* A key that has another value, or is in one of them alone (the other's value is then `-`).
     * Text is borrowed from the lists. */
    void (*take)(void *context, struct text key, struct text before, struct text after);
};

/* Walks both lists in their order; returns how many keys differ. */
size_t config_differ(struct text before, struct text after, const struct config_differ *differ);

/* `slippage_bps was 0, now 3; …` of two lists, as much as fits; returns how many keys differ. */
size_t config_differ_say(char *out, size_t out_size, struct text before, struct text after);

#endif
