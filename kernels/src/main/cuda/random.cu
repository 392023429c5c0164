// Random bits of consecutive elements: state [2] (seed, step) → y [n].
#include "philox.cuh"

KERNEL(256, random_bits, const u64* __restrict__ state, unsigned* __restrict__ y, unsigned stream, unsigned first, int n) {
    u64 seed = state[0], step = state[1];
    for (long long i = globalThread(); i < n; i += globalThreads()) y[i] = philoxBits(seed, step, stream, first + (unsigned) i);
}
