#include "sim/generator/model_table.h"

/* Crypto. Price: the last close. Volatility: root of the mean squared five-minute log-return times
 * 105,120. Jump rate: five-minute returns beyond eight local deviations (bipower variation of the
 * day before), averaged over the twelve pairs. Jump size: two thirds of the deviation of those
 * returns as a share of the pair's volatility (0.028 on average), because part of such a bar is
 * ordinary trading in a fast minute. Volume: mean per day. Drift is 0 by choice: half a year of
 * prices says nothing about it (its standard error is larger than the volatility). Spread is a
 * round figure by the size of the market, not measured. */
#define CRYPTO_JUMP_RATE 47.0
#define CRYPTO_JUMP_SHARE 0.0185

/* X(name, price, volatility, volume_per_day, spread_bps) */
#define CRYPTO_TABLE(X)                          \
    X("BTC", 106794.53, 0.506, 25070.0, 0.5)     \
    X("ETH", 2544.17, 0.785, 620970.0, 0.7)      \
    X("SOL", 150.72, 0.970, 4315800.0, 1.0)      \
    X("XRP", 2.238, 1.011, 253380000.0, 1.0)     \
    X("LTC", 86.67, 0.957, 853970.0, 1.5)        \
    X("ADA", 0.6303, 1.129, 200500000.0, 1.5)    \
    X("AVAX", 19.06, 0.975, 2647300.0, 1.5)      \
    X("BNB", 650.74, 0.520, 308260.0, 0.7)       \
    X("DOGE", 0.17272, 1.006, 1291800000.0, 1.0) \
    X("DOT", 3.847, 0.913, 6988900.0, 2.0)       \
    X("LINK", 13.56, 1.040, 4701600.0, 1.5)      \
    X("TRX", 0.2741, 0.445, 555320000.0, 1.0)

/* Of hourly log-returns, the same bars; in parts per thousand, in the order of the table. */
static const uint16_t crypto_correlations[][12] = {
    {1000},
    {781, 1000},
    {729, 702, 1000},
    {725, 718, 709, 1000},
    {672, 707, 601, 686, 1000},
    {721, 734, 734, 844, 681, 1000},
    {762, 829, 744, 749, 721, 767, 1000},
    {668, 729, 627, 673, 641, 668, 712, 1000},
    {772, 818, 729, 770, 735, 771, 820, 721, 1000},
    {745, 812, 711, 772, 755, 787, 848, 725, 824, 1000},
    {773, 850, 729, 763, 738, 787, 858, 705, 819, 853, 1000},
    {550, 588, 483, 563, 534, 560, 573, 553, 577, 601, 593, 1000},
};

enum equity_sector { SECTOR_TECHNOLOGY, SECTOR_FINANCE, SECTOR_OTHER };

/* X(name, price, volatility, drift, sector): the workstation's figures. TSLA stands alone there. */
#define EQUITY_TABLE(X)                       \
    X("AAPL", 190.0, 0.22, 0.05, TECHNOLOGY)  \
    X("GOOGL", 175.0, 0.25, 0.05, TECHNOLOGY) \
    X("MSFT", 420.0, 0.20, 0.05, TECHNOLOGY)  \
    X("AMZN", 185.0, 0.28, 0.05, TECHNOLOGY)  \
    X("TSLA", 250.0, 0.50, 0.03, OTHER)       \
    X("NVDA", 800.0, 0.40, 0.08, TECHNOLOGY)  \
    X("META", 500.0, 0.30, 0.05, TECHNOLOGY)  \
    X("JPM", 195.0, 0.18, 0.04, FINANCE)      \
    X("V", 280.0, 0.17, 0.04, FINANCE)        \
    X("NFLX", 600.0, 0.35, 0.05, TECHNOLOGY)

#define CORRELATION_TECHNOLOGY 0.6
#define CORRELATION_FINANCE 0.5
#define CORRELATION_OTHER 0.3

/* Round figures for shares and unknown names; the workstation has no trades and no order book. */
#define EQUITY_VOLUME_PER_DAY 2e7
#define EQUITY_SPREAD_BPS 1.0
/* News, a choice as well: once a month on average. The workstation's own shocks are another thing,
 * a setting of the path. */
#define EQUITY_JUMP_RATE 12.0
#define EQUITY_JUMP_SHARE 0.03

struct crypto_row {
    const char *name;
    double price, volatility, volume_per_day, spread_bps;
};
struct equity_row {
    const char *name;
    double price, volatility, drift;
    enum equity_sector sector;
};

static const struct crypto_row crypto_rows[] = {
#define CRYPTO_ROW(name, price, volatility, volume, spread) \
    {name, price, volatility, volume, spread},
    CRYPTO_TABLE(CRYPTO_ROW)
#undef CRYPTO_ROW
};

