/* sweep.html: a sweep for people, in one file without network and without a script.
 *
 *     what it is · how much of the best is luck · the map of the two parameters that matter most,
 *     with
 *     the point that was chosen and what lies around it · importance · each parameter alone ·
 *     the other pairs · rungs · best trials · keys and hashes
 *
 * Light and dark as the reader's system has it; prints. The same sweep gives the same bytes. What
 * comes from a configuration is escaped. */
#ifndef TERN_DRIVE_SWEEP_SWEEP_PAGE_H
#define TERN_DRIVE_SWEEP_SWEEP_PAGE_H

#include "drive/sweep/sweep_view.h"

#define SWEEP_PAGE_SIZE_MAX (16u << 20)

/* Appends the page. x and y are the axes of the large map; y may be VIEW_NONE. STATUS_NO_MEMORY,
 * STATUS_FULL. */
MUST_USE enum status sweep_page_append(const struct sweep_view *view, uint32_t x, uint32_t y,
                                       struct text_buffer *out);

#endif
