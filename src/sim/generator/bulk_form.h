/* The inner loops of bulk.c in one vector width. bulk.c includes this once for each form, with
 *
 *     FORM         name of the form, as in block_FORM
 *     FORM_TARGET  the function attribute that allows its instructions, or nothing
 *     FORM_LANES   doubles a vector
 *
 * defined; it undefines them. No include guard, on purpose. */

#define FORM_JOIN_(name, form) name##_##form
#define FORM_JOIN(name, form) FORM_JOIN_(name, form)
#define FORM_NAME(name) FORM_JOIN(name, FORM)

typedef double FORM_NAME(doubles)
    __attribute__((vector_size(8 * FORM_LANES), aligned(8), may_alias));
typedef uint64_t FORM_NAME(words)
    __attribute__((vector_size(8 * FORM_LANES), aligned(8), may_alias));

/* The uniforms of draws number 1 .. BULK_BLOCK after `state`. splitmix64 adds a constant at each
 * draw and mixes the sum, so any number of draws can be made side by side. */
FORM_TARGET static void FORM_NAME(uniforms)(double *out, uint64_t state)
{
    FORM_NAME(words) sums;
    for (unsigned lane = 0; lane < FORM_LANES; lane++) {
        sums[lane] = state + (lane + 1) * SPLITMIX_GAMMA;
    }
    for (size_t i = 0; i < BULK_BLOCK; i += FORM_LANES) {
        FORM_NAME(words) mixed = (sums ^ (sums >> 30)) * SPLITMIX_FIRST;
        mixed = (mixed ^ (mixed >> 27)) * SPLITMIX_SECOND;
        mixed ^= mixed >> 31;
        /* As unit_open. */
        mixed = (mixed >> 12) | UINT64_C(0x3ff0000000000000);
        *(FORM_NAME(doubles) *)(out + i) = (FORM_NAME(doubles))mixed - (1.0 - 0x1p-53);
        sums += FORM_LANES * SPLITMIX_GAMMA;
    }
}

/* exponents = shift + scale (L z) for TILE vectors of steps at once, so that one sum need not wait
 * for the last. */
FORM_TARGET static void FORM_NAME(exponents)(const struct block *block)
{
    const struct path *path = block->path;
    for (size_t i = 0; i < path->count; i++) {
        const double *row = path->lower + i * path->stride;
        double shift = block->shifts[i], scale = block->scales[i];
        for (size_t step = 0; step < BULK_BLOCK; step += TILE * FORM_LANES) {
            const FORM_NAME(doubles) *z = (const FORM_NAME(doubles) *)(block->normals + step);
            FORM_NAME(doubles) sum0 = row[0] * z[0], sum1 = row[0] * z[1];
            FORM_NAME(doubles) sum2 = row[0] * z[2], sum3 = row[0] * z[3];
            for (size_t k = 1; k <= i; k++) {
                z = (const FORM_NAME(doubles) *)(block->normals + k * BULK_BLOCK + step);
                sum0 += row[k] * z[0];
                sum1 += row[k] * z[1];
                sum2 += row[k] * z[2];
                sum3 += row[k] * z[3];
            }
            FORM_NAME(doubles) *out = (FORM_NAME(doubles) *)(block->factors + i * BULK_BLOCK +
                                                             step);
            out[0] = shift + scale * sum0;
            out[1] = shift + scale * sum1;
            out[2] = shift + scale * sum2;
            out[3] = shift + scale * sum3;
        }
    }
}

_Static_assert(BULK_BLOCK % (TILE * FORM_LANES) == 0, "a block is a whole number of tiles");

#undef FORM_NAME
#undef FORM_JOIN
#undef FORM_JOIN_
#undef FORM
#undef FORM_TARGET
#undef FORM_LANES
