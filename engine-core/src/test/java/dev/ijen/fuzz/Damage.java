package dev.ijen.fuzz;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/// Changes inside a format's frame: what is damaged is not found by a length or a checksum.
final class Damage {
    static final String[] JSON = {
        "{", "}", "[", "]", ",", ":", "\"", "\"a\":", "null", "\\u0000", "\\ud800", "\u0000", "[[[[[[[[", "{\"a\":",
        "\"dtype\":\"F32\",", "\"shape\":[4294967296,4294967296],", "\"data_offsets\":[0,0],", "\"__metadata__\":"};
    static final String[] YAML = {
        ":", "- ", "\n", "\n  ", "&a ", "*a", "!!java.net.URL ", "<<: *a", "---\n", "...\n", "{", "[", "}", "]", "|\n",
        ">\n",
        "'", "\"", "\t", "#", "? ", "%YAML 9.9\n", "\u0000", "preset: iris\n", "linear: ", "model:", "- repeat: "};
    static final String[] CSV = {
        ",", ";", "\t", "\n", "\r", "\r\n", "\"", "\"\"", "?", "NA", "\u0000", "\ufeff", "1e309", "true", "ä", ",,,,"};
    static final String[] MERGES = {
        " ", "  ", "\n", "\r\n", "\r", "\t", "a b", "ab b\n", "#version: 0.2\n", "\u0000", "\u0120", "\ud83d\ude00",
        "##", "[UNK]\n"};
    private static final String[] NPY = {
        "'", "descr", "shape", "fortran_order", "True", "False", "(", ")", ",", "{", "}", " ", "|O", ">f8", "<u8",
        "<f4", "[('a','<f4')]",
        "'shape': (4294967296, 4294967296), ", "L"};

    private Damage() {}

