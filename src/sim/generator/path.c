#include "sim/generator/path.h"

#include <string.h>

#include "base/math.h"
#include "sim/generator/matrix.h"

#define CACHE_LINE 64

/* Purposes of streams; any distinct numbers. */
enum { STREAM_NORMALS = 1, STREAM_JUMPS, STREAM_SHOCKS, STREAM_FACTOR, STREAM_COMMON };

/* Variance factors per class, in seconds, relative to a level of 1. With gamma stationary law of
 * shape F = 2 reversion level / deviation^2, the mean of a fast and a slow factor has variance
 * (1/F_fast + 1/F_slow) / 4. Half-lives of an hour and of three days follow the measured
 * autocorrelation of absolute five-minute returns (0.32 at 5 m, 0.24 at 30 m, 0.16 at 3 h, 0.10 at
 * 12 h, 0.08 at two days, averages of the crypto set). */
#define FACTOR_SHAPE_FAST 0.7
#define FACTOR_SHAPE_SLOW 1.2
#define LN_2 0.69314718055994531
#define FACTOR_REVERSION_FAST (LN_2 / 3600.0)
#define FACTOR_REVERSION_SLOW (LN_2 / 259200.0)

/* Correlation of a return with its class's variance factors: shares fall into higher volatility;
 * crypto hardly does (measured: between 0 and -0.1). */
static const double leverage[MARKET_CLASS_COUNT] = {
    [MARKET_CRYPTO] = -0.05, [MARKET_EQUITY] = -0.35};

struct path_pressure path_pressure_none(void)
{
    return (struct path_pressure){.volatility_factor = 1.0};
}

double unit_open(uint64_t bits)
{
    /* (k + 1/2) 2^-52 for k the upper 52 bits; both steps are exact. */
    uint64_t one_to_two = (bits >> 12) | UINT64_C(0x3ff0000000000000);
    double value;
    memcpy(&value, &one_to_two, sizeof value);
    return value - (1.0 - 0x1p-53);
}

void path_init(struct path *path, uint64_t seed, const struct path_features *features,
               size_t capacity, struct arena *arena)
{
    ASSERT(capacity > 0 && capacity <= PATH_INSTRUMENTS_MAX);
    size_t factor_count = features->clustering ? VARIANCE_FACTORS_MAX : 0;
    size_t rows = capacity + factor_count;
    *path = (struct path){
        .seed = seed,
        .features = *features,
        .capacity = capacity,
        .factor_count = factor_count,
        .stride = rows,
        .slots = ARENA_TAKE(arena, struct path_slot, capacity),
        .prices = arena_take(arena, capacity, sizeof(double), CACHE_LINE),
        .correlation = arena_take(arena, rows * rows, sizeof(double), CACHE_LINE),
        .lower = arena_take(arena, rows * rows, sizeof(double), CACHE_LINE),
        .uniforms = arena_take(arena, rows, sizeof(double), CACHE_LINE),
        .normals = arena_take(arena, rows, sizeof(double), CACHE_LINE),
        .returns = arena_take(arena, rows, sizeof(double), CACHE_LINE),
        .repair = arena_take(arena, 2 * rows * rows, sizeof(double), CACHE_LINE),
        .common_state = stream_key(seed, TEXT(""), STREAM_COMMON),
    };
    if (path->correlation == NULL) {
        return;
    }
    for (size_t i = 0; i < factor_count; i++) {
        path->variances[i] = 1.0;
        path->factor_states[i] = stream_key(seed, TEXT(""), STREAM_FACTOR + (i << 8));
        path->correlation[i * path->stride + i] = 1.0;
        bool independent = cholesky_append(path->lower, path->stride, i,
                                           path->correlation + i * path->stride);
        ASSERT(independent);
    }
}

static bool finite_within(double value, double low, double high)
{
    return value >= low && value <= high;
}

static bool model_valid(const struct instrument_model *model)
{
    const struct jump_process *jumps = &model->jumps;
    double jump_variance = jumps->rate *
                           (jumps->mean * jumps->mean + jumps->deviation * jumps->deviation);
    return model->market_class < MARKET_CLASS_COUNT && finite_within(model->price, 1e-12, 1e15) &&
           finite_within(model->volatility, 0.0, 1e3) && finite_within(model->drift, -1e6, 1e6) &&
           finite_within(model->seconds_per_year, 1.0, 1e12) &&
           finite_within(jumps->rate, 0.0, 1e9) && finite_within(jumps->mean, -10.0, 10.0) &&
           finite_within(jumps->deviation, 0.0, 10.0) &&
           finite_within(jump_variance, 0.0, model->volatility * model->volatility) &&
           finite_within(model->volume_per_day, 0.0, 1e18) &&
           finite_within(model->spread_bps, 0.0, 5000.0);
}

