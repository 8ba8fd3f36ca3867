#include "core/model/input.h"

const char *input_kind_name(enum input_kind kind)
{
    switch (kind) {
#define INPUT_NAME(name, number, durable, sentence) \
    case INPUT_##name: return #name;
        INPUT_TABLE(INPUT_NAME)
    }
    return NULL;
}

bool input_kind_is_durable(enum input_kind kind)
{
    switch (kind) {
#define INPUT_DURABLE(name, number, durable, sentence) \
    case INPUT_##name: return (durable) != 0;
        INPUT_TABLE(INPUT_DURABLE)
    }
    return false;
}
