// Products of row-major matrices, batch of them one after the other: a [m, k] (or [k, m] if ta) · b [k, n] (or [n, k] if tb) → c [m, n].
// A block a tile of C of 64 × 64 (matmul_T) or 128 × 128 (matmul_large_T); products are batch · splits, product · splits + part, and each
// part sums its share of k. With splits > 1, sums go to part [batch · splits, m, n] (arithmetic type), which matmul_sum_T adds in order.
#include "tile.cuh"

template <class T> struct Matrix {
    struct Outer {
        const T* p;
    };
    typedef int Inner;
    const T* data;
    int outerStride, innerStride;
    bool alongInner;
    __device__ __forceinline__ Outer outer(int i) const { return {data + (long long) i * outerStride}; }
    __device__ __forceinline__ Inner inner(int kk) const { return kk; }
    __device__ __forceinline__ AccOf<T> at(Outer o, Inner kk) const { return Element<T>::get(o.p[(long long) kk * innerStride]); }
};

template <class T, int SIDE, int DEPTH>
static __device__ void matmul(const T* a, const T* b, T* c, AccOf<T>* part, int m, int n, int k, int ta, int tb, int splits) {
    Tile tile = tileOf<SIDE>(m, n);
    int product = tile.product / splits, share = (k + splits - 1) / splits;
    int begin = tile.product % splits * share, end = min(begin + share, k);
    Matrix<T> left{a + (long long) product * m * k, ta ? 1 : k, ta ? m : 1, !ta};
    Matrix<T> right{b + (long long) product * k * n, tb ? k : 1, tb ? 1 : n, tb != 0};
    T* to = c + (long long) product * m * n;
    AccOf<T>* sums = part + (long long) tile.product * m * n;
    tileProduct<AccOf<T>, SIDE, DEPTH>(left, right, tile, m, n, begin, end, [&](int i, int j, AccOf<T> v) {
        long long at = (long long) i * n + j;
        if (splits == 1) {
            to[at] = Element<T>::put(v);
        } else {
            sums[at] = v;
        }
    });
}
// part [batch, splits, each] → c [batch, each]
template <class T> static __device__ void sumParts(const AccOf<T>* part, T* c, long long each, long long total, int splits) {
    for (long long i = globalThread(); i < total; i += globalThreads()) {
        const AccOf<T>* from = part + i / each * splits * each + i % each;
        AccOf<T> sum = 0;
        for (int s = 0; s < splits; s++) sum += from[s * each];
        c[i] = Element<T>::put(sum);
    }
}

#define MATMUL(name, T, SIDE, DEPTH)                                                                                   \
    KERNEL(256, name, const T* __restrict__ a, const T* __restrict__ b, T* __restrict__ c, AccOf<T>* __restrict__ part, int m, int n, \
           int k, int ta, int tb, int splits) {                                                                        \
        matmul<T, SIDE, DEPTH>(a, b, c, part, m, n, k, ta, tb, splits);                                                \
    }
#define MATMUL_SMALL(name, T)                                                                                          \
    MATMUL(matmul_##name, T, 64, 16)                                                                                   \
    KERNEL(256, matmul_sum_##name, const AccOf<T>* __restrict__ part, T* __restrict__ c, long long each, long long total, int splits) { \
        sumParts<T>(part, c, each, total, splits);                                                                     \
    }
REAL_TYPES(MATMUL_SMALL)
WHOLE_TYPES(MATMUL_SMALL)
MATMUL(matmul_large_f32, float, 128, 8)
MATMUL(matmul_large_f16, f16, 128, 8)
MATMUL(matmul_large_bf16, bf16, 128, 8)
