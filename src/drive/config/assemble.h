/* From a configuration to what the engine runs on: assets, instruments, books, bots, series and
 * limits, each in the engine's own units. */
#ifndef TERN_DRIVE_CONFIG_ASSEMBLE_H
#define TERN_DRIVE_CONFIG_ASSEMBLE_H

#include "core/engine/engine.h"
#include "drive/config/config.h"

/* What is known of the market before the start, one for each instrument of the configuration. */
struct assemble_market {
    unsigned price_decimals; /* at least the configuration's; as fine as the data need */
    struct price first;      /* first price of the data, 0 = none: values what an account brings in
                              * kind */
};

/* Owns everything engine points to. */
struct assembly {
    struct engine_config engine;
    struct instrument *instruments;
    struct bot_config *bots;
    struct series_config *series;
    struct instrument_limits *limits;
    struct amount *reserves;
    struct opening_balance *balances;
    const char **assets; /* borrowed names of the configuration */
};

/* The configuration must outlive the assembly. STATUS_CONFIG_INVALID with the problem filled where
 * the pieces do not fit together, STATUS_NO_MEMORY; nothing to release then. */
MUST_USE enum status assembly_init(struct assembly *assembly, const struct config *config,
                                   const struct assemble_market *markets, struct problem *problem);
void assembly_release(struct assembly *assembly);
/* The name of an asset index; valid as long as the configuration. */
const char *assembly_asset(const struct assembly *assembly, uint32_t asset);

#endif
