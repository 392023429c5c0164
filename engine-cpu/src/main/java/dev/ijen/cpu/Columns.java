package dev.ijen.cpu;

/// What attention does with the scores of a strip of queries, for one element type: each query is a column of a block of rows, one a key.
/// What is kept of each query (greatest score, sum, …) is a row of its own.
interface Columns {
    /// x · factor, n a multiple of a vector.
    void scale(long x, double factor, int n);

    /// −∞ in the first columns of rows: n of the first row, one more in each that follows. Less than all of the last row.
    void hide(long s, int rows, int n);

    /// One step of the softmax that sees keys block by block (Milakov and Gimelshein, arXiv:1805.02867): max becomes the greatest so far, s
    /// exp(s − max), and sum what it would be with all keys so far. `factor` is what earlier sums are to be multiplied by. A column of only −∞
    /// gives 0.
    void softmax(long s, int rows, long max, long sum, long factor);

    /// Nothing seen: max −∞, sum 0.
    void start(long max, long sum);

    /// The log of the whole sum in place of max, and 1 / sum, or 0, in place of sum. `work` is a row.
    void finish(long max, long sum, long work);

    /// The first n logs of sums for [#gradient]; +∞ for those of queries that see nothing, and for columns without a query.
    void logs(long lse, int n, long to);

    /// Row `to` = Σ of a ∘ b over rows.
    void dot(long a, long b, int rows, long to);

    /// s becomes the weights p = exp(s − lse), dp becomes scale · p ∘ (dp − delta).
    void gradient(long s, long dp, int rows, long lse, long delta, double scale);

    /// to = Σ of `parts` runs of n elements, `step` bytes apart, in order.
    void sum(long x, long step, int parts, long to, int n);

    /// Some rows of d elements, `step` bytes apart, each times its element of the row `factors`.
    void scaleRows(long x, long step, long factors, int rows, int d);
}
