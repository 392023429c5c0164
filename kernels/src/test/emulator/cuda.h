// What nvcc gives a kernel, for g++: every .cu file is compiled with this header included first.
// Accesses to memory are checked because the compiler calls __asan_load4_noabort and its kin before each one (see memory.cpp).
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#define EMULATED 1
#define __device__
#define __host__
#define __forceinline__ inline
#define __restrict__ __restrict
#define __align__(n) alignas(n)

struct dim3 {
    unsigned x = 1, y = 1, z = 1;
};

#pragma GCC visibility push(default) // for kernels in libraries of their own
namespace emu {
// The running thread.
dim3 thread();
dim3 block();
dim3 blockSize();
dim3 gridSize();
int lane();

// Rendezvous. A line tells barriers apart: threads that meet at different ones are an error.
void barrier(int line);
void warpBarrier(unsigned mask);
uint64_t shuffle(unsigned mask, uint64_t value, int source);
unsigned ballot(unsigned mask, bool vote);
// All 32 lanes hand over a pointer each; one of them runs fn with the 32 pointers (tensor-core operations).
void together(void (*fn)(void** lanes), void* mine);

// The block's array of a call site, the same for all threads; bytes must agree.
void* shared(const void* site, size_t bytes);
void* dynamicShared();

// Checks an atomic access, after which the caller may do it.
void atomicAccess(const void* p, size_t bytes);
void requireAligned(const void* p, size_t bytes);

struct Kernel {
    const char* name;
    unsigned threads;    // most threads of a block
    int params;
    const size_t* sizes; // bytes of each parameter
    void (*call)(void** params);
    const void* program = nullptr; // of the PTX interpreter, then there is no call
};
void add(const Kernel* kernel);

} // namespace emu
#pragma GCC visibility pop

namespace emu {
template <class... A, size_t... I> inline void invoke(void (*f)(A...), void** p, std::index_sequence<I...>) {
    f(*reinterpret_cast<std::remove_reference_t<A>*>(p[I])...);
}
template <class F> struct Signature;
template <class... A> struct Signature<void (*)(A...)> {
    static constexpr size_t sizes[sizeof...(A) + 1] = {sizeof(A)..., 0};
    static constexpr int params = sizeof...(A);
    template <void (*f)(A...)> static void call(void** p) { invoke(f, p, std::index_sequence_for<A...>{}); }
};
template <class T> inline T shuffled(unsigned mask, T v, int source) {
    static_assert(sizeof(T) <= 8);
    uint64_t u = 0;
    memcpy(&u, &v, sizeof v);
    u = shuffle(mask, u, source);
    memcpy(&v, &u, sizeof v);
    return v;
}
} // namespace emu

// The heading of a kernel; registers it by name.
#define KERNEL(threads, name, ...)                                                                                     \
    extern "C" void name(__VA_ARGS__);                                                                                 \
    namespace {                                                                                                        \
    struct Register_##name {                                                                                           \
        Register_##name() {                                                                                            \
            using S = emu::Signature<decltype(&name)>;                                                                 \
            static const emu::Kernel kernel{#name, threads, S::params, S::sizes, &S::template call<&name>};            \
            emu::add(&kernel);                                                                                         \
        }                                                                                                              \
    } register_##name;                                                                                                 \
    }                                                                                                                  \
    extern "C" void name(__VA_ARGS__)
#define SHARED(T, name, count)                                                                                         \
    static const char site_##name = 0;                                                                                 \
    T* const name = static_cast<T*>(emu::shared(&site_##name, sizeof(T) * (count)))

#define threadIdx (emu::thread())
#define blockIdx (emu::block())
#define blockDim (emu::blockSize())
#define gridDim (emu::gridSize())
#define __syncthreads() emu::barrier(__LINE__)
inline void __syncwarp(unsigned mask = ~0u) { emu::warpBarrier(mask); }
inline void __threadfence() {}

template <class T> inline T __shfl_sync(unsigned m, T v, int source, int width = 32) {
    int me = emu::lane();
    return emu::shuffled(m, v, (me & ~(width - 1)) | (source & (width - 1)));
}
template <class T> inline T __shfl_xor_sync(unsigned m, T v, int mask, int width = 32) {
    int me = emu::lane(), s = me ^ mask;
    return emu::shuffled(m, v, s < (me & ~(width - 1)) + width ? s : me);
}
template <class T> inline T __shfl_down_sync(unsigned m, T v, int by, int width = 32) {
    int me = emu::lane();
    return emu::shuffled(m, v, (me & (width - 1)) + by < width ? me + by : me);
}
template <class T> inline T __shfl_up_sync(unsigned m, T v, int by, int width = 32) {
    int me = emu::lane();
    return emu::shuffled(m, v, (me & (width - 1)) >= by ? me - by : me);
}
inline unsigned __ballot_sync(unsigned m, int p) { return emu::ballot(m, p != 0); }
inline int __any_sync(unsigned m, int p) { return emu::ballot(m, p != 0) != 0; }
inline int __all_sync(unsigned m, int p) { return emu::ballot(m, p == 0) == 0; }

template <class T> inline T atomicAdd(T* p, T v) {
    static_assert(std::is_integral_v<T>, "sums of real numbers by atomics depend on the order");
    emu::atomicAccess(p, sizeof(T));
    T old = *p;
    *p = old + v;
    return old;
}
template <class T> inline T atomicMax(T* p, T v) {
    emu::atomicAccess(p, sizeof(T));
    T old = *p;
    if (old < v) *p = v;
    return old;
}
template <class T> inline T atomicMin(T* p, T v) {
    emu::atomicAccess(p, sizeof(T));
    T old = *p;
    if (v < old) *p = v;
    return old;
}
template <class T> inline T __ldg(const T* p) { return *p; }
inline float __uint_as_float(unsigned u) {
    float f;
    memcpy(&f, &u, 4);
    return f;
}
inline unsigned __float_as_uint(float f) {
    unsigned u;
    memcpy(&u, &f, 4);
    return u;
}
inline float __int_as_float(int i) { return __uint_as_float((unsigned) i); }
inline int __float_as_int(float f) { return (int) __float_as_uint(f); }
inline long long __double_as_longlong(double d) {
    long long l;
    memcpy(&l, &d, 8);
    return l;
}
inline unsigned __umulhi(unsigned a, unsigned b) { return (unsigned) ((uint64_t) a * b >> 32); }
template <class T> inline T min(T a, T b) { return b < a ? b : a; }
template <class T> inline T max(T a, T b) { return a < b ? b : a; }
struct alignas(16) uint4 {
    unsigned x, y, z, w;
};
inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) { return {x, y, z, w}; }
struct alignas(8) uint2 {
    unsigned x, y;
};
