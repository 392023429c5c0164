// Scatter of rows: source [count, d], index [count] → y [rows, d]; rows no index names are 0. No float atomics: the same bits each run.
// ADD: scatter_keys, the sort of sort.cu with one row of count, fill of y with 0, scatter_add_T.
// SET: fill of last [rows] with −1, scatter_last, scatter_set_bN.
// An index outside [0, rows) is an error, and its row is left out.
#include "common.cuh"

// index [count] → keys, order [width] to be sorted; wrong indices go behind all others.
KERNEL(256, scatter_keys, const int* __restrict__ index, u64* __restrict__ keys, int* __restrict__ order, int rows, int count, int width,
       u64* error) {
    for (long long i = globalThread(); i < width; i += globalThreads()) {
        u64 key = ~0ull;
        if (i < count) {
            int row = index[i];
            if ((unsigned) row < (unsigned) rows) {
                key = (unsigned) row;
            } else {
                reportError(error, (int) i, row);
            }
        }
        keys[i] = key;
        order[i] = (int) i;
    }
}

// A thread a column of a run of equal keys adds in the order of positions.
template <class T> static __device__ void add(const T* source, const u64* keys, const int* order, T* y, int d, int count) {
    using A = AccOf<T>;
    long long units = (long long) count * d;
    for (long long u = globalThread(); u < units; u += globalThreads()) {
        int i = (int) (u / d), column = (int) (u - (long long) i * d);
        u64 key = keys[i];
        if (key == ~0ull || (i > 0 && keys[i - 1] == key)) continue;
        A sum = 0;
        for (; i < count && keys[i] == key; i++) sum += Element<T>::get(source[(long long) order[i] * d + column]);
        y[(long long) key * d + column] = Element<T>::put(sum);
    }
}
#define SCATTER_ADD(name, T)                                                                                           \
    KERNEL(256, scatter_add_##name, const T* __restrict__ source, const u64* __restrict__ keys, const int* __restrict__ order,        \
           T* __restrict__ y, int d, int count) {                                                                      \
        add(source, keys, order, y, d, count);                                                                         \
    }
REAL_TYPES(SCATTER_ADD)
WHOLE_TYPES(SCATTER_ADD)

// last [rows] ← greatest position that names the row.
KERNEL(256, scatter_last, const int* __restrict__ index, int* last, int rows, int count, u64* error) {
    for (long long i = globalThread(); i < count; i += globalThreads()) {
        int row = index[i];
        if ((unsigned) row < (unsigned) rows) {
            atomicMax(&last[row], (int) i);
        } else {
            reportError(error, (int) i, row);
        }
    }
}
template <class U> static __device__ void set(const U* source, const int* last, U* y, int d, long long units) {
    for (long long u = globalThread(); u < units; u += globalThreads()) {
        int row = (int) (u / d), from = last[row];
        U v = {};
        if (from >= 0) v = source[(long long) from * d + (u - (long long) row * d)];
        y[u] = v;
    }
}
#define SCATTER_SET(bytes, U)                                                                                          \
    KERNEL(256, scatter_set_b##bytes, const U* __restrict__ source, const int* __restrict__ last, U* __restrict__ y, int d,           \
           long long units) {                                                                                          \
        set(source, last, y, d, units);                                                                                \
    }
SCATTER_SET(1, uint8_t)
SCATTER_SET(2, uint16_t)
SCATTER_SET(4, unsigned)
SCATTER_SET(8, u64)
SCATTER_SET(16, uint4)
