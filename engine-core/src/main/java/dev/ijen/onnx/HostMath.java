package dev.ijen.onnx;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Single elements and layouts of values on the host.
final class HostMath {
    private HostMath() {}

    static boolean whole(DType t) {
        return !t.isFloat();
    }

    static double at(HostTensor x, long i) {
        return x.get(i);
    }

    /// Stores a whole number exactly; it wraps to the type, and is 0 or 1 in BOOL.
    static void put(HostTensor h, long i, long v) {
        switch (h.dtype()) {
            case I64 -> h.data().set(ValueLayout.JAVA_LONG_UNALIGNED, i * 8, v);
            case I32 -> h.data().set(ValueLayout.JAVA_INT_UNALIGNED, i * 4, (int) v);
            case I8, U8 -> h.data().set(ValueLayout.JAVA_BYTE, i, (byte) v);
            case BOOL -> h.data().set(ValueLayout.JAVA_BYTE, i, (byte) (v != 0 ? 1 : 0));
            case F32, F64, F16, BF16 -> h.set(i, (double) v);
        }
    }

    /// Copies one element between tensors of one type.
    static void copy(HostTensor from, long i, HostTensor to, long k) {
        int b = from.dtype().bytes();
        MemorySegment.copy(from.data(), i * b, to.data(), k * b, b);
    }

    /// Conversion as [dev.ijen.tensor.Elementwise.Cast] does it.
    static HostTensor cast(HostTensor x, DType to) {
        if (x.dtype() == to) {
            return x;
        }
        var h = HostTensor.zeros(to, x.shape());
        for (int i = 0; i < x.shape().size(); i++) {
            if (whole(x.dtype())) {
                put(h, i, x.getLong(i));
            } else if (to == DType.BOOL) {
                h.set(i, x.get(i));
            } else if (whole(to)) {
                put(h, i, (long) x.get(i));
            } else {
                h.set(i, x.get(i));
            }
        }
        return h;
    }

    /// Elements `start + Σ index · by` under a shape.
    static HostTensor strided(HostTensor x, Shape shape, int start, int[] by) {
        var h = HostTensor.zeros(x.dtype(), shape);
        for (int i = 0; i < shape.size(); i++) {
            int from = start;
            for (int a = shape.rank() - 1, rest = i; a >= 0; a--) {
                from += rest % shape.dim(a) * by[a];
                rest /= shape.dim(a);
            }
            copy(x, from, h, i);
        }
        return h;
    }

    /// Repeated along axes of extent 1 and new leading axes.
    static HostTensor broadcast(HostTensor x, Shape to) {
        var by = new int[to.rank()];
        var strides = x.shape().strides();
        int lead = to.rank() - x.shape().rank();
        for (int a = lead; a < by.length; a++) {
            by[a] = x.shape().dim(a - lead) == 1 ? 0 : strides[a - lead];
        }
        return strided(x, to, 0, by);
    }
}
