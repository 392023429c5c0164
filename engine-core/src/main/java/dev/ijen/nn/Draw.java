package dev.ijen.nn;

import dev.ijen.engine.HostRandom;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import java.util.function.DoubleSupplier;

/// Random weights on the host.
final class Draw {
    /// Standard deviation of a standard normal cut off at ±2.
    private static final double CUT_STD = 0.8796256610342398;

    private Draw() {}

    static HostTensor fill(Shape s, DoubleSupplier next) {
        var v = new float[s.size()];
        for (int i = 0; i < v.length; i++) {
            v[i] = (float) next.getAsDouble();
        }
        return HostTensor.of(v, s.dims());
    }

    static HostTensor uniform(HostRandom r, Shape s, double bound) {
        var v = new float[s.size()];
        r.fill(v);
        for (int i = 0; i < v.length; i++) {
            v[i] = (float) (bound * (2.0 * v[i] - 1));
        }
        return HostTensor.of(v, s.dims());
    }

    static HostTensor normal(HostRandom r, Shape s, double mean, double std) {
        return fill(s, () -> mean + std * r.nextGaussian());
    }

    static HostTensor truncated(HostRandom r, Shape s, double std) {
        return fill(s, () -> {
            double g = r.nextGaussian();
            while (Math.abs(g) > 2) {
                g = r.nextGaussian();
            }
            return g * std / CUT_STD;
        });
    }

    static HostTensor orthogonal(HostRandom r, Shape s, double gain) {
        int rows = s.dim(0);
        int columns = s.size() / Math.max(1, rows);
        boolean wide = rows <= columns;
        int count = wide ? rows : columns;
        int length = wide ? columns : rows;
        var q = new double[count][length];
        for (int i = 0; i < count; i++) {
            double norm;
            do {
                for (int k = 0; k < length; k++) {
                    q[i][k] = r.nextGaussian();
                }
                norm = Math.sqrt(dot(q[i], q[i]));
                // Gram-Schmidt twice: once leaves errors of the size of the condition number
                for (int pass = 0; pass < 2; pass++) {
                    for (int j = 0; j < i; j++) {
                        double d = dot(q[i], q[j]);
                        for (int k = 0; k < length; k++) {
                            q[i][k] -= d * q[j][k];
                        }
                    }
                }
            } while (Math.sqrt(dot(q[i], q[i])) < 1e-8 * norm);
            double left = Math.sqrt(dot(q[i], q[i]));
            for (int k = 0; k < length; k++) {
                q[i][k] /= left;
            }
        }
        var v = new float[s.size()];
        for (int i = 0; i < rows; i++) {
            for (int k = 0; k < columns; k++) {
                v[i * columns + k] = (float) (gain * (wide ? q[i][k] : q[k][i]));
            }
        }
        return HostTensor.of(v, s.dims());
    }

    private static double dot(double[] a, double[] b) {
        double s = 0;
        for (int i = 0; i < a.length; i++) {
            s += a[i] * b[i];
        }
        return s;
    }
}