static const struct equity_row equity_rows[] = {
#define EQUITY_ROW(name, price, volatility, drift, sector) \
    {name, price, volatility, drift, SECTOR_##sector},
    EQUITY_TABLE(EQUITY_ROW)
#undef EQUITY_ROW
};

_Static_assert(ARRAY_COUNT(crypto_rows) == ARRAY_COUNT(crypto_correlations),
               "one correlation row for each crypto instrument");

/* Splits BTC-USD into base and quote; a quote that is not a dollar is not the table's price. */
static bool base_in_dollars(struct text name, struct text *base)
{
    struct text rest = name;
    *base = text_split(&rest, '-');
    return text_equal(rest, TEXT("USD")) || text_equal(rest, TEXT("USDT")) ||
           text_equal(rest, TEXT("USDC"));
}

static const struct crypto_row *crypto_find(struct text name)
{
    struct text base;
    if (!base_in_dollars(name, &base)) {
        return NULL;
    }
    for (size_t i = 0; i < ARRAY_COUNT(crypto_rows); i++) {
        if (text_equal(base, text_of(crypto_rows[i].name))) {
            return &crypto_rows[i];
        }
    }
    return NULL;
}

static const struct equity_row *equity_find(struct text name)
{
    struct text base;
    if (!base_in_dollars(name, &base)) {
        base = name;
    }
    for (size_t i = 0; i < ARRAY_COUNT(equity_rows); i++) {
        if (text_equal(base, text_of(equity_rows[i].name))) {
            return &equity_rows[i];
        }
    }
    return NULL;
}

uint64_t stream_key(uint64_t seed, struct text name, uint64_t purpose)
{
    /* FNV-1a spreads the name; splitmix64 twice makes near seeds and purposes unrelated. */
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < name.size; i++) {
        hash = (hash ^ (uint8_t)name.data[i]) * UINT64_C(0x100000001b3);
    }
    uint64_t state = seed;
    state = splitmix64_next(&state) ^ hash;
    state = splitmix64_next(&state) ^ purpose;
    return splitmix64_next(&state);
}

bool instrument_model_find(struct text name, uint64_t seed, struct instrument_model *out)
{
    const struct crypto_row *crypto = crypto_find(name);
    if (crypto != NULL) {
        *out = (struct instrument_model){
            .market_class = MARKET_CRYPTO,
            .price = crypto->price,
            .volatility = crypto->volatility,
            .seconds_per_year = SECONDS_PER_YEAR_CRYPTO,
            .jumps = {.rate = CRYPTO_JUMP_RATE,
                      .deviation = CRYPTO_JUMP_SHARE * crypto->volatility},
            .volume_per_day = crypto->volume_per_day,
            .spread_bps = crypto->spread_bps,
        };
        return true;
    }
    const struct equity_row *equity = equity_find(name);
    *out = (struct instrument_model){
        .market_class = MARKET_EQUITY,
        .volatility = 0.25,
        .drift = 0.05,
        .seconds_per_year = SECONDS_PER_YEAR_EQUITY,
        .jumps = {.rate = EQUITY_JUMP_RATE, .deviation = EQUITY_JUMP_SHARE * 0.25},
        .volume_per_day = EQUITY_VOLUME_PER_DAY,
        .spread_bps = EQUITY_SPREAD_BPS,
    };
    if (equity != NULL) {
        out->price = equity->price;
        out->volatility = equity->volatility;
        out->drift = equity->drift;
        out->jumps.deviation = EQUITY_JUMP_SHARE * equity->volatility;
        return true;
    }
    uint64_t state = stream_key(seed, name, UINT64_C(0x7072696365)); /* "price" */
    double unit = (double)(splitmix64_next(&state) >> 11) * 0x1p-53;
    out->price = 50.0 + 250.0 * unit;
    return false;
}

double instrument_model_correlation(struct text a, struct text b)
{
    if (text_equal(a, b)) {
        return 1.0;
    }
    const struct crypto_row *crypto_a = crypto_find(a);
    const struct crypto_row *crypto_b = crypto_find(b);
    if (crypto_a != NULL && crypto_b != NULL) {
        size_t row = (size_t)(crypto_a - crypto_rows);
        size_t column = (size_t)(crypto_b - crypto_rows);
        size_t high = row > column ? row : column;
        size_t low = row > column ? column : row;
        /* BTC-USD and BTC-USDT are two instruments with nearly one price. */
        return high == low ? 0.999 : (double)crypto_correlations[high][low] * 1e-3;
    }
    const struct equity_row *equity_a = equity_find(a);
    const struct equity_row *equity_b = equity_find(b);
    if (equity_a != NULL && equity_a == equity_b) {
        return 0.999;
    }
    if (equity_a == NULL || equity_b == NULL || equity_a->sector != equity_b->sector) {
        return CORRELATION_OTHER;
    }
    switch (equity_a->sector) {
    case SECTOR_TECHNOLOGY: return CORRELATION_TECHNOLOGY;
    case SECTOR_FINANCE: return CORRELATION_FINANCE;
    case SECTOR_OTHER: break;
    }
    return CORRELATION_OTHER;
}
