package dev.ijen.cpu;

/// The innermost step of a matrix product, for one element type: a few rows of c by one strip of columns.
///
/// Element (i, p) of a lies at `a + i · ars + p · acs` (bytes), row p of the strip at `b + p · brs`. Every element of
/// c is one chain of fused multiply-adds in the order of p, whatever the tile, so results do not depend on how a
/// product is cut.
interface Micro {
    /// Bytes of an element.
    int bytes();

    /// Columns of a full strip: two vectors.
    int strip();

    /// Most rows that are taken at once.
    int rows();

    /// How many rows to take at once of those that are left.
    default int take(int left) {
        return left >= rows() ? rows() : 1;
    }

    /// c = from + a · b for `rows` rows, a number that [#take] gives, and a full strip. Rows of `from` are `fs` bytes
    /// apart; it may be c.
    void full(int rows, long a, long ars, long acs, long b, long brs, int k, long from, long fs, long c, long ldc);

    /// One row by four full strips of b that begin `step` bytes apart: c = from + a · b. Strips of `from` are `fs` bytes apart, those of c
    /// `cs`. One row by one strip has too few sums to keep the processor busy.
    void four(long a, long acs, long b, long step, long brs, int k, long from, long fs, long c, long cs);

    /// The same as [#full] for the first `n` < [#strip] columns of a strip; nothing outside these is touched.
    void part(
            int rows, int n, long a, long ars, long acs, long b, long brs, int k, long from, long fs, long c, long ldc);

    /// Copies k rows of `n` ≤ [#strip] columns, element (p, j) at `from + p · rs + j · cs`, to rows that are a strip
    /// apart.
    void pack(long from, long rs, long cs, int k, int n, long to);
}
