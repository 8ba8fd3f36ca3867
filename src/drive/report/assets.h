/* The style sheet and the script of the report, as embed.c put them into the program from the files
 * of assets/. */
#ifndef TERN_DRIVE_REPORT_ASSETS_H
#define TERN_DRIVE_REPORT_ASSETS_H

#include <stddef.h>

struct report_asset {
    const char *data; /* UTF-8, without `</`; a NUL behind the end */
    size_t size;
    const char *integrity; /* "sha256-…", for a Content-Security-Policy */
};

extern const struct report_asset report_style, report_script;

#endif
