// A product of matrices in tiles: C[i, j] = Σ_kk A[i, kk] · B[kk, j], the sum of each element in order of kk. Who uses it says where
// elements lie: an operand has
//   Outer outer(int i): what depends on the row of A (column of B) only, computed once;
//   Inner inner(int kk): what depends on kk only, computed once a tile;
//   Acc at(Outer, Inner): the element;
//   bool alongInner: whether neighbours in memory differ in kk, rather than in i.
#pragma once
#include "common.cuh"

static const int TILE_THREADS = 256;

// Which tile of which product a block does: blocks are numbered in one row, columns of tiles first, then rows, then products, because only
// x of a grid is large enough.
struct Tile {
    int product, row, column;
};
template <int SIDE> static __device__ __forceinline__ Tile tileOf(int m, int n) {
    int columns = (n + SIDE - 1) / SIDE, rows = (m + SIDE - 1) / SIDE, rest = blockIdx.x / columns;
    return {rest / rows, rest % rows, (int) blockIdx.x - rest * columns};
}

// The part of an operand's tile that a thread brings from memory: SIDE × DEPTH elements by TILE_THREADS threads.
template <class A, int SIDE, int DEPTH, class Operand> struct Part {
    static constexpr int N = SIDE * DEPTH / TILE_THREADS, PITCH = SIDE + 4;
    const Operand& operand;
    int from, count, i, kk;
    bool inside[N];
    typename Operand::Outer outer[N];
    A v[N];

    __device__ __forceinline__ Part(const Operand& operand, int from, int count) : operand(operand), from(from), count(count) {
        int t = threadIdx.x;
        i = operand.alongInner ? t / DEPTH : t % SIDE;
        kk = operand.alongInner ? t % DEPTH : t / SIDE;
#pragma unroll
        for (int e = 0; e < N; e++) {
            int at = from + i + (operand.alongInner ? e * (TILE_THREADS / DEPTH) : 0);
            inside[e] = at < count;
            if (inside[e]) outer[e] = operand.outer(at);
        }
    }
    // Elements of the tile that begins at k.
    __device__ __forceinline__ void load(int k, int end) {
        if (operand.alongInner) {
            bool deep = k + kk < end;
            typename Operand::Inner inner = {};
            if (deep) inner = operand.inner(k + kk);
#pragma unroll
            for (int e = 0; e < N; e++) v[e] = deep && inside[e] ? operand.at(outer[e], inner) : (A) 0;
        } else {
#pragma unroll
            for (int e = 0; e < N; e++) {
                int at = k + kk + e * (TILE_THREADS / SIDE);
                v[e] = at < end && inside[e] ? operand.at(outer[e], operand.inner(at)) : (A) 0;
            }
        }
    }
    __device__ __forceinline__ void store(A* tile) const {
#pragma unroll
        for (int e = 0; e < N; e++) {
            if (operand.alongInner) {
                tile[kk * PITCH + i + e * (TILE_THREADS / DEPTH)] = v[e];
            } else {
                tile[(kk + e * (TILE_THREADS / SIDE)) * PITCH + i] = v[e];
            }
        }
    }
};

// Shared memory for an operand's tile; aligned, so that 16 bytes are read at a time.
#define SHARED_TILE(A, name, count)                                                                                    \
    SHARED(Pack<A>, name##Packs, (count) / Pack<A>::N);                                                                \
    A* name = name##Packs->v

// Adds to sum, a thread's share of the tile of SIDE × SIDE at (row, column), what kk in [begin, end) gives; rows and columns from m and n
// on count as 0. a, b: SHARED_TILEs, DEPTH · (SIDE + 4) each. Shares are as tileProduct's. A block of 256 threads, all of which come.
template <class A, int SIDE, int DEPTH, class Left, class Right>
static __device__ __forceinline__ void addProduct(A* a, A* b, const Left& left, const Right& right, int row, int m, int column, int n,
                                                  int begin, int end, A (&sum)[SIDE / 16][SIDE / 16]) {
    const int PITCH = SIDE + 4, R = SIDE / 16;
    int tx = threadIdx.x % 16 * 4, ty = threadIdx.x / 16 * 4;
    Part<A, SIDE, DEPTH, Left> partA(left, row, m);
    Part<A, SIDE, DEPTH, Right> partB(right, column, n);
    partA.load(begin, end);
    partB.load(begin, end);
    for (int k = begin; k < end; k += DEPTH) {
        __syncthreads();
        partA.store(a);
        partB.store(b);
        __syncthreads();
        if (k + DEPTH < end) { // on the way while this tile is multiplied
            partA.load(k + DEPTH, end);
            partB.load(k + DEPTH, end);
        }
#pragma unroll
        for (int d = 0; d < DEPTH; d++) {
            A u[R], v[R];
#pragma unroll
            for (int r = 0; r < R; r += Pack<A>::N) { // four neighbours, then 64 further on
                Pack<A> x = loadPack(a + d * PITCH + r / 4 * 64 + ty + r % 4), y = loadPack(b + d * PITCH + r / 4 * 64 + tx + r % 4);
#pragma unroll
                for (int e = 0; e < Pack<A>::N; e++) u[r + e] = x.v[e], v[r + e] = y.v[e];
            }
#pragma unroll
            for (int r = 0; r < R; r++) {
#pragma unroll
                for (int s = 0; s < R; s++) sum[r][s] += u[r] * v[s];
            }
        }
    }
}

// A tile of SIDE × SIDE by a block of 256 threads, summed over kk in [begin, end); put(i, j, sum).
template <class A, int SIDE, int DEPTH, class Left, class Right, class Put>
static __device__ __forceinline__ void tileProduct(const Left& left, const Right& right, Tile tile, int m, int n, int begin, int end,
                                                   Put put) {
    const int R = SIDE / 16;
    SHARED_TILE(A, a, DEPTH * (SIDE + 4));
    SHARED_TILE(A, b, DEPTH * (SIDE + 4));
    int tx = threadIdx.x % 16 * 4, ty = threadIdx.x / 16 * 4;
    A sum[R][R] = {};
    addProduct<A, SIDE, DEPTH>(a, b, left, right, tile.row * SIDE, m, tile.column * SIDE, n, begin, end, sum);
#pragma unroll
    for (int r = 0; r < R; r++) {
#pragma unroll
        for (int s = 0; s < R; s++) {
            int i = tile.row * SIDE + r / 4 * 64 + ty + r % 4, j = tile.column * SIDE + s / 4 * 64 + tx + s % 4;
            if (i < m && j < n) put(i, j, sum[r][s]);
        }
    }
}
