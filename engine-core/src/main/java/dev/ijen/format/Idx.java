package dev.ijen.format;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;

/// The IDX format of MNIST (<https://yann.lecun.com/exdb/mnist/>): two zero bytes, element type, rank, extents as
/// 32-bit big-endian integers, elements in row-major order. Element types 8 (U8), 9 (I8), 11 (16-bit, read as I32), 12
/// (I32), 13 (F32) and 14 (F64). Files compressed with gzip are recognised by their first bytes.
public final class Idx {
    private static final long HEAP_LIMIT = Integer.MAX_VALUE - 8L;

    private Idx() {}

    /// Reads a file, plain or compressed.
    ///
    /// @throws FormatException if it is missing, cut off or no IDX file
    public static HostTensor read(Path file) {
        try (var raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            raw.mark(2);
            byte[] magic = raw.readNBytes(2);
            raw.reset();
            boolean gzip = magic.length == 2 && magic[0] == 0x1f && magic[1] == (byte) 0x8b;
            long size = Files.size(file);
            try (var in = gzip ? new BufferedInputStream(new GZIPInputStream(raw, 1 << 16), 1 << 16) : raw) {
                return read(file, in, gzip ? Math.min(size, Long.MAX_VALUE / 1032) * 1032 : size);
            }
        } catch (ZipException | EOFException e) {
            throw FormatException.damaged(
                    file, "its gzip stream", reason(e), "a complete gzip file",
                    "the file is cut off or damaged: fetch it again", e);
        } catch (IOException e) {
            throw FormatException.of(file, e);
        }
    }

    private static String reason(IOException e) {
        return e instanceof EOFException ? "the end of the file" : String.valueOf(e.getMessage());
    }

    private static HostTensor read(Path file, InputStream in, long available) throws IOException {
        byte[] start = in.readNBytes(4);
        if (start.length < 4 || start[0] != 0 || start[1] != 0) {
            throw broken(file, 0, start.length < 4 ? start.length + " bytes" : hex(start), "00 00, a type, a rank");
        }
        int code = start[2] & 0xff;
        int rank = start[3] & 0xff;
        DType dtype = dtype(file, code);
        int width = code == 11 ? 2 : dtype.bytes();
        if (rank > Shape.MAX_RANK) {
            throw broken(file, 3, rank + " axes", "at most " + Shape.MAX_RANK);
        }
        byte[] extents = in.readNBytes(4 * rank);
        if (extents.length < 4 * rank) {
            throw broken(file, 4 + extents.length, "the end of the file", rank + " extents of four bytes");
        }
        var dims = new int[rank];
        double size = 1;
        for (int i = 0; i < rank; i++) {
            dims[i] = MemorySegment.ofArray(extents)
                    .get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), 4L * i);
            if (dims[i] < 0) {
                throw broken(file, 4 + 4L * i, Integer.toUnsignedString(dims[i]), "an extent below 2³¹");
            }
            size *= dims[i];
        }
        if (size * dtype.bytes() > HEAP_LIMIT) {
            throw FormatException.unsupported(file, "size", size + " elements", "at most 2 GiB", "split the file");
        }
        long bytes = (long) size * width;
        if (bytes > available - 4 - 4L * rank) {
            throw cutOff(file, 4 + 4 * rank, Math.max(0, available - 4 - 4L * rank), bytes, Shape.of(dims));
        }
        var raw = HostTensor.zeros(DType.U8, Shape.of((int) bytes)).data();
        try {
            Segments.fill(in, raw);
        } catch (EOFException e) {
            throw FormatException.damaged(
                    file,
                    "its data",
                    e.getMessage(),
                    bytes + " bytes for " + dtype + Shape.of(dims),
                    "the file is cut off: fetch it again",
                    e);
        }
        if (in.read() >= 0) {
            throw FormatException.damaged(
                    file, "its end", "more than " + bytes + " bytes of data", "exactly that", "fetch the file again");
        }
        if (width > 1) {
            Segments.swap(raw, width);
        }
        if (code != 11) {
            return new HostTensor(dtype, Shape.of(dims), raw);
        }
        var t = HostTensor.zeros(dtype, Shape.of(dims));
        for (int i = 0; i < t.shape().size(); i++) {
            t.set(i, raw.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 2L * i));
        }
        return t;
    }

    /// Writes a tensor atomically, compressed if the name ends in `.gz`.
    public static void write(Path file, HostTensor tensor) {
        int code = switch (tensor.dtype()) {
            case U8, BOOL -> 8;
            case I8 -> 9;
            case I32 -> 12;
            case F32 -> 13;
            case F64 -> 14;
            case F16, BF16, I64 -> throw new dev.ijen.tensor.IjenException(
                    "cannot write " + file, tensor.dtype().toString(), "U8, I8, I32, F32 or F64",
                    "cast the tensor first");
        };
        AtomicFiles.writeStream(file, out -> {
            var gzip = file.toString().endsWith(".gz") ? new GZIPOutputStream(out, 1 << 16) : null;
            var to = gzip == null ? out : gzip;
            var shape = tensor.shape();
            var header = new byte[4 + 4 * shape.rank()];
            header[2] = (byte) code;
            header[3] = (byte) shape.rank();
            for (int i = 0; i < shape.rank(); i++) {
                MemorySegment.ofArray(header)
                        .set(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), 4L + 4L * i, shape.dim(i));
            }
            to.write(header);
            long chunk = 1 << 16;
            for (long at = 0; at < tensor.data().byteSize(); at += chunk) {
                byte[] piece = tensor.data()
                        .asSlice(at, Math.min(chunk, tensor.data().byteSize() - at))
                        .toArray(ValueLayout.JAVA_BYTE);
                if (tensor.dtype().bytes() > 1) {
                    Segments.swap(MemorySegment.ofArray(piece), tensor.dtype().bytes());
                }
                to.write(piece);
            }
            if (gzip != null) {
                gzip.finish();
            }
        });
    }

    private static DType dtype(Path file, int code) {
        return switch (code) {
            case 8 -> DType.U8;
            case 9 -> DType.I8;
            case 11, 12 -> DType.I32;
            case 13 -> DType.F32;
            case 14 -> DType.F64;
            default -> throw broken(file, 2, "element type " + code, "8, 9, 11, 12, 13 or 14");
        };
    }

    private static String hex(byte[] b) {
        return java.util.HexFormat.ofDelimiter(" ").formatHex(b);
    }

    private static FormatException cutOff(Path file, long offset, long got, long need, Shape shape) {
        return FormatException.damaged(
                file,
                "offset " + offset,
                got + " bytes of data",
                need + " bytes for " + shape,
                "the file is cut off: fetch it again");
    }

    private static FormatException broken(Path file, long offset, String got, String expected) {
        return FormatException.damaged(file, "offset " + offset, got, expected, "check that it is an IDX file");
    }
}