size_t path_find(const struct path *path, struct text name)
{
    for (size_t i = 0; i < path->count; i++) {
        if (path->slots[i].active && text_equal(text_of(path->slots[i].name), name)) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* Fills slot path->count without counting it in. */
static enum status slot_fill(struct path *path, const struct path_instrument *instrument)
{
    struct text name = instrument->name;
    if (name.size == 0 || name.size >= INSTRUMENT_NAME_SIZE) {
        return STATUS_RANGE;
    }
    if (path_find(path, name) != SIZE_MAX) {
        return STATUS_EXISTS;
    }
    if (path->count == path->capacity) {
        return STATUS_FULL;
    }
    struct path_slot *slot = &path->slots[path->count];
    *slot = (struct path_slot){.active = true};
    memcpy(slot->name, name.data, name.size);
    if (instrument->model != NULL) {
        slot->model = *instrument->model;
    } else {
        (void)instrument_model_find(name, path->seed, &slot->model);
    }
    if (!model_valid(&slot->model)) {
        return STATUS_RANGE;
    }
    slot->normal_state = stream_key(path->seed, name, STREAM_NORMALS);
    random_init(&slot->jumps, stream_key(path->seed, name, STREAM_JUMPS), 0);
    random_init(&slot->shocks, stream_key(path->seed, name, STREAM_SHOCKS), 0);
    slot->anchor = slot->model.price;
    slot->diffusion_volatility = slot->model.volatility;
    if (path->features.jumps) {
        const struct jump_process *jumps = &slot->model.jumps;
        struct jump_moments moments = jump_moments(jumps, 0.0, 1.0);
        double variance = slot->model.volatility * slot->model.volatility -
                          moments.volatility * moments.volatility;
        slot->diffusion_volatility = math_sqrt(variance > 0.0 ? variance : 0.0);
        slot->jump_drift = -jumps->rate * moments.compensator;
    }
    path->prices[path->count] = slot->model.price;
    return STATUS_OK;
}

/* The row's correlations with the variance factors; zero for other classes'. */
static void leverage_write(const struct path *path, size_t slot, double *row, bool wanted)
{
    enum market_class own = path->slots[slot].model.market_class;
    for (size_t i = 0; i < path->factor_count; i++) {
        row[i] = wanted && i / VARIANCE_FACTORS_PER_CLASS == own ? leverage[own] : 0.0;
    }
}

static bool factor_all(struct path *path, bool with_leverage)
{
    for (size_t i = 0; i < path->count; i++) {
        size_t row = path->factor_count + i;
        double *correlation = path->correlation + row * path->stride;
        leverage_write(path, i, correlation, with_leverage);
        if (!cholesky_append(path->lower, path->stride, row, correlation)) {
            return false;
        }
    }
    return true;
}

/* Makes the whole matrix positive definite with as little as is needed: first without leverage,
 * which is ours, only then by changing the correlations that were asked for. */
static void factor_repaired(struct path *path)
{
    if (factor_all(path, true) || factor_all(path, false)) {
        return;
    }
    double *block = path->correlation + path->factor_count * (path->stride + 1);
    double change = correlation_repair(block, path->repair, path->stride, path->count);
    path->correlation_repaired = true;
    path->correlation_change_max = change > path->correlation_change_max
                                       ? change
                                       : path->correlation_change_max;
    bool positive_definite = factor_all(path, false);
    ASSERT(positive_definite);
}

static double *correlation_at(const struct path *path, size_t a, size_t b)
{
    return path->correlation + (path->factor_count + a) * path->stride + path->factor_count + b;
}

enum status path_start(struct path *path, const struct path_instrument *instruments, size_t count,
                       const double *correlation)
{
    ASSERT(path->count == 0);
    for (size_t i = 0; i < count; i++) {
        enum status status = slot_fill(path, &instruments[i]);
        if (status != STATUS_OK) {
            return status;
        }
        path->count++;
        for (size_t k = 0; k <= i; k++) {
            double value = correlation == NULL ? instrument_model_correlation(instruments[i].name,
                                                                              instruments[k].name)
                                               : correlation[i * count + k];
            double mirror = correlation == NULL ? value : correlation[k * count + i];
            if (!finite_within(value, -1.0, 1.0) || value > mirror || value < mirror ||
                (i == k && value < 1.0)) {
                return STATUS_RANGE;
            }
            *correlation_at(path, i, k) = value;
            *correlation_at(path, k, i) = value;
        }
    }
    factor_repaired(path);
    return STATUS_OK;
}

/* Row of L for the newest slot; the rows before it stay as they are. */
static void factor_newest(struct path *path)
{
    size_t row = path->factor_count + path->count;
    double *correlation = path->correlation + row * path->stride;
    leverage_write(path, path->count, correlation, true);
    if (cholesky_append(path->lower, path->stride, row, correlation)) {
        return;
    }
    leverage_write(path, path->count, correlation, false);
    if (cholesky_append(path->lower, path->stride, row, correlation)) {
        return;
    }
    double factor = correlation_shrink_row(path->lower, path->stride, row, correlation);
    for (size_t k = 0; k < path->count; k++) {
        double value = *correlation_at(path, path->count, k);
        double change = (1.0 / factor - 1.0) * (value < 0.0 ? -value : value);
        path->correlation_change_max = change > path->correlation_change_max
                                           ? change
                                           : path->correlation_change_max;
    }
    path->correlation_repaired = true;
    bool positive_definite = cholesky_append(path->lower, path->stride, row, correlation);
    ASSERT(positive_definite);
}

enum status path_add(struct path *path, const struct path_instrument *instrument,
                     const double *correlation, size_t *slot)
{
    for (size_t i = 0; i < path->count; i++) {
        if (!path->slots[i].active && text_equal(text_of(path->slots[i].name), instrument->name)) {
            path->slots[i].active = true;
            *slot = i;
            return STATUS_OK;
        }
    }
    /* The last row is nobody's ground: one that was removed can make room. */
    if (path->count == path->capacity && !path->slots[path->count - 1].active) {
        path->count--;
    }
    enum status status = slot_fill(path, instrument);
    if (status != STATUS_OK) {
        return status;
    }
    size_t count = path->count;
    for (size_t k = 0; k < count; k++) {
        double value = correlation == NULL ? instrument_model_correlation(
                                                 instrument->name, text_of(path->slots[k].name))
                                           : correlation[k];
        if (!finite_within(value, -1.0, 1.0)) {
            return STATUS_RANGE;
        }
        *correlation_at(path, count, k) = value;
    }
    *correlation_at(path, count, count) = 1.0;
    factor_newest(path);
    for (size_t k = 0; k < count; k++) {
        *correlation_at(path, k, count) = *correlation_at(path, count, k);
    }
    *slot = path->count++;
    return STATUS_OK;
}

enum status path_remove(struct path *path, struct text name)
{
    size_t slot = path_find(path, name);
    if (slot == SIZE_MAX) {
        return STATUS_NOT_FOUND;
    }
    path->slots[slot].active = false;
    return STATUS_OK;
}

double path_variance(const struct path *path, size_t slot)
{
    if (path->factor_count == 0) {
        return 1.0;
    }
    const double *factors = path->variances +
                            VARIANCE_FACTORS_PER_CLASS * path->slots[slot].model.market_class;
    return 0.5 * (factors[0] + factors[1]);
}

void path_coefficients(const struct path_slot *slot, double variance, double seconds,
                       const struct path_pressure *pressure, double *shift, double *scale)
{
    double years = seconds / slot->model.seconds_per_year;
    double volatility = slot->diffusion_volatility * pressure->volatility_factor *
                        math_sqrt(variance);
    double per_second = slot->model.volatility / math_sqrt(slot->model.seconds_per_year);
    double drift = slot->model.drift + (pressure->jumps_off ? 0.0 : slot->jump_drift);
    *shift = (drift - 0.5 * volatility * volatility) * years +
             (pressure->drift_per_second + pressure->drift_strength * per_second) * seconds;
    *scale = volatility * math_sqrt(years);
}

static double normal_of(uint64_t bits)
{
    return math_normal_quantile(unit_open(bits));
}

static void normals_draw(struct path *path)
{
    size_t factors = path->factor_count;
    size_t rows = factors + path->count;
    for (size_t i = 0; i < factors; i++) {
        path->uniforms[i] = unit_open(splitmix64_next(&path->factor_states[i]));
    }
    for (size_t i = 0; i < path->count; i++) {
        path->uniforms[factors + i] = unit_open(splitmix64_next(&path->slots[i].normal_state));
    }
    math_normal_quantile_batch(path->uniforms, path->normals, rows);
}

/* Both draws are taken whether or not a jump comes, so that the stream stays in step. */
static double jump_draw(struct path_slot *slot, double years)
{
    const struct jump_process *jumps = &slot->model.jumps;
    double uniform = random_unit(&slot->jumps);
    uint64_t bits = random_u64(&slot->jumps);
    unsigned count = jump_count(jumps->rate * years, uniform);
    if (count == 0) {
        return 0.0;
    }
    return jumps->mean * (double)count +
           jumps->deviation * math_sqrt((double)count) * normal_of(bits);
}

static double shock_factor(struct path_slot *slot, const struct path_features *features,
                           double seconds)
{
    double hit = random_unit(&slot->shocks);
    double size = features->shock_min +
                  (features->shock_max - features->shock_min) * random_unit(&slot->shocks);
    bool down = random_unit(&slot->shocks) < 0.5;
    if (hit >= features->shocks_per_second * seconds) {
        return 1.0;
    }
    return down ? 1.0 - size : 1.0 + size;
}

static void variances_step(struct path *path, double seconds)
{
    for (size_t i = 0; i < path->factor_count; i++) {
        bool fast = i % VARIANCE_FACTORS_PER_CLASS == 0;
        double reversion = fast ? FACTOR_REVERSION_FAST : FACTOR_REVERSION_SLOW;
        double shape = fast ? FACTOR_SHAPE_FAST : FACTOR_SHAPE_SLOW;
        struct variance_process process = {
            .reversion = reversion,
            .level = 1.0,
            .deviation = math_sqrt(2.0 * reversion / shape),
        };
        struct variance_step step = variance_step_of(&process, seconds);
        path->variances[i] = variance_next(&step, path->variances[i], path->uniforms[i],
                                           path->normals[i]);
    }
}

/* The order of this sum is part of the result: the bulk path keeps it. */
static double correlated_normal(const double *row, const double *normals, size_t count)
{
    double sum = row[0] * normals[0];
    for (size_t k = 1; k < count; k++) {
        sum += row[k] * normals[k];
    }
    return sum;
}

void path_step(struct path *path, double seconds, const struct path_pressure *pressure)
{
    normals_draw(path);
    double common = normal_of(splitmix64_next(&path->common_state));
    double common_weight = math_sqrt(pressure->common_share);
    double own_weight = math_sqrt(1.0 - pressure->common_share);
    for (size_t i = 0; i < path->count; i++) {
        struct path_slot *slot = &path->slots[i];
        size_t row = path->factor_count + i;
        double w = correlated_normal(path->lower + row * path->stride, path->normals, row + 1);
        if (pressure->common_share > 0.0) {
            w = own_weight * w + common_weight * common;
        }
        double shift, scale;
        path_coefficients(slot, path_variance(path, i), seconds, pressure, &shift, &scale);
        double log_return = shift + scale * w;
        if (path->features.jumps) {
            double jump = jump_draw(slot, seconds / slot->model.seconds_per_year);
            log_return += pressure->jumps_off ? 0.0 : jump;
        }
        if (pressure->pull_per_second > 0.0) {
            log_return -= pressure->pull_per_second * seconds *
                          math_log(path->prices[i] / slot->anchor);
        }
        path->returns[i] = log_return;
    }
    math_exp_batch(path->returns, path->returns, path->count);
    for (size_t i = 0; i < path->count; i++) {
        path->prices[i] *= path->returns[i];
        if (path->features.shocks_per_second > 0.0) {
            path->prices[i] *= shock_factor(&path->slots[i], &path->features, seconds);
        }
    }
    variances_step(path, seconds);
}

int64_t price_units_round(double price, int64_t scale, int64_t tick)
{
    ASSERT(scale > 0 && tick > 0);
    int64_t ticks_max = PRICE_UNITS_LIMIT / tick;
    double ticks = price * (double)scale / (double)tick;
    if (!(ticks < (double)ticks_max)) {
        return ticks_max * tick;
    }
    if (!(ticks >= 1.0)) {
        return tick;
    }
    int64_t whole = (int64_t)ticks;
    double rest = ticks - (double)whole;
    if (rest > 0.5 || (rest >= 0.5 && whole % 2 != 0)) {
        whole++;
    }
    return whole * tick;
}
