/* compare.html: two results on one page, with both equity curves. */
#ifndef TERN_DRIVE_REPORT_COMPARE_HTML_H
#define TERN_DRIVE_REPORT_COMPARE_HTML_H

#include "drive/report/compare.h"

/* The same bytes for the same results. Failures show in out->status. */
void compare_html_print(const struct compare_side *a, const struct compare_side *b,
                        const struct comparison *comparison, struct text_buffer *out);

#endif
