#include "sim/generator/bulk.h"

#include "base/math.h"

/* Vectors handled together in the matrix product. */
#define TILE 4

/* What each draw of splitmix64 adds to its state, and the factors of its mix. */
#define SPLITMIX_GAMMA UINT64_C(0x9e3779b97f4a7c15)
#define SPLITMIX_FIRST UINT64_C(0xbf58476d1ce4e5b9)
#define SPLITMIX_SECOND UINT64_C(0x94d049bb133111eb)

/* What one block is made with; arrays are [instrument][BULK_BLOCK]. */
struct block {
    const struct path *path;
    double *normals;
    double *factors;
    const double *shifts, *scales;
};

#define FORM plain
#define FORM_TARGET
#define FORM_LANES 2
#include "sim/generator/bulk_form.h"

#if defined(__x86_64__)
#define FORM avx2
#define FORM_TARGET __attribute__((target("avx2")))
#define FORM_LANES 4
#include "sim/generator/bulk_form.h"

#define FORM avx512
#define FORM_TARGET __attribute__((target("avx512f,avx512dq,avx512vl")))
#define FORM_LANES 8
#include "sim/generator/bulk_form.h"
#endif

struct bulk_form {
    void (*uniforms)(double *out, uint64_t state);
    void (*exponents)(const struct block *block);
};

static const struct bulk_form forms[BULK_WIDTH_COUNT] = {
    [BULK_PLAIN] = {uniforms_plain, exponents_plain},
#if defined(__x86_64__)
    [BULK_AVX2] = {uniforms_avx2, exponents_avx2},
    [BULK_AVX512] = {uniforms_avx512, exponents_avx512},
#endif
};

static void block_fill(const struct block *block, const struct bulk_form *form)
{
    const struct path *path = block->path;
    for (size_t i = 0; i < path->count; i++) {
        form->uniforms(block->normals + i * BULK_BLOCK, path->slots[i].normal_state);
    }
    math_normal_quantile_batch(block->normals, block->normals, path->count * BULK_BLOCK);
    form->exponents(block);
    math_exp_batch(block->factors, block->factors, path->count * BULK_BLOCK);
}

#if defined(__x86_64__)
bool bulk_width_usable(enum bulk_width width)
{
    __builtin_cpu_init();
    switch (width) {
    case BULK_PLAIN: return true;
    case BULK_AVX2: return __builtin_cpu_supports("avx2");
    case BULK_AVX512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512vl");
    case BULK_WIDTH_COUNT: break;
    }
    return false;
}
#else
bool bulk_width_usable(enum bulk_width width)
{
    return width == BULK_PLAIN;
}
#endif

enum bulk_width bulk_width_best(void)
{
    unsigned width = BULK_WIDTH_COUNT - 1;
    while (!bulk_width_usable((enum bulk_width)width)) {
        width--;
    }
    return (enum bulk_width)width;
}

/* Prices side by side hide the time that one product waits for the last. */
#define SIDE_BY_SIDE_MAX 8

__attribute__((always_inline)) static inline void products_of(double *prices, const double *factors,
                                                              size_t steps, double *out,
                                                              size_t stride, const unsigned lanes)
{
    double price[SIDE_BY_SIDE_MAX];
    for (unsigned lane = 0; lane < lanes; lane++) {
        price[lane] = prices[lane];
    }
    for (size_t step = 0; step < steps; step++) {
        for (unsigned lane = 0; lane < lanes; lane++) {
            price[lane] *= factors[lane * BULK_BLOCK + step];
            out[lane * stride + step] = price[lane];
        }
    }
    for (unsigned lane = 0; lane < lanes; lane++) {
        prices[lane] = price[lane];
    }
}

/* One case for each number of lanes, so that prices stay in registers. */
static void products_group(double *prices, const double *factors, size_t steps, double *out,
                           size_t stride, size_t lanes)
{
    switch (lanes) {
#define PRODUCTS_CASE(n) \
    case n: products_of(prices, factors, steps, out, stride, n); break
        PRODUCTS_CASE(1);
        PRODUCTS_CASE(2);
        PRODUCTS_CASE(3);
        PRODUCTS_CASE(4);
        PRODUCTS_CASE(5);
        PRODUCTS_CASE(6);
        PRODUCTS_CASE(7);
    default: products_of(prices, factors, steps, out, stride, SIDE_BY_SIDE_MAX); break;
#undef PRODUCTS_CASE
    }
}

/* Groups of nearly one size: ten instruments go as five and five, not as eight and two. */
static void products(struct path *path, const double *factors, size_t steps, double *out,
                     size_t stride)
{
    size_t groups_left = (path->count + SIDE_BY_SIDE_MAX - 1) / SIDE_BY_SIDE_MAX;
    for (size_t i = 0; i < path->count;) {
        size_t lanes = (path->count - i + groups_left - 1) / groups_left;
        products_group(path->prices + i, factors + i * BULK_BLOCK, steps, out + i * stride, stride,
                       lanes);
        i += lanes;
        groups_left--;
    }
}

enum status path_bulk_width(struct path *path, double seconds, size_t steps, double *scratch,
                            double *prices, size_t stride, enum bulk_width width)
{
    ASSERT(stride >= steps && bulk_width_usable(width));
    const struct path_features *features = &path->features;
    if (features->clustering || features->jumps || features->shocks_per_second > 0.0) {
        return STATUS_UNSUPPORTED;
    }
    double shifts[PATH_INSTRUMENTS_MAX], scales[PATH_INSTRUMENTS_MAX];
    struct path_pressure pressure = path_pressure_none();
    for (size_t i = 0; i < path->count; i++) {
        path_coefficients(&path->slots[i], 1.0, seconds, &pressure, &shifts[i], &scales[i]);
    }
    struct block block = {
        .path = path,
        .normals = scratch,
        .factors = scratch + path->count * BULK_BLOCK,
        .shifts = shifts,
        .scales = scales,
    };
    for (size_t done = 0; done < steps; done += BULK_BLOCK) {
        size_t now = steps - done < BULK_BLOCK ? steps - done : BULK_BLOCK;
        block_fill(&block, &forms[width]);
        products(path, block.factors, now, prices + done, stride);
        /* The last block may be only partly used. */
        path->common_state += now * SPLITMIX_GAMMA;
        for (size_t i = 0; i < path->count; i++) {
            path->slots[i].normal_state += now * SPLITMIX_GAMMA;
        }
    }
    return STATUS_OK;
}

enum status path_bulk(struct path *path, double seconds, size_t steps, double *scratch,
                      double *prices, size_t stride)
{
    return path_bulk_width(path, seconds, steps, scratch, prices, stride, bulk_width_best());
}
