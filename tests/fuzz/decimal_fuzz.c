/* Decimals under libFuzzer: reading against the slow way, and writing what was read.
 *
 * The first byte names the number of decimals, the others are the text; the first sixteen of them
 * are also taken as a number to write and read again. */
#include "../unit/base/decimal_naive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_value(i128 value, unsigned decimals)
{
    char text[DECIMAL_TEXT_SIZE], expected[2 * DECIMAL_TEXT_SIZE];
    size_t text_size = decimal_format_i128(text, value, decimals);
    ASSERT(text_size == naive_format(expected, value, decimals, true));
    ASSERT(strcmp(text, expected) == 0);
    i128 back = 0;
    ASSERT(decimal_parse_i128((struct text){text, text_size}, decimals, &back) == STATUS_OK);
    ASSERT(back == value);
    if (value < INT64_MIN || value > INT64_MAX)
        return;
    int64_t narrow = 0;
    ASSERT(decimal_format_i64(text, (int64_t)value, decimals) == text_size);
    ASSERT(strcmp(text, expected) == 0);
    ASSERT(decimal_parse_i64((struct text){text, text_size}, decimals, &narrow) == STATUS_OK);
    ASSERT(narrow == value);
}

static void check_text(struct text text, unsigned decimals)
{
    i128 expected = 7, wide = 7;
    enum status expected_status = naive_parse(text, decimals, NAIVE_I128_POSITIVE,
                                              NAIVE_I128_NEGATIVE, &expected);
    ASSERT(decimal_parse_i128(text, decimals, &wide) == expected_status);
    ASSERT(wide == expected);
    if (expected_status == STATUS_OK)
        check_value(expected, decimals);

    int64_t narrow = 7;
    expected = 7;
    expected_status = naive_parse(text, decimals, NAIVE_I64_POSITIVE, NAIVE_I64_NEGATIVE,
                                  &expected);
    ASSERT(decimal_parse_i64(text, decimals, &narrow) == expected_status);
    ASSERT(narrow == expected);

    /* With the decimals it says it has a text is never too fine, with one fewer always. */
    unsigned count = 0;
    bool well_formed = decimal_count(text, &count) == STATUS_OK;
    ASSERT(well_formed == (expected_status != STATUS_SYNTAX));
    if (!well_formed || count > DECIMALS_MAX)
        return;
    ASSERT(decimal_parse_i128(text, count, &wide) != STATUS_TOO_FINE);
    if (count > 0 && decimal_parse_i128(text, count - 1, &wide) != STATUS_RANGE)
        ASSERT(decimal_parse_i128(text, count - 1, &wide) == STATUS_TOO_FINE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size >= NAIVE_DIGITS_MAX)
        return -1;
    unsigned decimals = data[0] % (DECIMALS_MAX + 1);
    check_text((struct text){(const char *)data + 1, size - 1}, decimals);
    if (size >= 1 + sizeof(i128)) {
        i128 value;
        memcpy(&value, data + 1, sizeof value);
        check_value(value, decimals);
    }
    return 0;
}
