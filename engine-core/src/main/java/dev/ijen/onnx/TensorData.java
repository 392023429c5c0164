package dev.ijen.onnx;

import dev.ijen.format.FormatException;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Values of tensors in files: from raw bytes, from typed lists, or from a file beside the model.
///
/// @param file the model, for errors
/// @param folder where external data lies; null if there is none
/// @param strings table for strings
record TensorData(String file, Path folder, Strings strings) {

    /// The values in the type's carrier.
    HostTensor read(Proto.Tensor t) {
        var type = type(t);
        var shape = shape(t, t.dims());
        long n = shape.size();
        var out = ByteBuffer.allocate(0);
        if (type == OnnxType.STRING) {
            if (t.strings().size() != n) {
                throw wrong(t, t.strings().size() + " strings for the shape " + shape, n + " strings");
            }
            var numbers = new long[(int) n];
            for (int i = 0; i < n; i++) {
                numbers[i] = strings.number(new String(t.strings().get(i), StandardCharsets.UTF_8));
            }
            return HostTensor.of(numbers, shape.dims());
        }
        if (!t.external().isEmpty()) {
            out = external(t, bytes(type, n));
        } else if (t.raw() != null) {
            out = ByteBuffer.wrap(t.raw());
        } else {
            return listed(t, type, shape);
        }
        if (out.remaining() != bytes(type, n)) {
            throw wrong(t, out.remaining() + " bytes for " + type + shape, bytes(type, n) + " bytes");
        }
        return fromBytes(type, shape, out.order(ByteOrder.LITTLE_ENDIAN));
    }

    OnnxType type(Proto.Tensor t) {
        var type = OnnxType.of(t.type());
        if (type == null) {
            throw FormatException.unsupported(
                    file, "tensor '" + t.name() + "'", "element type " + t.type(),
                    "a type of whole or real numbers, truth or text",
                    "convert the tensor to one of those");
        }
        return type;
    }

    private static long bytes(OnnxType type, long n) {
        return (n * type.bits() + 7) / 8;
    }

    private Shape shape(Proto.Tensor t, long[] dims) {
        var d = new int[dims.length];
        long n = 1;
        for (int i = 0; i < d.length; i++) {
            if (dims[i] < 0 || dims[i] > Integer.MAX_VALUE) {
                throw wrong(t, "an extent of " + dims[i], "extents from 0 to " + Integer.MAX_VALUE);
            }
            d[i] = (int) dims[i];
            n = Math.min(n * d[i], Integer.MAX_VALUE + 1L);
        }
        if (d.length > Shape.MAX_RANK || n > Integer.MAX_VALUE) {
            throw wrong(t, d.length + " axes, " + n + " elements",
                    "at most " + Shape.MAX_RANK + " axes and 2³¹ − 1 elements");
        }
        return Shape.of(d);
    }

    private FormatException wrong(Proto.Tensor t, String got, String expected) {
        return FormatException.damaged(
                file, "tensor '" + t.name() + "'", got, expected, "export or download the model again");
    }

    private HostTensor fromBytes(OnnxType type, Shape shape, ByteBuffer b) {
        int n = shape.size();
        if (type.own() && type != OnnxType.BOOL) {
            return aligned(type.carrier(), shape, b);
        }
        var h = HostTensor.zeros(type.carrier(), shape);
        for (int i = 0; i < n; i++) {
            long bits = switch (type.bits()) {
                case 2 -> b.get(b.position() + i / 4) >> 2 * (i & 3) & 3;
                case 4 -> b.get(b.position() + i / 2) >> 4 * (i & 1) & 15;
                case 8 -> b.get(b.position() + i) & 0xff;
                case 16 -> b.getShort(b.position() + 2 * i);
                case 32 -> b.getInt(b.position() + 4 * i);
                default -> b.getLong(b.position() + 8 * i);
            };
            put(h, i, type, bits);
        }
        return h;
    }

    /// On the heap, where every element type is aligned.
    private static HostTensor aligned(DType t, Shape shape, ByteBuffer b) {
        var h = HostTensor.zeros(t, shape);
        h.data().copyFrom(MemorySegment.ofBuffer(b));
        return h;
    }

    /// One element from its bits.
    static void put(HostTensor h, int i, OnnxType type, long bits) {
        switch (type) {
            case BOOL -> h.set(i, (bits & 0xff) != 0 ? 1 : 0);
            case UINT16 -> h.set(i, bits & 0xffff);
            case INT16 -> h.set(i, (short) bits);
            case UINT4 -> h.set(i, bits & 15);
            case INT4 -> h.set(i, (bits & 15 ^ 8) - 8);
            case UINT2 -> h.set(i, bits & 3);
            case INT2 -> h.set(i, (bits & 3 ^ 2) - 2);
            case UINT32 -> h.data().set(ValueLayout.JAVA_LONG_UNALIGNED, i * 8L, bits & 0xffffffffL);
            case UINT64, INT64 -> h.data().set(ValueLayout.JAVA_LONG_UNALIGNED, i * 8L, bits);
            case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, FLOAT4E2M1, FLOAT8E8M0 ->
                    h.set(i, SmallFloat.decode(type, (int) bits & (type.bits() == 4 ? 15 : 255)));
            case FLOAT16, BFLOAT16 -> h.data().set(ValueLayout.JAVA_SHORT_UNALIGNED, i * 2L, (short) bits);
            case FLOAT -> h.data().set(ValueLayout.JAVA_INT_UNALIGNED, i * 4L, (int) bits);
            case DOUBLE -> h.data().set(ValueLayout.JAVA_LONG_UNALIGNED, i * 8L, bits);
            case UINT8, INT8, INT32 -> h.set(i, bits);
            case STRING -> throw new IllegalStateException("strings have no bits");
        }
    }

