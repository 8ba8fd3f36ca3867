/* The configuration that holds where no file is named: which sources there are, and their order.
 *
 *     later wins   what                                        its name in origins
 *     1            /etc/tern/config.yaml                       the path
 *     2            the user's file, $XDG_CONFIG_HOME/tern/     the path
 *                  config.yaml
 *     3            tern.yaml of the folder                     tern.yaml
 *     4            profiles/NAME.yaml beside one of these,     the path
 *                  the last one first, for the profile that is
 *                  set by any source
 *     5            .env of the folder: TERN_* lines alone      .env: TERN_SEED
 *     6            the environment: TERN_*                     TERN_SEED
 *     7            options of the command line                 --profile
 *
 *     struct config_stack stack;
 *     config_stack_load(&search, &stack, &problem)
 *     config_read_layers(stack.layers, stack.count, CONFIG_LIVE, &config, &problem)
 *     config_stack_release(&stack) */
#ifndef TERN_DRIVE_CONFIG_EFFECTIVE_H
#define TERN_DRIVE_CONFIG_EFFECTIVE_H

#include "drive/config/config.h"

#define CONFIG_STACK_MAX 512u

/* Where to look; all borrowed. NULL: not there. */
struct config_search {
    const char *system_file;
    const char *user_file;
    const char *project_file;       /* tern.yaml */
    const char *env_file;           /* .env */
    const char *const *environment; /* as environ, NULL-terminated */
    const char *profile;            /* of the option */
};

struct config_stack {
    struct config_layer layers[CONFIG_STACK_MAX]; /* a later one wins */
    size_t count;
    size_t files;                 /* how many of them are files; they come first */
    struct config_memory *memory; /* owns names, keys and values */
};

/* A file that is not there is left out; one that cannot be read is an error. STATUS_NOT_FOUND where
 * there is no file at all, STATUS_IO, STATUS_CONFIG_INVALID (a variable that names no key, a file
 * that is no YAML), STATUS_NO_MEMORY; nothing to release then. */
MUST_USE enum status config_stack_load(const struct config_search *search, struct config_stack *out,
                                       struct problem *problem);
void config_stack_release(struct config_stack *stack);

#endif
