/* Trade flow: which side crosses the spread, over the last n trades. */
#include "core/signal/class.h"
#include "core/signal/window.h"

struct trade_flow {
    struct window_sum bought, sold;
    double slots[]; /* of bought, then of sold */
};

SIGNAL_WARMUP(trade_flow, signal_period(params, 0) - 1)

static size_t trade_flow_state_size(const struct indicator_params *params)
{
    return sizeof(struct trade_flow) +
           2 * window_sum_slots(signal_period(params, 0)) * sizeof(double);
}

static void trade_flow_start(void *state, const struct indicator_params *params)
{
    struct trade_flow *flow = state;
    uint32_t period = signal_period(params, 0);
    window_sum_init(&flow->bought, flow->slots, period);
    window_sum_init(&flow->sold, flow->slots + window_sum_slots(period), period);
}

ALWAYS_INLINE bool trade_flow_step(struct trade_flow *flow, const struct indicator_trade *trade,
                                   double *out)
{
    double *sold_slots = flow->slots + window_sum_slots(flow->sold.period);
    double bought, sold;
    bool buyer = trade->side > 0;
    bool ready = window_sum_update(&flow->bought, flow->slots, buyer ? trade->quantity : 0.0,
                                   &bought);
    window_sum_update(&flow->sold, sold_slots, buyer ? 0.0 : trade->quantity, &sold);
    double sum = bought + sold;
    out[0] = ready ? ratio_of(bought - sold, sum) : SIGNAL_NAN;
    out[1] = ready ? bought - sold : SIGNAL_NAN;
    return ready;
}

SIGNAL_STREAM_TRADE(trade_flow, struct trade_flow, 2)

const struct indicator_class indicator_trade_flow = {
    .name = "trade_flow",
    .summary = "imbalance of taker volume, -1 all sold to 1 all bought, and its net in base asset",
    .source = "(bought - sold) / (bought + sold) of the last n trades, by the side that crossed",
    .inputs = INDICATOR_TRADE,
    .parameter_count = 1,
    .parameters = {SIGNAL_PERIOD("period", "trades", 100)},
    .output_count = 2,
    .outputs = {"imbalance", "net"},
    SIGNAL_STREAM_TRADE_ROW(trade_flow),
};
