/* Turns the style sheets and scripts of the report into a C file, at build time.
 *
 *     embed OUT.c one.css two.js …
 *
 * All .css files become `report_style`, all .js files `report_script`, in the order given. Beside
 * the bytes stands their SHA-256 in base64, by which the page's Content-Security-Policy allows
 * exactly them and nothing else. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bytes {
    uint8_t *data;
    size_t size, capacity;
};

static void fail(const char *what, const char *name)
{
    (void)fprintf(stderr, "embed: %s: %s\n", name, what);
    exit(1);
}

static void append(struct bytes *bytes, const uint8_t *data, size_t size)
{
    if (bytes->size + size > bytes->capacity) {
        bytes->capacity = (bytes->size + size) * 2;
        bytes->data = realloc(bytes->data, bytes->capacity);
        if (bytes->data == NULL)
            fail("no memory", "append");
    }
    memcpy(bytes->data + bytes->size, data, size);
    bytes->size += size;
}

static void append_file(struct bytes *bytes, const char *path)
{
    uint8_t block[4096];
    size_t got;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail("cannot be read", path);
    while ((got = fread(block, 1, sizeof(block), file)) > 0)
        append(bytes, block, got);
    if (ferror(file) != 0 || fclose(file) != 0)
        fail("cannot be read", path);
}

/* ---- SHA-256, FIPS 180-4 --------------------------------------------------------------------- */

static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t value, unsigned count)
{
    return value >> count | value << (32 - count);
}

static void sha256_block(uint32_t state[8], const uint8_t *block)
{
    uint32_t words[64], v[8];
    for (unsigned i = 0; i < 16; i++)
        words[i] = (uint32_t)block[i * 4] << 24 | (uint32_t)block[i * 4 + 1] << 16 |
                   (uint32_t)block[i * 4 + 2] << 8 | block[i * 4 + 3];
    for (unsigned i = 16; i < 64; i++) {
        uint32_t a = words[i - 15], b = words[i - 2];
        words[i] = words[i - 16] + words[i - 7] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) +
                   (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }
    memcpy(v, state, sizeof(v));
    for (unsigned i = 0; i < 64; i++) {
        uint32_t sum = v[7] + (rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)) +
                       ((v[4] & v[5]) ^ (~v[4] & v[6])) + round_constants[i] + words[i];
        uint32_t other = (rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)) +
                         ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof(v[0]));
        v[4] += sum;
        v[0] = sum + other;
    }
    for (unsigned i = 0; i < 8; i++)
        state[i] += v[i];
}

static void sha256(const struct bytes *bytes, uint8_t digest[32])
{
    uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    uint8_t tail[128] = {0};
    size_t whole = bytes->size / 64 * 64, rest = bytes->size - whole;
    size_t tail_size = rest < 56 ? 64 : 128;
    for (size_t at = 0; at < whole; at += 64)
        sha256_block(state, bytes->data + at);
    if (rest > 0)
        memcpy(tail, bytes->data + whole, rest);
    tail[rest] = 0x80;
    uint64_t bits = (uint64_t)bytes->size * 8;
    for (unsigned i = 0; i < 8; i++)
        tail[tail_size - 1 - i] = (uint8_t)(bits >> (8 * i));
    for (size_t at = 0; at < tail_size; at += 64)
        sha256_block(state, tail + at);
    for (unsigned i = 0; i < 32; i++)
        digest[i] = (uint8_t)(state[i / 4] >> (24 - 8 * (i % 4)));
}

static void base64(const uint8_t digest[32], char out[45])
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t at = 0;
    for (unsigned i = 0; i < 33; i += 3) {
        uint32_t group = (uint32_t)digest[i] << 16 | (uint32_t)digest[i + 1] << 8 |
                         (i + 2 < 32 ? digest[i + 2] : 0u);
        for (unsigned j = 0; j < 4; j++)
            out[at++] = letters[group >> (18 - 6 * j) & 63];
    }
    out[43] = '=';
    out[44] = '\0';
}

/* ---- writing --------------------------------------------------------------------------------- */

static void asset_write(FILE *out, const char *name, const struct bytes *bytes)
{
    uint8_t digest[32];
    char text[45];
    sha256(bytes, digest);
    base64(digest, text);
    (void)fprintf(out, "static const unsigned char %s_bytes[] = {", name);
    for (size_t i = 0; i < bytes->size; i++)
        (void)fprintf(out, "%s%u,", i % 24 == 0 ? "\n" : "", (unsigned)bytes->data[i]);
    (void)fprintf(out,
                  "\n0};\nconst struct report_asset %s = {(const char *)%s_bytes, %zu,\n"
                  "\"sha256-%s\"};\n\n",
                  name, name, bytes->size, text);
}

int main(int argc, char **argv)
{
    struct bytes style = {0}, script = {0};
    for (int i = 2; i < argc; i++) {
        size_t size = strlen(argv[i]);
        if (size > 4 && strcmp(argv[i] + size - 4, ".css") == 0)
            append_file(&style, argv[i]);
        else if (size > 3 && strcmp(argv[i] + size - 3, ".js") == 0)
            append_file(&script, argv[i]);
        else
            fail("neither a style sheet nor a script", argv[i]);
    }
    if (argc < 3)
        fail("usage: embed OUT.c FILE…", "arguments");
    FILE *out = fopen(argv[1], "wb");
    if (out == NULL)
        fail("cannot be written", argv[1]);
    (void)fprintf(out, "#include \"drive/report/assets.h\"\n\n");
    asset_write(out, "report_style", &style);
    asset_write(out, "report_script", &script);
    if (fclose(out) != 0)
        fail("cannot be written", argv[1]);
    free(style.data);
    free(script.data);
    return 0;
}
