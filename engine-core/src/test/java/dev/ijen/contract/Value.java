package dev.ijen.contract;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;

/// Numbers as the reference holds them: real types in `real`, whole numbers and truth values in `whole`; the other array is
/// null. Every element is a value its type can store.
record Value(DType dtype, Shape shape, double[] real, long[] whole) {
    /// Real numbers, rounded to the type.
    static Value reals(DType dtype, Shape shape, double[] v) {
        var r = new double[v.length];
        for (int i = 0; i < r.length; i++) {
            r[i] = round(dtype, v[i]);
        }
        return new Value(dtype, shape, r, null);
    }

    /// Whole numbers, wrapped to the type.
    static Value wholes(DType dtype, Shape shape, long[] v) {
        var r = new long[v.length];
        for (int i = 0; i < r.length; i++) {
            r[i] = wrap(dtype, v[i]);
        }
        return new Value(dtype, shape, null, r);
    }

    /// A copy of host data.
    static Value of(HostTensor t) {
        return t.dtype().isFloat()
                ? new Value(t.dtype(), t.shape(), t.toDoubleArray(), null)
                : new Value(t.dtype(), t.shape(), null, t.toLongArray());
    }

    /// A zero of each element: the start of a computation.
    static Value blank(DType dtype, Shape shape) {
        return dtype.isFloat()
                ? new Value(dtype, shape, new double[shape.size()], null)
                : new Value(dtype, shape, null, new long[shape.size()]);
    }

    /// The data a program would be given.
    HostTensor host() {
        if (dtype == DType.I64) {
            return HostTensor.of(whole.clone(), shape.dims()).reshape(shape.dims());
        }
        var t = HostTensor.zeros(dtype, shape);
        for (int i = 0; i < shape.size(); i++) {
            t.set(i, at(i));
        }
        return t;
    }

    double at(int i) {
        return real != null ? real[i] : whole[i];
    }

    /// Element `from` of `source` becomes element `to`.
    void copy(int to, Value source, int from) {
        if (real != null) {
            real[to] = source.real[from];
        } else {
            whole[to] = source.whole[from];
        }
    }

    Value under(Shape s) {
        return new Value(dtype, s, real, whole);
    }

    /// The nearest number the type holds, ties to even. Short types round twice, through F32, in which they compute.
    static double round(DType dtype, double v) {
        return switch (dtype) {
            case F64 -> v;
            case F32 -> (float) v;
            case F16 -> digits((float) v, 10, -14, 65520);
            case BF16 -> digits((float) v, 7, -126, 0x1.ffp127);
            case I32, I64, I8, U8, BOOL -> throw new IllegalArgumentException(dtype.toString());
        };
    }

    private static double digits(double v, int fraction, int leastExponent, double infinite) {
        if (Double.isNaN(v) || v == 0) {
            return v;
        }
        if (Math.abs(v) >= infinite) {
            return Math.signum(v) * Double.POSITIVE_INFINITY;
        }
        double unit = Math.scalb(1.0, Math.max(Math.getExponent(v), leastExponent) - fraction);
        return Math.rint(v / unit) * unit;
    }

    /// The number modulo the type's range.
    static long wrap(DType dtype, long v) {
        return switch (dtype) {
            case I64 -> v;
            case I32 -> (int) v;
            case I8 -> (byte) v;
            case U8 -> v & 0xff;
            case BOOL -> v != 0 ? 1 : 0;
            case F32, F64, F16, BF16 -> throw new IllegalArgumentException(dtype.toString());
        };
    }

    @Override
    public String toString() {
        return host().toString();
    }
}
