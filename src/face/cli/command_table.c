/* The rows of the command table. */
#include "face/cli/command.h"

#include "face/cli/bar_files.h"

#define BIT(NAME) CLI_OPTION_BIT(NAME)
/* Of the surface to come: known, so that a person is told so, and not shown. */
#define PLANNED_TABLE(X)       \
    X("up", NULL)              \
    X("down", NULL)            \
    X("status", NULL)          \
    X("tui", NULL)             \
    X("menu", NULL)            \
    X("web", NULL)             \
    X("init", NULL)            \
    X("doctor", NULL)          \
    X("preflight", NULL)       \
    X("backup", NULL)          \
    X("restore", NULL)         \
    X("why", NULL)             \
    X("pause", NULL)           \
    X("reduce", NULL)          \
    X("cancel", NULL)          \
    X("flatten", NULL)         \
    X("resume", NULL)          \
    X("report", NULL)          \
    X("drill", NULL)           \
    X("chat", NULL)            \
    X("mcp", NULL)             \
    X("order", "buy")          \
    X("order", "sell")         \
    X("order", "preview")      \
    X("order", "list")         \
    X("order", "show")         \
    X("order", "amend")        \
    X("order", "cancel")       \
    X("order", "cancel-all")   \
    X("order", "resolve")      \
    X("algo", "twap")          \
    X("algo", "vwap")          \
    X("algo", "pov")           \
    X("algo", "iceberg")       \
    X("algo", "shortfall")     \
    X("algo", "ladder")        \
    X("algo", "maker-first")   \
    X("algo", "stop")          \
    X("algo", "stop-limit")    \
    X("algo", "take-profit")   \
    X("algo", "bracket")       \
    X("algo", "entry-bracket") \
    X("algo", "oco")           \
    X("algo", "trail")         \
    X("algo", "list")          \
    X("algo", "show")          \
    X("algo", "pause")         \
    X("algo", "resume")        \
    X("algo", "cancel")        \
    X("fill", "list")          \
    X("position", "list")      \
    X("position", "close")     \
    X("account", "list")       \
    X("account", "balances")   \
    X("account", "fees")       \
    X("account", "limits")     \
    X("ledger", "show")        \
    X("ledger", "lots")        \
    X("bot", "list")           \
    X("bot", "show")           \
    X("bot", "explain")        \
    X("bot", "start")          \
    X("bot", "pause")          \
    X("bot", "stop")           \
    X("bot", "new")            \
    X("bot", "clone")          \
    X("bot", "edit")           \
    X("bot", "remove")         \
    X("bot", "check")          \
    X("market", "list")        \
    X("market", "price")       \
    X("market", "book")        \
    X("market", "trades")      \
    X("market", "bars")        \
    X("market", "watch")       \
    X("market", "scan")        \
    X("market", "analyze")     \
    X("risk", "show")          \
    X("risk", "limits")        \
    X("risk", "guards")        \
    X("risk", "breakers")      \
    X("data", "fetch")         \
    X("journal", "compare")    \
    X("reconcile", "run")      \
    X("reconcile", "show")     \
    X("venue", "serve")        \
    X("key", "add")            \
    X("key", "list")           \
    X("key", "rotate")         \
    X("key", "remove")         \
    X("token", "add")          \
    X("token", "list")         \
    X("token", "revoke")       \
    X("config", "edit")        \
    X("import", "terminal")    \
    X("import", "bots")        \
    X("import", "agent")       \
    X("import", "workstation") \
    X("import", "trader")      \
    X("export", "csv")         \
    X("export", "koinly")      \
    X("export", "cointracker") \
    X("export", "beancount")   \
    X("export", "ledger")
#define PLANNED(noun_, verb_) {.noun = noun_, .verb = verb_, .operands = "", .sentence = ""},

