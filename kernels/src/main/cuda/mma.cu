// Products of row-major matrices of f16 or bf16 by tensor cores, sums in f32; from compute capability 8.0 on. As matmul.cu: batch of them one after
// the other, a [m, k] (or [k, m]) · b [k, n] (or [n, k]) → c [m, n]; the kernel's name says which: n as it is, t transposed, a's first.
// A block a tile of C of 64 × 64 by 128 threads (mma_T_*) or 128 × 128 by 256 threads (mma_large_T_*), 32 of k at a time, three of those in shared
// memory: one is multiplied while two are on the way. With splits > 1, each part sums its share of k, a multiple of 32, and sums go to
// part [batch · splits, m, n], which matmul_sum_T adds in order.
#include "tensor.cuh"
#include "tile.cuh"

static const int DEPTH = 32, STAGES = 3;

// One operand's part of OUTER rows of a (columns of b) and DEPTH of k. It lies in shared memory as in memory, in rows along k (ALONG) or across
// it; chunks of 16 bytes of a row are exchanged so that eight rows of a matrix lie in different banks.
template <class T, int OUTER, bool ALONG, int THREADS> struct Operand {
    static constexpr int CHUNKS = ALONG ? DEPTH / 8 : OUTER / 8, STEP = THREADS / CHUNKS, N = OUTER * DEPTH / 8 / THREADS;
    const T* data; // where this thread's first chunk of k = 0 lies
    int stride, left, kk, row, chunk;
    bool whole; // chunks are aligned, and inside or outside as a whole

    static __device__ __forceinline__ int place(int row, int chunk) {
        return row * CHUNKS + (chunk ^ (ALONG ? row >> 1 & 3 : row & 7));
    }
    // Elements at outer · stride + kk, or at kk · stride + outer.
    __device__ __forceinline__ Operand(const T* matrix, int from, int count, int stride) : stride(stride) {
        row = threadIdx.x / CHUNKS;
        chunk = threadIdx.x % CHUNKS;
        int outer = from + (ALONG ? row : chunk * 8);
        kk = ALONG ? chunk * 8 : row;
        left = count - outer;
        data = matrix + (ALONG ? (long long) outer * stride + kk : (long long) kk * stride + outer);
        whole = stride % 8 == 0 && aligned16(matrix);
    }
    // Brings the part that begins at k.
    __device__ __forceinline__ void load(uint4* tile, int k, int end, Copies& copies) const {
        const T* from = data + (ALONG ? (long long) k : (long long) k * stride);
#pragma unroll
        for (int e = 0; e < N; e++) {
            int outer = left - (ALONG ? e * STEP : 0), deep = end - k - kk - (ALONG ? 0 : e * STEP);
            bool inside = outer > 0 && deep > 0;
            const T* p = from + (long long) (e * STEP) * stride;
            uint4* to = tile + place(row + e * STEP, chunk);
            if (whole) {
                copies.add(to, inside ? p : data, inside);
            } else {
                *to = some(p, inside ? min(8, ALONG ? deep : outer) : 0);
            }
        }
    }
    // The first n elements, then zeros.
    static __device__ __forceinline__ uint4 some(const T* p, int n) {
        unsigned v[4];
#pragma unroll
        for (int e = 0; e < 4; e++) {
            v[e] = (2 * e < n ? p[2 * e].bits : 0) | (unsigned) (2 * e + 1 < n ? p[2 * e + 1].bits : 0) << 16;
        }
        return make_uint4(v[0], v[1], v[2], v[3]);
    }
    // 16 of outer by 16 of k, of which this lane points at the half it is told; outer and k are multiples of 16.
    static __device__ __forceinline__ void fragment(unsigned (&r)[4], const uint4* tile, int outer, int k, int outerHalf, int kHalf) {
        int inRow = threadIdx.x % 8, o = outer + outerHalf * 8, d = k + kHalf * 8;
        int at = ALONG ? (o + inRow) * CHUNKS + (d / 8 ^ inRow >> 1 & 3) : (d + inRow) * CHUNKS + (o / 8 ^ inRow);
        loadMatrices<!ALONG>(r, tile + at);
    }
};

