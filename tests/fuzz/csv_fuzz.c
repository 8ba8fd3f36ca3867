/* Any bytes as a file of bars. The first byte says how they are read: bit 0 gzipped first, bits 2
 * and 3 the bar length, bit 4 an instrument, bit 5 in small pieces, bit 6 leaving out rows off the
 * grid. */
#include "world/import/bar_builder.h"
#include "world/import/byte_source.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A source that gives one byte, then two, then three ... */
struct pieces {
    struct byte_source base;
    struct byte_source *inner;
    size_t piece;
};

static enum status pieces_read(struct byte_source *self, void *out, size_t size, size_t *out_size,
                               struct problem *problem)
{
    struct pieces *pieces = (struct pieces *)self;
    size_t piece = 1 + pieces->piece++ % 7;
    return pieces->inner->class->read(pieces->inner, out, piece < size ? piece : size, out_size,
                                      problem);
}

static void pieces_close(struct byte_source *self)
{
    struct pieces *pieces = (struct pieces *)self;
    byte_source_close(pieces->inner);
    free(pieces);
}

static const struct byte_source_class pieces_class = {"pieces", pieces_read, pieces_close};

static unsigned char *pack(const uint8_t *data, size_t *size)
{
    z_stream stream = {0};
    if (deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    size_t bound = deflateBound(&stream, *size);
    unsigned char *out = malloc(bound);
    if (out == NULL)
        abort();
    stream.next_in = (unsigned char *)(uintptr_t)data;
    stream.avail_in = (unsigned)*size;
    stream.next_out = out;
    stream.avail_out = (unsigned)bound;
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
        abort();
    *size = stream.total_out;
    deflateEnd(&stream);
    return out;
}

static void check_series(const struct bar_series *series)
{
    ASSERT(series->count > 0 && series->bar_ns > 0 && series->price_decimals <= 10);
    for (size_t i = 0; i < series->count; i++) {
        const struct bar *bar = &series->bars[i];
        ASSERT(bar->low.units > 0 && bar->low.units <= bar->open.units);
        ASSERT(bar->low.units <= bar->close.units && bar->close.units <= bar->high.units);
        ASSERT(bar->open.units <= bar->high.units);
        ASSERT(isfinite(bar->volume) && bar->volume >= 0);
        ASSERT(bar_time_is_aligned(bar->open_time_ns, series->bar_ns));
        ASSERT(i == 0 || bar->open_time_ns > series->bars[i - 1].open_time_ns);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t lengths[] = {0, 60, 3600, 86400};
    if (size == 0)
        return 0;
    uint8_t choice = data[0];
    size_t text_size = size - 1;
    unsigned char *packed = NULL;
    if ((choice & 1) != 0)
        packed = pack(data + 1, &text_size);
    struct problem problem;
    problem_init(&problem);
    struct byte_source *bytes = NULL;
    if (byte_source_open_memory("fuzz.csv", packed != NULL ? packed : data + 1, text_size, &bytes,
                                &problem) != STATUS_OK)
        abort();
    if ((choice & 32) != 0) {
        struct pieces *pieces = malloc(sizeof *pieces);
        if (pieces == NULL)
            abort();
        *pieces = (struct pieces){{&pieces_class, bytes->name}, bytes, 0};
        bytes = &pieces->base;
    }
    struct bar_source source;
    bar_source_init(&source, "fuzz.csv");
    source.bar_ns = lengths[choice >> 2 & 3] * NANOSECONDS_PER_SECOND;
    source.instrument = (choice & 16) != 0 ? "BTC-USD" : NULL;
    source.skip_unaligned = (choice & 64) != 0 && source.bar_ns > 0;
    struct bar_series series = {0};
    enum status status = byte_source_open_decoded(bytes, &bytes, &problem);
    if (status == STATUS_OK)
        status = bar_series_read_bytes(&source, bytes, &series, &problem);
    byte_source_close(bytes);
    free(packed);
    ASSERT(status == problem.status);
    if (status == STATUS_OK)
        check_series(&series);
    else
        ASSERT(series.bars == NULL && series.count == 0 && problem.found[0] != '\0');
    bar_series_release(&series);
    return 0;
}