static const struct cli_command commands[] = {
    {.noun = "demo",
     .operands = "",
     .sentence = "A simulated market with bots: no keys, no network.",
     .detail =
         "Six bots trade a simulated account on generated prices, with order books that move "
         "forty times a second; nothing leaves the machine. Scenarios: normal, calm, trend, "
         "crash, chop, outage. --speed takes simulated seconds a second, or max. The same "
         "seed, scenario and duration give the same fills and the same journal_hash at any "
         "speed. --tape plays recorded order books, quotes and trades instead: up to sixteen "
         "files, CSV or tapes, with commas between them, of up to eight instruments; NAME=FILE "
         "says which where the file's name does not. --commands reads a command a line while "
         "the demo runs, as `add NVDA`, `remove XRP-USD`, `buy NVDA 10`, `scenario crash`, "
         "`help`, from standard input (-) or from a file, where `at 30s` says when. Ctrl-C "
         "stops taking orders, closes the account and ends with exit code 0; a second one ends "
         "at once. --keep DIR writes the journal and the result there. --ndjson prints an "
         "object a line for each thing that happens (start, order, fill, ended, denied, state, "
         "feed and so on to summary), --json the summary alone.",
     .example = "tern demo --seed 42 --scenario crash --speed 30",
     .options = BIT(SEED) | BIT(SPEED) | BIT(SCENARIO) | BIT(DURATION) | BIT(COMMANDS) | BIT(TAPE) |
                BIT(KEEP) | BIT(NDJSON) | BIT(SHOW_CONFIG),
     .run = run_demo},
    {.noun = "backtest",
     .verb = "run",
     .operands = "FILE",
     .sentence = "Run a configuration over its recorded data.",
     .detail = "Prints the result and writes it to DIR: result.json, fills.csv, orders.csv, "
               "equity.csv, trips.csv, metrics.csv, report.html, report.md and journal, all or "
               "nothing. Without --out DIR "
               "is $XDG_DATA_HOME/tern/backtests/NAME, with NAME from the configuration and its "
               "data, so that the same run has the same place. An earlier result there is "
               "replaced; a directory that holds anything else is refused.",
     .example = "tern backtest run examples/score.yaml --out runs/score",
     .options = BIT(OUT) | BIT(PLAIN) | BIT(MARKDOWN) | BIT(NO_TRIALS),
     .operands_min = 1,
     .operands_max = 1,
     .operand = CLI_VALUE_FILE,
     .run = run_backtest_run},
    {.noun = "backtest",
     .verb = "list",
     .operands = "",
     .sentence = "List the results there are, newest first.",
     .example = "tern backtest list",
     .options = BIT(PLAIN),
     .run = run_backtest_list},
    {.noun = "backtest",
     .verb = "show",
     .operands = "[NAME|DIR]",
     .sentence = "Print a stored result again; without a name the newest.",
     .detail = "A name is that of `tern backtest list` or the part of it before a -, and then the "
               "newest of them. --explain NAME puts the run's own numbers into the formula of a "
               "metric.",
     .example = "tern backtest show score",
     .options = BIT(PLAIN) | BIT(MARKDOWN) | BIT(EXPLAIN),
     .operands_max = 1,
     .operand = CLI_VALUE_RESULT,
     .run = run_backtest_show},
    {.noun = "backtest",
     .verb = "sweep",
     .operands = "FILE [KEY=VALUES …]",
     .sentence = "Try many values; say how much of the best one is luck.",
     .detail = "KEY=FROM:TO:STEP or KEY=VALUE,VALUE; a bot's keys begin with bots.NAME. All "
               "combinations are tried on all cores, or N of them with --random or --latin. "
               "--halving ETA runs them over the first days, one in ETA of them over more, and "
               "few over all; every run of every rung is a trial. "
               "Pairs of averages that allow it are evaluated many at once, and checked by the "
               "engine. Results go to $XDG_DATA_HOME/tern/sweeps, or to the file that --out "
               "names; a sweep that was stopped goes on where it stood, and one whose "
               "configuration or data changed is refused. Every trial is counted.",
     .example = "tern backtest sweep examples/cross.yaml --grid bots.cross-btc.params.fast=5:25:5",
     .options = BIT(GRID) | BIT(RANDOM) | BIT(LATIN) | BIT(HALVING) | BIT(RUNGS) | BIT(SEED) |
                BIT(LINES) | BIT(OUT) | BIT(NO_TRIALS) | BIT(PLAIN),
     .operands_min = 1,
     .operands_max = 9,
     .operand = CLI_VALUE_FILE,
     .run = run_backtest_sweep},
    {.noun = "backtest",
     .verb = "walk-forward",
     .operands = "FILE|SWEEP [KEY=VALUES …]",
     .sentence = "Choose on the past, judge on what came behind; over and over.",
     .detail = "Of a FILE with KEY=VALUES, as in a sweep: each window is a sweep over its train "
               "alone, and the best of it runs on its test by the engine, flat at the beginning "
               "and with indicators that have seen what went before. --train and --test are days, "
               "--purge and --embargo bars of the finest data. Everything is kept in "
               "$XDG_DATA_HOME/tern/walks or in DIR, and a run that was stopped goes on where it "
               "stood. Of a SWEEP: the returns of its trials are cut, which is quick. Rolling "
               "windows, or --anchored ones; without numbers 40 % of the days choose, 10 % judge, "
               "1 % between them are left out.",
     .example = "tern backtest walk-forward examples/cross.yaml "
                "bots.cross-btc.params.fast=5:25:5 --train 600 --test 150",
     .options = BIT(GRID) | BIT(RANDOM) | BIT(LATIN) | BIT(SEED) | BIT(TRAIN) | BIT(TEST) |
                BIT(PURGE) | BIT(EMBARGO) | BIT(ANCHORED) | BIT(BY) | BIT(OUT) | BIT(NO_TRIALS) |
                BIT(PLAIN),
     .operands_min = 1,
     .operands_max = 9,
     .operand = CLI_VALUE_FILE,
     .run = run_backtest_walk_forward},
    {.noun = "backtest",
     .verb = "doubt",
     .operands = "FILE [KEY=VALUES …]",
     .sentence = "All doubts about a back-test in plain words, the worst first.",
     .detail =
         "Runs it with doubled costs, slippage, orders a bar late, parameters moved a little, "
         "on shuffled markets and on data that are cut to look for look-ahead; bootstraps "
         "its Sharpe ratio, shuffles its trips, compares it with holding. With KEY=VALUES, "
         "as in a sweep, a walk-forward with refits besides. Writes the result as backtest "
         "run does, and doubt.json beside it.",
     .example = "tern backtest doubt examples/cross.yaml --out runs/cross",
     .options = BIT(GRID) | BIT(RANDOM) | BIT(LATIN) | BIT(SEED) | BIT(MARKETS) | BIT(CUTS) |
                BIT(TRAIN) | BIT(TEST) | BIT(PURGE) | BIT(EMBARGO) | BIT(ANCHORED) | BIT(BY) |
                BIT(OUT) | BIT(NO_TRIALS) | BIT(PLAIN),
     .operands_min = 1,
     .operands_max = 9,
     .operand = CLI_VALUE_FILE,
     .run = run_backtest_doubt},
    {.noun = "backtest",
     .verb = "compare",
     .operands = "A B",
     .sentence = "Show two results side by side, and what differs.",
     .detail =
         "Each key of the configuration that differs, with defaults named, data, books, metrics, "
         "bots, and the first order and fill that are not the same. --html prints a page with "
         "both equity curves.",
     .example = "tern backtest compare runs/a runs/b",
     .options = BIT(PLAIN) | BIT(HTML),
     .operands_min = 2,
     .operands_max = 2,
     .operand = CLI_VALUE_RESULT,
     .run = run_backtest_compare},
    {.noun = "sweep",
     .verb = "list",
     .operands = "",
     .sentence = "List the sweeps there are.",
     .example = "tern sweep list",
     .options = BIT(PLAIN),
     .run = run_sweep_list},
    {.noun = "sweep",
     .verb = "show",
     .operands = "SWEEP",
     .sentence = "Print a sweep again: its best trials and how lucky they are.",
     .detail =
         "And which parameters mattered, by their first-order share of the variance, and what "
         "lies around the best trial: its neighbours are those that are at most one step away "
         "in every parameter. --map draws the metric over two parameters, the mean over all "
         "others.",
     .example = "tern sweep show cross --map",
     .options = BIT(LINES) | BIT(MAP) | BIT(AXES) | BIT(METRIC) | BIT(PLAIN),
     .operands_min = 1,
     .operands_max = 1,
     .operand = CLI_VALUE_TEXT,
     .run = run_sweep_show},
    {.noun = "sweep",
     .verb = "compare",
     .operands = "A B [SWEEP …]",
     .sentence = "Show sweeps side by side, and what differs.",
     .detail = "The best, the quarters and the median of each; how many parameters they have in "
               "common with A, and whether what is good in one is good in the other; every "
               "setting, series and key of the space that differs from A.",
     .example = "tern sweep compare cross cross-slippage",
     .options = BIT(PLAIN),
     .operands_min = 2,
     .operands_max = 8,
     .operand = CLI_VALUE_TEXT,
     .run = run_sweep_compare},
    {.noun = "sweep",
     .verb = "export",
     .operands = "SWEEP",
     .sentence = "Print every trial of a sweep as CSV, or its page as HTML.",
     .detail =
         "The page is one file without network: maps, what mattered, what lies around the best "
         "trial, and how much of it is luck.",
     .example = "tern sweep export cross --html > sweep.html",
     .options = BIT(HTML) | BIT(AXES) | BIT(METRIC),
     .operands_min = 1,
     .operands_max = 1,
     .operand = CLI_VALUE_TEXT,
     .run = run_sweep_export},
    {.noun = "sweep",
     .verb = "apply",
     .operands = "SWEEP [TRIAL]",
     .sentence = "Print the configuration of a trial, with where it came from.",
     .detail = "Without a number it is the best.",
     .example = "tern sweep apply cross > cross-best.yaml",
     .operands_min = 1,
     .operands_max = 2,
     .operand = CLI_VALUE_TEXT,
     .run = run_sweep_apply},
    {.noun = "config",
     .verb = "show",
     .operands = "[FILE]",
     .sentence = "Print every value of a configuration, defaults included.",
     .detail = "Without FILE it is the configuration that trading would have, and where each value "
               "came from. A later source wins: /etc/tern/config.yaml, "
               "$XDG_CONFIG_HOME/tern/config.yaml, tern.yaml, profiles/NAME.yaml beside one of "
               "them, TERN_* in .env, TERN_* in the environment (TERN_RISK__DRAWDOWN_MAX is "
               "risk.drawdown_max), --profile.",
     .example = "tern config show --origin examples/score.yaml",
     .options = BIT(ORIGIN) | BIT(LIVE) | BIT(PROFILE) | BIT(PLAIN),
     .operands_max = 1,
     .operand = CLI_VALUE_FILE,
     .run = run_config_show},
    {.noun = "config",
     .verb = "validate",
     .operands = "FILE",
     .sentence = "Say whether a configuration is valid, and if not, where.",
     .example = "tern config validate examples/score.yaml",
     .options = BIT(LIVE) | BIT(PLAIN),
     .operands_min = 1,
     .operands_max = 1,
     .operand = CLI_VALUE_FILE,
     .run = run_config_validate},
    {.noun = "config",
     .verb = "explain",
     .operands = "KEY",
     .sentence = "Explain a key: what is allowed, its default, its meaning.",
     .example = "tern config explain risk.drawdown_max",
     .options = BIT(MARKDOWN),
     .operands_min = 1,
     .operands_max = 1,
     .operand = CLI_VALUE_TEXT,
     .run = run_config_explain},
    {.noun = "journal",
     .verb = "verify",
     .operands = "FILE|DIR|NAME",
     .sentence = "Check every record, every frame and the chain; count facts.",
     .example = "tern journal verify runs/score",
     .options = BIT(PLAIN),
     .operands_min = 1,
     .operands_max = 1,
     .operand = CLI_VALUE_RESULT,
     .run = run_journal_verify},
    {.noun = "journal",
     .verb = "tail",
     .operands = "FILE|DIR|NAME",
     .sentence = "Print the last facts of a journal, oldest first.",
     .detail = "Prices and quantities are whole numbers in the instrument's own unit, amounts are "
               "decimals. Without -n it is the last 20.",
     .example = "tern journal tail runs/score -n 5",
     .options = BIT(LINES) | BIT(PLAIN) | BIT(NDJSON),
     .operands_min = 1,
     .operands_max = 1,
     .operand = CLI_VALUE_RESULT,
     .run = run_journal_tail},
    {.noun = "journal",
     .verb = "replay",
     .operands = "FILE|DIR|NAME",
     .sentence = "Fold a journal, run it again, and compare every frame.",
     .detail = "The configuration is the journal's own. Its data are looked for at the paths they "
               "had, against the working directory; --config names a file with other paths. Their "
               "content must be the same.",
     .example = "tern journal replay runs/score --config examples/score.yaml",
     .options = BIT(CONFIG) | BIT(PLAIN),
     .operands_min = 1,
     .operands_max = 1,
     .operand = CLI_VALUE_RESULT,
     .run = run_journal_replay},
    {.noun = "ledger",
     .verb = "check",
     .operands = "FILE|DIR|NAME",
     .sentence = "Fold a journal and check every invariant of its ledger.",
     .example = "tern ledger check runs/score",
     .options = BIT(CONFIG) | BIT(PLAIN),
     .operands_min = 1,
     .operands_max = 1,
     .operand = CLI_VALUE_RESULT,
     .run = run_ledger_check},
    {.noun = "data",
     .verb = "import",
     .operands = "FILE …",
     .sentence = "Make tapes of market data: exact, packed, with checksums.",
     .detail = "Reads CSV, JSON and LEAN files, plain, gzipped or in zip archives, and tapes, also "
               "those that were cut; tern help formats tells which and how they are known. "
               "Columns that are not known are asked for on a terminal, else --columns names them. "
               "A folder is one series, its files in the order of their names. "
               "CSV with price, size and side makes a tape of an order book, with bid, bid_size, "
               "ask and ask_size of quotes, with price and size of trades. "
               "A file with several symbols makes a tape of each. Each "
               "tape appears whole or not at all; one with the same content stays as it is, so "
               "that an import that was stopped is gone on with by running it again. With --bar, "
               "rows off its grid are left out and counted; without it they are refused. Without "
               "--out the tapes go to $XDG_DATA_HOME/tern/tapes.",
     .example = "tern data import btcusdt-1h.csv.gz --instrument BTC-USDT",
     .options = BIT(INSTRUMENT) | BIT(SYMBOL) | BIT(BAR) | BIT(OUT) | BIT(REPLACE) | BIT(PLAIN) |
                BAR_FILE_OPTIONS,
     .operands_min = 1,
     .operands_max = CLI_OPERANDS_MAX,
     .operand = CLI_VALUE_FILE,
     .run = run_data_import},
    {.noun = "data",
     .verb = "list",
     .operands = "[DIR|FILE …]",
     .sentence = "List tapes: content, period, size, state.",
     .example = "tern data list",
     .options = BIT(PLAIN),
     .operands_max = CLI_OPERANDS_MAX,
     .operand = CLI_VALUE_FILE,
     .run = run_data_list},
    {.noun = "data",
     .verb = "export",
     .operands = "FILE",
     .sentence = "Print a tape as CSV, or one JSON object a line.",
     .detail = "Importing the CSV gives the same content hash, but for messages of an order book "
               "that hold nothing, which a CSV cannot have.",
     .example = "tern data export btc-usdt-1h.tape",
     .options = BIT(SYMBOL) | BIT(NDJSON) | BAR_FILE_OPTIONS,
     .operands_min = 1,
     .operands_max = 1,
     .operand = CLI_VALUE_FILE,
     .run = run_data_export},
    {.noun = "data",
     .verb = "verify",
     .operands = "FILE …",
     .sentence = "Say all that is wrong with market data, and where.",
     .detail =
         "Rows that cannot be read, impossible prices, disorder, duplicates and times off the "
         "grid make a file unusable: exit code 5. Gaps by the calendar (always open, or New "
         "York's where no bar lies on a Saturday), outliers, times that look local, volumes "
         "that change their scale by the price, and bars without volume are told besides. The "
         "first eight places of each are shown. Of recorded order books, quotes and trades: rows "
         "that cannot be read, disorder, numbers absent or twice, clocks, crossed books. Of a "
         "tape every checksum is checked too.",
     .example = "tern data verify btcusdt-1h.csv.gz",
     .options = BIT(BAR) | BIT(PLAIN) | BAR_FILE_OPTIONS,
     .operands_min = 1,
     .operands_max = CLI_OPERANDS_MAX,
     .operand = CLI_VALUE_FILE,
     .run = run_data_verify},
    {.noun = "data",
     .verb = "record",
     .operands = "",
     .sentence = "Record a feed into tapes while it runs; go on with them.",
     .detail =
         "One tape an instrument and kind, NAME-KIND.tape. What was received is in the file and "
         "on the disk after five seconds at most; Ctrl-C ends the tapes, and one that was broken "
         "off keeps its whole blocks. Recorded again it goes on behind them: of the generator "
         "and of tapes with what comes next, so that in the end it is the tape it would have "
         "been. --feed generator takes --instruments, --seed (42) and --scenario; --feed tape "
         "plays the files of --tape. --speed takes seconds of the market a second, or max; "
         "--duration ends it after so much of the market's time.",
     .example = "tern data record --feed generator --instruments BTC-USD,ETH-USD --duration 10m",
     .options = BIT(FEED) | BIT(INSTRUMENTS) | BIT(SEED) | BIT(SCENARIO) | BIT(TAPE) | BIT(KINDS) |
                BIT(SPEED) | BIT(DURATION) | BIT(OUT) | BIT(PLAIN),
     .run = run_data_record},
    {.noun = "bench",
     .operands = "[NAME …]",
     .sentence = "Measure how fast this machine is.",
     .example = "tern bench B-1 --runs 3",
     .options = BIT(RUNS) | BIT(KEEP) | BIT(PLAIN),
     .operands_max = CLI_OPERANDS_MAX,
     .operand = CLI_VALUE_TEXT,
     .run = run_bench},
    {.noun = "help",
     .operands = "[TOPIC|COMMAND]",
     .sentence = "Explain a topic or a command.",
     .example = "tern help metrics",
     .options = BIT(MARKDOWN) | BIT(EXPLAIN),
     .operands_max = 2,
     .operand = CLI_VALUE_TOPIC,
     .run = run_help},
    {.noun = "completion",
     .operands = "bash|zsh|fish",
     .sentence = "Print what makes a shell complete commands and options.",
     .detail =
         "In bash: source <(tern completion bash). In zsh: tern completion zsh, into a file _tern "
         "of your fpath. In fish: tern completion fish | source.",
     .example = "tern completion bash",
     .operands_min = 1,
     .operands_max = 1,
     .operand = CLI_VALUE_SHELL,
     .run = run_completion},
    {.noun = "version",
     .operands = "",
     .sentence = "Print version, commit and compiler.",
     .example = "tern version --json",
     .run = run_version},
    PLANNED_TABLE(PLANNED)};

const struct cli_command *command_table(size_t *count)
{
    *count = ARRAY_COUNT(commands);
    return commands;
}
