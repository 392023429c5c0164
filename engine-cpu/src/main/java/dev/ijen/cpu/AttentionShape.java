package dev.ijen.cpu;

import dev.ijen.spi.Kernel;

/// Addresses and blocks of an attention launch in F32 or F64. Queries are taken a strip of [Micro#strip] at a time, so that whatever is
/// done with a strip's scores is done to all of its queries at once, without sums across a vector; keys a block at a time.
record AttentionShape(Kernel.Attention k, Micro u) {
    /// Keys of a block: with a strip of queries, their scores stay in the nearest cache.
    static final int BLOCK = 128;

    static AttentionShape of(Kernel.Attention k, boolean code) {
        return new AttentionShape(k, switch (k.dtype()) {
            case F32 -> Micro32Code.of(code);
            case F64 -> Micro64.INSTANCE;
            case F16, BF16, I32, I64, I8, U8, BOOL -> throw new IllegalArgumentException(k.dtype().toString());
        });
    }

    int strips() {
        return Math.ceilDiv(k.tq(), u.strip());
    }

    /// Bytes of a row of a strip: one element for each query.
    long row() {
        return (long) u.strip() * u.bytes();
    }

    /// The heads of q that share a head of k and v.
    int group() {
        return k.heads() / k.kvHeads();
    }

    /// Queries of a strip.
    int queries(int strip) {
        return Math.min(u.strip(), k.tq() - strip * u.strip());
    }

    /// The first query of a strip in a tensor with `stride` elements from token to token.
    long query(long base, int n, int h, int strip, int stride) {
        return base + (((long) n * k.tq() + (long) strip * u.strip()) * stride + (long) h * k.d()) * u.bytes();
    }

    /// A key, or value, of a head of k and v.
    long key(long base, int n, int kvHead, int j, int stride) {
        return base + (((long) n * k.tk() + j) * stride + (long) kvHead * k.d()) * u.bytes();
    }

    /// The strip's first element in [n, heads, tq].
    long row(long base, int n, int h, int strip) {
        return base + (((long) n * k.heads() + h) * k.tq() + (long) strip * u.strip()) * u.bytes();
    }

    /// How many keys the last query of a strip sees; the others see no more.
    int seen(int n, int strip, long lengths) {
        long most = k.tk();
        if (k.causal()) {
            most = Math.min(most, (long) strip * u.strip() + queries(strip) + k.tk() - k.tq());
        }
        if (k.lengths()) {
            most = Math.min(most, Mem.i32(lengths + 4L * n));
        }
        return (int) Math.max(0, most);
    }

    /// Hides what a strip's queries do not see of keys j0 to j1, whose scores are the rows at `s`: query i sees j ≤ i + tk − tq.
    void hide(Columns columns, long s, int strip, int j0, int j1) {
        if (!k.causal()) {
            return;
        }
        long first = (long) strip * u.strip() + k.tk() - k.tq();
        int j = Math.clamp(first + 1, j0, j1);
        if (j < j1) {
            columns.hide(s + (j - j0) * row(), j1 - j, (int) (j - first));
        }
    }

    /// Packs a strip of `m` queries so that queries become columns, missing ones 0.
    void pack(long from, int m, int stride, long to) {
        if (m < u.strip()) {
            Mem.zero(to, k.d() * row());
        }
        u.pack(from, u.bytes(), (long) stride * u.bytes(), k.d(), m, to);
    }

    /// Rows [m, strip] = keys · packed queries.
    void scores(long keys, int stride, int m, long packed, long to) {
        Gemm.run(u, m, u.strip(), k.d(), keys, (long) stride * u.bytes(), u.bytes(), packed, 0, row(), to, row(), false,
                0);
    }

    /// to [m, d] = weights · from, or += it. Weights are the rows of a block, a row for each key: they weigh `n` queries' rows for each of
    /// m keys, or n keys' rows for each of m queries if `transposed`.
    void weigh(long weights, boolean transposed, int m, int n, long from, int stride, long to, int toStride,
            boolean add) {
        Gemm.run(u, m, k.d(), n, weights, transposed ? u.bytes() : row(), transposed ? row() : u.bytes(), from, row(),
                (long) stride * u.bytes(), to, (long) toStride * u.bytes(), add, 0);
    }

    /// Vector steps of a strip against all keys, `products` of them.
    long cost(int products) {
        long lanes = Math.max(1, u.strip() / 2);
        return (long) k.tk() * u.strip() / lanes * ((long) products * k.d() + 16L);
    }
}
