// Index of the greatest or least element along the middle axis of [outer, n, inner]; the first of equals; NaN wins.
#include "common.cuh"

template <class A> struct Candidate {
    A value;
    int index;
};
// Whether b goes before a, whatever their order of arrival.
template <class A> static __device__ __forceinline__ bool before(Candidate<A> b, Candidate<A> a, int greatest) {
    bool nanA = a.value != a.value, nanB = b.value != b.value;
    if (nanA || nanB) return nanB && (!nanA || b.index < a.index);
    if (b.value == a.value) return b.index < a.index;
    return greatest ? b.value > a.value : b.value < a.value;
}
template <class T> static __device__ __forceinline__ Candidate<AccOf<T>> at(const T* line, int i, int inner) {
    return {Element<T>::get(line[(long long) i * inner]), i};
}

// A thread a line.
template <class T> static __device__ void lines(const T* x, int* y, long long count, int n, int inner, int greatest) {
    for (long long k = globalThread(); k < count; k += globalThreads()) {
        const T* line = x + k / inner * n * inner + k % inner;
        auto best = at(line, 0, inner);
        for (int i = 1; i < n; i++) {
            auto next = at(line, i, inner);
            if (before(next, best, greatest)) best = next;
        }
        y[k] = best.index;
    }
}
// A team a line.
template <class T> static __device__ void teams(const T* x, int* y, long long count, int n, int inner, int greatest) {
    using A = AccOf<T>;
    long long k = (long long) blockIdx.x * blockDim.y + threadIdx.y;
    bool mine = k < count;
    const T* line = x + (mine ? k / inner * n * inner + k % inner : 0);
    auto best = at(line, 0, inner);
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        auto next = at(line, i, inner);
        if (before(next, best, greatest)) best = next;
    }
    for (int o = 16; o > 0; o >>= 1) {
        Candidate<A> next{__shfl_xor_sync(FULL, best.value, o), __shfl_xor_sync(FULL, best.index, o)};
        if (before(next, best, greatest)) best = next;
    }
    int warps = blockDim.x >> 5;
    if (warps > 1) { // then the block is one team
        SHARED(A, values, 32);
        SHARED(int, indices, 32);
        if ((threadIdx.x & 31) == 0) {
            values[threadIdx.x >> 5] = best.value;
            indices[threadIdx.x >> 5] = best.index;
        }
        __syncthreads();
        for (int w = 0; w < warps; w++) {
            Candidate<A> next{values[w], indices[w]};
            if (before(next, best, greatest)) best = next;
        }
    }
    if (mine && threadIdx.x == 0) y[k] = best.index;
}
#define ARG_REDUCE(name, T)                                                                                            \
    KERNEL(256, arg_lines_##name, const T* __restrict__ x, int* __restrict__ y, long long count, int n, int inner, int greatest) {    \
        lines(x, y, count, n, inner, greatest);                                                                        \
    }                                                                                                                  \
    KERNEL(512, arg_teams_##name, const T* __restrict__ x, int* __restrict__ y, long long count, int n, int inner, int greatest) {   \
        teams(x, y, count, n, inner, greatest);                                                                        \
    }
REAL_TYPES(ARG_REDUCE)
WHOLE_TYPES(ARG_REDUCE)
