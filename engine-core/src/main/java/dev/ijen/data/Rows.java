package dev.ijen.data;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Picks rows of tensors.
final class Rows {
    private Rows() {}

    static void check(int[] indices, int size) {
        for (int i : indices) {
            if (i < 0 || i >= size) {
                throw new IjenException(
                        "dataset: no such example", "index " + i, "0 to " + (size - 1), "check how indices are made");
            }
        }
    }

    /// Rows of `[M, …]` as `[N, …]`.
    static HostTensor pick(HostTensor from, int[] indices) {
        var shape = from.shape().with(0, indices.length);
        long row = from.shape().dim(0) == 0 ? 0 : from.data().byteSize() / from.shape().dim(0);
        var to = allocate(from.dtype(), shape);
        for (int i = 0; i < indices.length; i++) {
            MemorySegment.copy(from.data(), indices[i] * row, to.data(), i * row, row);
        }
        return to;
    }

    /// Rows of U8 `[M, …]` as F32 `[N, …]` from 0 to 1.
    static HostTensor pickScaled(byte[] from, int rowLength, Shape shape, int[] indices) {
        var to = new float[indices.length * rowLength];
        for (int i = 0; i < indices.length; i++) {
            scale(from, indices[i] * rowLength, to, i * rowLength, rowLength);
        }
        return HostTensor.of(to, shape.insert(0, indices.length).dims());
    }

    private static void scale(byte[] from, int at, float[] to, int out, int n) {
        for (int k = 0; k < n; k++) {
            to[out + k] = (from[at + k] & 0xff) * (1 / 255f);
        }
    }

    /// Counts bytes by value.
    static void count(byte[] from, int at, int n, long[] counts) {
        int others = 0;
        for (int k = at; k < at + n; k++) {
            byte v = from[k];
            if (v != 0) { // most are the background
                counts[v & 0xff]++;
                others++;
            }
        }
        counts[0] += n - others;
    }

    static HostTensor labels(int[] all, int[] indices) {
        var to = new int[indices.length];
        for (int i = 0; i < to.length; i++) {
            to[i] = all[indices[i]];
        }
        return HostTensor.of(to, to.length);
    }

    private static HostTensor allocate(DType dtype, Shape shape) {
        // arrays of the element type, so that the values can be taken out without a copy
        return switch (dtype) {
            case F32 -> HostTensor.of(new float[shape.size()], shape.dims());
            case I32 -> HostTensor.of(new int[shape.size()], shape.dims());
            case F64, F16, BF16, I64, I8, U8, BOOL -> HostTensor.zeros(dtype, shape);
        };
    }

    /// The bytes of a tensor as floats in an array that may be changed.
    static float[] floats(HostTensor t) {
        return t.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }
}
