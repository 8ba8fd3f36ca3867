#include "sim/generator/process.h"

#include "base/math.h"

double gbm_step(double price, double drift, double volatility, double dt, double z)
{
    double mean = (drift - 0.5 * volatility * volatility) * dt;
    return price * math_exp(mean + volatility * math_sqrt(dt) * z);
}

struct jump_moments jump_moments(const struct jump_process *process, double diffusion_volatility,
                                 double horizon)
{
    double m = process->mean;
    double s2 = process->deviation * process->deviation;
    /* Cumulants of a compound Poisson sum are rate times the raw moments of one jump. */
    double moment2 = m * m + s2;
    double moment3 = m * m * m + 3.0 * m * s2;
    double moment4 = m * m * m * m + 6.0 * m * m * s2 + 3.0 * s2 * s2;
    double variance = diffusion_volatility * diffusion_volatility + process->rate * moment2;
    double over_horizon = variance * horizon;
    return (struct jump_moments){
        .compensator = math_expm1(m + 0.5 * s2),
        .volatility = math_sqrt(variance),
        .skewness = process->rate * horizon * moment3 / (over_horizon * math_sqrt(over_horizon)),
        .excess_kurtosis = process->rate * horizon * moment4 / (over_horizon * over_horizon),
    };
}

unsigned jump_count(double expected, double uniform)
{
    if (!(expected > 0.0)) {
        return 0;
    }
    double probability = math_exp(-expected);
    double cumulated = probability;
    unsigned count = 0;
    while (uniform >= cumulated && count < JUMPS_PER_STEP_MAX) {
        count++;
        probability *= expected / (double)count;
        cumulated += probability;
    }
    return count;
}

struct variance_step variance_step_of(const struct variance_process *process, double dt)
{
    double decay = math_exp(-process->reversion * dt);
    double xi2 = process->deviation * process->deviation;
    double rest = 1.0 - decay;
    return (struct variance_step){
        .decay = decay,
        .m_constant = process->level * rest,
        .s2_slope = xi2 * decay * rest / process->reversion,
        .s2_constant = process->level * xi2 * rest * rest / (2.0 * process->reversion),
    };
}

double variance_next(const struct variance_step *step, double variance, double uniform, double z)
{
    double mean = step->m_constant + variance * step->decay;
    double spread = step->s2_constant + variance * step->s2_slope;
    return variance_draw(mean, spread, uniform, z);
}

double variance_draw(double mean, double variance, double uniform, double z)
{
    double psi = variance / (mean * mean);
    if (!(psi > 0.0)) {
        return mean;
    }
    if (psi <= 1.5) {
        double two_over = 2.0 / psi;
        double b2 = two_over - 1.0 + math_sqrt(two_over) * math_sqrt(two_over - 1.0);
        double a = mean / (1.0 + b2);
        double shifted = math_sqrt(b2) + z;
        return a * shifted * shifted;
    }
    double p = (psi - 1.0) / (psi + 1.0);
    double beta = (1.0 - p) / mean;
    if (uniform <= p) {
        return 0.0;
    }
    return math_log((1.0 - p) / (1.0 - uniform)) / beta;
}

double hawkes_intensity(const struct hawkes_process *process, const struct hawkes_state *state,
                        double time)
{
    double decayed = state->excited * math_exp(-process->decay * (time - state->time));
    return process->base + process->jump * decayed;
}

void hawkes_arrive(const struct hawkes_process *process, struct hawkes_state *state, double time)
{
    state->excited = state->excited * math_exp(-process->decay * (time - state->time)) + 1.0;
    state->time = time;
}

bool hawkes_next(const struct hawkes_process *process, struct hawkes_state *state, double end,
                 struct random *random)
{
    while (state->time < end) {
        /* Between arrivals the intensity only falls, so its value now bounds it until the next. */
        double bound = process->base + process->jump * state->excited;
        double wait = random_exponential(random) / bound;
        double time = state->time + wait;
        if (!(time < end)) {
            break;
        }
        double decayed = state->excited * math_exp(-process->decay * wait);
        state->excited = decayed;
        state->time = time;
        if (random_unit(random) * bound < process->base + process->jump * decayed) {
            state->excited = decayed + 1.0;
            return true;
        }
    }
    state->excited *= math_exp(-process->decay * (end - state->time));
    state->time = end;
    return false;
}

double hawkes_mean_rate(const struct hawkes_process *process)
{
    return process->base / (1.0 - process->jump / process->decay);
}
