/* Double and triple exponential averages, which take off most of an EMA's lag, and TRIX. */
#include "core/signal/class.h"
#include "core/signal/ema.h"

#define CHAIN_MAX 3

/* Averages of averages. */
struct ema_chain {
    struct ema link[CHAIN_MAX];
    double last; /* of the last link, one bar ago (TRIX) */
    uint32_t links;
    uint32_t hidden; /* values of the last link that are not shown yet */
    uint64_t tulip;
};

/* TA-Lib seeds each link with the mean of the first n of the link before; Tulip with the first
 * value shown by it, which is number n - 1, and shows the last link equally late. */
static void ema_chain_init(struct ema_chain *chain, uint32_t links,
                           const struct indicator_params *params)
{
    *chain = (struct ema_chain){.links = links, .tulip = params->convention == INDICATOR_TULIP};
    uint32_t period = signal_period(params, 0);
    for (uint32_t i = 0; i < links; i++) {
        struct ema *link = &chain->link[i];
        ema_init(link, period);
        if (params->convention == INDICATOR_TULIP) {
            link->seed = 1;
            link->missing = i == 0 ? 1 : period;
        }
    }
    for (uint32_t i = links; i < CHAIN_MAX; i++)
        ema_init(&chain->link[i], 1);
    chain->hidden = params->convention == INDICATOR_TULIP ? period - 1 : 0;
}

/* True once every link has a value that may be shown. */
ALWAYS_INLINE bool ema_chain_update(struct ema_chain *chain, uint32_t links, double x)
{
    for (uint32_t i = 0; i < links; i++) {
        if (!ema_update(&chain->link[i], x))
            return false;
        x = chain->link[i].value;
    }
    if (chain->hidden == 0)
        return true;
    chain->hidden--;
    return false;
}

ALWAYS_INLINE void ema_chain_steady(struct ema_chain *chain)
{
    for (uint32_t i = 0; i < CHAIN_MAX; i++)
        chain->link[i].missing = 0;
    chain->hidden = 0;
}

SIGNAL_FIXED_STATE(dema, struct ema_chain)
SIGNAL_WARMUP(dema, 2 * (signal_period(params, 0) - 1))

static void dema_start(void *state, const struct indicator_params *params)
{
    ema_chain_init(state, 2, params);
}

ALWAYS_INLINE bool dema_step(struct ema_chain *chain, const struct indicator_bar *bar, double *out)
{
    bool ready = ema_chain_update(chain, 2, bar->close);
    out[0] = ready ? 2.0 * chain->link[0].value - chain->link[1].value : SIGNAL_NAN;
    return ready;
}

#define dema_steady ema_chain_steady
SIGNAL_STREAM_SMALL(dema, struct ema_chain, INDICATOR_CLOSE, 1)

#define CHAIN_CONVENTIONS "tulip: the first close is the first value"

const struct indicator_class indicator_dema = {
    .name = "dema",
    .summary = "double exponential moving average of the closes: 2 EMA - EMA of EMA",
    .source = "P. Mulloy, Stocks & Commodities 12:1 (1994); TA-Lib ta_DEMA.c",
    .conventions = CHAIN_CONVENTIONS,
    .checked = "tulip: Tulip",
    .inputs = INDICATOR_CLOSE,
    .parameter_count = 1,
    .parameters = {SIGNAL_PERIOD("period", "bars", 20)},
    .output_count = 1,
    .outputs = {"dema"},
    SIGNAL_STREAM_ROW(dema),
};

SIGNAL_FIXED_STATE(tema, struct ema_chain)
SIGNAL_WARMUP(tema, 3 * (signal_period(params, 0) - 1))

static void tema_start(void *state, const struct indicator_params *params)
{
    ema_chain_init(state, 3, params);
}

ALWAYS_INLINE bool tema_step(struct ema_chain *chain, const struct indicator_bar *bar, double *out)
{
    bool ready = ema_chain_update(chain, 3, bar->close);
    const struct ema *link = chain->link;
    double value = 3.0 * (link[0].value - link[1].value) + link[2].value;
    out[0] = ready ? value : SIGNAL_NAN;
    return ready;
}

#define tema_steady ema_chain_steady
SIGNAL_STREAM_SMALL(tema, struct ema_chain, INDICATOR_CLOSE, 1)

const struct indicator_class indicator_tema = {
    .name = "tema",
    .summary = "triple exponential moving average of the closes",
    .source = "P. Mulloy, Stocks & Commodities 12:2 (1994); TA-Lib ta_TEMA.c",
    .conventions = CHAIN_CONVENTIONS,
    .checked = "tulip: Tulip",
    .inputs = INDICATOR_CLOSE,
    .parameter_count = 1,
    .parameters = {SIGNAL_PERIOD("period", "bars", 20)},
    .output_count = 1,
    .outputs = {"tema"},
    SIGNAL_STREAM_ROW(tema),
};

SIGNAL_FIXED_STATE(trix, struct ema_chain)
SIGNAL_WARMUP(trix, 3 * (signal_period(params, 0) - 1) + 1)

static void trix_start(void *state, const struct indicator_params *params)
{
    ema_chain_init(state, 3, params);
}

ALWAYS_INLINE bool trix_step(struct ema_chain *chain, const struct indicator_bar *bar, double *out)
{
    bool shown = ema_chain_update(chain, 3, bar->close);
    double value = chain->link[2].value;
    double last = chain->last;
    chain->last = shown ? value : 0.0;
    bool ready = shown && last > 0.0;
    out[0] = ready ? 100.0 * (value - last) / (chain->tulip ? value : last) : SIGNAL_NAN;
    return ready;
}

#define trix_steady ema_chain_steady
SIGNAL_STREAM_SMALL(trix, struct ema_chain, INDICATOR_CLOSE, 1)

const struct indicator_class indicator_trix = {
    .name = "trix",
    .summary = "change of a triple smoothed EMA of the closes, in percent a bar",
    .source = "J. Hutson, Stocks & Commodities 1:5 (1983); TA-Lib ta_TRIX.c",
    .conventions = CHAIN_CONVENTIONS "; the change is relative to the new value",
    .checked = "tulip: Tulip",
    .inputs = INDICATOR_CLOSE,
    .parameter_count = 1,
    .parameters = {SIGNAL_PERIOD("period", "bars", 15)},
    .output_count = 1,
    .outputs = {"trix"},
    SIGNAL_STREAM_ROW(trix),
};
