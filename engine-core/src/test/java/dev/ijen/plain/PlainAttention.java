package dev.ijen.plain;

import dev.ijen.spi.Kernel;
import dev.ijen.tensor.HostTensor;
import java.util.List;

/// Attention as plain loops: a query's scores twice, its softmax by the log of the sum.
final class PlainAttention {
    private final Kernel.Attention a;
    private final List<HostTensor> in;

    private PlainAttention(Kernel.Attention a, List<HostTensor> in) {
        this.a = a;
        this.in = in;
    }

    static void run(Kernel.Attention a, List<HostTensor> in, List<HostTensor> out) {
        var p = new PlainAttention(a, in);
        switch (a.pass()) {
            case FORWARD -> p.forward(out.get(0), out.get(1));
            case GRADIENT -> p.gradient(out);
        }
    }

    private long query(int n, int h, int i) {
        return ((long) n * a.tq() + i) * a.qStride() + (long) h * a.d();
    }

    private long dense(int n, int h, int i) {
        return (((long) n * a.tq() + i) * a.heads() + h) * a.d();
    }

    private long key(int n, int h, int j, int stride) {
        return ((long) n * a.tk() + j) * stride + (long) (h / (a.heads() / a.kvHeads())) * a.d();
    }

    /// How many keys a query sees.
    private int seen(int n, int i) {
        long most = a.causal() ? (long) i + 1 + a.tk() - a.tq() : a.tk();
        if (a.lengths()) {
            most = Math.min(most, in.getLast().getLong(n));
        }
        return Math.clamp(most, 0, a.tk());
    }

    private double dot(HostTensor x, long i, HostTensor y, long j) {
        double sum = 0;
        for (int c = 0; c < a.d(); c++) {
            sum += x.get(i + c) * y.get(j + c);
        }
        return sum;
    }

    private double score(int n, int h, int i, int j) {
        return a.scale() * dot(in.get(0), query(n, h, i), in.get(1), key(n, h, j, a.kStride()));
    }

    private void forward(HostTensor o, HostTensor lse) {
        for (int n = 0; n < a.n(); n++) {
            for (int h = 0; h < a.heads(); h++) {
                for (int i = 0; i < a.tq(); i++) {
                    int keys = seen(n, i);
                    double log = Double.NEGATIVE_INFINITY;
                    for (int j = 0; j < keys; j++) {
                        double s = score(n, h, i, j);
                        double max = Math.max(log, s);
                        log = max + Math.log1p(Math.exp(Math.min(log, s) - max));
                    }
                    lse.set(((long) n * a.heads() + h) * a.tq() + i, log);
                    for (int c = 0; c < a.d(); c++) {
                        double sum = 0;
                        for (int j = 0; j < keys; j++) {
                            double p = Math.exp(score(n, h, i, j) - log);
                            sum += p * in.get(2).get(key(n, h, j, a.vStride()) + c);
                        }
                        o.set(dense(n, h, i) + c, sum);
                    }
                }
            }
        }
    }

    private void gradient(List<HostTensor> out) {
        var sum = new double[3][];
        for (int r = 0; r < 3; r++) {
            sum[r] = new double[out.get(r).shape().size()];
        }
        for (int n = 0; n < a.n(); n++) {
            for (int h = 0; h < a.heads(); h++) {
                for (int i = 0; i < a.tq(); i++) {
                    query(n, h, i, sum);
                }
            }
        }
        for (int r = 0; r < 3; r++) {
            for (int e = 0; e < sum[r].length; e++) {
                out.get(r).set(e, sum[r][e]);
            }
        }
    }

    private void query(int n, int h, int i, double[][] sum) {
        var dout = in.get(5);
        long at = dense(n, h, i);
        double delta = dot(dout, at, in.get(3), at);
        double log = in.get(4).get(((long) n * a.heads() + h) * a.tq() + i);
        for (int j = 0; j < seen(n, i); j++) {
            double p = Math.exp(score(n, h, i, j) - log);
            double ds = a.scale() * p * (dot(dout, at, in.get(2), key(n, h, j, a.vStride())) - delta);
            int to = (int) key(n, h, j, a.kvHeads() * a.d());
            for (int c = 0; c < a.d(); c++) {
                sum[0][(int) at + c] += ds * in.get(1).get(key(n, h, j, a.kStride()) + c);
                sum[1][to + c] += ds * in.get(0).get(query(n, h, i) + c);
                sum[2][to + c] += p * dout.get(at + c);
            }
        }
    }
}
