/* The table of forms, and what the names of LEAN's files say. */
#include "world/import/form.h"

#include <string.h>

const struct bar_form_row bar_forms[BAR_FORM_COUNT] = {
#define BAR_FORM_ROW(NAME, name, sentence) {name, sentence},
    BAR_FORM_TABLE(BAR_FORM_ROW)
#undef BAR_FORM_ROW
};

/* What stands behind the last slash. */
static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* `20140605_…`: the date that a name begins with. */
static bool read_day(const char *name, int64_t *out)
{
    unsigned digits[8];
    for (unsigned i = 0; i < 8; i++) {
        if (name[i] < '0' || name[i] > '9')
            return false;
        digits[i] = (unsigned)(name[i] - '0');
    }
    if (name[8] != '_')
        return false;
    unsigned year = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3];
    *out = day_of_date((int)year, digits[4] * 10 + digits[5], digits[6] * 10 + digits[7]);
    return year >= 1900 && *out != INT64_MIN;
}

/* A whole folder name of the path. */
static bool has_folder(const char *path, const char *folder)
{
    size_t size = strlen(folder);
    for (const char *at = path; (at = strstr(at, folder)) != NULL; at++) {
        if ((at == path || at[-1] == '/') && at[size] == '/')
            return true;
    }
    return false;
}

struct lean_name lean_name_of(const char *path, const char *member)
{
    struct lean_name name = {.zone = {0, ZONE_FIXED, INT32_MIN}};
    const char *file = last_part(path);
    const char *inner = member != NULL ? last_part(member) : file;
    bool typed = strstr(inner, "_trade") != NULL || strstr(inner, "_quote") != NULL ||
                 strstr(file, "_trade") != NULL || strstr(file, "_quote") != NULL;
    name.has_day = typed && (read_day(inner, &name.day) || read_day(file, &name.day));
    name.is_tick = name.has_day &&
                   (strstr(inner, "_tick") != NULL || strstr(inner, "_Tick") != NULL);
    bool india = has_folder(path, "equity/india");
    if (has_folder(path, "equity")) {
        name.market_known = true;
        name.price_scale = 4;
        (void)!zone_parse(india ? TEXT("Asia/Kolkata") : TEXT("America/New_York"), &name.zone);
    } else if (has_folder(path, "crypto") || has_folder(path, "cryptofuture")) {
        name.market_known = true;
    }
    return name;
}
