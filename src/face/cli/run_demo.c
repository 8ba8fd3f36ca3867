/* tern demo and tern bench: the ports that the composition root fills. */
#include "face/cli/cli_context.h"

static enum status not_built(struct cli *cli, const char *what)
{
    problem_set(&cli->problem, STATUS_USAGE, "command line", "tern %s is not built yet", what);
    problem_next(&cli->problem, "tern help");
    return STATUS_USAGE;
}

enum status run_demo(struct cli *cli)
{
    const char *const *values = cli->arguments.values;
    const struct cli_demo_request request = {
        .seed = values[CLI_OPTION_SEED],
        .speed = values[CLI_OPTION_SPEED],
        .scenario = values[CLI_OPTION_SCENARIO],
        .duration = values[CLI_OPTION_DURATION],
        .commands = values[CLI_OPTION_COMMANDS],
        .tape = values[CLI_OPTION_TAPE],
        .keep = values[CLI_OPTION_KEEP],
        .show_config = cli_have(cli, CLI_OPTION_SHOW_CONFIG),
        .json = cli->json,
        .ndjson = cli_have(cli, CLI_OPTION_NDJSON),
        .no_input = cli_have(cli, CLI_OPTION_NO_INPUT),
        .quiet = cli->quiet,
        .color = cli->style.color,
    };
    if (cli->ports->demo == NULL)
        return not_built(cli, "demo");
    if (request.json && request.ndjson) {
        problem_set(&cli->problem, STATUS_USAGE, "demo: --ndjson", "with --json");
        problem_allowed(&cli->problem, "one of the two");
        return STATUS_USAGE;
    }
    return cli->ports->demo(&request, &cli->problem);
}

enum status run_bench(struct cli *cli)
{
    const struct cli_bench_request request = {
        .names = cli->arguments.operands,
        .names_count = cli->arguments.operands_count,
        .runs = cli->arguments.values[CLI_OPTION_RUNS],
        .keep = cli->arguments.values[CLI_OPTION_KEEP],
        .json = cli->json,
        .plain = cli->style.plain,
        .quiet = cli->quiet,
        .color = cli->style.color,
    };
    if (cli->ports->bench == NULL)
        return not_built(cli, "bench");
    return cli->ports->bench(&request, &cli->problem);
}
