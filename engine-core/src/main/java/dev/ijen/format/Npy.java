package dev.ijen.format;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// NumPy arrays in `.npy` files, versions 1 to 3
/// (<https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>): bool, int8 to int64, uint8 to uint32,
/// float16, float32, float64, either byte order, either axis order. int16 and uint16 become I32, uint32 I64. Pickled
/// objects are refused, never loaded.
public final class Npy {
    private static final long HEAP_LIMIT = Integer.MAX_VALUE - 8L;

    private Npy() {}

    /// Reads an array to the heap in row-major order.
    ///
    /// @throws FormatException if the file is missing, damaged, of an element type that is not read, or above 2 GiB
    public static HostTensor read(Path file) {
        try (var in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            var t = read(file, in, Files.size(file));
            if (in.read() >= 0) {
                throw FormatException.damaged(
                        file, "its end", "more bytes than " + t.shape(), "nothing behind the array", "save it again");
            }
            return t;
        } catch (IOException e) {
            throw FormatException.of(file, e);
        }
    }

    /// An array as a view of its file, valid as long as `arena`; copied to the heap where the file's byte or axis order
    /// or element type is not the tensor's.
    public static HostTensor map(Path file, Arena arena) {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            // a header is at most 64 KiB and 12 bytes
            var start = new byte[(int) Math.min(size, (1 << 16) + 12)];
            try (var in = Files.newInputStream(file)) {
                start = in.readNBytes(start.length);
            }
            var header = NpyHeader.read(file, new ByteArrayInputStream(start));
            if (!header.direct()) {
                return read(file);
            }
            if (header.length() + header.fileBytes() != size) {
                throw cutOff(file, size - header.length(), header);
            }
            var all = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
            var data = all.asSlice(header.length());
            if (header.dtype() == DType.BOOL) {
                Segments.checkBooleans(file, data);
            }
            return new HostTensor(header.dtype(), header.shape(), data);
        } catch (IOException e) {
            throw FormatException.of(file, e);
        }
    }

    /// Reads an array from a stream that holds at most `available` bytes, without believing the header before then.
    static HostTensor read(Object file, InputStream in, long available) throws IOException {
        var header = NpyHeader.read(file, in);
        if (header.fileBytes() > available - header.length()) {
            throw cutOff(file, available - header.length(), header);
        }
        long bytes = (long) header.shape().size() * header.dtype().bytes();
        if (bytes > HEAP_LIMIT) {
            throw FormatException.unsupported(
                    file, "size", bytes + " bytes", "at most 2 GiB on the heap", "map the file, or split the array");
        }
        var raw = HostTensor.zeros(DType.U8, Shape.of((int) header.fileBytes())).data();
        try {
            Segments.fill(in, raw);
        } catch (EOFException e) {
            throw FormatException.damaged(
                    file, "its data", e.getMessage(), "all of " + header.shape(),
                    "the file is cut off: fetch it again");
        }
        if (header.bigEndian()) {
            Segments.swap(raw, header.width());
        }
        var t = widen(header, raw);
        if (header.dtype() == DType.BOOL) {
            Segments.checkBooleans(file, t.data());
        }
        return header.fortran() && header.shape().rank() > 1 ? rowMajor(t) : t;
    }

    private static HostTensor widen(NpyHeader header, MemorySegment raw) {
        if (header.width() == header.dtype().bytes()) {
            return new HostTensor(header.dtype(), header.shape(), raw);
        }
        var t = HostTensor.zeros(header.dtype(), header.shape());
        boolean signed = header.kind() == 'i';
        for (int i = 0; i < t.shape().size(); i++) {
            if (header.width() == 2) {
                short v = raw.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 2L * i);
                t.set(i, signed ? v : v & 0xffff);
            } else {
                int v = raw.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 4L * i);
                t.set(i, (double) Integer.toUnsignedLong(v));
            }
        }
        return t;
    }

    /// Elements stored with the first axis fastest, in row-major order.
    private static HostTensor rowMajor(HostTensor t) {
        var shape = t.shape();
        int width = t.dtype().bytes();
        var to = HostTensor.zeros(t.dtype(), shape);
        var index = new int[shape.rank()];
        var strides = new long[shape.rank()];
        long stride = 1;
        for (int a = 0; a < shape.rank(); a++) {
            strides[a] = stride;
            stride *= shape.dim(a);
        }
        long from = 0;
        for (int i = 0; i < shape.size(); i++) {
            MemorySegment.copy(t.data(), from * width, to.data(), (long) i * width, width);
            for (int a = shape.rank() - 1; a >= 0; a--) {
                from += strides[a];
                if (++index[a] < shape.dim(a)) {
                    break;
                }
                from -= strides[a] * shape.dim(a);
                index[a] = 0;
            }
        }
        return to;
    }

    /// Writes an array atomically; BF16, which NumPy lacks, is widened to float32.
    public static void write(Path file, HostTensor tensor) {
        AtomicFiles.writeChannel(file, out -> {
            var t = storable(tensor);
            Segments.write(out, MemorySegment.ofArray(header(t)));
            Segments.write(out, t.data());
        });
    }

    /// The bytes [#write] would write.
    public static byte[] encode(HostTensor tensor) {
        var t = storable(tensor);
        byte[] header = header(t);
        long size = header.length + t.data().byteSize();
        if (size > HEAP_LIMIT) {
            throw new IjenException(
                    "npy: array too large", size + " bytes", "at most 2 GiB in memory",
                    "write it to a file of its own");
        }
        var all = java.util.Arrays.copyOf(header, (int) size);
        MemorySegment.copy(t.data(), ValueLayout.JAVA_BYTE, 0, all, header.length, (int) t.data().byteSize());
        return all;
    }

    private static HostTensor storable(HostTensor t) {
        return t.dtype() == DType.BF16 ? HostTensor.of(t.toFloatArray(), t.shape().dims()) : t;
    }

    private static byte[] header(HostTensor t) {
        String code = switch (t.dtype()) {
            case F32 -> "<f4";
            case F64 -> "<f8";
            case F16 -> "<f2";
            case I32 -> "<i4";
            case I64 -> "<i8";
            case I8 -> "|i1";
            case U8 -> "|u1";
            case BOOL -> "|b1";
            case BF16 -> throw new IllegalStateException("widened before");
        };
        var shape = new StringBuilder("(");
        for (int d : t.shape().dims()) {
            shape.append(d).append(t.shape().rank() == 1 ? "," : ", ");
        }
        if (t.shape().rank() > 1) {
            shape.setLength(shape.length() - 2);
        }
        var text = new StringBuilder(
                "{'descr': '" + code + "', 'fortran_order': False, 'shape': " + shape + "), }");
        while ((10 + text.length() + 1) % 64 != 0) {
            text.append(' ');
        }
        text.append('\n');
        byte[] ascii = text.toString().getBytes(StandardCharsets.ISO_8859_1);
        var all = new byte[10 + ascii.length];
        all[0] = (byte) 0x93;
        System.arraycopy("NUMPY".getBytes(StandardCharsets.ISO_8859_1), 0, all, 1, 5);
        all[6] = 1;
        all[8] = (byte) ascii.length;
        all[9] = (byte) (ascii.length >> 8);
        System.arraycopy(ascii, 0, all, 10, ascii.length);
        return all;
    }

    private static FormatException cutOff(Object file, long bytes, NpyHeader header) {
        return FormatException.damaged(
                file,
                "offset " + header.length(),
                bytes + " bytes of data",
                header.fileBytes() + " bytes for " + header.dtype() + header.shape(),
                "the file is cut off or has been changed: fetch it again");
    }
}
