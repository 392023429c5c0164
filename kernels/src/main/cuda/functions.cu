// Functions that generated kernels call: the accurate ones of CUDA's library, named ijen_<function>_<type>. No kernels; the
// text is cut apart and put in front of the kernels that need a part of it.
#include "common.cuh"

#ifdef EMULATED
#define FUNCTION(T, name, ...) extern "C" T ijen_##name(__VA_ARGS__)
#else
#define FUNCTION(T, name, ...) extern "C" __device__ __noinline__ T ijen_##name(__VA_ARGS__)
#endif

#define ONE(name, call32, call64)                                                                                      \
    FUNCTION(float, name##_f32, float x) { return call32(x); }                                                         \
    FUNCTION(double, name##_f64, double x) { return call64(x); }
ONE(exp, expf, exp)
ONE(expm1, expm1f, expm1)
ONE(log, logf, log)
ONE(log1p, log1pf, log1p)
ONE(sin, sinf, sin)
ONE(cos, cosf, cos)
ONE(tan, tanf, tan)
ONE(asin, asinf, asin)
ONE(acos, acosf, acos)
ONE(atan, atanf, atan)
ONE(sinh, sinhf, sinh)
ONE(cosh, coshf, cosh)
ONE(tanh, tanhf, tanh)
ONE(erf, erff, erf)

// 1 / (1 + e^−x), by an exponential that cannot overflow.
FUNCTION(float, sigmoid_f32, float x) {
    float e = expf(-fabsf(x));
    return (x < 0 ? e : 1.0f) / (1 + e);
}
FUNCTION(double, sigmoid_f64, double x) {
    double e = exp(-fabs(x));
    return (x < 0 ? e : 1.0) / (1 + e);
}

FUNCTION(float, atan2_f32, float y, float x) { return atan2f(y, x); }
FUNCTION(double, atan2_f64, double y, double x) { return atan2(y, x); }

// Java's pow: unlike C's, NaN for an exponent that is NaN, and for |x| = 1 with an infinite one.
FUNCTION(float, pow_f32, float x, float y) {
    return y != y || (fabsf(x) == 1 && fabsf(y) == INFINITY) ? NAN : powf(x, y);
}
FUNCTION(double, pow_f64, double x, double y) {
    return y != y || (fabs(x) == 1 && fabs(y) == INFINITY) ? NAN : pow(x, y);
}