    /// From float_data and its like; types below 8 bits lie packed in the bytes of int32_data.
    private HostTensor listed(Proto.Tensor t, OnnxType type, Shape shape) {
        int n = shape.size();
        int per = type.bits() < 8 ? 8 / type.bits() : 1;
        var v = t.numbers();
        if (v.length != (n + per - 1) / per) {
            throw wrong(t, v.length + " values for the shape " + shape, (n + per - 1) / per + " values");
        }
        int field = switch (type) {
            case FLOAT -> 4;
            case DOUBLE -> 10;
            case INT64 -> 7;
            case UINT32, UINT64 -> 11;
            default -> 5;
        };
        if (n > 0 && t.from() != field) {
            throw wrong(t, type + " values in field " + t.from(), "values in field " + field);
        }
        var h = HostTensor.zeros(type.carrier(), shape);
        for (int i = 0; i < n; i++) {
            put(h, i, type, per == 1 ? v[i] : v[i / per] >> type.bits() * (i % per));
        }
        return h;
    }

    private ByteBuffer external(Proto.Tensor t, long length) {
        var location = t.external().getOrDefault("location", "");
        var name = "tensor '" + t.name() + "'";
        if (folder == null) {
            throw FormatException.lacking(file, name + " lies in another file", location, "values in the model",
                    "open the model from its folder");
        }
        Path path;
        try {
            path = Path.of(location);
        } catch (java.nio.file.InvalidPathException e) {
            throw wrong(t, "the location " + location, "a path");
        }
        boolean up = false;
        for (var part : path) {
            up |= part.toString().equals("..");
        }
        if (location.isEmpty() || path.isAbsolute() || up) {
            throw FormatException.damaged(
                    file, name, "external data at '" + location + "'",
                    "a relative path that stays in the model's folder",
                    "do not use this model: it tries to read files that are not its own");
        }
        var at = folder.resolve(path);
        try {
            var real = at.toRealPath();
            if (!real.startsWith(folder.toRealPath()) || !Files.isRegularFile(real)) {
                throw FormatException.damaged(
                        file, name, "external data at '" + location + "', which leads to " + real,
                        "a file in the model's folder",
                        "do not use this model: it tries to read files that are not its own");
            }
            long offset = number(t, "offset", 0);
            long given = number(t, "length", length);
            long size = Files.size(real);
            if (given != length || offset > size - length) {
                throw wrong(t, given + " bytes from " + offset + " on, of " + location + " with " + size + " bytes",
                        length + " bytes inside of the file");
            }
            var b = ByteBuffer.allocate(Math.toIntExact(length));
            try (var c = FileChannel.open(real)) {
                while (b.hasRemaining() && c.read(b, offset + b.position()) > 0) {
                    // reads until full
                }
            }
            return b.flip();
        } catch (IOException e) {
            throw FormatException.of(at, e);
        }
    }

    private long number(Proto.Tensor t, String key, long otherwise) {
        var s = t.external().get(key);
        try {
            long v = s == null ? otherwise : Long.parseLong(s);
            if (v < 0) {
                throw wrong(t, key + " " + v, "0 or more");
            }
            return v;
        } catch (NumberFormatException e) {
            throw FormatException.damaged(file, "tensor '" + t.name() + "'", key + " '" + s + "'", "a whole number",
                    "export the model again", e);
        }
    }

    /// A sparse tensor, dense: indices are flat, or one row an element.
    HostTensor dense(Proto.Sparse s) {
        var values = read(s.values());
        var at = read(s.indices());
        var shape = shape(s.values(), s.dims());
        if ((long) shape.size() * values.dtype().bytes() > 1 << 28) {
            throw wrong(s.values(), "a sparse tensor of " + shape, "at most 256 MiB when dense");
        }
        var h = HostTensor.zeros(values.dtype(), shape);
        int n = values.shape().size();
        int r = at.shape().rank() == 2 ? at.shape().dim(1) : 1;
        if (at.shape().size() != n * r || (at.shape().rank() == 2 && r != shape.rank())) {
            throw wrong(s.indices(), "indices " + at.shape() + " for " + n + " values", "one index a value");
        }
        var strides = shape.strides();
        for (int i = 0; i < n; i++) {
            long flat = 0;
            for (int k = 0; k < r; k++) {
                flat += at.getLong((long) i * r + k) * (at.shape().rank() == 2 ? strides[k] : 1);
            }
            if (flat < 0 || flat >= shape.size()) {
                throw wrong(s.indices(), "index " + flat, "an index below " + shape.size());
            }
            int b = values.dtype().bytes();
            MemorySegment.copy(values.data(), (long) i * b, h.data(), flat * b, b);
        }
        return h;
    }
}
