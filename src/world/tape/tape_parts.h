/* The parts of a tape as they lie in the file (tape.h draws them). Internal to world/tape. */
#ifndef TERN_WORLD_TAPE_TAPE_PARTS_H
#define TERN_WORLD_TAPE_TAPE_PARTS_H

#include "world/tape/tape.h"

#define TAPE_BLOCK_MAGIC UINT32_C(0x4b4c4254) /* TBLK */
#define TAPE_INDEX_MAGIC UINT32_C(0x58444954) /* TIDX */
#define TAPE_END_MAGIC "TERNEND1"
#define TAPE_VOLUME_RAW 255u
#define TAPE_VOLUME_DECIMALS_MAX 15u
/* A file with more blocks is refused: 2^28 rows of them fit in memory as bars. */
#define TAPE_BLOCKS_MAX (UINT32_C(1) << 24)

struct tape_head {
    char magic[TAPE_MAGIC_SIZE];
    uint32_t version, kind, price_decimals, quantity_decimals;
    int64_t bar_ns;
    char instrument[TAPE_INSTRUMENT_SIZE];
    uint64_t checksum;
};

struct tape_block_head {
    uint32_t magic, rows, size, columns;
    int64_t first_ns, last_ns;
    uint64_t checksum;
};

struct tape_end {
    char magic[TAPE_MAGIC_SIZE];
    uint64_t index_offset, rows;
    struct hash128 content_hash;
    uint64_t checksum;
};

_Static_assert(sizeof(struct tape_head) == 104 && sizeof(struct tape_block_head) == 40 &&
                   sizeof(struct tape_end) == 48 && sizeof(struct tape_block) == 32,
               "parts of a tape have no padding");

#define TAPE_PAYLOAD_MAX (TAPE_COLUMNS_MAX * column_size_max(TAPE_BLOCK_ROWS))

/* Of the format as a tape of that kind has it. */
static inline uint32_t tape_version_of(enum tape_kind kind)
{
    return kind == TAPE_BARS ? 1 : 2;
}

static inline uint64_t tape_head_checksum(const struct tape_head *head)
{
    return hash64_of(head, offsetof(struct tape_head, checksum));
}

static inline uint64_t tape_end_checksum(const struct tape_end *end)
{
    return hash64_of(end, offsetof(struct tape_end, checksum));
}

/* Over the head with the payload's own in the checksum's place. */
static inline uint64_t tape_block_checksum(struct tape_block_head head, const void *payload)
{
    uint64_t of_payload = hash64_of(payload, head.size);
    head.checksum = of_payload;
    return hash64_of(&head, sizeof head);
}

static inline uint64_t tape_padded(uint64_t size)
{
    return (size + 7) & ~UINT64_C(7);
}

#endif
