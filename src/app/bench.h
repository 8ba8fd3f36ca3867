/* `tern bench`, as the command line calls it. */
#ifndef TERN_APP_BENCH_H
#define TERN_APP_BENCH_H

#include "face/cli/cli.h"

MUST_USE enum status app_bench(const struct cli_bench_request *request, struct problem *problem);

#endif
