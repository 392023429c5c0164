package dev.ijen.format;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/// The header of a `.npy` file: magic, version, length, and a Python dictionary
/// `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
///
/// @param kind b, i, u or f
/// @param width bytes an element in the file
/// @param bigEndian byte order in the file
/// @param fortran first axis fastest
/// @param shape extents
/// @param length bytes before the first element
record NpyHeader(char kind, int width, boolean bigEndian, boolean fortran, Shape shape, int length) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int MAX_HEADER = 1 << 16;
    private static final Pattern DICTIONARY = Pattern.compile(
            // possessive, so that a hostile header costs linear time
            "\\s*+\\{\\s*+(?:'(?:descr|fortran_order|shape)'\\s*+:\\s*+(?:'[^']*+'|True|False|\\([0-9,L\\s]*+\\))"
                    + "\\s*+(?:,\\s*+)?){3}}\\s*+");
    private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
    private static final Pattern PLAIN = Pattern.compile("[<>=|]?([biuf])([1248])");
    private static final Pattern FORTRAN = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9,L\\s]*)\\)");

    /// Reads and checks a header, leaving the stream at the first element.
    ///
    /// @param file name for messages
    static NpyHeader read(Object file, InputStream in) throws IOException {
        byte[] start = in.readNBytes(8);
        if (start.length < 8 || !Arrays.equals(start, 0, 6, MAGIC, 0, 6)) {
            throw broken(file, 0, start.length < 8 ? start.length + " bytes" : "other bytes",
                    "\\x93NUMPY and a version");
        }
        int version = start[6];
        if (version < 1 || version > 3 || start[7] != 0) {
            throw FormatException.unsupported(
                    file, "npy version", version + "." + start[7], "1.0, 2.0 or 3.0", "save the array with numpy.save");
        }
        int lengthBytes = version == 1 ? 2 : 4;
        byte[] l = in.readNBytes(lengthBytes);
        if (l.length < lengthBytes) {
            throw broken(file, 8, "the end of the file", "the header's length");
        }
        long length = 0;
        for (int i = lengthBytes - 1; i >= 0; i--) {
            length = length << 8 | l[i] & 0xff;
        }
        if (length > MAX_HEADER) {
            throw broken(file, 8, "a header of " + length + " bytes", "at most " + MAX_HEADER);
        }
        byte[] text = in.readNBytes((int) length);
        if (text.length < length) {
            throw broken(file, 10, "a header of " + text.length + " bytes, then the end of the file",
                    length + " bytes");
        }
        return parse(
                file,
                new String(text, version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1),
                8 + lengthBytes + (int) length);
    }

    private static NpyHeader parse(Object file, String text, int length) {
        String shown = text.strip();
        shown = shown.length() > 200 ? shown.substring(0, 200) + "…" : shown;
        if (text.contains("'descr': [") || text.contains("'descr':[")) {
            throw FormatException.unsupported(
                    file, "element type", "a structured type " + shown, "one plain numeric type",
                    "save each field alone");
        }
        var descr = DESCR.matcher(text);
        var fortran = FORTRAN.matcher(text);
        var shape = SHAPE.matcher(text);
        if (!DICTIONARY.matcher(text).matches() || !descr.find() || !fortran.find() || !shape.find()) {
            throw broken(file, 10, shown, "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }");
        }
        String type = descr.group(1);
        var plain = PLAIN.matcher(type);
        if (!plain.matches() || dtype(plain.group(1).charAt(0), plain.group(2).charAt(0) - '0') == null) {
            throw FormatException.unsupported(
                    file,
                    "element type",
                    type,
                    "bool, int8 to int64, uint8 to uint32, float16, float32 or float64",
                    type.endsWith("O")
                            ? "pickled objects are never loaded: save a plain numeric array"
                            : "convert with array.astype('float32') or the like");
        }
        int width = plain.group(2).charAt(0) - '0';
        return new NpyHeader(
                plain.group(1).charAt(0),
                width,
                type.startsWith(">") && width > 1,
                fortran.group(1).equals("True"),
                shape(file, shape.group(1)),
                length);
    }

    private static Shape shape(Object file, String text) {
        String trimmed = text.strip();
        if (trimmed.endsWith(",")) {
            trimmed = trimmed.substring(0, trimmed.length() - 1);
        }
        if (trimmed.isBlank()) {
            return Shape.scalar();
        }
        String[] parts = trimmed.split(",", -1);
        var dims = new int[parts.length];
        boolean empty = false;
        double size = 1;
        for (int i = 0; i < dims.length; i++) {
            String p = parts[i].strip().replace("L", "");
            if (p.isEmpty() || p.length() > 18) {
                throw broken(file, 10, "shape (" + text + ")", "extents separated by commas");
            }
            long d;
            try {
                d = Long.parseLong(p);
            } catch (NumberFormatException e) {
                throw broken(file, 10, "shape (" + text + ")", "extents separated by commas");
            }
            empty |= d == 0;
            size *= Math.max(d, 1);
            dims[i] = (int) Math.min(d, Integer.MAX_VALUE);
        }
        if (dims.length > Shape.MAX_RANK || (!empty && size > Integer.MAX_VALUE)) {
            throw FormatException.unsupported(
                    file,
                    "shape",
                    "(" + text + ")",
                    "at most " + Shape.MAX_RANK + " axes and " + Integer.MAX_VALUE + " elements",
                    "split the array");
        }
        return Shape.of(dims);
    }

    /// The element type in memory.
    DType dtype() {
        return dtype(kind, width);
    }

    /// Bytes of all elements in the file.
    long fileBytes() {
        return (long) shape.size() * width;
    }

    /// Whether the file's bytes are the tensor's.
    boolean direct() {
        return !bigEndian && (!fortran || shape.rank() < 2) && width == dtype().bytes();
    }

    /// uint16 widens to I32, uint32 to I64, int16 to I32: all values fit.
    private static DType dtype(char kind, int width) {
        return switch (kind + "" + width) {
            case "b1" -> DType.BOOL;
            case "i1" -> DType.I8;
            case "u1" -> DType.U8;
            case "i2", "u2", "i4" -> DType.I32;
            case "u4", "i8" -> DType.I64;
            case "f2" -> DType.F16;
            case "f4" -> DType.F32;
            case "f8" -> DType.F64;
            default -> null;
        };
    }

    private static FormatException broken(Object file, long offset, String got, String expected) {
        return FormatException.damaged(
                file, "offset " + offset + " (header)", got, expected, "save the array again with numpy.save");
    }
}
