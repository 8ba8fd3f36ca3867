/* The demo's configuration, as a person would write it. What is not said here has the defaults that
 * every profile but a back-test has. */
#include "drive/live/demo.h"

#define INSTRUMENTS                                                                 \
    "tern: 1\n"                                                                     \
    "profile: demo\n"                                                               \
    "currency: USD\n"                                                               \
    "feed: generator\n"                                                             \
    "venue: sim\n"                                                                  \
    "instruments:\n"                                                                \
    "  - {name: BTC-USD, price_increment: '0.01', quantity_increment: '0.00001'}\n" \
    "  - {name: ETH-USD, price_increment: '0.01', quantity_increment: '0.0001'}\n"  \
    "  - {name: SOL-USD, price_increment: '0.01', quantity_increment: '0.001'}\n"   \
    "  - {name: XRP-USD, price_increment: '0.0001', quantity_increment: '0.1'}\n"   \
    "  - {name: LTC-USD, price_increment: '0.01', quantity_increment: '0.001'}\n"   \
    "  - {name: ADA-USD, price_increment: '0.0001', quantity_increment: '0.1'}\n"   \
    "  - {name: AVAX-USD, price_increment: '0.001', quantity_increment: '0.01'}\n"  \
    "  - {name: BNB-USD, price_increment: '0.01', quantity_increment: '0.001'}\n"   \
    "  - {name: DOGE-USD, price_increment: '0.00001', quantity_increment: '1'}\n"   \
    "  - {name: LINK-USD, price_increment: '0.001', quantity_increment: '0.01'}\n"

#define REST                                                                                      \
    "account: {USD: '100000'}\n"                                                                  \
    "fees: {maker_bps: 4, taker_bps: 8}\n"                                                        \
    "simulation: {latency: 50ms, queue: {model: power, power: 3}}\n"                              \
    "risk: {consecutive_losses_max: 20, open_orders_instrument_max: 25, fat_finger_sigma: off}\n" \
    "bots:\n"                                                                                     \
    "  - name: trend-btc\n"                                                                       \
    "    kind: ma_cross\n"                                                                        \
    "    instrument: BTC-USD\n"                                                                   \
    "    bar: 1m\n"                                                                               \
    "    budget: '5000'\n"                                                                        \
    "    params: {average: ema, fast: 5, slow: 20}\n"                                             \
    "    size: {method: notional, amount: '2400'}\n"                                              \
    "    cooldown: 3m\n"                                                                          \
    "    stop_loss: 0.04\n"                                                                       \
    "  - name: score-eth\n"                                                                       \
    "    kind: score\n"                                                                           \
    "    instrument: ETH-USD\n"                                                                   \
    "    bar: 15s\n"                                                                              \
    "    budget: '4000'\n"                                                                        \
    "    enter: 0.1\n"                                                                            \
    "    exit: -0.2\n"                                                                            \
    "    cooldown: 5m\n"                                                                          \
    "    size: {method: equity, fraction: 0.5}\n"                                                 \
    "    stop_loss: 0.04\n"                                                                       \
    "  - name: revert-avax\n"                                                                     \
    "    kind: rsi\n"                                                                             \
    "    instrument: AVAX-USD\n"                                                                  \
    "    bar: 10s\n"                                                                              \
    "    budget: '4000'\n"                                                                        \
    "    params: {period: 14, oversold: 35, overbought: 65}\n"                                    \
    "    cooldown: 2m\n"                                                                          \
    "    size: {method: equity, fraction: 0.6}\n"                                                 \
    "    stop_loss: 0.04\n"                                                                       \
    "  - name: grid-link\n"                                                                       \
    "    kind: grid\n"                                                                            \
    "    instrument: LINK-USD\n"                                                                  \
    "    bar: 5s\n"                                                                               \
    "    budget: '4000'\n"                                                                        \
    "    params: {low: '13.1', high: '14.1', levels: 21, spacing: geometric}\n"                   \
    "    size: {method: notional, amount: '120'}\n"                                               \
    "  - name: maker-xrp\n"                                                                       \
    "    kind: maker\n"                                                                           \
    "    instrument: XRP-USD\n"                                                                   \
    "    bar: 5s\n"                                                                               \
    "    budget: '6000'\n"                                                                        \
    "    params: {levels: 2, spread: 0.002, skew: 0.2, refresh: 5s}\n"                            \
    "    size: {method: notional, amount: '900'}\n"                                               \
    "  - name: saver-sol\n"                                                                       \
    "    kind: dca\n"                                                                             \
    "    instrument: SOL-USD\n"                                                                   \
    "    bar: 1m\n"                                                                               \
    "    budget: '3000'\n"                                                                        \
    "    params: {every: 15m, amount: '100', dip: 0.01, max: '2400'}\n"

static const char configuration[] = INSTRUMENTS REST;

struct text demo_configuration(void)
{
    return (struct text){configuration, sizeof configuration - 1};
}

/* Names and ticks of the places are those of what comes there: the tick here is the finest. */
void demo_configuration_with_room(struct text_buffer *out)
{
    text_buffer_append(out, TEXT(INSTRUMENTS));
    for (int i = 1; i <= DEMO_ROOM; i++)
        text_buffer_print(out,
                          "  - {name: ROOM%d-USD, price_increment: '0.0001', quantity_increment: "
                          "'0.001', listed: false}\n",
                          i);
    text_buffer_append(out, TEXT(REST));
}
