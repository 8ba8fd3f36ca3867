/* The reference prices: one correlated path per instrument, in steps of any length.
 *
 *     normals z (one stream per name)  ->  w = L z  ->  r = a + b w  ->  S <- S exp(r)
 *
 * Matrix rows are in order of arrival; the variance factors come first. A row of L looks only at
 * the rows before it, and a removed instrument keeps its row (its normals go on being drawn), so
 * adding and removing never changes another instrument's path.
 *
 * The caller owns the struct; its arrays are taken once from an arena. */
#ifndef TERN_SIM_GENERATOR_PATH_H
#define TERN_SIM_GENERATOR_PATH_H

#include "base/arena.h"
#include "core/model/instrument.h"
#include "sim/generator/model_table.h"

#define PATH_INSTRUMENTS_MAX 256
/* A fast and a slow factor of variance for each market class. */
#define VARIANCE_FACTORS_PER_CLASS 2
#define VARIANCE_FACTORS_MAX (VARIANCE_FACTORS_PER_CLASS * MARKET_CLASS_COUNT)
#define PATH_ROWS_MAX (PATH_INSTRUMENTS_MAX + VARIANCE_FACTORS_MAX)

/* Which parts of the model are switched on. All off is plain geometric Brownian motion. */
struct path_features {
    bool clustering; /* variance follows square-root processes */
    bool jumps;      /* the models' Merton jumps */
    /* The workstation's shocks: at this rate a price is multiplied by 1 + or - U(min, max). */
    double shocks_per_second;
    double shock_min, shock_max;
};

/* What a scenario does to the paths for the time being; path_pressure_none() changes nothing. */
struct path_pressure {
    double volatility_factor; /* times each instrument's volatility */
    double drift_per_second;  /* added to every log-price */
    double drift_strength;    /* log-drift per second, in volatilities per root second */
    double common_share;      /* 0..1: correlations become share + (1 - share) C */
    double pull_per_second;   /* log-price is pulled to the start's at this rate */
    bool jumps_off;
};

/* State of one path. */
struct path_slot {
    char name[INSTRUMENT_NAME_SIZE];
    struct instrument_model model;
    uint64_t normal_state;       /* splitmix64: one normal a step */
    struct random jumps;         /* two draws a step while jumps are on */
    struct random shocks;        /* three draws a step while shocks are on */
    double diffusion_volatility; /* per year, without jumps */
    double jump_drift;           /* per year: -rate * compensator */
    double anchor;               /* price at the start */
    bool active;                 /* false: removed, path goes on unseen */
};

struct path {
    uint64_t seed;
    struct path_features features;
    size_t capacity;                      /* instruments at most */
    size_t count;                         /* slots in use, removed ones included */
    size_t factor_count;                  /* rows before the first instrument */
    size_t stride;                        /* of correlation and lower */
    struct path_slot *slots;              /* capacity */
    double *prices;                       /* capacity; unrounded, in the quote asset */
    double *correlation;                  /* rows x stride, lower triangle */
    double *lower;                        /* rows x stride */
    double *uniforms, *normals, *returns; /* scratch, one a row */
    double *repair;                       /* scratch, 2 x rows x stride */
    double variances[VARIANCE_FACTORS_MAX];
    uint64_t factor_states[VARIANCE_FACTORS_MAX];
    uint64_t common_state; /* normals of the factor that a scenario mixes in */
    /* What repair had to do, for whoever reports it. */
    bool correlation_repaired;
    double correlation_change_max;
};

struct path_pressure path_pressure_none(void);

/* One instrument at the start. */
struct path_instrument {
    struct text name;                     /* 1 .. INSTRUMENT_NAME_SIZE - 1 bytes */
    const struct instrument_model *model; /* NULL: the table's; copied */
};

/* Takes the arrays for `capacity` instruments (1 .. PATH_INSTRUMENTS_MAX) from the arena; with a
 * measuring arena only counts and leaves the path unusable. */
void path_init(struct path *path, uint64_t seed, const struct path_features *features,
               size_t capacity, struct arena *arena);
/* Puts in all instruments of the start, once. `correlation` is count x count row-major with unit
 * diagonal, or NULL for the table's rule; a matrix that is not positive definite is repaired (see
 * correlation_repaired). STATUS_EXISTS for a name twice, STATUS_FULL, STATUS_RANGE for a name, a
 * model or a correlation out of range or not symmetric; the path is then not usable. */
MUST_USE enum status path_start(struct path *path, const struct path_instrument *instruments,
                                size_t count, const double *correlation);
/* Adds a name while running, or brings a removed one back to where its unseen path is now (its
 * model is then the old one). `correlation`: with slots 0 .. path->count - 1, or NULL for the
 * table's rule; it is scaled down where the matrix would not be positive definite, because repair
 * must not touch the others. *slot is the index into slots[] and prices[]. Status as path_start. */
MUST_USE enum status path_add(struct path *path, const struct path_instrument *instrument,
                              const double *correlation, size_t *slot);
/* STATUS_NOT_FOUND where the name is not active. */
MUST_USE enum status path_remove(struct path *path, struct text name);
/* Index of an active name, or SIZE_MAX. */
size_t path_find(const struct path *path, struct text name);

/* One step of `seconds` > 0 for all slots. */
void path_step(struct path *path, double seconds, const struct path_pressure *pressure);
/* The variance of an instrument's class relative to its long-run level; 1 without clustering. */
double path_variance(const struct path *path, size_t slot);
/* A log-return of a step is shift + scale * w, w its correlated normal, in plain Brownian motion
 * with this variance ratio and pressure. */
void path_coefficients(const struct path_slot *slot, double variance, double seconds,
                       const struct path_pressure *pressure, double *shift, double *scale);
/* The uniform of the open interval (0, 1) that path draws turn into normals: 52 bits, centred. */
double unit_open(uint64_t bits);

/* The one rounding from a double price to units on the tick: half to even, at least one tick, at
 * most the last tick up to PRICE_UNITS_LIMIT. scale is 10^price_decimals, tick > 0. */
#define PRICE_UNITS_LIMIT INT64_C(1000000000000000)
int64_t price_units_round(double price, int64_t scale, int64_t tick);

#endif
