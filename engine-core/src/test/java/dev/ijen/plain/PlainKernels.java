package dev.ijen.plain;

import dev.ijen.spi.Kernel;
import dev.ijen.tensor.HostTensor;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleBinaryOperator;

/// Every kernel of the vocabulary as plain loops.
public final class PlainKernels {
    private PlainKernels() {}

    /// Computes `out` of `in`; a wrong index is an IndexOutOfBoundsException.
    public static void run(Kernel kernel, List<HostTensor> in, List<HostTensor> out) {
        var o = out.getFirst();
        switch (kernel) {
            case Kernel.Loop l -> PlainRegion.run(l.region(), in, out);
            case Kernel.Fill f -> {
                for (int i = 0; i < o.shape().size(); i++) {
                    o.set(i, f.dtype().isFloat() ? f.real() : f.whole());
                }
            }
            case Kernel.Copy c -> o.data().copyFrom(in.getFirst().data());
            case Kernel.MatMul m -> matmul(m, in.get(0), in.get(1), o);
            case Kernel.Conv c -> PlainWindows.conv(c, in.get(0), in.get(1), o);
            case Kernel.Pool p -> PlainWindows.pool(p, in, o);
            case Kernel.Softmax s -> softmax(s, in.getFirst(), o);
            case Kernel.CrossEntropy c -> crossEntropy(c, in.get(0), in.get(1), o);
            case Kernel.Attention a -> PlainAttention.run(a, in, out);
            case Kernel.Gather g -> gather(g, in.get(0), in.get(1), o);
            case Kernel.Scatter s -> scatter(s, in.get(0), in.get(1), o);
            case Kernel.CumSum c -> cumsum(c, in.getFirst(), o);
            case Kernel.ArgReduce a -> argReduce(a, in.getFirst(), o);
            case Kernel.ArgSort a -> argSort(a, in.getFirst(), o);
            case Kernel.Recurrent r -> PlainRecurrent.run(r, in, out);
        }
    }

    private static void matmul(Kernel.MatMul m, HostTensor a, HostTensor b, HostTensor o) {
        int at = 0;
        for (int p = 0; p < m.batch(); p++) {
            int ao = p * m.m() * m.k();
            int bo = p * m.k() * m.n();
            for (int i = 0; i < m.m(); i++) {
                for (int j = 0; j < m.n(); j++) {
                    double real = 0;
                    long whole = 0;
                    for (int k = 0; k < m.k(); k++) {
                        int x = ao + (m.ta() ? k * m.m() + i : i * m.k() + k);
                        int y = bo + (m.tb() ? j * m.k() + k : k * m.n() + j);
                        if (m.dtype().isFloat()) {
                            real += a.get(x) * b.get(y);
                        } else {
                            whole += a.getLong(x) * b.getLong(y);
                        }
                    }
                    PlainRegion.put(o, at++, real, whole);
                }
            }
        }
    }

    private static void softmax(Kernel.Softmax s, HostTensor x, HostTensor o) {
        for (int r = 0; r < s.rows(); r++) {
            double max = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < s.n(); i++) {
                max = Math.max(max, x.get(r * s.n() + i));
            }
            double sum = 0;
            for (int i = 0; i < s.n(); i++) {
                sum += Math.exp(x.get(r * s.n() + i) - max);
            }
            for (int i = 0; i < s.n(); i++) {
                double v = x.get(r * s.n() + i) - max;
                o.set(r * s.n() + i, s.log() ? v - Math.log(sum) : Math.exp(v) / sum);
            }
        }
    }

    private static void crossEntropy(Kernel.CrossEntropy c, HostTensor x, HostTensor labels, HostTensor o) {
        for (int r = 0; r < c.rows(); r++) {
            long label = labels.getLong(r);
            if (label < 0) {
                o.set(r, 0);
                continue;
            }
            Objects.checkIndex(label, c.n());
            double max = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < c.n(); i++) {
                max = Math.max(max, x.get(r * c.n() + i));
            }
            double sum = 0;
            for (int i = 0; i < c.n(); i++) {
                sum += Math.exp(x.get(r * c.n() + i) - max);
            }
            o.set(r, Math.log(sum) + max - x.get((long) r * c.n() + label));
        }
    }

    private static void gather(Kernel.Gather g, HostTensor x, HostTensor index, HostTensor o) {
        for (int i = 0; i < g.count(); i++) {
            long row = Objects.checkIndex(index.getLong(i), g.rows());
            for (int j = 0; j < g.d(); j++) {
                put(o, i * g.d() + j, x, row * g.d() + j);
            }
        }
    }

    private static void put(HostTensor to, long i, HostTensor from, long j) {
        int n = to.dtype().bytes();
        to.data().asSlice(i * n, n).copyFrom(from.data().asSlice(j * n, n));
    }

    private static void scatter(Kernel.Scatter s, HostTensor x, HostTensor index, HostTensor o) {
        o.data().fill((byte) 0);
        var sum = new double[s.mode() == Kernel.ScatterMode.ADD ? s.rows() * s.d() : 0];
        for (int i = 0; i < s.count(); i++) {
            long row = Objects.checkIndex(index.getLong(i), s.rows());
            for (int j = 0; j < s.d(); j++) {
                long to = row * s.d() + j;
                switch (s.mode()) {
                    case ADD -> {
                        sum[(int) to] += x.get(i * s.d() + j);
                        o.set(to, sum[(int) to]);
                    }
                    case SET -> put(o, to, x, i * s.d() + j);
                }
            }
        }
    }

    private static void cumsum(Kernel.CumSum c, HostTensor x, HostTensor o) {
        for (int p = 0; p < c.outer(); p++) {
            for (int q = 0; q < c.inner(); q++) {
                double sum = 0;
                for (int k = 0; k < c.n(); k++) {
                    int i = (p * c.n() + (c.reverse() ? c.n() - 1 - k : k)) * c.inner() + q;
                    double v = x.get(i);
                    o.set(i, c.exclusive() ? sum : sum + v);
                    sum += v;
                }
            }
        }
    }

    private static void argReduce(Kernel.ArgReduce a, HostTensor x, HostTensor o) {
        DoubleBinaryOperator better = a.greatest() ? Math::max : Math::min;
        for (int p = 0; p < a.outer(); p++) {
            for (int q = 0; q < a.inner(); q++) {
                int best = 0;
                double value = x.get(p * a.n() * a.inner() + q);
                for (int k = 1; k < a.n(); k++) {
                    double v = x.get((p * a.n() + k) * a.inner() + q);
                    double w = better.applyAsDouble(value, v);
                    if (!Double.isNaN(value) && w != value) {
                        best = k;
                        value = v;
                    }
                }
                o.set(p * a.inner() + q, best);
            }
        }
    }

    private static void argSort(Kernel.ArgSort a, HostTensor x, HostTensor o) {
        for (int r = 0; r < a.rows(); r++) {
            var order = new Integer[a.n()];
            Arrays.setAll(order, i -> i);
            int at = r * a.n();
            Arrays.sort(order, (i, j) -> {
                // −0 equals 0
                int c = Double.compare(x.get(at + i) + 0.0, x.get(at + j) + 0.0);
                return a.descending() ? -c : c;
            });
            for (int i = 0; i < order.length; i++) {
                o.set(at + i, order[i]);
            }
        }
    }
}
