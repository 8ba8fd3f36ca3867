/* XXH3: published values, the same on every build; running hashes; hex text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/random.h"

#include <stdlib.h>
#include <string.h>

#define BYTES_SIZE 4096

/* The bytes that the published values are of: the top byte of a sequence of products modulo 2^64.
 * */
static void fill_published_bytes(uint8_t bytes[BYTES_SIZE])
{
    uint64_t product = UINT64_C(2654435761);
    for (size_t i = 0; i < BYTES_SIZE; i++) {
        bytes[i] = (uint8_t)(product >> 56);
        product *= UINT64_C(11400714785074694797);
    }
}

/* Values without seed that the reference program checks itself against (xxHash 0.8), one size for
 * each of its ways to hash: a change of library, compiler or vector width must not move them. */
static void published_values(void **state)
{
    (void)state;
    static const struct {
        size_t size;
        const char *hex;
    } cases[] = {
        {0, "99aa06d3014798d86001c324468d497f"},    {1, "a6cd5e9392000f6ac44bdff4074eecdb"},
        {6, "082afe0b8162d12a3e7039bdda43cfc6"},    {12, "6e3efd8fc7802b18061a192713f69ad9"},
        {24, "0ce966e4678d37611e7044d28b1b901d"},   {48, "a002ac4e5478227ef942219aed80f67b"},
        {81, "4952f58181ab00425e8bafb9f95fb803"},   {222, "337e09641b948717f1aebd597cec6b3a"},
        {403, "1b6de21e332dd73dcdeb804d65c6dea4"},  {512, "18d2d110dcc9bca1617e49599013cb6b"},
        {2048, "f736557fd47073a5dd59e2c3a5f038e0"}, {2240, "ccb134fbfa7ce49d6e73a90539cf2948"},
        {2367, "e89c0f6ff369b427cb37aeb9e5d361ed"},
    };
    uint8_t bytes[BYTES_SIZE];
    fill_published_bytes(bytes);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        char text[HASH_TEXT_SIZE];
        struct hash128 hash = hash128_of(bytes, cases[i].size), parsed;
        assert_int_equal(hash128_format(text, hash), 32);
        assert_string_equal(text, cases[i].hex);
        assert_int_equal(hash128_parse(text_of(cases[i].hex), &parsed), STATUS_OK);
        assert_true(hash128_equal(hash, parsed));
    }
    assert_true(hash64_of(NULL, 0) == UINT64_C(0x2D06800538D394C2));
    assert_true(hash64_of(bytes, 195) == UINT64_C(0xCD94217EE362EC3A));
    assert_true(hash64_of(bytes, 2367) == UINT64_C(0xCB37AEB9E5D361ED));
    assert_true(hash128_equal(hash128_of(NULL, 0), hash128_of(bytes, 0)));
}

static void a_running_hash_equals_that_of_the_whole(void **state)
{
    (void)state;
    uint8_t bytes[BYTES_SIZE];
    fill_published_bytes(bytes);
    struct random random;
    random_init(&random, 9, 0);
    for (int round = 0; round < 2000; round++) {
        struct hash_stream *stream = hash_stream_new();
        assert_non_null(stream);
        size_t size = 0, piece_max = 1 + random_below(&random, 1500);
        assert_true(hash128_equal(hash_stream_value(stream), hash128_of(NULL, 0)));
        while (size < BYTES_SIZE) {
            size_t piece = random_below(&random, piece_max + 1);
            if (piece > BYTES_SIZE - size)
                piece = BYTES_SIZE - size;
            hash_stream_append(stream, piece > 0 ? bytes + size : NULL, piece);
            size += piece;
            /* Asking in between does not disturb what follows. */
            if (random_below(&random, 4) == 0)
                assert_true(hash128_equal(hash_stream_value(stream), hash128_of(bytes, size)));
        }
        assert_true(hash128_equal(hash_stream_value(stream), hash128_of(bytes, BYTES_SIZE)));
        hash_stream_free(stream);
    }
    hash_stream_free(NULL);
}

static void equal_means_both_halves(void **state)
{
    (void)state;
    struct hash128 a = {1, 2};
    assert_true(hash128_equal(a, (struct hash128){1, 2}));
    assert_false(hash128_equal(a, (struct hash128){2, 2}));
    assert_false(hash128_equal(a, (struct hash128){1, 1}));
    assert_false(hash128_equal(a, (struct hash128){2, 1}));
}

static void hex_text(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 10, 0);
    char text[HASH_TEXT_SIZE];
    struct hash128 parsed;
    for (int round = 0; round < 10000; round++) {
        struct hash128 hash = {random_u64(&random), random_u64(&random)};
        size_t size = hash128_format(text, hash);
        assert_int_equal(strspn(text, "0123456789abcdef"), 32);
        assert_int_equal(hash128_parse((struct text){text, size}, &parsed), STATUS_OK);
        assert_true(hash128_equal(hash, parsed));
    }
    hash128_format(text, (struct hash128){.low = 0xAB, .high = UINT64_C(0x0123456789ABCDEF)});
    assert_string_equal(text, "0123456789abcdef00000000000000ab");
    for (size_t place = 0; place < 32; place++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            char broken[HASH_TEXT_SIZE];
            memcpy(broken, text, sizeof broken);
            broken[place] = (char)byte;
            bool hex = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f');
            parsed = (struct hash128){7, 7};
            enum status status = hash128_parse((struct text){broken, 32}, &parsed);
            assert_int_equal(status, hex ? STATUS_OK : STATUS_SYNTAX);
            assert_true(hex || (parsed.low == 7 && parsed.high == 7));
        }
    }
    assert_int_equal(hash128_parse((struct text){text, 31}, &parsed), STATUS_SYNTAX);
    assert_int_equal(hash128_parse((struct text){text, 33}, &parsed), STATUS_SYNTAX);
    assert_int_equal(hash128_parse(TEXT(""), &parsed), STATUS_SYNTAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_values),
        cmocka_unit_test(a_running_hash_equals_that_of_the_whole),
        cmocka_unit_test(equal_means_both_halves),
        cmocka_unit_test(hex_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
