// What a warp does with tensor cores, and asynchronous copies to shared memory; from compute capability 8.0 on. The layouts of fragments are those
// of the PTX manual, sections on mma.m16n8k16 and ldmatrix: lane l has group l / 4 and place l % 4.
#pragma once
#include "common.cuh"

// Copies of 16 bytes to shared memory, on the way in groups. A thread's copies are there once it has waited, and the others' after a barrier.
struct Copies {
#ifdef EMULATED
    static const int MOST = 32;
    uint4* to[MOST];
    uint4 value[MOST];
    int group[MOST], count = 0, groups = 0;
#endif
    // inside = false: zeros are put there, and nothing is read.
    __device__ __forceinline__ void add(uint4* to, const void* from, bool inside) {
#ifdef EMULATED
        this->to[count] = to;
        value[count] = inside ? *static_cast<const uint4*>(from) : make_uint4(0, 0, 0, 0);
        group[count++] = groups;
#else
        asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"((unsigned) __cvta_generic_to_shared(to)), "l"(from),
                     "r"(inside ? 16 : 0)
                     : "memory");
#endif
    }
    __device__ __forceinline__ void commit() {
#ifdef EMULATED
        groups++;
#else
        asm volatile("cp.async.commit_group;" ::: "memory");
#endif
    }
    // Waits for all groups but the last `keep`.
    template <int keep> __device__ __forceinline__ void wait() {
#ifdef EMULATED
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (group[i] < groups - keep) {
                *to[i] = value[i];
            } else {
                to[kept] = to[i], value[kept] = value[i], group[kept++] = group[i];
            }
        }
        count = kept;
#else
        asm volatile("cp.async.wait_group %0;" ::"n"(keep) : "memory");
#endif
    }
};

#ifdef EMULATED
// One lane does it for all, in the others' variables.
#define FOR_ALL_LANES __attribute__((no_sanitize("kernel-address")))
struct LaneMatrices {
    uint16_t row[8];
    unsigned* r;
    bool transposed;
};
FOR_ALL_LANES static void loadMatrices(void** lanes) {
    for (int l = 0; l < 32; l++) {
        auto to = static_cast<LaneMatrices*>(lanes[l]);
        for (int j = 0; j < 4; j++) {
            unsigned v[2];
            for (int h = 0; h < 2; h++) {
                int along = 2 * (l % 4) + h, across = l / 4;
                v[h] = static_cast<LaneMatrices*>(lanes[8 * j + (to->transposed ? along : across)])->row[to->transposed ? across : along];
            }
            to->r[j] = v[0] | v[1] << 16;
        }
    }
}
template <class T> struct LaneProduct {
    float* d;
    const unsigned *a, *b;
    FOR_ALL_LANES static float half(unsigned two, int h) { return Element<T>::get(T{(uint16_t) (two >> 16 * h)}); }
    FOR_ALL_LANES static void multiply(void** lanes) {
        float a[16][16], b[16][8];
        for (int l = 0; l < 32; l++) {
            auto from = static_cast<LaneProduct*>(lanes[l]);
            for (int e = 0; e < 8; e++) a[l / 4 + e / 2 % 2 * 8][l % 4 * 2 + e % 2 + e / 4 * 8] = half(from->a[e / 2], e % 2);
            for (int e = 0; e < 4; e++) b[l % 4 * 2 + e % 2 + e / 2 * 8][l / 4] = half(from->b[e / 2], e % 2);
        }
        for (int l = 0; l < 32; l++) {
            auto to = static_cast<LaneProduct*>(lanes[l]);
            for (int e = 0; e < 4; e++) {
                double sum = to->d[e];
                for (int k = 0; k < 16; k++) sum += (double) a[l / 4 + e / 2 * 8][k] * b[k][l % 4 * 2 + e % 2];
                to->d[e] = (float) sum;
            }
        }
    }
};
#endif

// Four 8 × 8 matrices of 2-byte elements: lane l points to row l % 8 of matrix l / 8; r[j] is then elements [group][2 · place, + 1] of matrix j, or of
// its transpose.
template <bool transposed> static __device__ __forceinline__ void loadMatrices(unsigned (&r)[4], const uint4* row) {
#ifdef EMULATED
    LaneMatrices mine{{}, r, transposed};
    uint4 v = *row;
    memcpy(mine.row, &v, 16);
    emu::together(loadMatrices, &mine);
#else
    unsigned p = (unsigned) __cvta_generic_to_shared(row);
    if (transposed) {
        asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                     : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                     : "r"(p));
    } else {
        asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                     : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                     : "r"(p));
    }
#endif
}

// d [16, 8] += a [16, 16] · b [16, 8]. a: rows group, group + 8, each with columns 2 · place, + 1, then both with columns + 8; b: rows 2 · place, + 1,
// then + 8, of column group; d: columns 2 · place, + 1 of rows group, group + 8.
static __device__ __forceinline__ void multiplyAdd(float (&d)[4], const unsigned (&a)[4], const unsigned* b, f16) {
#ifdef EMULATED
    LaneProduct<f16> mine{d, a, b};
    emu::together(LaneProduct<f16>::multiply, &mine);
#else
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#endif
}
static __device__ __forceinline__ void multiplyAdd(float (&d)[4], const unsigned (&a)[4], const unsigned* b, bf16) {
#ifdef EMULATED
    LaneProduct<bf16> mine{d, a, b};
    emu::together(LaneProduct<bf16>::multiply, &mine);
#else
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#endif
}
