package dev.ijen.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Writes one message of protocol buffers' wire format.
final class WireWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private void varint(long v) {
        while ((v & ~0x7fL) != 0) {
            out.write((int) (v & 0x7f | 0x80));
            v >>>= 7;
        }
        out.write((int) v);
    }

    WireWriter integer(int field, long v) {
        varint((long) field << 3);
        varint(v);
        return this;
    }

    WireWriter real(int field, float v) {
        varint((long) field << 3 | 5);
        out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(v).array());
        return this;
    }

    WireWriter bytes(int field, byte[] v) {
        varint((long) field << 3 | 2);
        varint(v.length);
        out.writeBytes(v);
        return this;
    }

    WireWriter text(int field, String s) {
        return bytes(field, s.getBytes(StandardCharsets.UTF_8));
    }

    WireWriter message(int field, WireWriter m) {
        return bytes(field, m.toByteArray());
    }

    byte[] toByteArray() {
        return out.toByteArray();
    }
}
