// A team of threads goes through a row; see teamFold.
#pragma once
#include "common.cuh"

static __device__ __forceinline__ float expOf(float x) { return expf(x); }
static __device__ __forceinline__ double expOf(double x) { return exp(x); }
static __device__ __forceinline__ float logOf(float x) { return logf(x); }
static __device__ __forceinline__ double logOf(double x) { return log(x); }
template <class A> static __device__ __forceinline__ A negativeInfinity() { return -(A) INFINITY; }

// f(value) for this thread's part of x [n].
template <class T, class F> static __device__ __forceinline__ void each(const T* x, int n, F f) {
    int packs = aligned16(x) ? n / Pack<T>::N : 0;
    for (int p = threadIdx.x; p < packs; p += blockDim.x) {
        Pack<T> pack = loadPack(x + p * Pack<T>::N);
        for (int j = 0; j < Pack<T>::N; j++) f(Element<T>::get(pack.v[j]));
    }
    for (int i = packs * Pack<T>::N + threadIdx.x; i < n; i += blockDim.x) f(Element<T>::get(x[i]));
}
// y ← f(x) for this thread's part.
template <class T, class F> static __device__ __forceinline__ void map(const T* x, T* y, int n, F f) {
    int packs = aligned16(x) && aligned16(y) ? n / Pack<T>::N : 0;
    for (int p = threadIdx.x; p < packs; p += blockDim.x) {
        Pack<T> pack = loadPack(x + p * Pack<T>::N);
        for (int j = 0; j < Pack<T>::N; j++) pack.v[j] = Element<T>::put(f(Element<T>::get(pack.v[j])));
        storePack(y + p * Pack<T>::N, pack);
    }
    for (int i = packs * Pack<T>::N + threadIdx.x; i < n; i += blockDim.x) y[i] = Element<T>::put(f(Element<T>::get(x[i])));
}
// Greatest element of a row and Σ exp(x − greatest). A team without a row (n = 0) comes along for the barriers.
template <class T> static __device__ __forceinline__ void sumOfExp(const T* x, int n, AccOf<T>& greatest, AccOf<T>& sum) {
    using A = AccOf<T>;
    A m = negativeInfinity<A>();
    each(x, n, [&](A v) { m = Max()(m, v); });
    m = teamFold(m, Max());
    A s = 0;
    each(x, n, [&](A v) { s += expOf(v - m); });
    greatest = m;
    sum = teamFold(s, Sum());
}
