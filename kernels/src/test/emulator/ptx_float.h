// Real numbers as a GPU has them: its NaN, its treatment of subnormals, its rounding modes.
#pragma once
#include "ptx_decode.h"
#include <cfenv>
#include <cmath>

namespace ptx {
inline float flush(float v) { return std::fabs(v) < 0x1p-126f ? std::copysign(0.0f, v) : v; } // keeps NaN
inline double flush(double v) { return std::fabs(v) < 0x1p-1022 ? std::copysign(0.0, v) : v; }
// The result of arithmetic on floats is one NaN; doubles keep theirs.
inline float canonical(float v) {
    if (__builtin_expect(v != v, 0)) return get<float>(0x7fffffff);
    return v;
}
inline double canonical(double v) { return v; }
template <class T> inline T saturate(T v) { return v > 0 ? (v < 1 ? v : (T) 1) : (T) 0; } // NaN is 0 too

// Runs f in a rounding mode. What f computes must not be moved out of it, so arguments go through volatile variables.
template <class F> inline auto rounded(int mode, F f) {
    static const int modes[] = {FE_TONEAREST, FE_TOWARDZERO, FE_DOWNWARD, FE_UPWARD};
    fesetround(modes[mode]);
    auto v = f();
    fesetround(FE_TONEAREST);
    return v;
}
// A number of `digits` binary digits, greatest exponent `most`, least `least` (1.0 has 0), nearest to v in a mode; |v| may be
// too large for it: then infinite, or the greatest number where the mode says so.
double quantise(double v, int digits, int least, int most, int mode);
uint16_t toHalf(double v, int mode = RN);
uint16_t toBrain(double v, int mode = RN);
inline float fromBrain(uint16_t b) { return get<float>((uint64_t) b << 16); }
float fromHalf(uint16_t b);
// a · b + c so that rounding once more to less than 50 digits is as if done once.
double fusedOdd(double a, double b, double c);
} // namespace ptx
