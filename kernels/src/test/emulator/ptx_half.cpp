// Numbers of 16 bits: between them and double.
#include "ptx_float.h"

namespace ptx {
double quantise(double v, int digits, int least, int most, int mode) {
    if (v == 0 || !std::isfinite(v)) return v;
    int e = std::max(std::ilogb(v), least);
    double unit = std::ldexp(1.0, e - digits + 1), q = std::fabs(v) / unit, down = std::floor(q), rest = q - down;
    bool up = mode == RN    ? rest > 0.5 || (rest == 0.5 && std::fmod(down, 2) == 1)
              : mode == RNA ? rest >= 0.5
              : mode == RZ  ? false
              : mode == RM  ? v < 0 && rest > 0
                            : v > 0 && rest > 0;
    double w = (down + up) * unit, greatest = std::ldexp(2.0 - std::ldexp(1.0, 1 - digits), most);
    if (w > greatest) w = mode == RN || mode == RNA || (mode == RM ? v < 0 : mode == RP && v > 0) ? INFINITY : greatest;
    return std::copysign(w, v);
}
uint16_t toHalf(double v, int mode) {
    if (v != v) return 0x7fff;
    double w = quantise(v, 11, -14, 15, mode);
    uint16_t sign = std::signbit(w) ? 0x8000 : 0;
    w = std::fabs(w);
    if (std::isinf(w)) return sign | 0x7c00;
    if (w < 0x1p-14) return sign | (uint16_t) (w * 0x1p24);
    int e = std::ilogb(w);
    return sign | (uint16_t) ((e + 15) << 10) | ((uint16_t) std::ldexp(w, 10 - e) & 0x3ff);
}
uint16_t toBrain(double v, int mode) {
    if (v != v) return 0x7fff;
    return (uint16_t) (bits((float) quantise(v, 8, -126, 127, mode)) >> 16);
}
float fromHalf(uint16_t b) {
    int e = b >> 10 & 31, m = b & 0x3ff;
    if (e == 31) return m ? get<float>(0x7fffffff) : b & 0x8000 ? -INFINITY : INFINITY;
    float v = e ? get<float>((uint64_t) (e + 112) << 23 | (uint64_t) m << 13) : (float) m * 0x1p-24f;
    return b & 0x8000 ? -v : v;
}
double fusedOdd(double a, double b, double c) { // a · b is exact: both have 24 digits at most
    double p = a * b, s = p + c;
    if (!std::isfinite(s)) return s;
    double v = s - p, error = (p - (s - v)) + (c - v);
    if (error != 0 && !(bits(s) & 1)) s = std::nextafter(s, error > 0 ? INFINITY : -INFINITY);
    return s;
}
} // namespace ptx
