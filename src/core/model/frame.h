/* The frame being written: facts are appended in place and evolved at once; the chain is computed
 * when the frame is sealed.
 *
 * The buffer begins with the previous chain value, so that what is hashed lies in one piece:
 *
 *     | previous chain 16 | frame header 48 | facts … | chain 16 |
 */
#ifndef TERN_CORE_MODEL_FRAME_H
#define TERN_CORE_MODEL_FRAME_H

#include "core/model/fact.h"

struct frame_writer {
    uint8_t *buffer; /* borrowed; capacity bytes, 16-byte aligned */
    uint32_t capacity;
    uint32_t used; /* bytes after the header; 0 = no fact yet */
    uint32_t fact_count;
    uint64_t fact_seq_next; /* sequence of the next fact */
    struct hash128 chain;   /* of the last sealed frame */
};

#define FRAME_FACTS_OFFSET (FRAME_CHAIN_SIZE + FRAME_HEADER_SIZE)

void frame_writer_init(struct frame_writer *writer, void *buffer, uint32_t capacity);

/* Room for one more fact of the kind; the caller fills the fields. Running out of room is our own
 * mistake: the step's largest frame was to be checked before. */
static inline void *frame_take(struct frame_writer *writer, uint16_t kind, uint8_t detail,
                               uint32_t size)
{
    uint8_t *at = writer->buffer + FRAME_FACTS_OFFSET + writer->used;
    ASSERT(FRAME_FACTS_OFFSET + writer->used + size + FRAME_CHAIN_SIZE <= writer->capacity);
    struct fact_header *header = (struct fact_header *)(void *)at;
    *header = (struct fact_header){kind, 1, detail, size};
    writer->used += size;
    writer->fact_count++;
    writer->fact_seq_next++;
    return at;
}

#define FRAME_TAKE(writer, KIND, name, detail) \
    ((struct fact_##name *)frame_take((writer), FACT_##KIND, (detail), sizeof(struct fact_##name)))

/* Closes the frame: header, chain. Returns the frame's bytes (without the previous chain), borrowed
 * until the next frame_take; *size 0 and NULL where there was no fact. */
const uint8_t *frame_seal(struct frame_writer *writer, uint64_t input_seq, int64_t time_ns,
                          enum input_kind cause, uint64_t observed, uint32_t *size);

/* Checks a frame read from outside: sizes, counts, every fact's kind, version, size and reserved
 * fields, and its chain after previous. STATUS_TRUNCATED where data end before the frame does,
 * STATUS_CORRUPT for anything else that is wrong, STATUS_UNSUPPORTED for a kind or version that
 * this build does not know. On success *out_chain is its chain. */
MUST_USE enum status frame_check(const uint8_t *data, size_t size, struct hash128 previous,
                                 uint64_t fact_seq_expected, struct hash128 *out_chain,
                                 uint32_t *out_frame_size);

/* Prints one fact as text for people: `transfer code=hold asset=1 …`, amounts as decimals. */
void fact_format(const struct fact_header *fact, struct text_buffer *out);

#endif
