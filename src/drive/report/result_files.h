/* The forms of a result that programs read: result.json and the CSV files, byte for byte the same
 * for the same result. Decimals are exact and never in exponent form; times are RFC 3339 in UTC. */
#ifndef TERN_DRIVE_REPORT_RESULT_FILES_H
#define TERN_DRIVE_REPORT_RESULT_FILES_H

#include "drive/report/output.h"

#define RESULT_SCHEMA_NAME "tern.backtest"
#define RESULT_SCHEMA RESULT_SCHEMA_NAME "/1"

/* The document of result.json, also printed by `--json`. The keys of the contract come first in
 * its order, then what we add. Failures show in out->status. */
void result_json_print(const struct backtest_result *result, const struct metrics *metrics,
                       struct text_buffer *out);

/* fills.csv: time,time_ns,bot,instrument,side,quantity,price,fee,fee_asset,liquidity,
 * client_order_id,venue_trade_id */
void fills_csv_write(struct output_file *file, const struct backtest_result *result,
                     const struct metrics *metrics);
/* orders.csv: time,time_ns,bot,instrument,side,type,quantity,price,filled,average_price,state,
 * reason,client_order_id,end_time,end_time_ns; price is empty for a market order, the end where
 * the order is still open. */
void orders_csv_write(struct output_file *file, const struct backtest_result *result,
                      const struct metrics *metrics);
/* equity.csv: time,time_ns,equity,cash,exposure,drawdown; exposure is the gross value of positions
 * in the currency, drawdown the share of the peak, rounded to 12 decimals. */
void equity_csv_write(struct output_file *file, const struct backtest_result *result,
                      const struct metrics *metrics);
/* trips.csv: open_time,open_time_ns,close_time,close_time_ns,bot,instrument,side,quantity,
 * entry_price,exit_price,realized,fees,net,bars_held,exit_reason,favourable,adverse; the last two
 * are shares of the entry price, rounded to 12 decimals, empty where they are not known. */
void trips_csv_write(struct output_file *file, const struct backtest_result *result,
                     const struct metrics *metrics);
/* metrics.csv: name,value,unit,title in the order of METRIC_TABLE; the value as in result.json,
 * empty where it is not defined. */
void metrics_csv_write(struct output_file *file, const struct backtest_result *result,
                       const struct metrics *metrics);

#endif
