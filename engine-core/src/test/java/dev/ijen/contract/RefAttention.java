package dev.ijen.contract;

import dev.ijen.tensor.Attention;
import dev.ijen.tensor.Tensor;

/// Attention of the reference: the textbook's formulas, one query at a time, from whole rows of probabilities. The log of the sum and the
/// output that a gradient is given are not used but computed again.
final class RefAttention {
    private final Attention.Spec spec;
    private final int heads;
    private final int group;
    private final int tq;
    private final int tk;
    private final int d;
    private final double[] q;
    private final double[] k;
    private final double[] v;
    private final long[] lengths;

    private RefAttention(Attention.Spec spec, Value[] in, Value lengths) {
        this.spec = spec;
        tq = in[0].shape().dim(1);
        heads = in[0].shape().dim(2);
        d = in[0].shape().dim(3);
        tk = in[1].shape().dim(1);
        group = heads / in[1].shape().dim(2);
        q = in[0].real();
        k = in[1].real();
        v = in[2].real();
        this.lengths = lengths == null ? null : lengths.whole();
    }

    static Value of(Attention op, Tensor t, Value[] in) {
        int fixed = op instanceof Attention.InputGradient ? 6 : 3;
        var r = new RefAttention(op.spec(), in, in.length > fixed ? in[fixed] : null);
        var y = new double[t.shape().size()];
        for (int n = 0; n < in[0].shape().dim(0); n++) {
            for (int h = 0; h < r.heads; h++) {
                for (int i = 0; i < r.tq; i++) {
                    switch (op) {
                        case Attention.Out o -> r.out(n, h, i, y);
                        case Attention.Lse l -> y[(n * r.heads + h) * r.tq + i] = r.logSum(r.scores(n, h, i));
                        case Attention.InputGradient g -> r.gradient(g.input(), n, h, i, in[5].real(), y);
                    }
                }
            }
        }
        return Value.reals(t.dtype(), t.shape(), y);
    }

    private int query(int n, int h, int i) {
        return ((n * tq + i) * heads + h) * d;
    }

    private int key(int n, int h, int j) {
        return ((n * tk + j) * (heads / group) + h / group) * d;
    }

    /// Scaled scores of a query, −∞ for keys it does not see.
    private double[] scores(int n, int h, int i) {
        var s = new double[tk];
        for (int j = 0; j < tk; j++) {
            boolean seen = (!spec.causal() || j - i <= tk - tq) && (lengths == null || j < lengths[n]);
            for (int c = 0; c < d; c++) {
                s[j] += q[query(n, h, i) + c] * k[key(n, h, j) + c];
            }
            s[j] = seen ? s[j] * spec.scale() : Double.NEGATIVE_INFINITY;
        }
        return s;
    }

    private double logSum(double[] s) {
        double max = Double.NEGATIVE_INFINITY;
        for (double x : s) {
            max = Math.max(max, x);
        }
        double sum = 0;
        for (double x : s) {
            sum += x == Double.NEGATIVE_INFINITY ? 0 : StrictMath.exp(x - max);
        }
        return sum == 0 ? Double.NEGATIVE_INFINITY : max + StrictMath.log(sum);
    }

    private double[] weights(int n, int h, int i) {
        var s = scores(n, h, i);
        double log = logSum(s);
        for (int j = 0; j < tk; j++) {
            s[j] = s[j] == Double.NEGATIVE_INFINITY ? 0 : StrictMath.exp(s[j] - log);
        }
        return s;
    }

    private void out(int n, int h, int i, double[] y) {
        var p = weights(n, h, i);
        for (int c = 0; c < d; c++) {
            for (int j = 0; j < tk; j++) {
                y[query(n, h, i) + c] += p[j] * v[key(n, h, j) + c];
            }
        }
    }

    /// dv = p ∘ do, and through the softmax's Jacobian ds_j = p_j (dp_j − Σ p dp), dq = Σ ds k, dk = ds q.
    private void gradient(Attention.Input which, int n, int h, int i, double[] dout, double[] y) {
        var p = weights(n, h, i);
        var dp = new double[tk];
        double mean = 0;
        for (int j = 0; j < tk; j++) {
            for (int c = 0; c < d; c++) {
                dp[j] += dout[query(n, h, i) + c] * v[key(n, h, j) + c];
            }
            mean += p[j] * dp[j];
        }
        for (int j = 0; j < tk; j++) {
            double ds = spec.scale() * p[j] * (dp[j] - mean);
            for (int c = 0; c < d; c++) {
                int at = query(n, h, i) + c;
                int to = key(n, h, j) + c;
                switch (which) {
                    case Q -> y[at] += ds * k[to];
                    case K -> y[to] += ds * q[at];
                    case V -> y[to] += p[j] * dout[at];
                }
            }
        }
    }
}
