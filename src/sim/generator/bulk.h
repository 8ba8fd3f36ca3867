/* Many steps of plain correlated Brownian motion at once, bit for bit what path_step makes.
 *
 *     each block of steps: uniforms (by counter) ─► normals ─► L z ─► exp ─► running product
 *
 * Vectors run across steps; each element goes through the same operations in the same order as in
 * path_step, so the width of the machine changes nothing but the time. The running product is the
 * one part that runs along time; there several instruments go side by side. */
#ifndef TERN_SIM_GENERATOR_BULK_H
#define TERN_SIM_GENERATOR_BULK_H

#include "sim/generator/path.h"

/* Steps of one block: two arrays of ten instruments stay in a first-level cache. */
#define BULK_BLOCK 256
/* Doubles of scratch for `count` instruments. */
#define BULK_SCRATCH(count) (2 * (size_t)(count)*BULK_BLOCK)

/* The forms of the inner loops, widest last. */
enum bulk_width { BULK_PLAIN, BULK_AVX2, BULK_AVX512, BULK_WIDTH_COUNT };

/* The widest form that this machine can run. */
enum bulk_width bulk_width_best(void);
/* Whether this machine can run it. */
bool bulk_width_usable(enum bulk_width width);

/* `steps` steps of `seconds` each. prices[slot * stride + step] is the price after that step, for
 * every slot (removed ones too); stride >= steps. scratch holds BULK_SCRATCH(path->count) doubles
 * and is fastest aligned to 64 bytes.
 * STATUS_UNSUPPORTED where clustering, jumps or shocks are on: those need path_step. */
MUST_USE enum status path_bulk(struct path *path, double seconds, size_t steps, double *scratch,
                               double *prices, size_t stride);
/* The same in a given width, for tests and the benchmark. */
MUST_USE enum status path_bulk_width(struct path *path, double seconds, size_t steps,
                                     double *scratch, double *prices, size_t stride,
                                     enum bulk_width width);

#endif
