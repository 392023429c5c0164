package dev.ijen.format;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.WritableByteChannel;

/// Bytes between memory segments, streams and channels.
final class Segments {
    private static final int CHUNK = 1 << 20;

    private Segments() {}

    /// Writes a segment of any size.
    static void write(WritableByteChannel out, MemorySegment segment) throws IOException {
        // channels copy heap memory to a temporary direct buffer of the size given, so the pieces are kept small
        for (long at = 0; at < segment.byteSize(); at += CHUNK) {
            var piece = segment.asSlice(at, Math.min(CHUNK, segment.byteSize() - at));
            var buffer = MemorySegment.ofArray(piece.toArray(ValueLayout.JAVA_BYTE)).asByteBuffer();
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
        }
    }

    /// Fills a segment from a stream.
    ///
    /// @throws EOFException naming how many bytes came
    static void fill(InputStream in, MemorySegment to) throws IOException {
        var buffer = new byte[(int) Math.min(CHUNK, Math.max(1, to.byteSize()))];
        long at = 0;
        while (at < to.byteSize()) {
            int n = in.read(buffer, 0, (int) Math.min(buffer.length, to.byteSize() - at));
            if (n < 0) {
                throw new EOFException(at + " of " + to.byteSize() + " bytes");
            }
            MemorySegment.copy(buffer, 0, to, ValueLayout.JAVA_BYTE, at, n);
            at += n;
        }
    }

    /// Reverses the bytes of every element.
    static void swap(MemorySegment data, int width) {
        var element = new byte[width];
        for (long at = 0; at < data.byteSize(); at += width) {
            for (int i = 0; i < width; i++) {
                element[i] = data.get(ValueLayout.JAVA_BYTE, at + i);
            }
            for (int i = 0; i < width; i++) {
                data.set(ValueLayout.JAVA_BYTE, at + i, element[width - 1 - i]);
            }
        }
    }

    /// Refuses truth values that are neither 0 nor 1.
    static void checkBooleans(Object file, MemorySegment data) {
        for (long i = 0; i < data.byteSize(); i++) {
            byte b = data.get(ValueLayout.JAVA_BYTE, i);
            if (b != 0 && b != 1) {
                throw FormatException.damaged(
                        file, "element " + i, "truth value " + (b & 0xff), "0 or 1", "write the file again");
            }
        }
    }

    /// A stream over a segment.
    static InputStream input(MemorySegment segment) {
        return new InputStream() {
            private long at;

            @Override
            public int read() {
                return at < segment.byteSize() ? segment.get(ValueLayout.JAVA_BYTE, at++) & 0xff : -1;
            }

            @Override
            public int read(byte[] to, int from, int length) {
                if (length == 0) {
                    return 0;
                }
                int n = (int) Math.min(length, segment.byteSize() - at);
                if (n <= 0) {
                    return -1;
                }
                MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, at, to, from, n);
                at += n;
                return n;
            }
        };
    }
}
