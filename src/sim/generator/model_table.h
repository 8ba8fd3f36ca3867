/* What the generator knows of each instrument: start price, drift, volatility, jumps, trading.
 *
 * Two sets. Crypto: computed from five-minute closes and volumes of twelve USDT pairs from
 * 2025-01-01 to 2025-06-16. Equities: the ten shares of the workstation's simulator. Everything
 * else is an unknown name, whose start price is drawn from the seed and the name. */
#ifndef TERN_SIM_GENERATOR_MODEL_TABLE_H
#define TERN_SIM_GENERATOR_MODEL_TABLE_H

#include "base/text.h"
#include "sim/generator/process.h"

#define SECONDS_PER_YEAR_CRYPTO 31536000.0 /* 365 days: these markets never close */
#define SECONDS_PER_YEAR_EQUITY 5896800.0  /* 252 days of 6.5 hours */

enum market_class { MARKET_CRYPTO, MARKET_EQUITY, MARKET_CLASS_COUNT };

struct instrument_model {
    enum market_class market_class;
    double price;            /* at the start, in the quote asset; > 0 */
    double volatility;       /* of log-returns, per year, jumps included; >= 0 */
    double drift;            /* per year: E[S(t)] = S(0) exp(drift t) */
    double seconds_per_year; /* the year that drift, volatility and jump rate are given in */
    struct jump_process jumps;
    double volume_per_day; /* traded, in the base asset */
    double spread_bps;     /* typical distance of best bid and best ask */
};

/* The model of a name: BTC-USD, ETH-USDT and SOL-USDC by their base asset, shares by their symbol
 * (AAPL, or AAPL-USD). An unknown name gets a start price uniform in (50, 300), drawn from seed
 * and name alone, volatility 0.25 and drift 0.05. Returns whether the name was known. */
bool instrument_model_find(struct text name, uint64_t seed, struct instrument_model *out);
/* Correlation of the log-returns of two names, in [-1, 1]; 1 for a name with itself. Two of the
 * crypto set: measured; two shares: 0.6 both technology, 0.5 both finance, 0.3 otherwise; any
 * other pair: 0.3. */
double instrument_model_correlation(struct text a, struct text b);
/* The start of a stream of random numbers that depends on the run's seed, a name and a purpose,
 * so that one instrument's numbers never depend on which others are there. */
uint64_t stream_key(uint64_t seed, struct text name, uint64_t purpose);

#endif
