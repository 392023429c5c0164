package dev.ijen.format;

import dev.ijen.format.TfEvents.Event;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/// Bytes of event files. Field numbers are those of `event.proto`, `summary.proto` and `tensor.proto`:
///
/// - Event: 1 wall_time (double), 2 step (int64), 3 file_version (string), 5 summary
/// - Summary: 1 value; Value: 1 tag (string), 2 simple_value (float), 8 tensor
/// - TensorProto: 1 dtype, 4 tensor_content (bytes), 5 float_val (packed float)
final class TfRecord {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;
    private static final long MAX_FILE = 1L << 30;

    private TfRecord() {}

    static byte[] versionEvent(double wallTime) {
        var out = new ByteArrayOutputStream();
        fixed64(out, 1, Double.doubleToRawLongBits(wallTime));
        bytes(out, 3, "brain.Event:2".getBytes(StandardCharsets.UTF_8));
        return out.toByteArray();
    }

    static byte[] scalarEvent(double wallTime, long step, String tag, float value) {
        var v = new ByteArrayOutputStream();
        bytes(v, 1, tag.getBytes(StandardCharsets.UTF_8));
        v.write(2 << 3 | FIXED32);
        little(v, Float.floatToRawIntBits(value), 4);
        var summary = new ByteArrayOutputStream();
        bytes(summary, 1, v.toByteArray());
        var out = new ByteArrayOutputStream();
        fixed64(out, 1, Double.doubleToRawLongBits(wallTime));
        out.write(2 << 3 | VARINT);
        varint(out, step);
        bytes(out, 5, summary.toByteArray());
        return out.toByteArray();
    }

    /// Length, its checksum, data, its checksum.
    static byte[] frame(byte[] data) {
        var out = ByteBuffer.allocate(data.length + 16).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(data.length);
        out.putInt(maskedCrc(out.array(), 0, 8));
        out.put(data);
        out.putInt(maskedCrc(data, 0, data.length));
        return out.array();
    }

    /// CRC-32C rotated right by 15 bits plus a constant, so that a checksum of data with checksums stays strong.
    static int maskedCrc(byte[] data, int from, int length) {
        var crc = new CRC32C();
        crc.update(data, from, length);
        return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
    }

    static List<Event> read(Path file) {
        byte[] all;
        try {
            if (Files.size(file) > MAX_FILE) {
                throw FormatException.unsupported(
                        file, "size", Files.size(file) + " bytes", "at most " + MAX_FILE, "split the file");
            }
            all = Files.readAllBytes(file);
        } catch (IOException e) {
            throw FormatException.of(file, e);
        }
        var in = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
        var events = new ArrayList<Event>();
        while (in.remaining() >= 12) {
            int at = in.position();
            long length = in.getLong();
            if (in.getInt() != maskedCrc(all, at, 8)) {
                throw broken(file, at, "a wrong checksum of the length", null);
            }
            if (length < 0 || length > in.remaining() - 4) {
                break; // the writer was cut off
            }
            int start = in.position();
            in.position(start + (int) length);
            if (in.getInt() != maskedCrc(all, start, (int) length)) {
                throw broken(file, start, "a wrong checksum of the data", null);
            }
            try {
                events.add(event(in.slice(start, (int) length).order(ByteOrder.LITTLE_ENDIAN)));
            } catch (BufferUnderflowException | IllegalArgumentException e) {
                throw broken(file, start, "a broken protobuf message", e);
            }
        }
        return events;
    }

    private static FormatException broken(Path file, int offset, String got, Exception cause) {
        return FormatException.damaged(
                file, "offset " + offset, got, "a TFRecord with an Event", "the file is damaged: write it again",
                cause);
    }

    private static Event event(ByteBuffer in) {
        double time = 0;
        long step = 0;
        String version = null;
        var scalars = new LinkedHashMap<String, Float>();
        while (in.hasRemaining()) {
            int key = (int) varint(in);
            switch (key) {
                case 1 << 3 | FIXED64 -> time = in.getDouble();
                case 2 << 3 | VARINT -> step = varint(in);
                case 3 << 3 | BYTES -> version = text(message(in));
                case 5 << 3 | BYTES -> summary(message(in), scalars);
                default -> skip(in, key);
            }
        }
        return new Event(time, step, version, scalars);
    }

    private static void summary(ByteBuffer in, Map<String, Float> to) {
        while (in.hasRemaining()) {
            int key = (int) varint(in);
            if (key != (1 << 3 | BYTES)) {
                skip(in, key);
                continue;
            }
            var value = message(in);
            String tag = "";
            Float scalar = null;
            while (value.hasRemaining()) {
                int field = (int) varint(value);
                switch (field) {
                    case 1 << 3 | BYTES -> tag = text(message(value));
                    case 2 << 3 | FIXED32 -> scalar = value.getFloat();
                    case 8 << 3 | BYTES -> scalar = tensor(message(value));
                    default -> skip(value, field);
                }
            }
            if (scalar != null) {
                to.put(tag, scalar);
            }
        }
    }

    /// The only element of a float tensor, else null.
    private static Float tensor(ByteBuffer in) {
        Float value = null;
        long dtype = 1;
        while (in.hasRemaining()) {
            int key = (int) varint(in);
            switch (key) {
                case 1 << 3 | VARINT -> dtype = varint(in);
                case 4 << 3 | BYTES, 5 << 3 | BYTES -> {
                    var content = message(in);
                    value = content.remaining() == 4 ? (Float) content.getFloat() : null;
                }
                case 5 << 3 | FIXED32 -> value = in.getFloat();
                default -> skip(in, key);
            }
        }
        return dtype == 1 ? value : null;
    }

    private static ByteBuffer message(ByteBuffer in) {
        long length = varint(in);
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        var m = in.slice(in.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + (int) length);
        return m;
    }

    private static String text(ByteBuffer in) {
        return StandardCharsets.UTF_8.decode(in).toString();
    }

    private static void skip(ByteBuffer in, int key) {
        switch (key & 7) {
            case VARINT -> varint(in);
            case FIXED64 -> in.getLong();
            case BYTES -> message(in);
            case FIXED32 -> in.getInt();
            default -> throw new IllegalArgumentException("wire type " + (key & 7));
        }
    }

    private static long varint(ByteBuffer in) {
        long v = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte b = in.get();
            v |= (b & 0x7fL) << shift;
            if (b >= 0) {
                return v;
            }
        }
        throw new IllegalArgumentException("varint of more than ten bytes");
    }

    private static void varint(ByteArrayOutputStream out, long v) {
        long rest = v;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    private static void fixed64(ByteArrayOutputStream out, int field, long bits) {
        out.write(field << 3 | FIXED64);
        little(out, bits, 8);
    }

    private static void little(ByteArrayOutputStream out, long bits, int n) {
        for (int i = 0; i < n; i++) {
            out.write((int) (bits >>> 8 * i));
        }
    }

    private static void bytes(ByteArrayOutputStream out, int field, byte[] value) {
        out.write(field << 3 | BYTES);
        varint(out, value.length);
        out.writeBytes(value);
    }
}
