package dev.ijen.format;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Sound in WAV files (RIFF, or RIFX for big-endian): whole numbers of 1 to 64 bits, or floats of 32 or 64; also in the extensible form.
/// Samples are from −1 to 1. Every size in the file is checked before it is believed.
///
/// @param rate samples a second
/// @param channels 1 mono, 2 stereo, …
/// @param samples of all channels, one time after the other
public record Wav(int rate, int channels, float[] samples) {
    private static final int PCM = 1;
    private static final int FLOAT = 3;
    private static final int EXTENSIBLE = 0xfffe;
    private static final long MOST = 1L << 30;

    /// Reads a file of at most 1 GiB.
    ///
    /// @throws FormatException if it is missing, damaged, or of a coding that is not read
    public static Wav read(Path file) {
        try {
            if (Files.exists(file) && Files.size(file) > MOST) {
                throw FormatException.unsupported(file, "its size", Files.size(file) + " bytes", "at most 1 GiB",
                        "cut it into pieces");
            }
            return decode(file.toString(), Files.readAllBytes(file));
        } catch (IOException e) {
            throw FormatException.of(file, e);
        }
    }

    /// Reads the content of a file.
    ///
    /// @param source its name, for errors
    public static Wav decode(String source, byte[] bytes) {
        return new Reader(source, bytes).read();
    }

    /// The mean of all channels.
    public float[] mono() {
        var all = new float[samples.length / channels];
        for (int i = 0; i < all.length; i++) {
            float sum = 0;
            for (int c = 0; c < channels; c++) {
                sum += samples[i * channels + c];
            }
            all[i] = sum / channels;
        }
        return all;
    }

    private static final class Reader {
        private final String source;
        private final MemorySegment in;
        private ByteOrder order = ByteOrder.LITTLE_ENDIAN;
        private int coding;
        private int channels;
        private int rate;
        private int width;

        Reader(String source, byte[] bytes) {
            this.source = source;
            this.in = MemorySegment.ofArray(bytes);
        }

        Wav read() {
            var riff = name(0);
            if (!riff.equals("RIFF") && !riff.equals("RIFX") || !name(8).equals("WAVE")) {
                throw FormatException.damaged(source, "offset 0", "'" + riff + "'", "RIFF or RIFX, and WAVE",
                        "give a WAV file");
            }
            order = riff.equals("RIFX") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
            long at = 12;
            while (at + 8 <= in.byteSize()) {
                long size = whole(at + 4) & 0xffffffffL;
                var chunk = name(at);
                at += 8;
                if (chunk.equals("fmt ")) {
                    format(at, size);
                } else if (chunk.equals("data")) {
                    return data(at, size);
                }
                at += size + (size & 1);
            }
            throw FormatException.damaged(source, "its end", "no data chunk", "sound", "the file is cut off");
        }

        private void format(long at, long size) {
            if (size < 16 || size > in.byteSize() - at) {
                throw FormatException.damaged(source, "offset " + (at - 4), "a format of " + size + " bytes",
                        "16 to " + (in.byteSize() - at), "the file is cut off or damaged");
            }
            coding = half(at);
            channels = half(at + 2);
            rate = whole(at + 4);
            int block = half(at + 12);
            int bits = half(at + 14);
            if (coding == EXTENSIBLE && size >= 26) {
                coding = whole(at + 24) & 0xffff; // four bytes in the order of the file
            }
            if (channels < 1 || rate < 1 || block < 1 || block % channels != 0) {
                throw FormatException.damaged(source, "offset " + at,
                        channels + " channels, " + rate + " samples a second, blocks of " + block + " bytes",
                        "at least one channel, blocks of whole samples", "the file is damaged");
            }
            width = block / channels;
            boolean fits = coding == PCM && width <= 8 && bits >= 1 && bits <= 8 * width
                    || coding == FLOAT && (width == 4 || width == 8) && bits == 8 * width;
            if (!fits) {
                throw FormatException.unsupported(source, "its coding",
                        "coding " + coding + ", " + bits + " bits in " + width + " bytes",
                        "whole numbers of at most 64 bits, floats of 32 or 64", "convert it to 16-bit PCM");
            }
        }

        private Wav data(long at, long size) {
            if (width == 0) {
                throw FormatException.damaged(source, "offset " + (at - 8), "data before its format", "fmt first",
                        "the file is damaged");
            }
            if (size > in.byteSize() - at || size % ((long) width * channels) != 0) {
                throw FormatException.damaged(source, "offset " + (at - 4), size + " bytes of sound",
                        "a multiple of " + width * channels + ", at most " + (in.byteSize() - at),
                        "the file is cut off or damaged");
            }
            var all = new float[(int) (size / width)];
            for (int i = 0; i < all.length; i++) {
                all[i] = sample(at + (long) i * width);
                if (!Float.isFinite(all[i])) {
                    throw FormatException.damaged(source, "sample " + i, String.valueOf(all[i]), "a number",
                            "the file is damaged");
                }
            }
            return new Wav(rate, channels, all);
        }

        private float sample(long at) {
            if (coding == FLOAT) {
                return width == 4 ? in.get(ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(order), at)
                        : (float) in.get(ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(order), at);
            }
            if (width == 1) {
                return ((in.get(ValueLayout.JAVA_BYTE, at) & 0xff) - 128) / 128f; // the only width without a sign
            }
            long v = 0;
            for (int k = 0; k < width; k++) {
                long b = in.get(ValueLayout.JAVA_BYTE, at + (order == ByteOrder.LITTLE_ENDIAN ? width - 1 - k : k))
                        & 0xff;
                v = v << 8 | b;
            }
            v <<= 64 - 8 * width;
            return (float) (v / 0x1p63);
        }

        private String name(long at) {
            if (at + 4 > in.byteSize()) {
                return "";
            }
            return new String(in.asSlice(at, 4).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
        }

        private int whole(long at) {
            return in.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(order), at);
        }

        private int half(long at) {
            return in.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(order), at) & 0xffff;
        }
    }
}
