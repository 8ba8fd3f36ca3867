#include "sim/generator/bar_builder.h"

void bar_builder_start(struct bar_builder *builder, int64_t length_ns, int64_t time_ns,
                       int64_t price)
{
    ASSERT(length_ns > 0 && time_ns >= 0);
    int64_t intervals = time_ns / length_ns + (time_ns % length_ns != 0);
    *builder = (struct bar_builder){
        .length_ns = length_ns, .open_time_ns = intervals * length_ns, .last = price};
}

bool bar_builder_close(struct bar_builder *builder, int64_t time_ns, struct bar *out)
{
    if (time_ns - builder->length_ns < builder->open_time_ns) {
        return false;
    }
    bool traded = builder->open > 0;
    *out = (struct bar){
        .open_time_ns = builder->open_time_ns,
        .open = {traded ? builder->open : builder->last},
        .high = {traded ? builder->high : builder->last},
        .low = {traded ? builder->low : builder->last},
        .close = {builder->last},
        .volume = builder->volume,
    };
    builder->open_time_ns += builder->length_ns;
    builder->open = 0;
    builder->volume = 0.0;
    return true;
}

void bar_builder_trade(struct bar_builder *builder, int64_t time_ns, int64_t price, double volume)
{
    ASSERT(price > 0 && time_ns - builder->length_ns < builder->open_time_ns);
    builder->last = price;
    if (time_ns < builder->open_time_ns) {
        return;
    }
    if (builder->open == 0) {
        builder->open = price;
        builder->high = price;
        builder->low = price;
    }
    builder->high = i64_max(builder->high, price);
    builder->low = i64_min(builder->low, price);
    builder->volume += volume;
}
