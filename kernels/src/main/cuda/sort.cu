// Stable sorting permutation of rows, by a bitonic network over (key, position) pairs, which are all different.
// x [rows, n] → keys, order [rows, width] (width: the power of two from n on) → y [rows, n].
// Launches: sort_keys_T; sort_tile with first = 2, last = min(width, TILE); then for each k = 2 TILE … width: sort_step for
// j = k/2 … TILE, and sort_tile with first = last = k; sort_positions.
#include "common.cuh"

static const int TILE = 2048;

// Unsigned order of keys is the order of elements; −0 and 0 are the same, NaN is greatest.
static __device__ __forceinline__ u64 keyOf(double v) {
    if (v != v) return ~0ull - 1;
    u64 bits = (u64) __double_as_longlong(v == 0 ? 0.0 : v);
    return bits >> 63 ? ~bits : bits ^ 1ull << 63;
}
static __device__ __forceinline__ u64 keyOf(float v) { return keyOf((double) v); }
static __device__ __forceinline__ u64 keyOf(long long v) { return (u64) v ^ 1ull << 63; }
static __device__ __forceinline__ u64 keyOf(int v) { return keyOf((long long) v); }

template <class T> static __device__ void sortKeys(const T* x, u64* keys, int* order, long long total, int n, int width, int descending) {
    for (long long e = globalThread(); e < total; e += globalThreads()) {
        int i = (int) (e & (width - 1));
        u64 key = ~0ull; // of the padding, whose positions are greater than all others
        if (i < n) {
            key = keyOf(Element<T>::get(x[e / width * n + i]));
            if (descending) key = ~key;
        }
        keys[e] = key;
        order[e] = i;
    }
}
#define SORT_KEYS(name, T)                                                                                             \
    KERNEL(256, sort_keys_##name, const T* __restrict__ x, u64* __restrict__ keys, int* __restrict__ order, long long total, int n,   \
           int width, int descending) {                                                                                \
        sortKeys(x, keys, order, total, n, width, descending);                                                         \
    }
REAL_TYPES(SORT_KEYS)
WHOLE_TYPES(SORT_KEYS)

static __device__ __forceinline__ bool after(u64 keyA, int a, u64 keyB, int b) { return keyA > keyB || (keyA == keyB && a > b); }

// Compares elements j apart within runs of k; the runs of width all end up ascending.
KERNEL(256, sort_step, u64* __restrict__ keys, int* __restrict__ order, long long total, int width, int k, int j) {
    for (long long p = globalThread(); p < total / 2; p += globalThreads()) {
        long long i = (p / j * 2) * j + p % j, other = i + j;
        bool descending = (i & (width - 1) & k) != 0;
        u64 a = keys[i], b = keys[other];
        int x = order[i], y = order[other];
        if (after(a, x, b, y) != descending) {
            keys[i] = b;
            keys[other] = a;
            order[i] = y;
            order[other] = x;
        }
    }
}

// All comparisons up to TILE / 2 apart of the runs of first … last, a tile a block of TILE / 2 threads.
KERNEL(1024, sort_tile, u64* __restrict__ keys, int* __restrict__ order, long long total, int width, int first, int last) {
    SHARED(u64, key, TILE);
    SHARED(int, position, TILE);
    long long from = (long long) blockIdx.x * TILE;
    int count = total - from < TILE ? (int) (total - from) : TILE;
    for (int i = threadIdx.x; i < count; i += blockDim.x) {
        key[i] = keys[from + i];
        position[i] = order[from + i];
    }
    for (int k = first; k <= last; k *= 2) {
        for (int j = k / 2 < TILE / 2 ? k / 2 : TILE / 2; j > 0; j /= 2) {
            __syncthreads();
            for (int p = threadIdx.x; p < count / 2; p += blockDim.x) {
                int i = (p / j * 2) * j + p % j, other = i + j;
                bool descending = ((from + i) & (width - 1) & k) != 0;
                if (after(key[i], position[i], key[other], position[other]) != descending) {
                    u64 swap = key[i];
                    key[i] = key[other];
                    key[other] = swap;
                    int move = position[i];
                    position[i] = position[other];
                    position[other] = move;
                }
            }
        }
    }
    __syncthreads();
    for (int i = threadIdx.x; i < count; i += blockDim.x) {
        keys[from + i] = key[i];
        order[from + i] = position[i];
    }
}

KERNEL(256, sort_positions, const int* __restrict__ order, int* __restrict__ y, long long count, int n, int width) {
    for (long long i = globalThread(); i < count; i += globalThreads()) y[i] = order[i / n * width + i % n];
}
