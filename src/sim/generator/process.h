/* The random processes the market is made of, each as a pure function of its state and its draws.
 *
 *     price      geometric Brownian motion, exact:           S exp((mu - s^2/2) dt + s sqrt(dt) Z)
 *     jumps      Merton 1976, log-normal, compensated        a Poisson number of them in a step
 *     variance   Heston 1993 (square root), QE step          Andersen 2008, "Simple and efficient
 *                                                            simulation of the Heston model", 3.2
 *     arrivals   Hawkes 1971, exponential kernel             thinning after Ogata 1981
 *
 * Times are in the unit of the rates: years for prices and jumps, seconds for arrivals. Draws come
 * in as normals or as uniforms of (0, 1), so each function can be tested without a generator. */
#ifndef TERN_SIM_GENERATOR_PROCESS_H
#define TERN_SIM_GENERATOR_PROCESS_H

#include "base/random.h"

/* S after dt years: drift and volatility per year, z standard normal. */
double gbm_step(double price, double drift, double volatility, double dt, double z);

/* `rate` jumps a year, each multiplying the price by exp(N(mean, deviation^2)). */
struct jump_process {
    double rate, mean, deviation;
};

struct jump_moments {
    double compensator;     /* k = E[e^J] - 1; rate * k is taken off the drift */
    double volatility;      /* a year, of diffusion and jumps together */
    double skewness;        /* of the log-return over the horizon */
    double excess_kurtosis; /* likewise */
};
struct jump_moments jump_moments(const struct jump_process *process, double diffusion_volatility,
                                 double horizon);
/* Number of jumps in a step with rate * dt expected ones, by inversion of a uniform of [0, 1);
 * at most JUMPS_PER_STEP_MAX. */
#define JUMPS_PER_STEP_MAX 64
unsigned jump_count(double expected, double uniform);

/* dv = reversion (level - v) dt + deviation sqrt(v) dW, v >= 0. */
struct variance_process {
    double reversion, level, deviation;
};

/* The step's constants, which depend on dt alone. */
struct variance_step {
    double decay, m_constant, s2_slope, s2_constant;
};
struct variance_step variance_step_of(const struct variance_process *process, double dt);
/* The variance after the step. One draw serves both branches: `uniform` in (0, 1) and `z`, its
 * normal quantile; v rises with it in either, so a price whose normal is correlated with z is
 * correlated with the change of variance. */
double variance_next(const struct variance_step *step, double variance, double uniform, double z);
/* The QE draw for given conditional mean and variance of v. */
double variance_draw(double mean, double variance, double uniform, double z);

/* intensity(t) = base + jump * sum over past arrivals of exp(-decay (t - t_i)); stable where
 * jump < decay. */
struct hawkes_process {
    double base, jump, decay;
};

struct hawkes_state {
    double excited; /* the sum above, at `time` */
    double time;    /* seconds */
};
/* Intensity just before `time`, which is not before the state's. */
double hawkes_intensity(const struct hawkes_process *process, const struct hawkes_state *state,
                        double time);
/* Moves the state to `time` and counts an arrival there. */
void hawkes_arrive(const struct hawkes_process *process, struct hawkes_state *state, double time);
/* Draws the next arrival before `end`: true and state moved to it and counted; false and state
 * moved to `end`. Because the process is memoryless between arrivals, stopping at `end` and going
 * on later, even with another base, is exact. */
bool hawkes_next(const struct hawkes_process *process, struct hawkes_state *state, double end,
                 struct random *random);
/* Arrivals per second in the long run: base / (1 - jump / decay). */
double hawkes_mean_rate(const struct hawkes_process *process);

#endif
