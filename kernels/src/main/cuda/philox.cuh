// Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): the bits of dev.ijen.spi.Philox.
// Word e & 3 of block e >> 2 belongs to element e; counter (block, stream, step low, step high), key (seed low, seed high).
#pragma once
#include "common.cuh"

static __device__ __forceinline__ uint4 philoxBlock(u64 seed, u64 step, unsigned stream, unsigned block) {
    unsigned c0 = block, c1 = stream, c2 = (unsigned) step, c3 = (unsigned) (step >> 32);
    unsigned k0 = (unsigned) seed, k1 = (unsigned) (seed >> 32);
#pragma unroll
    for (int r = 0; r < 10; r++) {
        unsigned high0 = __umulhi(0xD2511F53u, c0), low0 = 0xD2511F53u * c0;
        unsigned high1 = __umulhi(0xCD9E8D57u, c2), low1 = 0xCD9E8D57u * c2;
        c0 = high1 ^ c1 ^ k0;
        c1 = low1;
        c2 = high0 ^ c3 ^ k1;
        c3 = low0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    return make_uint4(c0, c1, c2, c3);
}
static __device__ __forceinline__ unsigned philoxBits(u64 seed, u64 step, unsigned stream, unsigned element) {
    uint4 w = philoxBlock(seed, step, stream, element >> 2);
    unsigned low = element & 1 ? w.y : w.x, high = element & 1 ? w.w : w.z;
    return element & 2 ? high : low;
}
