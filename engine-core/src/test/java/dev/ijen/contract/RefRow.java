package dev.ijen.contract;

import dev.ijen.tensor.Rowwise;
import dev.ijen.tensor.Tensor;

/// Operations on rows of the reference.
final class RefRow {
    private RefRow() {}

    static Value of(Rowwise op, Tensor t, Value[] in) {
        var x = in[0];
        int c = x.shape().dim(-1);
        int rows = c == 0 ? 0 : x.shape().size() / c;
        var y = new double[t.shape().size()];
        for (int row = 0; row < rows; row++) {
            double lse = logSumExp(x.real(), row * c, c);
            switch (op) {
                case Rowwise.Softmax s -> {
                    for (int i = row * c; i < (row + 1) * c; i++) {
                        double d = x.real()[i] - lse;
                        y[i] = s.log() ? d : StrictMath.exp(d);
                    }
                }
                case Rowwise.CrossEntropy e -> {
                    int label = (int) in[1].whole()[row];
                    if (label >= c) {
                        throw new IllegalArgumentException("label " + label + " of " + c + " classes");
                    }
                    y[row] = label < 0 ? 0 : lse - x.real()[row * c + label];
                }
            }
        }
        return Value.reals(t.dtype(), t.shape(), y);
    }

    private static double logSumExp(double[] x, int from, int n) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = from; i < from + n; i++) {
            max = Math.max(max, x[i]);
        }
        double sum = 0;
        for (int i = from; i < from + n; i++) {
            sum += StrictMath.exp(x[i] - max);
        }
        return max + StrictMath.log(sum);
    }
}
