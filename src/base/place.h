/* Where the files of a person lie, after the XDG Base Directory Specification. */
#ifndef TERN_BASE_PLACE_H
#define TERN_BASE_PLACE_H

#include "base/status.h"

/* Writes $VARIABLE/rest, or, where the variable is not set, $HOME/below_home/rest:
 *
 *     place_of_user("XDG_STATE_HOME", ".local/state", "tern/trials", path, sizeof path)
 *
 * A relative path counts as not set, as the specification says. STATUS_NOT_FOUND where neither is
 * set, STATUS_RANGE where it does not fit out. */
MUST_USE enum status place_of_user(const char *variable, const char *below_home, const char *rest,
                                   char *out, size_t out_size);

#endif
