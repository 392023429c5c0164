package dev.ijen.contract;

import dev.ijen.tensor.Indexing;
import dev.ijen.tensor.Tensor;

/// Gathering and scattering of rows of the reference.
final class RefIndex {
    private RefIndex() {}

    static Value of(Indexing op, Tensor t, Value[] in) {
        var y = Value.blank(t.dtype(), t.shape());
        var x = in[0];
        int d = x.shape().dim(1);
        int rows = op instanceof Indexing.Gather ? x.shape().dim(0) : t.shape().dim(0);
        for (int i = 0; i < in[1].shape().size(); i++) {
            int row = (int) in[1].whole()[i];
            if (row < 0 || row >= rows) {
                throw new IndexOutOfBoundsException("row " + row + " of " + rows);
            }
            for (int k = 0; k < d; k++) {
                switch (op) {
                    case Indexing.Gather g -> y.copy(i * d + k, x, row * d + k);
                    case Indexing.ScatterSet s -> y.copy(row * d + k, x, i * d + k);
                    case Indexing.ScatterAdd s -> {
                        if (y.real() != null) {
                            y.real()[row * d + k] += x.real()[i * d + k];
                        } else {
                            y.whole()[row * d + k] += x.whole()[i * d + k];
                        }
                    }
                }
            }
        }
        return y.real() != null ? Value.reals(y.dtype(), y.shape(), y.real())
                : Value.wholes(y.dtype(), y.shape(), y.whole());
    }
}
