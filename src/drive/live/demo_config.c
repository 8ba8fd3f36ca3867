/* The demo's configuration, as a person would write it. What is not said here has the defaults that
 * every profile but a back-test has. */
#include "drive/live/demo.h"

#define LINE(text) text "\n"

struct text demo_configuration(void)
{
    return TEXT(
        LINE("tern: 1") LINE("profile: demo") LINE("currency: USD") LINE("feed: generator")
            LINE("venue: sim") LINE("instruments:") LINE("  - {name: BTC-USD, price_increment: "
                                                         "\"0.01\", quantity_increment: "
                                                         "\"0.00001\"}") LINE("  - {name: ETH-USD, "
                                                                              "price_increment: "
                                                                              "\"0.01\", "
                                                                              "quantity_increment: "
                                                                              "\"0.0001\"}") LINE(
                "  - {name: SOL-USD, price_increment: \"0.01\", quantity_increment: \"0.001\"}")
                LINE("  - {name: XRP-USD, price_increment: \"0.0001\", quantity_increment: "
                     "\"0.1\"}") LINE("  - {name: LTC-USD, price_increment: \"0.01\", "
                                      "quantity_increment: \"0.001\"}") LINE("  - {name: ADA-USD, "
                                                                             "price_increment: "
                                                                             "\"0.0001\", "
                                                                             "quantity_increment: "
                                                                             "\"0.1\"}") LINE(
                    "  - {name: AVAX-USD, price_increment: \"0.001\", quantity_increment: "
                    "\"0.01\"}") LINE("  - {name: BNB-USD, price_increment: \"0.01\", "
                                      "quantity_increment: \"0.001\"}")
                    LINE("  - {name: DOGE-USD, price_increment: \"0.00001\", quantity_increment: "
                         "\"1\"}") LINE("  - {name: LINK-USD, price_increment: \"0.001\", "
                                        "quantity_increment: \"0.01\"}") LINE("account: {USD: "
                                                                              "\"100000\"}") LINE(
                        "fees: {maker_bps: 4, taker_bps: 8}") LINE("simulation: {slippage_bps: 1, "
                                                                   "fill: next_open}") LINE("risk:")
                        LINE("  daily_loss_max: \"500\"") LINE("  consecutive_losses_max: 10") LINE(
                            "bots:") LINE("  - name: trend-btc") LINE("    kind: ma_cross")
                            LINE("    instrument: BTC-USD") LINE("    bar: 1m") LINE(
                                "    budget: \"5000\"") LINE("    params: {average: ema, fast: 5, "
                                                             "slow: 20}") LINE("    size: {method: "
                                                                               "notional, amount: "
                                                                               "\"2400\"}")
                                LINE("    cooldown: 2m") LINE("    stop_loss: 0.02") LINE(
                                    "  - name: swing-sol") LINE("    kind: ma_cross")
                                    LINE("    instrument: SOL-USD") LINE("    bar: 5s") LINE(
                                        "    budget: \"4000\"") LINE("    params: {average: sma, "
                                                                     "fast: 6, slow: 24}")
                                        LINE("    size: {method: notional, amount: \"1500\"}") LINE(
                                            "    cooldown: 3m") LINE("    stop_loss: 0.015")
                                            LINE("    take_profit: 0.02") LINE("  - name: "
                                                                               "score-eth") LINE(
                                                "    kind: score") LINE("    instrument: ETH-USD")
                                                LINE("    bar: 15s") LINE(
                                                    "    budget: \"4000\"") LINE("    enter: 0.1")
                                                    LINE("    exit: -0.2") LINE(
                                                        "    cooldown: 3m") LINE("    size: "
                                                                                 "{method: equity, "
                                                                                 "fraction: 0.5}")
                                                        LINE("    stop_loss: 0.02") LINE(
                                                            "  - name: revert-avax") LINE("    "
                                                                                          "kind: "
                                                                                          "score")
                                                            LINE("    instrument: AVAX-USD") LINE(
                                                                "    bar: 10s") LINE("    budget: "
                                                                                     "\"3000\"")
                                                                LINE("    signals: {rsi: {weight: "
                                                                     "1, period: 14}}") LINE(
                                                                    "    enter: 0")
                                                                    LINE("    exit: -0.5") LINE(
                                                                        "    cooldown: 2m")
                                                                        LINE("    size: {method: "
                                                                             "fixed, quantity: "
                                                                             "\"60\"}") LINE(
                                                                            "    stop_loss: 0.02"));
}
