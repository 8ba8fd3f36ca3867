#include "core/model/frame.h"

#include <string.h>

void frame_writer_init(struct frame_writer *writer, void *buffer, uint32_t capacity)
{
    ASSERT(capacity >= FRAME_FACTS_OFFSET + FRAME_CHAIN_SIZE);
    *writer = (struct frame_writer){
        .buffer = buffer, .capacity = capacity, .fact_seq_next = 1, .chain = hash128_of("", 0)};
}

const uint8_t *frame_seal(struct frame_writer *writer, uint64_t input_seq, int64_t time_ns,
                          enum input_kind cause, uint64_t observed, uint32_t *size)
{
    if (writer->fact_count == 0) {
        *size = 0;
        return NULL;
    }
    uint32_t hashed = FRAME_CHAIN_SIZE + FRAME_HEADER_SIZE + writer->used;
    struct frame_header header = {
        .size = FRAME_HEADER_SIZE + writer->used + FRAME_CHAIN_SIZE,
        .fact_count = writer->fact_count,
        .input_seq = input_seq,
        .time_ns = time_ns,
        .fact_seq_first = writer->fact_seq_next - writer->fact_count,
        .cause = (uint32_t)cause,
        .flags = 0,
        .observed = observed,
    };
    memcpy(writer->buffer, &writer->chain, FRAME_CHAIN_SIZE);
    memcpy(writer->buffer + FRAME_CHAIN_SIZE, &header, FRAME_HEADER_SIZE);
    writer->chain = hash128_of(writer->buffer, hashed);
    memcpy(writer->buffer + hashed, &writer->chain, FRAME_CHAIN_SIZE);
    writer->used = 0;
    writer->fact_count = 0;
    *size = header.size;
    return writer->buffer + FRAME_CHAIN_SIZE;
}

/* Fields kept for later are 0, so that a later version can tell. */
static bool reserved_is_zero(const struct fact_class *class, const uint8_t *fact)
{
    static const uint8_t zeros[16] = {0};
    for (uint32_t i = 0; i < class->field_count; i++) {
        const struct fact_field *field = &class->fields[i];
        if (strcmp(field->name, "reserved") == 0 &&
            memcmp(fact + field->offset, zeros, field->size) != 0)
            return false;
    }
    return true;
}

/* The facts of a frame fill it exactly, and each is what its table row says. */
static enum status facts_check(const uint8_t *data, size_t size, uint32_t count)
{
    size_t at = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct fact_header fact;
        if (size - at < sizeof fact)
            return STATUS_CORRUPT;
        memcpy(&fact, data + at, sizeof fact);
        const struct fact_class *class = fact_class_of(fact.kind);
        if (class == NULL || class->version != fact.version)
            return STATUS_UNSUPPORTED;
        if (fact.size != class->size || fact.size > size - at)
            return STATUS_CORRUPT;
        if (!reserved_is_zero(class, data + at))
            return STATUS_CORRUPT;
        at += fact.size;
    }
    return at == size ? STATUS_OK : STATUS_CORRUPT;
}

enum status frame_check(const uint8_t *data, size_t size, struct hash128 previous,
                        uint64_t fact_seq_expected, struct hash128 *out_chain,
                        uint32_t *out_frame_size)
{
    struct frame_header header;
    if (size < FRAME_HEADER_SIZE)
        return STATUS_TRUNCATED;
    memcpy(&header, data, sizeof header);
    if (header.size < FRAME_HEADER_SIZE + FRAME_CHAIN_SIZE + sizeof(struct fact_header)) {
        return STATUS_CORRUPT;
    }
    if (header.size % 8 != 0 || header.fact_count == 0 || header.flags != 0)
        return STATUS_CORRUPT;
    if (header.size > size)
        return STATUS_TRUNCATED;
    if (header.fact_seq_first != fact_seq_expected)
        return STATUS_CORRUPT;
    uint32_t hashed = header.size - FRAME_CHAIN_SIZE;
    struct hash_stream *stream = hash_stream_new();
    if (stream == NULL)
        return STATUS_NO_MEMORY;
    hash_stream_append(stream, &previous, FRAME_CHAIN_SIZE);
    hash_stream_append(stream, data, hashed);
    struct hash128 chain = hash_stream_value(stream);
    hash_stream_free(stream);
    struct hash128 stored;
    memcpy(&stored, data + hashed, sizeof stored);
    if (!hash128_equal(chain, stored))
        return STATUS_CORRUPT;
    enum status status = facts_check(data + FRAME_HEADER_SIZE, hashed - FRAME_HEADER_SIZE,
                                     header.fact_count);
    if (status != STATUS_OK)
        return status;
    *out_chain = chain;
    *out_frame_size = header.size;
    return STATUS_OK;
}

static void field_format(const struct fact_field *field, const uint8_t *at, struct text_buffer *out)
{
    char text[DECIMAL_TEXT_SIZE];
    if (field->size == 16) {
        uint64_t half[2];
        memcpy(half, at, sizeof half);
        if (strcmp(field->type, "amount") == 0) {
            struct amount amount = amount_from_bytes(
                (struct amount_bytes){half[0], (int64_t)half[1]});
            decimal_format_i128(text, amount.units, AMOUNT_DECIMALS);
            text_buffer_print(out, " %s=%s", field->name, text);
        } else {
            text_buffer_print(out, " %s=%016llx%016llx", field->name, (unsigned long long)half[1],
                              (unsigned long long)half[0]);
        }
        return;
    }
    uint64_t bits = 0;
    memcpy(&bits, at, field->size);
    bool is_signed = field->type[0] == 'i' || field->type[0] == 't' || field->type[0] == 'p' ||
                     field->type[0] == 'q';
    int64_t value = (int64_t)bits;
    if (is_signed && field->size == 4)
        value = (int32_t)bits;
    text_buffer_print(out, " %s=%lld", field->name, (long long)value);
}

void fact_format(const struct fact_header *fact, struct text_buffer *out)
{
    const struct fact_class *class = fact_class_of(fact->kind);
    ASSERT(class != NULL && class->size == fact->size);
    text_buffer_print(out, "%s", class->name);
    if (fact->detail != 0)
        text_buffer_print(out, " detail=%u", fact->detail);
    for (uint32_t i = 0; i < class->field_count; i++) {
        const struct fact_field *field = &class->fields[i];
        if (strcmp(field->name, "reserved") == 0)
            continue;
        field_format(field, (const uint8_t *)fact + field->offset, out);
    }
}
