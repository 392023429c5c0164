// Softmax of rows, or its logarithm: x [rows, n] → y [rows, n], a team a row.
//   y = exp(x − max) / Σ exp(x − max)      log: y = x − max − log Σ exp(x − max)
#include "rows.cuh"

template <class T> static __device__ void softmax(const T* x, T* y, int rows, int n, int log) {
    using A = AccOf<T>;
    int row = blockIdx.x * blockDim.y + threadIdx.y;
    bool mine = row < rows;
    const T* from = x + (mine ? (long long) row * n : 0);
    T* to = y + (mine ? (long long) row * n : 0);
    A greatest, sum;
    sumOfExp(from, mine ? n : 0, greatest, sum);
    if (!mine) return;
    if (log) {
        A shift = logOf(sum);
        map(from, to, n, [&](A v) { return v - greatest - shift; });
    } else {
        A scale = 1 / sum;
        map(from, to, n, [&](A v) { return expOf(v - greatest) * scale; });
    }
}
#define SOFTMAX(name, T)                                                                                               \
    KERNEL(512, softmax_##name, const T* __restrict__ x, T* __restrict__ y, int rows, int n, int log) { softmax(x, y, rows, n, log); }
REAL_TYPES(SOFTMAX)
