/* Commands on their way to an exchange that hears of them late: the stress test "one bar later".
 *
 * Each command waits for a number of its bot's bars, counted from when it was decided, and commands
 * of one length arrive in the order they were decided; a cancel never overtakes its order. */
#ifndef TERN_DRIVE_BACKTEST_OUTBOX_H
#define TERN_DRIVE_BACKTEST_OUTBOX_H

#include "core/engine/engine.h"

struct outbox;

/* delay_bars >= 1. STATUS_NO_MEMORY. */
MUST_USE enum status outbox_create(uint32_t delay_bars, struct outbox **out);
void outbox_free(struct outbox *outbox);
/* bar_ns: of the bot whose command it is. Where memory ends the command is lost and outbox_status
 * says so. */
void outbox_put(struct outbox *outbox, const struct command *command, int64_t time_ns,
                int64_t bar_ns);
/* The oldest command that is due by then; false where there is none. */
bool outbox_take(struct outbox *outbox, int64_t time_ns, struct command *out);
/* STATUS_OK, or STATUS_NO_MEMORY of the first command that was lost. */
MUST_USE enum status outbox_status(const struct outbox *outbox);

#endif
