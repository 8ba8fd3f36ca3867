/* The square root and the fused multiply-add, which IEEE 754 itself defines exactly. */
#include "base/math.h"
#include "base/math_parts.h"

double math_sqrt(double x)
{
    return x >= 0.0 ? __builtin_sqrt(x) : x == 0.0 ? x : math_nan();
}

/* The library's fma() would do, but where the instruction is missing it may be as slow, and base
 * needs no library for anything else. */

/* A finite number other than zero as bits * 2^exponent. */
struct whole {
    u128 bits;
    int exponent;
};

#define SIGNIFICAND_MASK ((UINT64_C(1) << 52) - 1)

static struct whole whole_of(double x)
{
    int biased = (int)(math_bits(x) >> 52) & 2047;
    uint64_t fraction = math_bits(x) & SIGNIFICAND_MASK;
    return biased == 0 ? (struct whole){fraction, -1074}
                       : (struct whole){fraction | (SIGNIFICAND_MASK + 1), biased - 1075};
}

static int length_of(u128 bits)
{
    uint64_t high = (uint64_t)(bits >> 64);
    return high != 0 ? 128 - __builtin_clzll(high) : 64 - __builtin_clzll((uint64_t)bits);
}

/* bits >> count; a lost bit stays visible in the lowest place, enough for rounding later. */
static u128 shift_sticky(u128 bits, int count)
{
    if (count <= 0)
        return bits;
    if (count > 127)
        return bits != 0;
    return (bits >> count) | ((bits & (((u128)1 << count) - 1)) != 0);
}

/* Brings the highest bit to place 124: room for a carry above, for what a sum cancels below. */
static struct whole lift(struct whole w)
{
    int shift = 125 - length_of(w.bits);
    return (struct whole){w.bits << shift, w.exponent - shift};
}

/* To the nearest double, ties to even, denormals and overflow included. */
static double round_whole(struct whole w)
{
    int drop = length_of(w.bits) - 53;
    if (w.exponent + drop < -1074)
        drop = -1074 - w.exponent;
    if (drop < 0) { /* a short sum: exact */
        w.bits <<= -drop;
    } else if (drop > 0) {
        u128 kept = drop > 127 ? 0 : w.bits >> drop;
        u128 half = drop > 127 ? w.bits + 1 : (u128)1 << (drop - 1);
        u128 lost = drop > 127 ? w.bits : w.bits & ((half << 1) - 1);
        w.bits = kept + (lost > half || (lost == half && (kept & 1) != 0));
    }
    /* A carry into bit 53 raises the exponent by the same addition. */
    uint64_t biased = (uint64_t)(w.exponent + drop + 1074);
    if (biased > 2046)
        return math_infinity();
    uint64_t result = (uint64_t)w.bits + (biased << 52);
    return result >= math_bits(math_infinity()) ? math_infinity() : math_from_bits(result);
}

double math_fma_in_integers(double a, double b, double c)
{
    double rough = a * b + c;
    if (!(math_abs(a) < math_infinity() && math_abs(b) < math_infinity()))
        return rough != rough ? math_nan() : rough;
    if (!(math_abs(c) < math_infinity()))
        return c != c ? math_nan() : c;
    if (a == 0.0 || b == 0.0)
        return rough; /* c, or the sum of two zeros */
    bool product_negative = (math_bits(a) ^ math_bits(b)) >> 63 != 0;
    struct whole wa = whole_of(a), wb = whole_of(b);
    struct whole product = lift((struct whole){wa.bits * wb.bits, wa.exponent + wb.exponent});
    if (c == 0.0) {
        double size = round_whole(product);
        return product_negative ? -size : size;
    }
    bool c_negative = math_bits(c) >> 63 != 0;
    struct whole addend = lift(whole_of(c));

    bool product_larger = product.exponent > addend.exponent ||
                          (product.exponent == addend.exponent && product.bits > addend.bits);
    struct whole large = product_larger ? product : addend;
    struct whole small = product_larger ? addend : product;
    bool negative = product_larger ? product_negative : c_negative;
    u128 shifted = shift_sticky(small.bits, large.exponent - small.exponent);
    if (product_negative == c_negative)
        large.bits += shifted;
    else
        large.bits -= shifted;
    if (large.bits == 0)
        return 0.0;
    double size = round_whole(large);
    return negative ? -size : size;
}

#if defined(__aarch64__) || defined(__FMA__)

double math_fma(double a, double b, double c)
{
    double y = __builtin_fma(a, b, c);
    return y != y ? math_nan() : y;
}

#elif defined(__x86_64__)

__attribute__((target("fma"))) static double fma_instruction(double a, double b, double c)
{
    double y = __builtin_fma(a, b, c);
    return y != y ? math_nan() : y;
}

double math_fma(double a, double b, double c)
{
    return __builtin_cpu_supports("fma") ? fma_instruction(a, b, c) : math_fma_in_integers(a, b, c);
}

#else

double math_fma(double a, double b, double c)
{
    return math_fma_in_integers(a, b, c);
}

#endif
