package dev.ijen.tensor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/// Values on the host: an element type, a shape and little-endian row-major bytes (on the heap, off it, or in a mapped file).
/// The bytes are shared, not copied. The factories take the extents after the values; without extents, one value makes a scalar
/// and several make a vector.
///
/// @param dtype element type
/// @param shape extents
/// @param data exactly `shape.size() * dtype.bytes()` bytes
public record HostTensor(DType dtype, Shape shape, MemorySegment data) {
    /// Checks that the bytes are as many as type and shape say.
    public HostTensor {
        long need = (long) shape.size() * dtype.bytes();
        if (data.byteSize() != need) {
            throw new ShapeException(
                    "host tensor",
                    data.byteSize() + " bytes for " + dtype + shape,
                    need + " bytes",
                    "pass exactly the elements of the shape");
        }
    }

    /// An F32 tensor over `values`, which is not copied.
    public static HostTensor of(float[] values, int... dims) {
        return new HostTensor(DType.F32, shape(values.length, dims), MemorySegment.ofArray(values));
    }

    /// An F64 tensor over `values`, which is not copied.
    public static HostTensor of(double[] values, int... dims) {
        return new HostTensor(DType.F64, shape(values.length, dims), MemorySegment.ofArray(values));
    }

    /// An I32 tensor over `values`, which is not copied.
    public static HostTensor of(int[] values, int... dims) {
        return new HostTensor(DType.I32, shape(values.length, dims), MemorySegment.ofArray(values));
    }

    /// An I64 tensor over `values`, which is not copied.
    public static HostTensor of(long[] values, int... dims) {
        return new HostTensor(DType.I64, shape(values.length, dims), MemorySegment.ofArray(values));
    }

    /// A U8 tensor over `values`, which is not copied.
    public static HostTensor ofBytes(byte[] values, int... dims) {
        return new HostTensor(DType.U8, shape(values.length, dims), MemorySegment.ofArray(values));
    }

    /// Zeros of a type and shape, on the heap.
    public static HostTensor zeros(DType dtype, Shape shape) {
        long bytes = (long) shape.size() * dtype.bytes();
        if (bytes > Integer.MAX_VALUE - 8) {
            throw new ShapeException("zeros", bytes + " bytes", "at most 2 GiB on the heap", "use an off-heap segment");
        }
        // a segment over long[] keeps every element type aligned
        var words = MemorySegment.ofArray(new long[(int) ((bytes + 7) / 8)]);
        return new HostTensor(dtype, shape, words.asSlice(0, bytes));
    }

    /// Values rounded to a type: integers truncate and wrap, BOOL is 1 where the value is not 0.
    public static HostTensor of(DType dtype, double[] values, int... dims) {
        var t = zeros(dtype, shape(values.length, dims));
        for (int i = 0; i < values.length; i++) {
            t.set(i, values[i]);
        }
        return t;
    }

    private static Shape shape(int length, int... dims) {
        return dims.length == 0 && length != 1 ? Shape.of(length) : Shape.of(dims);
    }

    /// Element `i` in row-major order as a double (exact for all types but large I64).
    public double get(long i) {
        return switch (dtype) {
            case F32 -> data.get(JAVA_FLOAT_UNALIGNED, i * 4);
            case F64 -> data.get(JAVA_DOUBLE_UNALIGNED, i * 8);
            case F16 -> Float.float16ToFloat(data.get(JAVA_SHORT_UNALIGNED, i * 2));
            case BF16 -> Half.fromBf16(data.get(JAVA_SHORT_UNALIGNED, i * 2));
            case I32 -> data.get(JAVA_INT_UNALIGNED, i * 4);
            case I64 -> data.get(JAVA_LONG_UNALIGNED, i * 8);
            case I8 -> data.get(JAVA_BYTE, i);
            case U8, BOOL -> data.get(JAVA_BYTE, i) & 0xff;
        };
    }

    /// Element `i` in row-major order as a long; real numbers truncate.
    public long getLong(long i) {
        return dtype == DType.I64 ? data.get(JAVA_LONG_UNALIGNED, i * 8) : (long) get(i);
    }

    /// Stores a value in element `i`, rounded to the type.
    public void set(long i, double v) {
        switch (dtype) {
            case F32 -> data.set(JAVA_FLOAT_UNALIGNED, i * 4, (float) v);
            case F64 -> data.set(JAVA_DOUBLE_UNALIGNED, i * 8, v);
            case F16 -> data.set(JAVA_SHORT_UNALIGNED, i * 2, Float.floatToFloat16((float) v));
            case BF16 -> data.set(JAVA_SHORT_UNALIGNED, i * 2, Half.toBf16((float) v));
            case I32 -> data.set(JAVA_INT_UNALIGNED, i * 4, (int) (long) v);
            case I64 -> data.set(JAVA_LONG_UNALIGNED, i * 8, (long) v);
            case I8, U8 -> data.set(JAVA_BYTE, i, (byte) (long) v);
            case BOOL -> data.set(JAVA_BYTE, i, (byte) (v != 0 ? 1 : 0));
        }
    }

    /// All elements as floats.
    public float[] toFloatArray() {
        if (dtype == DType.F32) {
            return data.toArray(JAVA_FLOAT_UNALIGNED);
        }
        var r = new float[shape.size()];
        for (int i = 0; i < r.length; i++) {
            r[i] = (float) get(i);
        }
        return r;
    }

    /// All elements as doubles.
    public double[] toDoubleArray() {
        var r = new double[shape.size()];
        for (int i = 0; i < r.length; i++) {
            r[i] = get(i);
        }
        return r;
    }

    /// All elements as ints.
    public int[] toIntArray() {
        var r = new int[shape.size()];
        for (int i = 0; i < r.length; i++) {
            r[i] = (int) getLong(i);
        }
        return r;
    }

    /// All elements as longs.
    public long[] toLongArray() {
        var r = new long[shape.size()];
        for (int i = 0; i < r.length; i++) {
            r[i] = getLong(i);
        }
        return r;
    }

    /// The only element.
    public double item() {
        if (shape.size() != 1) {
            throw new ShapeException("item", dtype + shape.toString(), "exactly one element", "reduce or slice first");
        }
        return get(0);
    }

    /// The same bytes under another shape of equal size.
    public HostTensor reshape(int... dims) {
        return new HostTensor(dtype, Shape.of(dims), data);
    }

    @Override
    public String toString() {
        var s = new StringBuilder(dtype + shape.toString() + " {");
        int n = Math.min(shape.size(), 8);
        for (int i = 0; i < n; i++) {
            s.append(i == 0 ? "" : ", ").append(get(i));
        }
        return s.append(shape.size() > n ? ", …}" : "}").toString();
    }
}
