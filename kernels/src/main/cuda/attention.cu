// Scaled dot-product attention without the matrix of scores in memory (Dao, FlashAttention 2, 2023): q [n, tq, heads, d], k, v [n, tk,
// kvHeads, d], o like q but dense, lse [n, heads, tq] in the arithmetic type. A block of 256 threads has a tile of 64 queries (dk, dv: of 64
// keys) of one sequence and head, and 64 of its d columns of results (for more than 64, several blocks make the same scores); it goes over
// tiles of 64 keys (queries) in order. A thread has 4 × 4 scores of a tile and 4 × 4 results: 16 neighbouring lanes share 4 rows.
// Keys that a query does not see have weight 0 (beyond the length they are not even read).
#include "rows.cuh"
#include "tile.cuh"

static const int SIDE = 64, R = SIDE / 16, PITCH = SIDE + 4, SCORES = SIDE * PITCH;

struct Shape {
    int n, heads, kvHeads, tq, tk, d, qStride, kStride, vStride, causal;
};
// Elements of a tile's depth: what fits beside the weights in 48 KB.
template <class A> struct Depth {
    static constexpr int N = sizeof(A) == 8 ? 8 : 16;
};

// Rows in memory; kk goes along a row.
template <class T> struct Rows {
    typedef const T* Outer;
    typedef int Inner;
    static constexpr bool alongInner = true;
    const T* data;
    int stride;
    __device__ __forceinline__ Outer outer(int i) const { return data + (long long) i * stride; }
    __device__ __forceinline__ Inner inner(int kk) const { return kk; }
    __device__ __forceinline__ AccOf<T> at(Outer o, Inner kk) const { return Element<T>::get(o[kk]); }
};
// The same rows; kk goes from row to row.
template <class T> struct Columns {
    typedef int Outer;
    typedef const T* Inner;
    static constexpr bool alongInner = false;
    const T* data;
    int stride;
    __device__ __forceinline__ Outer outer(int j) const { return j; }
    __device__ __forceinline__ Inner inner(int kk) const { return data + (long long) kk * stride; }
    __device__ __forceinline__ AccOf<T> at(Outer j, Inner o) const { return Element<T>::get(o[j]); }
};
// Weights of a tile in shared memory, [query, key]: kk goes over the keys from `first` on, or over the queries.
template <class A, bool KEYS> struct Weights {
    typedef int Outer;
    typedef int Inner;
    static constexpr bool alongInner = KEYS;
    const A* p;
    int first;
    __device__ __forceinline__ Outer outer(int i) const { return KEYS ? i * PITCH : i; }
    __device__ __forceinline__ Inner inner(int kk) const { return KEYS ? kk - first : (kk - first) * PITCH; }
    __device__ __forceinline__ A at(Outer o, Inner i) const { return p[o + i]; }
};

// Which sequence, head, tile and chunk a block has.
struct Job {
    int sequence, head, first, chunk;
    __device__ __forceinline__ Job(int heads, int length, int d) {
        int chunks = (d + SIDE - 1) / SIDE, tiles = (length + SIDE - 1) / SIDE, rest = blockIdx.x / chunks;
        chunk = blockIdx.x % chunks * SIDE;
        first = rest % tiles * SIDE;
        head = rest / tiles % heads;
        sequence = rest / tiles / heads;
    }
};

// How many keys a query sees.
static __device__ __forceinline__ int seen(const Shape& s, int length, int i) {
    int most = s.causal ? min(length, i + 1 + s.tk - s.tq) : length;
    return max(most, 0);
}
static __device__ __forceinline__ int lengthOf(const Shape& s, const int* lengths, int sequence) {
    return lengths ? max(0, min(s.tk, lengths[sequence])) : s.tk;
}
// The first element of a head of a sequence: [n, length, heads, d] with a stride from token to token.
template <class T> static __device__ __forceinline__ T* headOf(T* x, int sequence, int length, int stride, int head, int d) {
    return x + (long long) sequence * length * stride + (long long) head * d;
}

