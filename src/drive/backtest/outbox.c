#include "drive/backtest/outbox.h"

#include <stdlib.h>
#include <string.h>

struct waiting {
    struct command command;
    int64_t due_ns;
};

struct outbox {
    struct waiting *items; /* owned; in the order they were decided */
    size_t count, capacity;
    uint32_t delay_bars;
    enum status status;
};

enum status outbox_create(uint32_t delay_bars, struct outbox **out)
{
    ASSERT(delay_bars >= 1);
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return STATUS_NO_MEMORY;
    (*out)->delay_bars = delay_bars;
    return STATUS_OK;
}

void outbox_free(struct outbox *outbox)
{
    if (outbox == NULL)
        return;
    free(outbox->items);
    free(outbox);
}

void outbox_put(struct outbox *outbox, const struct command *command, int64_t time_ns,
                int64_t bar_ns)
{
    if (outbox->count == outbox->capacity) {
        size_t capacity = outbox->capacity == 0 ? 64 : outbox->capacity * 2;
        struct waiting *more = realloc(outbox->items, capacity * sizeof *more);
        if (more == NULL) {
            outbox->status = STATUS_NO_MEMORY;
            return;
        }
        outbox->items = more;
        outbox->capacity = capacity;
    }
    outbox->items[outbox->count++] = (struct waiting){
        .command = *command, .due_ns = time_ns + bar_ns * (int64_t)outbox->delay_bars};
}

/* Few wait at a time: a bot whose order is on its way decides nothing else. */
bool outbox_take(struct outbox *outbox, int64_t time_ns, struct command *out)
{
    for (size_t i = 0; i < outbox->count; i++) {
        if (outbox->items[i].due_ns > time_ns)
            continue;
        *out = outbox->items[i].command;
        outbox->count--;
        memmove(&outbox->items[i], &outbox->items[i + 1],
                (outbox->count - i) * sizeof *outbox->items);
        return true;
    }
    return false;
}

enum status outbox_status(const struct outbox *outbox)
{
    return outbox->status;
}
