package dev.ijen.spi;

import dev.ijen.tensor.DType;

/// What a launch computes. The vocabulary is closed: a backend implements all of it, and core composes every operation from
/// it. All operands are dense and row-major unless a kernel says otherwise; sizes are elements. Kernels on F16 and BF16 accumulate in F32.
public sealed interface Kernel {
    /// A fused loop nest over all inputs and outputs of the launch.
    record Loop(Region region) implements Kernel {}

    /// Fills the output with one value (`real` for F32, F64, F16, BF16; `whole` otherwise).
    record Fill(DType dtype, double real, long whole) implements Kernel {}

    /// Copies the input's bytes to the output.
    record Copy() implements Kernel {}

    /// `batch` products a · b of row-major matrices: a is [m, k], or [k, m] if `ta`; b is [k, n], or [n, k] if `tb`;
    /// the output is [m, n]. Inputs a, b. All types but BOOL.
    record MatMul(DType dtype, int batch, int m, int n, int k, boolean ta, boolean tb) implements Kernel {}

    /// Which of a convolution's three arrays is computed.
    enum ConvPass {
        /// (x, w) → y.
        FORWARD,
        /// (dy, w) → dx.
        INPUT_GRADIENT,
        /// (x, dy) → dw.
        FILTER_GRADIENT
    }

    /// Convolution (cross-correlation), channels last: x [N, spatial…, C], w [K, window…, C / groups], y [N, spatial…, K].
    /// Real types.
    record Conv(DType dtype, ConvPass pass, Window window, int n, int c, int k, int groups) implements Kernel {}

    /// What a pooling launch computes.
    enum PoolMode {
        /// (x) → y: greatest of each window (NaN wins); padding never wins.
        MAX,
        /// (x, dy) → dx: dy goes to the first greatest element (or NaN) of each window in row-major order; overlaps add.
        MAX_GRADIENT,
        /// (x, g) → the elements of g (shaped like x) where x is the window's first greatest.
        MAX_PICK,
        /// (x) → y: sum of each window, padding counts as 0.
        SUM,
        /// (dy) → dx: each dy is added to every element of its window.
        SUM_GRADIENT
    }

    /// Pooling over windows, channels last: x [N, spatial…, C], y [N, spatial…, C]. Real types.
    record Pool(DType dtype, PoolMode mode, Window window, int n, int c) implements Kernel {}

    /// Softmax, or its logarithm, of each of `rows` rows of `n`. Real types. A row of only −∞ gives NaN.
    record Softmax(DType dtype, int rows, int n, boolean log) implements Kernel {}

    /// logits [rows, n] (real), labels [rows] (I32) → loss [rows]: log Σ exp − logit of the label; 0 where the label is negative.
    /// A label of n or more is an error of the run.
    record CrossEntropy(DType dtype, int rows, int n) implements Kernel {}

    /// Which way attention runs.
    enum AttentionPass {
        /// (q, k, v[, lengths]) → (o, lse).
        FORWARD,
        /// (q, k, v, o, lse, do[, lengths]) → (dq, dk, dv).
        GRADIENT
    }

    /// Scaled dot-product attention, softmax(scale · q kᵀ) v for each sequence and head (Vaswani et al. 2017), without ever holding a
    /// tq × tk matrix (Dao et al., FlashAttention 2, 2023). q [n, tq, heads, d], k and v [n, tk, kvHeads, d]; head h reads key/value
    /// head h / (heads / kvHeads). A token's heads lie together; from a token to the next are qStride, kStride, vStride elements (heads·d
    /// and kvHeads·d when dense, more when q, k and v are parts of one projection; the Ref covers the elements from its first to its
    /// last, and begins at a multiple of the element's size). Outputs are dense.
    /// `causal`: query i sees keys j ≤ i + tk − tq. `lengths`: the last input is I32 [n], keys at or beyond it are not seen. A query that
    /// sees no key gives 0 and lse −∞.
    /// FORWARD: q, k, v[, lengths] → o [n, tq, heads, d], lse F32 (F64 for F64) [n, heads, tq] = log Σ exp of the scaled scores.
    /// GRADIENT: q, k, v, o, lse, do[, lengths] → dq, dk, dv. tq or tk may be 0, not both. Real types; F16 and BF16 accumulate in F32.
    record Attention(
            DType dtype, AttentionPass pass, int n, int heads, int kvHeads, int tq, int tk, int d, int qStride,
            int kStride, int vStride, boolean causal, boolean lengths, double scale) implements Kernel {}

