/* A bounded queue between exactly one writing and one reading thread, in records of any size.
 *
 * Records are [u32 size][u32 zero][bytes], padded to 8, never split: a record that does not fit
 * before the end is preceded by a wrap mark. So its bytes lie on 8 and may be read as a struct.
 * Indices only grow; each side owns one and reads the other's with acquire order, so no lock is
 * taken. */
#ifndef TERN_BASE_RING_H
#define TERN_BASE_RING_H

#include "base/arena.h"
#include <stdatomic.h>

#define RING_HEADER_SIZE 8

struct ring {
    uint8_t *data;
    uint64_t capacity; /* power of two */
    _Alignas(64) _Atomic uint64_t written;
    uint64_t read_seen; /* the writer's last view of `read` */
    _Alignas(64) _Atomic uint64_t read;
    uint64_t written_seen; /* the reader's last view of `written` */
};

/* capacity: a power of two, at least 64. */
void ring_init(struct ring *ring, struct arena *arena, uint64_t capacity);
/* Copies the record in; STATUS_FULL where there is no room (nothing is written). With its header a
 * record may take half of the capacity, so that it fits an empty ring wherever that stands; a
 * larger one never fits: STATUS_RANGE. */
MUST_USE enum status ring_write(struct ring *ring, const void *data, uint32_t size);
/* The oldest record, 8-byte aligned, borrowed until ring_consume; NULL where there is none. */
const void *ring_peek(struct ring *ring, uint32_t *size);
/* Gives back the record that ring_peek returned. */
void ring_consume(struct ring *ring);
/* Bytes in use with headers and padding; from any thread, at once out of date. */
uint64_t ring_used(const struct ring *ring);

#endif
