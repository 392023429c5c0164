package dev.ijen.onnx;

import dev.ijen.format.FormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Reads one message of protocol buffers' wire format: pairs of field number and value. Strict: a length is never negative and never
/// reaches past the message it is in, nesting is bounded, unknown fields are skipped, groups are refused.
/// (Encoding: protobuf.dev/programming-guides/encoding.)
final class Wire {
    /// The deepest nesting of messages. ONNX needs about six for a graph, and as many for each graph inside a node.
    static final int MAX_DEPTH = 100;

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private final String file;
    private final ByteBuffer in;
    private final int depth;
    private int field;
    private int kind;

    private Wire(String file, ByteBuffer in, int depth) {
        this.file = file;
        this.in = in.order(ByteOrder.LITTLE_ENDIAN);
        this.depth = depth;
    }

    /// The outermost message of a file.
    static Wire of(String file, byte[] bytes) {
        return new Wire(file, ByteBuffer.wrap(bytes), 0);
    }

    /// Moves to the next field; false at the end of the message.
    boolean next() {
        if (!in.hasRemaining()) {
            return false;
        }
        long tag = varint();
        field = (int) (tag >>> 3);
        kind = (int) tag & 7;
        if (tag >>> 32 != 0 || field == 0 || (kind != VARINT && kind != FIXED64 && kind != BYTES && kind != FIXED32)) {
            throw damaged("field tag " + tag, "a field number with one of the kinds 0, 1, 2, 5");
        }
        return true;
    }

    /// Number of the current field.
    int field() {
        return field;
    }

    /// Skips the current field.
    void skip() {
        switch (kind) {
            case VARINT -> varint();
            case FIXED64 -> need(8).position(in.position() + 8);
            case FIXED32 -> need(4).position(in.position() + 4);
            default -> bytes();
        }
    }

    /// A whole number.
    long integer() {
        want(VARINT, "a whole number");
        return varint();
    }

    /// A whole number that must be an int.
    int int32() {
        long v = integer();
        if (v != (int) v) {
            throw damaged(v + "", "a number of 32 bits");
        }
        return (int) v;
    }

    /// A real number of 32 bits.
    float real() {
        want(FIXED32, "a real number");
        return need(4).getFloat();
    }

    /// Text.
    String text() {
        return new String(array(), StandardCharsets.UTF_8);
    }

    /// Bytes, copied.
    byte[] array() {
        var b = bytes();
        var a = new byte[b.remaining()];
        b.get(a);
        return a;
    }

    /// A nested message.
    Wire message() {
        if (depth >= MAX_DEPTH) {
            throw damaged("messages nested " + depth + " deep", "at most " + MAX_DEPTH);
        }
        return new Wire(file, bytes(), depth + 1);
    }

    /// The bytes of the current field, a view.
    ByteBuffer bytes() {
        want(BYTES, "bytes");
        long n = varint();
        if (n < 0 || n > in.remaining()) {
            throw damaged("a length of " + Long.toUnsignedString(n), "at most the " + in.remaining() + " bytes left");
        }
        var b = in.slice(in.position(), (int) n).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + (int) n);
        return b;
    }

    /// Adds a repeated whole number, packed or single.
    void integers(Longs to) {
        if (kind == BYTES) {
            var w = new Wire(file, bytes(), depth + 1);
            while (w.in.hasRemaining()) {
                to.add(w.varint());
            }
        } else {
            to.add(integer());
        }
    }

    /// Adds repeated numbers of 32 bits as their bits, packed or single.
    void fixed32(Longs to) {
        if (kind == BYTES) {
            var b = whole(4);
            while (b.hasRemaining()) {
                to.add(b.getInt());
            }
        } else {
            to.add(Float.floatToRawIntBits(real()));
        }
    }

    /// Adds repeated numbers of 64 bits as their bits, packed or single.
    void fixed64(Longs to) {
        if (kind == BYTES) {
            var b = whole(8);
            while (b.hasRemaining()) {
                to.add(b.getLong());
            }
        } else {
            want(FIXED64, "a real number of 64 bits");
            to.add(need(8).getLong());
        }
    }

    private ByteBuffer whole(int size) {
        var b = bytes();
        if (b.remaining() % size != 0) {
            throw damaged(b.remaining() + " bytes of packed numbers", "a multiple of " + size);
        }
        return b;
    }

    private void want(int k, String what) {
        if (kind != k) {
            throw damaged("a field of kind " + kind, what);
        }
    }

    private ByteBuffer need(int n) {
        if (in.remaining() < n) {
            throw damaged("the end of the message", n + " more bytes");
        }
        return in;
    }

    private long varint() {
        long v = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte b = need(1).get();
            v |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return v;
            }
        }
        throw damaged("a number of more than ten bytes", "at most ten");
    }

    /// An error at the current field.
    FormatException damaged(String got, String expected) {
        return FormatException.damaged(
                file, "field " + field + " of a message, byte " + in.position() + " in it", got, expected,
                "export or download the model again");
    }

    /// A growing array of longs.
    static final class Longs {
        private long[] values = new long[4];
        private int size;

        void add(long v) {
            if (size == values.length) {
                values = java.util.Arrays.copyOf(values, size + (size >> 1) + 4);
            }
            values[size++] = v;
        }

        int size() {
            return size;
        }

        long[] array() {
            return java.util.Arrays.copyOf(values, size);
        }
    }
}
