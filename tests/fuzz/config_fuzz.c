/* Any bytes as a configuration, in both modes: a problem with a place, or a configuration whose
 * canonical text reads back to itself. */
#include "drive/config/config.h"

#include <string.h>

#define TEXT_MAX ((size_t)64 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void round_trip(const struct config *config)
{
    struct text_buffer first, second;
    struct config again;
    struct problem problem;
    text_buffer_init(&first, TEXT_MAX);
    text_buffer_init(&second, TEXT_MAX);
    problem_init(&problem);
    config_canonical(config, &first);
    ASSERT(first.status == STATUS_OK);
    enum status status = config_read_text("again", (struct text){first.data, first.size}, NULL,
                                          config->mode, &again, &problem);
    ASSERT(status == STATUS_OK);
    config_canonical(&again, &second);
    ASSERT(first.size == second.size && memcmp(first.data, second.data, first.size) == 0);
    config_release(&again);
    text_buffer_reset(&second);
    config_show(config, &second);
    ASSERT(second.status == STATUS_OK);
    text_buffer_release(&first);
    text_buffer_release(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int mode = CONFIG_BACKTEST; mode <= CONFIG_LIVE; mode++) {
        struct config config;
        struct problem problem;
        problem_init(&problem);
        enum status status = config_read_text("fuzz", (struct text){(const char *)data, size}, NULL,
                                              (enum config_mode)mode, &config, &problem);
        if (status == STATUS_OK) {
            round_trip(&config);
            config_release(&config);
        } else {
            ASSERT(status == STATUS_CONFIG_INVALID && problem.where[0] != '\0');
        }
    }
    return 0;
}