template <class T>
static __device__ __forceinline__ void forward(const T* q, const T* k, const T* v, const int* lengths, T* o, AccOf<T>* lse, const Shape& s,
                                               AccOf<T> scale) {
    using A = AccOf<T>;
    const int DEPTH = Depth<A>::N;
    SHARED_TILE(A, a, DEPTH * PITCH);
    SHARED_TILE(A, b, DEPTH * PITCH);
    SHARED(A, weights, SCORES);
    Job job(s.heads, s.tq, s.d);
    int kvHead = job.head / (s.heads / s.kvHeads), length = lengthOf(s, lengths, job.sequence);
    int tx = threadIdx.x % 16 * R, ty = threadIdx.x / 16 * R;
    Rows<T> queries{headOf(q, job.sequence, s.tq, s.qStride, job.head, s.d), s.qStride};
    Rows<T> keys{headOf(k, job.sequence, s.tk, s.kStride, kvHead, s.d), s.kStride};
    Columns<T> values{headOf(v, job.sequence, s.tk, s.vStride, kvHead, s.d), s.vStride};
    int end = seen(s, length, min(job.first + SIDE, s.tq) - 1); // of the last query, which sees most
    A sum[R][R] = {}, greatest[R], total[R] = {};
    for (int r = 0; r < R; r++) greatest[r] = negativeInfinity<A>();
    for (int j0 = 0; j0 < end; j0 += SIDE) {
        A score[R][R] = {};
        addProduct<A, SIDE, DEPTH>(a, b, queries, keys, job.first, s.tq, j0, end, 0, s.d, score);
#pragma unroll
        for (int r = 0; r < R; r++) {
            int sees = seen(s, length, job.first + ty + r);
            A top = greatest[r];
#pragma unroll
            for (int c = 0; c < R; c++) {
                score[r][c] = j0 + tx + c < sees ? score[r][c] * scale : negativeInfinity<A>();
                top = Max()(top, score[r][c]);
            }
            for (int lanes = 8; lanes > 0; lanes >>= 1) top = Max()(top, __shfl_xor_sync(FULL, top, lanes));
            A from = top == negativeInfinity<A>() ? (A) 0 : top, shrink = expOf(greatest[r] - from), part = 0;
            greatest[r] = top;
#pragma unroll
            for (int c = 0; c < R; c++) {
                A p = expOf(score[r][c] - from);
                weights[(ty + r) * PITCH + tx + c] = p;
                part += p;
            }
            for (int lanes = 8; lanes > 0; lanes >>= 1) part += __shfl_xor_sync(FULL, part, lanes);
            total[r] = total[r] * shrink + part;
#pragma unroll
            for (int c = 0; c < R; c++) sum[r][c] *= shrink;
        }
        __syncthreads();
        addProduct<A, SIDE, DEPTH>(a, b, Weights<A, true>{weights, j0}, values, 0, SIDE, job.chunk, s.d, j0, min(j0 + SIDE, end), sum);
    }
#pragma unroll
    for (int r = 0; r < R; r++) {
        int i = job.first + ty + r;
        if (i >= s.tq) continue;
        bool none = seen(s, length, i) == 0;
        T* to = o + (((long long) job.sequence * s.tq + i) * s.heads + job.head) * s.d;
        A share = none ? (A) 0 : 1 / total[r];
#pragma unroll
        for (int c = 0; c < R; c++) {
            int column = job.chunk + tx + c;
            if (column < s.d) to[column] = Element<T>::put(sum[r][c] * share);
        }
        if (job.chunk == 0 && tx == 0) {
            lse[((long long) job.sequence * s.heads + job.head) * s.tq + i] = none ? negativeInfinity<A>() : logOf(total[r]) + greatest[r];
        }
    }
}

// delta [n, heads, tq] = Σ o · dout over d, a team a row of [n, tq, heads].
template <class T> static __device__ void rowDots(const T* o, const T* dout, AccOf<T>* delta, int rows, const Shape& s) {
    using A = AccOf<T>;
    int row = blockIdx.x * blockDim.y + threadIdx.y;
    bool mine = row < rows;
    A sum = 0;
    for (int c = threadIdx.x; mine && c < s.d; c += blockDim.x) {
        long long at = (long long) row * s.d + c;
        sum += Element<T>::get(o[at]) * Element<T>::get(dout[at]);
    }
    sum = teamFold(sum, Sum());
    if (!mine || threadIdx.x != 0) return;
    int token = row / s.heads, head = row % s.heads;
    delta[((long long) (token / s.tq) * s.heads + head) * s.tq + token % s.tq] = sum;
}

