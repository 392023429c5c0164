package dev.ijen.tensor;

import java.util.Locale;

/// Recurrent cells. A step takes a(t) = W_ih x(t) + b_ih and the state h(t − 1); a cell's gates lie one after the other in weights and
/// results, in the order given.
public enum RecurrentCell {
    /// h = tanh(a + W_hh h(t − 1) + b_hh) (Elman 1990).
    RNN_TANH(1),
    /// h = max(a + W_hh h(t − 1) + b_hh, 0) (Le, Jaitly and Hinton, arXiv:1504.00941).
    RNN_RELU(1),
    /// Gates i, f, g, o of a + W_hh h(t − 1) + b_hh: c = σ(f) · c(t − 1) + σ(i) · tanh g, h = σ(o) · tanh c (Hochreiter and Schmidhuber 1997;
    /// forget gate of Gers et al. 2000; no peepholes).
    LSTM(4),
    /// Gates r, z, n: r and z as σ(a + W_hh h(t − 1) + b_hh), n = tanh(a + r · (W_hh h(t − 1) + b_hh)), h = (1 − z) · n + z · h(t − 1)
    /// (Cho et al., arXiv:1406.1078, in the variant of cuDNN and PyTorch in which r multiplies after the product).
    GRU(3);

    private final int gates;

    RecurrentCell(int gates) {
        this.gates = gates;
    }

    /// How many gates it has.
    public int gates() {
        return gates;
    }

    /// True if a step leaves something beside h and the gates: the memory c of an LSTM, or W_hn h + b_hn of a GRU.
    boolean remembers() {
        return this == LSTM || this == GRU;
    }

    /// `lstm`, `gru`, `rnn-tanh`, `rnn-relu`.
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
