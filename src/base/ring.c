/* The queue between two threads.
 *
 *     data   [size|0|bytes.....|pad][size|0|bytes|pad][WRAP|0|unused.......]
 *             ^ offsets are multiples of 8            ^ the next record is at offset 0
 *
 * A wrap mark and the record behind it become visible by one store to `written`, so a reader that
 * meets a mark finds a record after it. */
#include "base/ring.h"

#include <string.h>

#define CAPACITY_MIN 64
#define WRAP_MARK UINT32_MAX

struct record_header {
    uint32_t size; /* of the bytes, or WRAP_MARK */
    uint32_t zero; /* keeps the bytes on 8 */
};

_Static_assert(sizeof(struct record_header) == RING_HEADER_SIZE, "the header of a record");

void ring_init(struct ring *ring, struct arena *arena, uint64_t capacity)
{
    ASSERT(capacity >= CAPACITY_MIN && (capacity & (capacity - 1)) == 0);
    memset(ring, 0, sizeof *ring);
    ring->data = arena_take(arena, 1, capacity, CAPACITY_MIN);
    ring->capacity = capacity;
}

static uint64_t space_of(uint32_t size)
{
    return (RING_HEADER_SIZE + (uint64_t)size + 7) & ~UINT64_C(7);
}

static void put_header(struct ring *ring, uint64_t position, uint32_t size)
{
    struct record_header header = {.size = size};
    memcpy(ring->data + (position & (ring->capacity - 1)), &header, sizeof header);
}

enum status ring_write(struct ring *ring, const void *data, uint32_t size)
{
    uint64_t space = space_of(size);
    if (space > ring->capacity / 2)
        return STATUS_RANGE;
    uint64_t written = atomic_load_explicit(&ring->written, memory_order_relaxed);
    uint64_t to_end = ring->capacity - (written & (ring->capacity - 1));
    uint64_t skipped = space > to_end ? to_end : 0;
    if (written + skipped + space - ring->read_seen > ring->capacity) {
        ring->read_seen = atomic_load_explicit(&ring->read, memory_order_acquire);
        if (written + skipped + space - ring->read_seen > ring->capacity)
            return STATUS_FULL;
    }
    if (skipped > 0) {
        put_header(ring, written, WRAP_MARK);
        written += skipped;
    }
    put_header(ring, written, size);
    if (size > 0)
        memcpy(ring->data + (written & (ring->capacity - 1)) + RING_HEADER_SIZE, data, size);
    atomic_store_explicit(&ring->written, written + space, memory_order_release);
    return STATUS_OK;
}

static uint32_t header_at(const struct ring *ring, uint64_t position)
{
    struct record_header header;
    memcpy(&header, ring->data + (position & (ring->capacity - 1)), sizeof header);
    return header.size;
}

const void *ring_peek(struct ring *ring, uint32_t *size)
{
    uint64_t read = atomic_load_explicit(&ring->read, memory_order_relaxed);
    if (read == ring->written_seen) {
        ring->written_seen = atomic_load_explicit(&ring->written, memory_order_acquire);
        if (read == ring->written_seen)
            return NULL;
    }
    uint32_t record_size = header_at(ring, read);
    if (record_size == WRAP_MARK) {
        read += ring->capacity - (read & (ring->capacity - 1));
        atomic_store_explicit(&ring->read, read, memory_order_release);
        record_size = header_at(ring, read);
    }
    *size = record_size;
    return ring->data + (read & (ring->capacity - 1)) + RING_HEADER_SIZE;
}

void ring_consume(struct ring *ring)
{
    uint64_t read = atomic_load_explicit(&ring->read, memory_order_relaxed);
    ASSERT(read != ring->written_seen);
    uint32_t size = header_at(ring, read);
    ASSERT(size != WRAP_MARK);
    atomic_store_explicit(&ring->read, read + space_of(size), memory_order_release);
}

uint64_t ring_used(const struct ring *ring)
{
    /* In this order the difference is never negative; the writer may have gone on in between. */
    uint64_t read = atomic_load_explicit(&ring->read, memory_order_acquire);
    uint64_t written = atomic_load_explicit(&ring->written, memory_order_acquire);
    return u64_min(written - read, ring->capacity);
}