// What the passes of the gradient share: a tile's weights p, and those of the scores' gradient, ds = scale · p ∘ (do vᵀ − delta).
template <class T> struct Gradient {
    using A = AccOf<T>;
    static constexpr int DEPTH = Depth<A>::N;
    const Shape& s;
    int sequence, head, length, end; // keys from `end` on are not seen
    Rows<T> queries, keys, values, dout;
    const A *lse, *delta;
    A scale;
    __device__ __forceinline__ Gradient(const Shape& s, const T* q, const T* k, const T* v, const T* dout, const A* lse, const A* delta,
                                        int sequence, int head, int length, int end, A scale)
        : s(s), sequence(sequence), head(head), length(length), end(end), scale(scale) {
        int kvHead = head / (s.heads / s.kvHeads);
        queries = {headOf(q, sequence, s.tq, s.qStride, head, s.d), s.qStride};
        keys = {headOf(k, sequence, s.tk, s.kStride, kvHead, s.d), s.kStride};
        values = {headOf(v, sequence, s.tk, s.vStride, kvHead, s.d), s.vStride};
        this->dout = {headOf(dout, sequence, s.tq, s.heads * s.d, head, s.d), s.heads * s.d};
        this->lse = lse + ((long long) sequence * s.heads + head) * s.tq;
        this->delta = delta + ((long long) sequence * s.heads + head) * s.tq;
    }
    __device__ __forceinline__ void tile(A* a, A* b, int i0, int j0, A (&p)[R][R], A (&ds)[R][R]) const {
        int tx = threadIdx.x % 16 * R, ty = threadIdx.x / 16 * R;
        for (int r = 0; r < R; r++) {
            for (int c = 0; c < R; c++) p[r][c] = ds[r][c] = 0;
        }
        addProduct<A, SIDE, DEPTH>(a, b, queries, keys, i0, s.tq, j0, end, 0, s.d, p);
        addProduct<A, SIDE, DEPTH>(a, b, dout, values, i0, s.tq, j0, end, 0, s.d, ds);
#pragma unroll
        for (int r = 0; r < R; r++) {
            int i = i0 + ty + r, sees = i < s.tq ? seen(s, length, i) : 0;
            A log = sees > 0 ? lse[i] : (A) 0, d = sees > 0 ? delta[i] : (A) 0;
#pragma unroll
            for (int c = 0; c < R; c++) {
                bool sure = j0 + tx + c < sees;
                p[r][c] = sure ? expOf(p[r][c] * scale - log) : (A) 0;
                ds[r][c] = sure ? scale * p[r][c] * (ds[r][c] - d) : (A) 0;
            }
        }
    }
};
// A tile's weights to shared memory; all have read the last ones.
template <class A> static __device__ __forceinline__ void share(A* weights, const A (&v)[R][R]) {
    int tx = threadIdx.x % 16 * R, ty = threadIdx.x / 16 * R;
#pragma unroll
    for (int r = 0; r < R; r++) {
#pragma unroll
        for (int c = 0; c < R; c++) weights[(ty + r) * PITCH + tx + c] = v[r][c];
    }
    __syncthreads();
}
// A thread's part of a tile to dense [n, length, heads, d].
template <class T> static __device__ __forceinline__ void put(T* to, const Job& job, int length, int heads, int d, const AccOf<T> (&sum)[R][R]) {
    int tx = threadIdx.x % 16 * R, ty = threadIdx.x / 16 * R;
#pragma unroll
    for (int r = 0; r < R; r++) {
        int i = job.first + ty + r;
#pragma unroll
        for (int c = 0; c < R; c++) {
            int column = job.chunk + tx + c;
            if (i < length && column < d) {
                to[(((long long) job.sequence * length + i) * heads + job.head) * d + column] = Element<T>::put(sum[r][c]);
            }
        }
    }
}

// dq = Σ over keys of ds · k
template <class T>
static __device__ __forceinline__ void queryGradient(const T* q, const T* k, const T* v, const T* dout, const AccOf<T>* lse,
                                                     const AccOf<T>* delta, const int* lengths, T* dq, const Shape& s, AccOf<T> scale) {
    using A = AccOf<T>;
    const int DEPTH = Depth<A>::N;
    SHARED_TILE(A, a, DEPTH * PITCH);
    SHARED_TILE(A, b, DEPTH * PITCH);
    SHARED(A, weights, SCORES);
    Job job(s.heads, s.tq, s.d);
    int length = lengthOf(s, lengths, job.sequence), end = seen(s, length, min(job.first + SIDE, s.tq) - 1);
    Gradient<T> g(s, q, k, v, dout, lse, delta, job.sequence, job.head, length, end, scale);
    Columns<T> keys{g.keys.data, g.keys.stride};
    A sum[R][R] = {};
    for (int j0 = 0; j0 < end; j0 += SIDE) {
        A p[R][R], ds[R][R];
        g.tile(a, b, job.first, j0, p, ds);
        share(weights, ds);
        addProduct<A, SIDE, DEPTH>(a, b, Weights<A, true>{weights, j0}, keys, 0, SIDE, job.chunk, s.d, j0, min(j0 + SIDE, end), sum);
    }
    put(dq, job, s.tq, s.heads, s.d, sum);
}

