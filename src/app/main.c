/* The composition root: hands the concrete adapters to the command line. */
#include "app/bench.h"
#include "app/demo.h"
#include "app/ports.h"
#include "face/cli/cli.h"

int main(int argc, char **argv)
{
    const struct cli_ports ports = {
        .execute = {&bar_port_files, &journal_port_file, TERN_VERSION},
        .version = TERN_VERSION,
        .commit = TERN_COMMIT,
        .compiler = TERN_COMPILER,
        .demo = app_demo,
        .bench = app_bench,
    };
    return cli_main(&ports, argc, argv);
}