    /// The header of a safetensors file as text, its length put right.
    static byte[] safetensors(Mutator m, byte[] good) {
        int length = (int) little(good).getLong(0);
        var header = m.text(Mutator.latin(Arrays.copyOfRange(good, 8, 8 + length)), JSON);
        byte[] text = Mutator.latin(header);
        byte[] data = Arrays.copyOfRange(good, 8 + length, good.length);
        var size = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).array();
        return Mutator.join(size, text,
                m.random().nextInt(8) == 0 ? Arrays.copyOf(data, m.random().nextInt(99)) : data);
    }

    static byte[] npy(Mutator m, byte[] good) {
        int length = little(good).getShort(8);
        byte[] text = Mutator.latin(m.text(Mutator.latin(Arrays.copyOfRange(good, 10, 10 + length)), NPY));
        byte[] start = Arrays.copyOf(good, 10);
        little(start).putShort(8, (short) text.length);
        return Mutator.join(start, text, Arrays.copyOfRange(good, 10 + length, good.length));
    }

    /// A sound archive of damaged arrays, under odd names.
    static byte[] npz(Mutator m, byte[] good) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var in = new ZipInputStream(new ByteArrayInputStream(good)); var zip = new ZipOutputStream(out)) {
            int n = 0;
            for (var e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
                byte[] array = in.readAllBytes();
                var name = switch (m.random().nextInt(10)) {
                    case 0 -> "../../outside" + n + ".npy";
                    case 1 -> "/tmp/ijen-outside" + n + ".npy";
                    case 2 -> e.getName() + "/";
                    case 3 -> "\u0000" + n + ".npy";
                    default -> e.getName();
                };
                zip.putNextEntry(entry(name));
                switch (m.random().nextInt(4)) {
                    case 0 -> zip.write(m.bytes(array, List.of(array)));
                    case 1 -> zip.write(array);
                    case 2 -> zip.write(npy(m, array));
                    default -> {
                        zip.write(npy(m, array));
                        zip.write(new byte[m.random().nextInt(1 << 18)]);
                    }
                }
                zip.closeEntry();
                n++;
            }
        }
        return m.random().nextInt(4) == 0 ? m.bytes(out.toByteArray(), List.of(good)) : out.toByteArray();
    }

    /// An entry of a time that needs no time zone, so that the same seed gives the same archive: the first that an archive can hold does.
    static ZipEntry entry(String name) {
        var e = new ZipEntry(name);
        e.setTimeLocal(LocalDateTime.of(1980, 2, 1, 0, 0));
        return e;
    }

    static byte[] gzip(Mutator m, byte[] good) throws IOException {
        boolean packed = good.length > 2 && good[0] == 0x1f;
        byte[] plain = good;
        if (packed) {
            try (var in = new GZIPInputStream(new ByteArrayInputStream(good))) {
                plain = in.readAllBytes();
            }
        }
        plain = plain.clone();
        if (m.random().nextBoolean()) {
            int extent = 4 + 4 * m.random().nextInt(Math.max(1, plain[3]));
            ByteBuffer.wrap(plain).putInt(extent, (int) m.edge());
        } else {
            plain[plain.length - 1 - m.random().nextInt(plain.length - 4)] ^= 1;
        }
        var out = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(out)) {
            zip.write(m.random().nextInt(4) > 0 ? plain : m.bytes(plain, List.of(plain)));
            zip.write(new byte[m.random().nextInt(4) == 0 ? m.random().nextInt(1 << 20) : 0]);
        }
        return packed || m.random().nextBoolean() ? out.toByteArray() : plain;
    }

    /// Chunks changed, repeated, left out and moved, each with a right checksum.
    static byte[] png(Mutator m, byte[] good) {
        var chunks = new ArrayList<byte[]>();
        for (int at = 8; at + 12 <= good.length;) {
            int size = ByteBuffer.wrap(good).getInt(at);
            chunks.add(Arrays.copyOfRange(good, at + 4, at + 8 + size));
            at += 12 + size;
        }
        var r = m.random();
        int i = r.nextInt(chunks.size());
        switch (r.nextInt(6)) {
            case 0 -> chunks.add(i, chunks.get(r.nextInt(chunks.size())));
            case 1 -> chunks.remove(i);
            case 2 -> Collections.swap(chunks, i, r.nextInt(chunks.size()));
            case 3 -> {
                byte[] c = chunks.get(i);
                chunks.set(i, Mutator.join(Arrays.copyOf(c, 4), m.bytes(Arrays.copyOfRange(c, 4, c.length), chunks)));
            }
            default -> {
                // width, height, depth, colour, compression, filter, interlace
                byte[] c = chunks.getFirst().clone();
                if (c.length >= 17) {
                    int at = 4 + r.nextInt(13);
                    if (at < 12) {
                        ByteBuffer.wrap(c).putInt(4 + r.nextInt(2) * 4,
                                r.nextBoolean() ? r.nextInt(40_000) : (int) m.edge());
                    } else {
                        c[at] = (byte) r.nextInt(20);
                    }
                    chunks.set(0, c);
                }
            }
        }
        var parts = new ArrayList<byte[]>();
        parts.add(Arrays.copyOf(good, 8));
        for (var c : chunks) {
            var crc = new CRC32();
            crc.update(c);
            parts.add(ByteBuffer.allocate(4).putInt(Math.max(0, c.length - 4)).array());
            parts.add(c);
            parts.add(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
        }
        return Mutator.join(parts.toArray(byte[][]::new));
    }

    /// Segments changed, repeated, left out and moved.
    static byte[] jpeg(Mutator m, byte[] good) {
        var segments = new ArrayList<byte[]>();
        int at = 2;
        while (at + 4 <= good.length && good[at] == (byte) 0xff && good[at + 1] != (byte) 0xda) {
            int size = 2 + (ByteBuffer.wrap(good).getShort(at + 2) & 0xffff);
            segments.add(Arrays.copyOfRange(good, at, Math.min(good.length, at + size)));
            at += size;
        }
        byte[] scan = Arrays.copyOfRange(good, Math.min(at, good.length), good.length);
        var r = m.random();
        if (!segments.isEmpty()) {
            int i = r.nextInt(segments.size());
            switch (r.nextInt(5)) {
                case 0 -> segments.add(i, segments.get(r.nextInt(segments.size())));
                case 1 -> segments.remove(i);
                case 2 -> Collections.swap(segments, i, r.nextInt(segments.size()));
                case 3 -> {
                    byte[] s = segments.get(i).clone();
                    for (int n = 1 + r.nextInt(6); n > 0 && s.length > 4; n--) {
                        s[4 + r.nextInt(s.length - 4)] = (byte) m.edge();
                    }
                    segments.set(i, s);
                }
                default -> {
                    for (var s : segments) {
                        if ((s[1] & 0xf0) == 0xc0 && s[1] != (byte) 0xc4 && s.length > 9) {
                            ByteBuffer.wrap(s).putShort(5 + 2 * r.nextInt(2), (short) r.nextInt(1 << r.nextInt(17)));
                        }
                    }
                }
            }
        }
        if (r.nextInt(3) == 0) {
            scan = m.bytes(scan, List.of(scan));
        }
        return Mutator.join(Arrays.copyOf(good, 2), Mutator.join(segments.toArray(byte[][]::new)), scan);
    }

    /// Records with damaged contents and right checksums.
    static byte[] events(Mutator m, byte[] good) {
        var out = new ArrayList<byte[]>();
        var in = little(good);
        while (in.remaining() >= 16) {
            int length = (int) in.getLong();
            in.getInt();
            var data = new byte[length];
            in.get(data);
            in.getInt();
            byte[] body = m.random().nextInt(3) == 0 ? data : m.bytes(data, List.of(data));
            var size = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(body.length).array();
            out.add(Mutator.join(size, masked(size), body, masked(body)));
        }
        return Mutator.join(out.toArray(byte[][]::new));
    }

    /// A number of four bytes that stands where a size may, or anything.
    static byte[] sizes(Mutator m, byte[] good) {
        byte[] b = good.clone();
        var r = m.random();
        for (int n = 1 + r.nextInt(2); n > 0; n--) {
            int at = r.nextInt(Math.min(64, b.length) / 2 - 2) * 2;
            little(b).putInt(at, r.nextBoolean() ? (int) m.edge() : r.nextInt(1 << r.nextInt(31)));
        }
        return r.nextInt(4) == 0 ? m.bytes(b, List.of(good)) : b;
    }

    /// Blocks changed, repeated, left out and moved, their checksums right.
    static byte[] tar(Mutator m, byte[] good) throws IOException {
        byte[] plain;
        try (var in = new GZIPInputStream(new ByteArrayInputStream(good))) {
            plain = in.readAllBytes();
        }
        var blocks = new ArrayList<byte[]>();
        for (int at = 0; at + 512 <= plain.length; at += 512) {
            blocks.add(Arrays.copyOfRange(plain, at, at + 512));
        }
        var r = m.random();
        int i = r.nextInt(blocks.size());
        switch (r.nextInt(6)) {
            case 0 -> blocks.add(i, blocks.get(r.nextInt(blocks.size())));
            case 1 -> blocks.remove(i);
            case 2 -> Collections.swap(blocks, i, r.nextInt(blocks.size()));
            case 3 ->
                    blocks.set(i, tarHeader("../../outside", "0xLgK5".charAt(r.nextInt(6)), m.edge() & 0x1_ffff_ffffL));
            case 4 ->
                    blocks.set(i, Arrays.copyOf(Mutator.latin(m.text("20 path=dir/b/c.txt\n16 size=1234567\n", " ", "=",
                            "\n", "path=", "size=", "../", "/tmp/ijen-outside")), 512));
            default -> blocks.set(i, Arrays.copyOf(m.bytes(blocks.get(i), blocks), 512));
        }
        var out = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(out)) {
            for (var b : blocks) {
                zip.write(Mutator.latin(Arrays.copyOfRange(b, 257, 262)).equals("ustar") ? checked(b) : b);
            }
            zip.write(new byte[r.nextInt(8) == 0 ? r.nextInt(1 << 20) : 0]);
        }
        return out.toByteArray();
    }

    static byte[] tarHeader(String name, char kind, long size) {
        var h = new byte[512];
        System.arraycopy(Mutator.latin(name), 0, h, 0, name.length());
        System.arraycopy(Mutator.latin("%011o".formatted(size)), 0, h, 124, 11);
        h[156] = (byte) kind;
        System.arraycopy(Mutator.latin("ustar"), 0, h, 257, 5);
        return checked(h);
    }

    private static byte[] checked(byte[] header) {
        var h = header.clone();
        Arrays.fill(h, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte b : h) {
            sum += b & 0xff;
        }
        System.arraycopy(Mutator.latin("%06o\0".formatted(sum)), 0, h, 148, 7);
        return h;
    }

    private static byte[] masked(byte[] b) {
        var crc = new CRC32C();
        crc.update(b);
        int c = (int) crc.getValue();
        return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt((c >>> 15 | c << 17) + 0xa282ead8).array();
    }

    private static ByteBuffer little(byte[] b) {
        return ByteBuffer.wrap(b).order(ByteOrder.LITTLE_ENDIAN);
    }
}
