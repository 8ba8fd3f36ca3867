/* A bounded queue between exactly one writing and one reading thread, in records of any size.
 *
 * Records are [u32 size][bytes], 8-byte aligned, never split: a record that does not fit before the
 * end is preceded by a wrap mark. Indices only grow; each side owns one and reads the other's with
 * acquire order, so no lock is taken. */
#ifndef TERN_BASE_RING_H
#define TERN_BASE_RING_H

#include "base/arena.h"
#include <stdatomic.h>

struct ring {
    uint8_t *data;
    uint64_t capacity; /* power of two */
    _Alignas(64) _Atomic uint64_t written;
    uint64_t read_seen; /* the writer's last view of `read` */
    _Alignas(64) _Atomic uint64_t read;
    uint64_t written_seen; /* the reader's last view of `written` */
};

void ring_init(struct ring *ring, struct arena *arena, uint64_t capacity);
/* Copies the record in; STATUS_FULL where there is no room (nothing is written). */
MUST_USE enum status ring_write(struct ring *ring, const void *data, uint32_t size);
/* The oldest record, borrowed until ring_consume; NULL where there is none. */
const void *ring_peek(struct ring *ring, uint32_t *size);
void ring_consume(struct ring *ring);
uint64_t ring_used(const struct ring *ring);

#endif
