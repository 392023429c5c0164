// Fill and copy, by bytes: 16 at a time where addresses allow it.
#include "common.cuh"

// y [bytes] ← the 8 bytes of pattern, over and over.
KERNEL(256, fill, uint8_t* __restrict__ y, u64 pattern, long long bytes) {
    long long vectors = aligned16(y) ? bytes / 16 : 0;
    uint4 v = make_uint4((unsigned) pattern, (unsigned) (pattern >> 32), (unsigned) pattern, (unsigned) (pattern >> 32));
    for (long long i = globalThread(); i < vectors; i += globalThreads()) reinterpret_cast<uint4*>(y)[i] = v;
    for (long long i = vectors * 16 + globalThread(); i < bytes; i += globalThreads()) y[i] = (uint8_t) (pattern >> (i & 7) * 8);
}

// y [bytes] ← x [bytes].
KERNEL(256, copy, uint8_t* __restrict__ y, const uint8_t* __restrict__ x, long long bytes) {
    long long vectors = aligned16(x) && aligned16(y) ? bytes / 16 : 0;
    for (long long i = globalThread(); i < vectors; i += globalThreads()) {
        reinterpret_cast<uint4*>(y)[i] = reinterpret_cast<const uint4*>(x)[i];
    }
    for (long long i = vectors * 16 + globalThread(); i < bytes; i += globalThreads()) y[i] = x[i];
}
