// Running sums along the middle axis of [outer, n, inner]; exclusive leaves the element itself out, reverse runs from the end.
#include "common.cuh"

// Where element i of a line, in the order of summation, lies.
static __device__ __forceinline__ long long place(long long line, int i, int n, int inner, int reverse) {
    return (line / inner * n + (reverse ? n - 1 - i : i)) * inner + line % inner;
}

// A thread a line: for many lines.
template <class T> static __device__ void lines(const T* x, T* y, long long count, int n, int inner, int exclusive, int reverse) {
    using A = AccOf<T>;
    for (long long line = globalThread(); line < count; line += globalThreads()) {
        A sum = 0;
        for (int i = 0; i < n; i++) {
            long long at = place(line, i, n, inner, reverse);
            A v = Element<T>::get(x[at]);
            y[at] = Element<T>::put(exclusive ? sum : sum + v);
            sum += v;
        }
    }
}
// A block a line: for few long ones.
template <class T> static __device__ void block(const T* x, T* y, int n, int inner, int exclusive, int reverse) {
    using A = AccOf<T>;
    SHARED(A, warpSums, 32);
    int lane = threadIdx.x & 31, warp = threadIdx.x >> 5, warps = blockDim.x >> 5;
    long long line = blockIdx.x;
    A carry = 0;
    for (int from = 0; from < n; from += blockDim.x) {
        int i = from + threadIdx.x;
        A v = i < n ? Element<T>::get(x[place(line, i, n, inner, reverse)]) : (A) 0;
        A sum = v;
        for (int o = 1; o < 32; o <<= 1) {
            A other = __shfl_up_sync(FULL, sum, o);
            if (lane >= o) sum += other;
        }
        if (lane == 31) warpSums[warp] = sum;
        __syncthreads();
        A before = carry;
        for (int w = 0; w < warps; w++) {
            if (w == warp) break;
            before += warpSums[w];
        }
        A whole = __shfl_up_sync(FULL, sum, 1);
        A without = lane == 0 ? (A) 0 : whole;
        if (i < n) y[place(line, i, n, inner, reverse)] = Element<T>::put(before + (exclusive ? without : sum));
        for (int w = 0; w < warps; w++) carry += warpSums[w];
        __syncthreads();
    }
}
#define CUMSUM(name, T)                                                                                                \
    KERNEL(256, cumsum_lines_##name, const T* __restrict__ x, T* __restrict__ y, long long count, int n, int inner, int exclusive,    \
           int reverse) {                                                                                              \
        lines(x, y, count, n, inner, exclusive, reverse);                                                              \
    }                                                                                                                  \
    KERNEL(512, cumsum_block_##name, const T* __restrict__ x, T* __restrict__ y, int n, int inner, int exclusive, int reverse) {     \
        block(x, y, n, inner, exclusive, reverse);                                                                     \
    }
REAL_TYPES(CUMSUM)
CUMSUM(i32, int)
CUMSUM(i64, long long)
