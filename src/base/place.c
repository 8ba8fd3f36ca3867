#include "base/place.h"

#include <stdio.h>
#include <stdlib.h>

enum status place_of_user(const char *variable, const char *below_home, const char *rest, char *out,
                          size_t out_size)
{
    const char *folder = getenv(variable), *home = getenv("HOME");
    int size;
    if (folder != NULL && folder[0] == '/')
        size = snprintf(out, out_size, "%s/%s", folder, rest);
    else if (home != NULL && home[0] == '/')
        size = snprintf(out, out_size, "%s/%s/%s", home, below_home, rest);
    else
        return STATUS_NOT_FOUND;
    return size > 0 && (size_t)size < out_size ? STATUS_OK : STATUS_RANGE;
}