    /// table [rows, d], index [count] (I32) → [count, d]. An index outside [0, rows) is an error of the run. All types.
    record Gather(DType dtype, int rows, int d, int count) implements Kernel {}

    /// How scattered elements that meet are combined.
    enum ScatterMode {
        /// Added, in index order.
        ADD,
        /// The last one stays.
        SET
    }

    /// source [count, d], index [count] (I32) → [rows, d]: rows no index names are 0. An index outside [0, rows) is an error
    /// of the run. All types (ADD: not BOOL).
    record Scatter(DType dtype, ScatterMode mode, int rows, int d, int count) implements Kernel {}

    /// Running sum along the middle axis of [outer, n, inner]; `exclusive` leaves the element itself out; `reverse` runs
    /// from the end. F32, F64, I32, I64, F16, BF16.
    record CumSum(DType dtype, int outer, int n, int inner, boolean exclusive, boolean reverse) implements Kernel {}

    /// Index (I32) of the greatest or least element along the middle axis of [outer, n, inner]; the first of equals; NaN wins.
    record ArgReduce(DType dtype, int outer, int n, int inner, boolean greatest) implements Kernel {}

    /// Stable sorting permutation (I32) of each of `rows` rows of `n`; NaN counts as the greatest.
    record ArgSort(DType dtype, int rows, int n, boolean descending) implements Kernel {}

    /// Kinds of recurrent cells with their gates in order: RNN_TANH, RNN_RELU (1), LSTM (4: i, f, g, o; Hochreiter & Schmidhuber
    /// 1997, gates as PyTorch), GRU (3: r, z, n; Cho et al. 2014, the variant in which r multiplies after the product, as cuDNN and
    /// PyTorch).
    enum CellKind {
        /// tanh(xw + W h).
        RNN_TANH,
        /// max(xw + W h, 0).
        RNN_RELU,
        /// c = f · c(t−1) + i · g, h = o · tanh c; i, f, o by the sigmoid, g by tanh.
        LSTM,
        /// h = (1 − z) · n + z · h(t−1), n = tanh(xw + r · (W h + b)); r, z by the sigmoid.
        GRU
    }

    /// What a recurrent launch computes.
    enum RecurrentPass {
        /// All steps.
        FORWARD,
        /// Their gradient, against the order of the steps.
        GRADIENT
    }

    /// The sequential part of a recurrent layer in one direction; the products over all steps (input projection, weight gradients)
    /// are ordinary matmuls outside.
    /// G = gates. xw [t, n, G·h] = x W_ihᵀ + b_ih + b_hh (GRU: without b_hh of gate n), w [G·h, h] = W_hh, bn [h] (GRU only: b_hh
    /// of gate n), h0 [n, h], c0 [n, h] (LSTM only).
    ///
    /// FORWARD: xw, w[, bn], h0[, c0] → y [t, n, h]; gates [t, n, G·h] after their activation (GRU: gate n's slot holds n); LSTM:
    /// c [t, n, h]; GRU: hn [t, n, h] = W_hn h + bn.
    ///
    /// GRADIENT: w, h0[, c0], y, gates[, c | hn], dy [t, n, h][, dcT [n, h] (LSTM: gradient of the last c)] → dxw [t, n, G·h]; dh0
    /// [n, h]; LSTM: dc0 [n, h]; GRU: dhn [t, n, h] (gradient of hn).
    ///
    /// (so that outside: dW_ih = dxwᵀ x, dW_hh = Σ_t dgate_h(t)ᵀ h(t−1), where dgate_h equals dxw except for GRU's gate n, which
    /// is dhn.)
    ///
    /// `reverse` runs from the last step to the first (h(t−1) is then the step after). Real types; F16 and BF16 accumulate in F32.
    record Recurrent(DType dtype, CellKind cell, RecurrentPass pass, int t, int n, int h, boolean reverse)
            implements Kernel {}
}