// dk = Σ over the queries of the group's heads of dsᵀ · q, dv = Σ of pᵀ · do, head after head
template <class T>
static __device__ __forceinline__ void keyGradient(const T* q, const T* k, const T* v, const T* dout, const AccOf<T>* lse,
                                                   const AccOf<T>* delta, const int* lengths, T* dk, T* dv, const Shape& s, AccOf<T> scale) {
    using A = AccOf<T>;
    const int DEPTH = Depth<A>::N;
    SHARED_TILE(A, a, DEPTH * PITCH);
    SHARED_TILE(A, b, DEPTH * PITCH);
    SHARED(A, weights, SCORES);
    Job job(s.kvHeads, s.tk, s.d);
    int length = lengthOf(s, lengths, job.sequence), group = s.heads / s.kvHeads;
    int first = s.causal ? max(0, job.first + s.tq - s.tk) / SIDE * SIDE : 0; // earlier queries see none of these keys
    A sumK[R][R] = {}, sumV[R][R] = {};
    if (job.first < length) {
        for (int head = job.head * group; head < (job.head + 1) * group; head++) {
            Gradient<T> g(s, q, k, v, dout, lse, delta, job.sequence, head, length, length, scale);
            Columns<T> queries{g.queries.data, g.queries.stride}, douts{g.dout.data, g.dout.stride};
            for (int i0 = first; i0 < s.tq; i0 += SIDE) {
                A p[R][R], ds[R][R];
                int last = min(i0 + SIDE, s.tq);
                g.tile(a, b, i0, job.first, p, ds);
                share(weights, p);
                addProduct<A, SIDE, DEPTH>(a, b, Weights<A, false>{weights, i0}, douts, 0, SIDE, job.chunk, s.d, i0, last, sumV);
                share(weights, ds);
                addProduct<A, SIDE, DEPTH>(a, b, Weights<A, false>{weights, i0}, queries, 0, SIDE, job.chunk, s.d, i0, last, sumK);
            }
        }
    }
    put(dk, job, s.tk, s.kvHeads, s.d, sumK);
    put(dv, job, s.tk, s.kvHeads, s.d, sumV);
}

#define ATTENTION(name, T)                                                                                             \
    KERNEL(256, attention_##name, const T* __restrict__ q, const T* __restrict__ k, const T* __restrict__ v,           \
           const int* __restrict__ lengths, T* __restrict__ o, AccOf<T>* __restrict__ lse, Shape s, double scale) {    \
        forward<T>(q, k, v, lengths, o, lse, s, (AccOf<T>) scale);                                                     \
    }                                                                                                                  \
    KERNEL(512, attention_delta_##name, const T* __restrict__ o, const T* __restrict__ dout, AccOf<T>* __restrict__ delta, int rows,  \
           Shape s) {                                                                                                  \
        rowDots(o, dout, delta, rows, s);                                                                              \
    }                                                                                                                  \
    KERNEL(256, attention_dq_##name, const T* __restrict__ q, const T* __restrict__ k, const T* __restrict__ v,        \
           const T* __restrict__ dout, const AccOf<T>* __restrict__ lse, const AccOf<T>* __restrict__ delta,           \
           const int* __restrict__ lengths, T* __restrict__ dq, Shape s, double scale) {                               \
        queryGradient<T>(q, k, v, dout, lse, delta, lengths, dq, s, (AccOf<T>) scale);                                 \
    }                                                                                                                  \
    KERNEL(256, attention_dkv_##name, const T* __restrict__ q, const T* __restrict__ k, const T* __restrict__ v,       \
           const T* __restrict__ dout, const AccOf<T>* __restrict__ lse, const AccOf<T>* __restrict__ delta,           \
           const int* __restrict__ lengths, T* __restrict__ dk, T* __restrict__ dv, Shape s, double scale) {           \
        keyGradient<T>(q, k, v, dout, lse, delta, lengths, dk, dv, s, (AccOf<T>) scale);                               \
    }
REAL_TYPES(ATTENTION)
