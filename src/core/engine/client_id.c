/* Our order ids as venues see them: 26 base32 digits of 128 bits and a check digit, so that an id
 * of somebody else is not taken for ours. */
#include <string.h>

#include "core/engine/engine.h"

/* Crockford's digits: no I, L, O, U. */
static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* Weights are odd, so one wrong digit always shows; those of neighbours differ by two, so an
 * exchange shows but of digits that are 16 apart. */
static unsigned check_of(const unsigned *values)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < 26; i++)
        sum += values[i] * (2 * i + 1);
    return sum % 32;
}

void client_order_id_format(char out[CLIENT_ORDER_ID_SIZE], uint64_t low, uint64_t high)
{
    u128 value = ((u128)high << 64) | low;
    unsigned values[26];
    for (unsigned i = 0; i < 26; i++) {
        values[25 - i] = (unsigned)(value & 31);
        value >>= 5;
    }
    for (unsigned i = 0; i < 26; i++)
        out[i] = digits[values[i]];
    out[26] = digits[check_of(values)];
    out[27] = '\0';
}

bool client_order_id_parse(struct text text, uint64_t *low, uint64_t *high)
{
    unsigned values[26];
    u128 value = 0;
    if (text.size != 27)
        return false;
    for (unsigned i = 0; i < 26; i++) {
        const char *at = memchr(digits, text.data[i], sizeof digits - 1);
        if (at == NULL)
            return false;
        values[i] = (unsigned)(at - digits);
        if (i == 0 && values[0] > 7)
            return false; /* 26 digits hold 130 bits */
        value = (value << 5) | values[i];
    }
    if (text.data[26] != digits[check_of(values)])
        return false;
    *low = (uint64_t)value;
    *high = (uint64_t)(value >> 64);
    return true;
}
