/* What `--keep DIR` keeps of a demo: the journal and the files of a result, all or nothing.
 *
 * The journal has every input, bars too, so it can be folded without the generator. The result has
 * the form of a back-test's; the history before the start is not part of it. While the demo runs
 * all lies in a directory beside DIR, which becomes DIR when the account is closed. */
#ifndef TERN_DRIVE_LIVE_DEMO_KEEP_H
#define TERN_DRIVE_LIVE_DEMO_KEEP_H

#include "drive/config/assemble.h"
#include "drive/live/demo.h"
#include "drive/backtest/collect.h"
#include "drive/report/output.h"

struct demo_keep {
    struct backtest view; /* of the demo's configuration and engine; what the collector reads */
    struct collector collector;
    struct backtest_result result;
    struct result_output output;
    const struct journal_port *port;
    struct journal_handle *journal; /* NULL: not open */
    int64_t equity_ns;              /* when the last equity point was taken */
    uint64_t *seconds;              /* owned; [instrument]: in which it was listed */
    bool begun;                     /* the directory was made */
};

/* config and assembly are borrowed until demo_keep_abort. STATUS_EXISTS where the directory may
 * not be replaced, STATUS_IO, STATUS_NO_SPACE, STATUS_NO_MEMORY. */
MUST_USE enum status demo_keep_begin(struct demo_keep *keep, const struct demo_options *options,
                                     const struct demo_ports *ports, const struct config *config,
                                     const struct assembly *assembly, struct engine *engine,
                                     struct problem *problem);
const struct journal_sink *demo_keep_sink(const struct demo_keep *keep);
/* A frame of the engine, and a closed bar. */
void demo_keep_frame(struct demo_keep *keep, const uint8_t *frame, uint32_t size);
void demo_keep_bar(struct demo_keep *keep, uint32_t instrument, const struct bar *bar);
/* An instrument came to a place: its name is known. */
void demo_keep_listed(struct demo_keep *keep, uint32_t instrument, const char *name);
/* The end of a second; equity is kept once a minute. listed[instrument]: it was there. */
void demo_keep_instant(struct demo_keep *keep, int64_t time_ns, const bool *listed);
/* Writes it all. On failure nothing is left. */
MUST_USE enum status demo_keep_end(struct demo_keep *keep, const struct demo_outcome *outcome,
                                   const struct demo_ports *ports, struct problem *problem);
/* Gives everything up and releases; always to be called, also after demo_keep_end. */
void demo_keep_abort(struct demo_keep *keep);

#endif
