package dev.ijen.contract;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;
import java.util.random.RandomGenerator;

/// One input of a row of the op table: its shape, and how its numbers are drawn.
///
/// @param fixed element type, or null for the type the row is tried with
/// @param low least number; NaN for the row's
/// @param high greatest number
record In(DType fixed, double low, double high, Shape shape) {
    /// Numbers of the row's range and the type the row is tried with.
    static In of(int... dims) {
        return new In(null, Double.NaN, Double.NaN, Shape.of(dims));
    }

    /// Numbers of another range.
    static In from(double low, double high, int... dims) {
        return new In(null, low, high, Shape.of(dims));
    }

    /// Whole numbers from 0 to n − 1, as I32.
    static In index(int n, int... dims) {
        return new In(DType.I32, 0, n - 1, Shape.of(dims));
    }

    /// Whole numbers from low to high, as I32.
    static In whole(int low, int high, int... dims) {
        return new In(DType.I32, low, high, Shape.of(dims));
    }

    /// Truth values.
    static In bool(int... dims) {
        return new In(DType.BOOL, 0, 1, Shape.of(dims));
    }

    /// A generator state.
    static In state() {
        return new In(DType.I64, 0, 1L << 50, Shape.of(2));
    }

    DType dtype(DType tried) {
        return fixed == null ? tried : fixed;
    }

    /// Numbers for a row with the given range. Whole numbers of a tried type take four times the range.
    Value draw(DType tried, double rowLow, double rowHigh, RandomGenerator random) {
        var type = dtype(tried);
        double a = Double.isNaN(low) ? rowLow : low;
        double b = Double.isNaN(low) ? rowHigh : high;
        int n = shape.size();
        if (type.isFloat()) {
            var v = new double[n];
            for (int i = 0; i < n; i++) {
                v[i] = a + (b - a) * random.nextDouble();
            }
            return Value.reals(type, shape, v);
        }
        int scale = fixed == null ? 4 : 1;
        long least = (long) Math.ceil(a * scale);
        long most = (long) Math.floor(b * scale);
        var v = new long[n];
        for (int i = 0; i < n; i++) {
            long w = type == DType.BOOL ? random.nextInt(2) : random.nextLong(least, Math.max(least, most) + 1);
            v[i] = type == DType.U8 ? Math.abs(w) : w;
        }
        return Value.wholes(type, shape, v);
    }
}
