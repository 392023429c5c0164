// Gather of rows: table [rows, d], index [count] → y [count, d], a thread a unit of 1 to 16 bytes (d counts units).
// An index outside [0, rows) is an error and gives a row of zeros.
#include "common.cuh"

template <class U> static __device__ void gather(const U* table, const int* index, U* y, int rows, int d, long long units, u64* error) {
    for (long long i = globalThread(); i < units; i += globalThreads()) {
        int at = (int) (i / d), column = (int) (i - (long long) at * d), row = index[at];
        U v = {};
        if ((unsigned) row < (unsigned) rows) {
            v = table[(long long) row * d + column];
        } else if (column == 0) {
            reportError(error, at, row);
        }
        y[i] = v;
    }
}
#define GATHER(bytes, U)                                                                                               \
    KERNEL(256, gather_b##bytes, const U* __restrict__ table, const int* __restrict__ index, U* __restrict__ y, int rows, int d,      \
           long long units, u64* error) {                                                                              \
        gather(table, index, y, rows, d, units, error);                                                                \
    }
GATHER(1, uint8_t)
GATHER(2, uint16_t)
GATHER(4, unsigned)
GATHER(8, u64)
GATHER(16, uint4)
