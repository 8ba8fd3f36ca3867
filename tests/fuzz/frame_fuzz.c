/* Frames from outside: as raw bytes, and as facts of any content whose checksum is right, folded
 * into
 * an engine. Nothing may crash; what is folded without complaint leaves live orders consistent.
 *
 * The first byte chooses. Even: the rest is handed to frame_check as it is. Odd: the rest is a list
 * of facts, each one byte that picks a kind of the table and then its fields, which are put into
 * frames that chain on. */
#include <stdlib.h>

#include "../unit/core/engine_world.h"

#define FACTS_IN_FRAME 4u

static void check_raw(const uint8_t *data, size_t size)
{
    struct hash128 chain;
    uint32_t frame_size = 0;
    uint64_t seq = 1;
    enum status status = frame_check(data, size, hash128_of("", 0), seq, &chain, &frame_size);
    if (status == STATUS_OK && frame_size > size)
        abort();
}

/* The next fact of the input into the writer; the bytes it took, 0 at the end. */
static size_t put_fact(struct frame_writer *writer, const uint8_t *data, size_t size)
{
    size_t count = 0;
    const struct fact_class *classes = fact_classes(&count);
    if (size < 2)
        return 0;
    const struct fact_class *class = &classes[data[0] % count];
    uint32_t body = class->size - (uint32_t)sizeof(struct fact_header);
    uint32_t given = size - 2 < body ? (uint32_t)(size - 2) : body;
    uint8_t *fact = frame_take(writer, class->kind, data[1], class->size);
    memset(fact + sizeof(struct fact_header), 0, body);
    memcpy(fact + sizeof(struct fact_header), data + 2, given);
    return 2 + (size_t)given;
}

static void fold(const uint8_t *data, size_t size)
{
    static const uint32_t capacity = 1u << 16;
    struct engine_world world;
    world_init(&world);
    world.config.orders_capacity = 64;
    world.config.lots_capacity = 64;
    world_start(&world);
    uint8_t *buffer = aligned_alloc(64, capacity);
    ASSERT(buffer != NULL);
    struct frame_writer writer;
    frame_writer_init(&writer, buffer, capacity);
    writer.chain = engine_chain(world.engine);
    writer.fact_seq_next = engine_fact_seq(world.engine) + 1;
    size_t at = 0;
    enum status status = STATUS_OK;
    while (status == STATUS_OK && at < size) {
        uint32_t facts = 0;
        size_t used = 1;
        while (facts < FACTS_IN_FRAME && used > 0) {
            used = put_fact(&writer, data + at, size - at);
            at += used;
            facts += used > 0;
        }
        if (facts == 0)
            break;
        uint32_t frame_size = 0;
        uint32_t folded = 0;
        const uint8_t *frame = frame_seal(&writer, engine_input_seq(world.engine) + 1,
                                          engine_time(world.engine), INPUT_HEALTH, 0, &frame_size);
        status = engine_fold_frame(world.engine, frame, frame_size, &folded);
    }
    free(buffer);
    engine_free(world.engine);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    if (data[0] % 2 == 0)
        check_raw(data + 1, size - 1);
    else
        fold(data + 1, size - 1);
    return 0;
}
