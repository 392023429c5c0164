package dev.ijen.cuda.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// The dynamic section of a shared library for Linux on x86-64. Files are untrusted and may be half a gigabyte large: only the few
/// kilobytes that are asked for are read, every offset is checked, every count bounded, and whatever is wrong is an [IOException].
///
/// See the System V ABI (gABI, chapters 4 and 5) and, for versions, the Linux Standard Base, section 10.7.
final class Elf {
    static final long NEEDED = 1;
    static final long STRTAB = 5;
    static final long STRSZ = 10;
    static final long SONAME = 14;
    static final long RPATH = 15;
    static final long RUNPATH = 29;
    static final long VERNEED = 0x6ffffffeL;
    static final long VERNEEDNUM = 0x6fffffffL;

    private static final int X86_64 = 62;
    private static final int SHARED = 3;
    private static final int LOAD = 1;
    private static final int DYNAMIC = 2;
    private static final int MAX_SEGMENTS = 256;
    private static final int MAX_DYNAMIC = 4096;
    private static final int MAX_STRING = 4096;

    /// Where bytes come from.
    interface Bytes {
        /// Exactly `length` bytes from `offset`, little-endian; of an array, its own bytes and no copy.
        ///
        /// @throws IOException if they are not all there
        ByteBuffer at(long offset, int length) throws IOException;
    }

    private record Segment(int type, long offset, long address, long size) {}

    private record Entry(long tag, long value) {}

    private final Bytes bytes;
    private final List<Segment> segments = new ArrayList<>();
    private final List<Entry> dynamic = new ArrayList<>();
    private final long strings;
    private final long stringsSize;

    private Elf(Bytes bytes) throws IOException {
        this.bytes = bytes;
        readSegments();
        readDynamic();
        stringsSize = value(STRSZ, 0);
        strings = offset(value(STRTAB, -1), stringsSize);
    }

    /// Of a library in memory; what [#bytes] returns can be written to.
    static Elf of(byte[] image) throws IOException {
        return new Elf((offset, length) -> {
            if (offset < 0 || length < 0 || offset > image.length - (long) length) {
                throw new IOException("it is cut off or damaged: it ends before byte " + (offset + length));
            }
            return ByteBuffer.wrap(image, (int) offset, length).slice().order(ByteOrder.LITTLE_ENDIAN);
        });
    }

    /// The library's own name and the names of those it needs.
    ///
    /// @param soname what other libraries find it by; empty if it has none
    record Names(String soname, List<String> needed) {}

    /// Of the file, which must be a shared library for x86-64.
    static Names names(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            var elf = new Elf((offset, length) -> read(channel, offset, length));
            var needed = new ArrayList<String>();
            for (long name : elf.values(NEEDED)) {
                needed.add(elf.string(name));
            }
            long own = elf.value(SONAME, -1);
            return new Names(own < 0 ? "" : elf.string(own), List.copyOf(needed));
        } catch (FileSystemException e) { // its message is the path alone
            throw new IOException("it cannot be read: " + e.getClass().getSimpleName(), e);
        }
    }

    private static ByteBuffer read(FileChannel channel, long offset, int length) throws IOException {
        if (offset < 0 || length < 0 || offset > channel.size() - length) {
            throw new IOException("it is cut off or damaged: it ends before byte " + (offset + length));
        }
        var buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, offset + buffer.position()) < 0) {
                throw new IOException("it became shorter while it was read");
            }
        }
        return buffer.flip();
    }

    private void readSegments() throws IOException {
        var head = bytes.at(0, 64);
        if (head.getInt(0) != 0x464c457f) {
            throw new IOException("it is no ELF file");
        }
        if (head.get(4) != 2 || head.get(5) != 1) {
            throw new IOException("it is for a 32-bit or big-endian processor, not for x86-64");
        }
        int machine = head.getShort(18) & 0xffff;
        if (machine != X86_64) {
            throw new IOException("it is for another processor (ELF machine " + machine + "), not for x86-64");
        }
        if (head.getShort(16) != SHARED) {
            throw new IOException("it is no shared library");
        }
        long table = head.getLong(32);
        int size = head.getShort(54) & 0xffff;
        int count = head.getShort(56) & 0xffff;
        if (size < 56 || size > 1024 || count > MAX_SEGMENTS) {
            throw new IOException("its program header is damaged");
        }
        for (int i = 0; i < count; i++) {
            var p = bytes.at(table + (long) i * size, 56);
            segments.add(new Segment(p.getInt(0), p.getLong(8), p.getLong(16), p.getLong(32)));
        }
    }

    private void readDynamic() throws IOException {
        for (var s : segments) {
            if (s.type != DYNAMIC) {
                continue;
            }
            for (int i = 0; i < Math.min(MAX_DYNAMIC, s.size / 16); i++) {
                var e = bytes.at(s.offset + i * 16L, 16);
                if (e.getLong(0) == 0) {
                    return;
                }
                dynamic.add(new Entry(e.getLong(0), e.getLong(8)));
            }
            return;
        }
        throw new IOException("it has no dynamic section");
    }

    /// The value of the first entry with this tag, or `otherwise`.
    long value(long tag, long otherwise) {
        for (var e : dynamic) {
            if (e.tag == tag) {
                return e.value;
            }
        }
        return otherwise;
    }

    /// The values of all entries with this tag.
    List<Long> values(long tag) {
        return dynamic.stream().filter(e -> e.tag == tag).map(Entry::value).toList();
    }

    /// Where in the file the `length` bytes at this address are.
    long offset(long address, long length) throws IOException {
        for (var s : segments) {
            long within = address - s.address;
            if (s.type == LOAD && within >= 0 && length >= 0 && within <= s.size - length) {
                return within + s.offset; // whatever it is, reading there is checked
            }
        }
        throw new IOException("it is damaged: address " + Long.toHexString(address) + " is in no segment");
    }

    /// Where in the file the string is that begins at `offset` of the string table.
    long stringAt(long offset) throws IOException {
        if (offset < 0 || offset >= stringsSize) {
            throw new IOException("it is damaged: a name lies outside of the string table");
        }
        return strings + offset;
    }

    /// The string that begins at `offset` of the string table.
    String string(long offset) throws IOException {
        long from = stringAt(offset);
        int most = (int) Math.min(MAX_STRING, stringsSize - offset);
        var b = bytes.at(from, most);
        for (int n = 0; n < most; n++) {
            if (b.get(n) == 0) {
                var text = new byte[n];
                b.get(0, text);
                return new String(text, StandardCharsets.ISO_8859_1);
            }
        }
        throw new IOException("it is damaged: a name has no end");
    }

    Bytes bytes() {
        return bytes;
    }
}
