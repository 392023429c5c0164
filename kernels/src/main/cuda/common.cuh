// Element types, vector loads and folds that all kernels share. Compiled by nvcc, and by g++ for the emulator of the tests.
#pragma once
#ifndef EMULATED
#include <cstdint>
// The heading of a kernel: most threads of a block, name, parameters.
#define KERNEL(threads, name, ...) extern "C" __global__ void __launch_bounds__(threads) name(__VA_ARGS__)
#define SHARED(T, name, count) __shared__ T name[count]
#endif

#define FULL 0xffffffffu

struct __align__(2) f16 {
    uint16_t bits;
};
struct __align__(2) bf16 {
    uint16_t bits;
};
typedef unsigned long long u64;

// Arithmetic type of a stored type, and the way between them; to the nearest, ties to even.
template <class T> struct Element {
    using Acc = T;
    static __device__ __forceinline__ T get(T v) { return v; }
    static __device__ __forceinline__ T put(T v) { return v; }
};
template <> struct Element<int8_t> {
    using Acc = int;
    static __device__ __forceinline__ int get(int8_t v) { return v; }
    static __device__ __forceinline__ int8_t put(int v) { return (int8_t) v; }
};
template <> struct Element<uint8_t> {
    using Acc = int;
    static __device__ __forceinline__ int get(uint8_t v) { return v; }
    static __device__ __forceinline__ uint8_t put(int v) { return (uint8_t) v; }
};
template <> struct Element<f16> {
    using Acc = float;
    static __device__ __forceinline__ float get(f16 v) {
#ifdef EMULATED
        _Float16 h;
        memcpy(&h, &v, 2);
        return (float) h;
#else
        float f;
        asm("cvt.f32.f16 %0, %1;" : "=f"(f) : "h"(v.bits));
        return f;
#endif
    }
    static __device__ __forceinline__ f16 put(float f) {
        f16 v;
#ifdef EMULATED
        _Float16 h = (_Float16) f;
        memcpy(&v, &h, 2);
        if (f != f) v.bits = 0x7fff;
#else
        asm("cvt.rn.f16.f32 %0, %1;" : "=h"(v.bits) : "f"(f));
#endif
        return v;
    }
};
template <> struct Element<bf16> {
    using Acc = float;
    static __device__ __forceinline__ float get(bf16 v) { return __uint_as_float((unsigned) v.bits << 16); }
    static __device__ __forceinline__ bf16 put(float f) {
        bf16 v;
        unsigned u = __float_as_uint(f);
        v.bits = f != f ? 0x7fff : (uint16_t) ((u + 0x7fff + (u >> 16 & 1)) >> 16);
        return v;
    }
};
template <class T> using AccOf = typename Element<T>::Acc;

// 16 bytes of elements.
template <class T> struct __align__(16) Pack {
    static constexpr int N = 16 / sizeof(T);
    T v[N];
};
static __device__ __forceinline__ bool aligned16(const void* p) { return reinterpret_cast<uintptr_t>(p) % 16 == 0; }
template <class T> static __device__ __forceinline__ Pack<T> loadPack(const T* p) {
    union {
        uint4 u;
        Pack<T> pack;
    } both;
    both.u = *reinterpret_cast<const uint4*>(p);
    return both.pack;
}
template <class T> static __device__ __forceinline__ void storePack(T* p, const Pack<T>& pack) {
    union {
        uint4 u;
        Pack<T> pack;
    } both;
    both.pack = pack;
    *reinterpret_cast<uint4*>(p) = both.u;
}

static __device__ __forceinline__ long long globalThread() { return blockIdx.x * (long long) blockDim.x + threadIdx.x; }
static __device__ __forceinline__ long long globalThreads() { return gridDim.x * (long long) blockDim.x; }

struct Sum {
    template <class T> __device__ __forceinline__ T operator()(T a, T b) const { return a + b; }
};
struct Max { // a NaN is passed over
    template <class T> __device__ __forceinline__ T operator()(T a, T b) const { return b > a || a != a ? b : a; }
};

// A team is the threads of a block with the same threadIdx.y: 32, or several warps if the block is one team.
// Folds a value of each thread in a fixed order; all threads of the block must come, and all get the result.
template <class T, class F> static __device__ T teamFold(T v, F fold) {
    for (int o = 16; o > 0; o >>= 1) v = fold(v, __shfl_xor_sync(FULL, v, o));
    int warps = blockDim.x >> 5;
    if (warps == 1) return v;
    SHARED(T, part, 32);
    __syncthreads(); // the last fold's values may still be read
    if ((threadIdx.x & 31) == 0) part[threadIdx.x >> 5] = v;
    __syncthreads();
    v = part[0];
    for (int w = 1; w < warps; w++) v = fold(v, part[w]);
    return v;
}

// An error of the run: the word is 0, or ~position in its upper half and the value in its lower half; the least position stays.
static __device__ __forceinline__ void reportError(u64* error, int position, int value) {
    atomicMax(error, (u64) ~(unsigned) position << 32 | (unsigned) value);
}

#define REAL_TYPES(X)                                                                                                  \
    X(f32, float)                                                                                                      \
    X(f64, double)                                                                                                     \
    X(f16, f16)                                                                                                        \
    X(bf16, bf16)
#define WHOLE_TYPES(X)                                                                                                 \
    X(i32, int)                                                                                                        \
    X(i64, long long)                                                                                                  \
    X(i8, int8_t)                                                                                                      \
    X(u8, uint8_t)
