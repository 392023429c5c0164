package dev.ijen.format;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/// The frame of a PNG file: chunks of (length, type, data, CRC). The JDK's decoder overlooks wrong checksums and lets
/// compressed text grow without bound, so the frame is checked before it sees the file.
final class PngChunks {
    private static final int SIGNATURE = 8;
    private static final int IHDR = 0x49484452;
    private static final int IDAT = 0x49444154;
    private static final int TRNS = 0x74524e53;
    private static final int IEND = 0x49454e44;

    /// Deflate cannot do better: 258 bytes from two bits.
    private static final long BEST_RATIO = 1032;

    private PngChunks() {}

    static void check(String name, byte[] file) {
        var in = ByteBuffer.wrap(file);
        if (file.length < SIGNATURE || in.getLong(0) != 0x89504e470d0a1a0aL) {
            throw broken(name, 0, "another signature", "the signature of PNG");
        }
        int at = SIGNATURE;
        boolean data = false;
        long packed = 0;
        var crc = new CRC32();
        while (true) {
            if (file.length - at < 12) {
                throw broken(name, at, "the end of the file", "a chunk; the last is IEND");
            }
            int length = in.getInt(at);
            if (length < 0 || length > file.length - at - 12) {
                throw broken(name, at, "a chunk of " + Integer.toUnsignedString(length) + " bytes", "the whole chunk");
            }
            int type = in.getInt(at + 4);
            if (at == SIGNATURE && type != IHDR) {
                throw broken(name, at, "another chunk", "IHDR first");
            }
            crc.reset();
            crc.update(file, at + 4, length + 4);
            boolean critical = (type >>> 24 & 0x20) == 0;
            if ((int) crc.getValue() != in.getInt(at + 8 + length) && critical) {
                throw broken(name, at, "a wrong checksum", "the CRC of the chunk");
            }
            if (type == IDAT) {
                data = true;
                packed += length;
            }
            at += 12 + length;
            if (type == IEND) {
                break;
            }
        }
        if (!data) {
            throw broken(name, at, "no IDAT chunk", "pixels");
        }
        if (packed * BEST_RATIO < rawBytes(in)) {
            throw broken(name, SIGNATURE, rawBytes(in) + " bytes of pixels in " + packed + " compressed ones",
                    "at most " + packed * BEST_RATIO);
        }
    }

    /// The least that the pixels take before compression.
    private static long rawBytes(ByteBuffer in) {
        int samples = switch (in.get(SIGNATURE + 17)) {
            case 2 -> 3;
            case 4 -> 2;
            case 6 -> 4;
            default -> 1;
        };
        long bits = (long) in.getInt(SIGNATURE + 8) * samples * Math.max(1, in.get(SIGNATURE + 16));
        return (bits + 7) / 8 * in.getInt(SIGNATURE + 12);
    }

    /// Width and height from the first chunk.
    static Images.Info size(String name, byte[] file) {
        var in = ByteBuffer.wrap(file);
        if (file.length < SIGNATURE + 25 || in.getInt(SIGNATURE + 4) != IHDR) {
            throw broken(name, SIGNATURE, "no header", "the chunk IHDR");
        }
        return Images.checked(name, "png", in.getInt(SIGNATURE + 8), in.getInt(SIGNATURE + 12));
    }

    /// The sample that stands for "transparent" in a gray image below 8 bits, which the JDK's decoder gets wrong, or
    /// -1.
    static int transparentGray(byte[] file) {
        var in = ByteBuffer.wrap(file);
        int depth = file[SIGNATURE + 16];
        int colour = file[SIGNATURE + 17];
        if (colour != 0 || depth >= 8) {
            return -1;
        }
        for (int at = SIGNATURE; in.getInt(at + 4) != IEND; at += 12 + in.getInt(at)) {
            if (in.getInt(at + 4) == TRNS && in.getInt(at) == 2) {
                return in.getShort(at + 8) & (1 << depth) - 1;
            }
        }
        return -1;
    }

    /// The file without the ancillary chunks that do not change pixels: text, times, profiles, gamma.
    static byte[] pixelsOnly(byte[] file) {
        var in = ByteBuffer.wrap(file);
        var out = ByteBuffer.allocate(file.length);
        out.put(file, 0, SIGNATURE);
        int at = SIGNATURE;
        while (at < file.length) {
            int size = 12 + in.getInt(at);
            int type = in.getInt(at + 4);
            boolean critical = (type >>> 24 & 0x20) == 0;
            if (critical || (type == TRNS && transparentGray(file) < 0)) {
                out.put(file, at, size);
            }
            at += size;
            if (type == IEND) {
                break;
            }
        }
        return java.util.Arrays.copyOf(out.array(), out.position());
    }

    private static FormatException broken(String name, int offset, String got, String expected) {
        return FormatException.damaged(
                name, "offset " + offset, got, expected, "fetch the image again or convert it to PNG anew");
    }
}
