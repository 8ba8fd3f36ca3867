/* `tern demo`, as the command line calls it. */
#ifndef TERN_APP_DEMO_H
#define TERN_APP_DEMO_H

#include "face/cli/cli.h"

MUST_USE enum status app_demo(const struct cli_demo_request *request, struct problem *problem);

#endif
