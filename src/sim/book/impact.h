/* What our own taking does to the price, since a recorded market does not notice it.
 *
 *     taken q of a daily volume V, side s = +1 buy, -1 sell          (fractions of the price)
 *
 *     temporary   eta (q / V)^0.6                        of this execution alone
 *     permanent   gamma q / V                            of all later ones
 *     transient   kappa (q / V)^0.6 (1 + t / tau)^-1/2   of later ones, t after it
 *
 *     shift of an execution = max(0, temporary + s (sum of s' permanent + sum of s' transient))
 *
 * The price paid is moved by the shift against us, up to the next tick against us: the shift is a
 * guess in floating point, the price is not. What our own impact moved in our favour is not paid
 * out. The last IMPACT_MEMORY executions decay one by one; older ones count together from the
 * youngest of them, which is never too little. (Almgren et al. 2005 for the power 0.6; Bouchaud et
 * al. 2009 for the decay.) */
#ifndef TERN_SIM_BOOK_IMPACT_H
#define TERN_SIM_BOOK_IMPACT_H

#include "core/model/instrument.h"

#define IMPACT_MEMORY 64

/* All zero: none. */
struct impact_model {
    double eta, gamma, kappa;             /* >= 0; fractions of the price at q = V */
    int64_t tau_ns;                       /* > 0 where kappa > 0 */
    const struct quantity *daily_volumes; /* [instrument], > 0; borrowed */
};

/* Of one instrument. */
struct impact {
    double permanent; /* signed: above 0, we have pushed the price up */
    uint32_t count;
    uint32_t reserved;
    struct {
        double size; /* signed */
        int64_t time_ns;
    } taken[IMPACT_MEMORY]; /* oldest first */
};

bool impact_is_on(const struct impact_model *model);
/* The fraction in [0, 0.5] by which an execution of `quantity` of `side` now is dearer. */
double impact_shift(const struct impact_model *model, const struct impact *impact,
                    struct quantity volume, enum side side, struct quantity quantity,
                    int64_t time_ns);
/* It was executed. */
void impact_taken(const struct impact_model *model, struct impact *impact, struct quantity volume,
                  enum side side, struct quantity quantity, int64_t time_ns);
/* The price moved by the shift against the side and rounded against it to the tick; at least one
 * tick. */
struct price impact_price(const struct instrument *instrument, struct price price, enum side side,
                          double shift);

#endif