// By WARPS_M × WARPS_N warps.
template <class T, int SIDE, int WARPS_M, int WARPS_N, bool TA, bool TB>
static __device__ __forceinline__ void product(uint4* shared, const T* a, const T* b, T* c, float* part, int m, int n, int k, int splits) {
    const int THREADS = 32 * WARPS_M * WARPS_N, M = SIDE / WARPS_M / 16, N = SIDE / WARPS_N / 8, SIZE = SIDE * DEPTH / 8;
    Tile tile = tileOf<SIDE>(m, n);
    int product = tile.product / splits, share = ((k + splits - 1) / splits + DEPTH - 1) / DEPTH * DEPTH;
    int begin = tile.product % splits * share, end = min(begin + share, k);
    typedef Operand<T, SIDE, !TA, THREADS> Left;
    typedef Operand<T, SIDE, TB, THREADS> Right;
    Left left(a + (long long) product * m * k, tile.row * SIDE, m, TA ? m : k);
    Right right(b + (long long) product * k * n, tile.column * SIDE, n, TB ? k : n);
    Copies copies;
    auto load = [&](int stage, int from) {
        if (from < end) {
            left.load(shared + stage * 2 * SIZE, from, end, copies);
            right.load(shared + stage * 2 * SIZE + SIZE, from, end, copies);
        }
        copies.commit(); // empty ones too, so that groups can be counted
    };
    int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    int rows = warp / WARPS_N * M * 16, columns = warp % WARPS_N * N * 8;
    int matrix = lane / 8, first = matrix % 2, second = matrix / 2;
    float sum[M][N][4] = {};
#pragma unroll
    for (int s = 0; s < STAGES - 1; s++) load(s, begin + s * DEPTH);
    int stage = 0;
    for (int kk = begin; kk < end; kk += DEPTH) {
        copies.template wait<STAGES - 2>();
        __syncthreads(); // this stage is there, and the one before has been multiplied
        load(stage == 0 ? STAGES - 1 : stage - 1, kk + (STAGES - 1) * DEPTH);
        const uint4 *tileA = shared + stage * 2 * SIZE, *tileB = tileA + SIZE;
#pragma unroll
        for (int d = 0; d < DEPTH; d += 16) {
            unsigned u[M][4], v[N / 2][4];
#pragma unroll
            for (int i = 0; i < M; i++) Left::fragment(u[i], tileA, rows + i * 16, d, first, second);
#pragma unroll
            for (int j = 0; j < N / 2; j++) Right::fragment(v[j], tileB, columns + j * 16, d, second, first);
#pragma unroll
            for (int i = 0; i < M; i++) {
#pragma unroll
                for (int j = 0; j < N; j++) multiplyAdd(sum[i][j], u[i], &v[j / 2][j % 2 * 2], T());
            }
        }
        stage = stage == STAGES - 1 ? 0 : stage + 1;
    }
    T* to = c + (long long) product * m * n;
    float* sums = part + (long long) tile.product * m * n;
#pragma unroll
    for (int i = 0; i < M; i++) {
#pragma unroll
        for (int j = 0; j < N; j++) {
#pragma unroll
            for (int h = 0; h < 2; h++) {
                int r = tile.row * SIDE + rows + i * 16 + lane / 4 + h * 8, col = tile.column * SIDE + columns + j * 8 + lane % 4 * 2;
                if (r >= m || col >= n) continue;
                long long at = (long long) r * n + col;
                float x = sum[i][j][2 * h], y = sum[i][j][2 * h + 1];
                if (splits > 1) {
                    sums[at] = x;
                    if (col + 1 < n) sums[at + 1] = y;
                } else if (n % 2 == 0) { // both are inside, at a multiple of 4 bytes as c is
                    *reinterpret_cast<unsigned*>(to + at) = Element<T>::put(x).bits | (unsigned) Element<T>::put(y).bits << 16;
                } else {
                    to[at] = Element<T>::put(x);
                    if (col + 1 < n) to[at + 1] = Element<T>::put(y);
                }
            }
        }
    }
}

#define MMA(name, threads, T, SIDE, WARPS_M, WARPS_N, TA, TB)                                                                                   \
    KERNEL(threads, name, const T* __restrict__ a, const T* __restrict__ b, T* __restrict__ c, float* __restrict__ part, int m, int n, int k,  \
           int splits) {                                                                                                                     \
        SHARED(uint4, shared, STAGES * 2 * SIDE * DEPTH / 8);                                                                                \
        product<T, SIDE, WARPS_M, WARPS_N, TA, TB>(shared, a, b, c, part, m, n, k, splits);                                                  \
    }
#define MMA_WAYS(name, threads, T, SIDE, WARPS_M, WARPS_N)                                                                                    \
    MMA(name##_nn, threads, T, SIDE, WARPS_M, WARPS_N, false, false)                                                                         \
    MMA(name##_nt, threads, T, SIDE, WARPS_M, WARPS_N, false, true)                                                                          \
    MMA(name##_tn, threads, T, SIDE, WARPS_M, WARPS_N, true, false)                                                                          \
    MMA(name##_tt, threads, T, SIDE, WARPS_M, WARPS_N, true, true)
MMA_WAYS(mma_f16, 128, f16, 64, 2, 2)
MMA_WAYS(mma_bf16, 128, bf16, 64, 2, 2)
MMA_WAYS(mma_large_f16, 256, f16, 128, 2, 4)
MMA_WAYS(mma_large_bf16, 256, bf16, 128, 2, 4)
