package dev.ijen.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TarTest {
    private static final String LONG = "d".repeat(60) + "/" + "e".repeat(60) + "/" + "n".repeat(120) + "é.txt";

    /// Of GNU tar 1.34, `--format=pax` and `--format=gnu`: a file of a long name in two folders, and `short.txt`.
    private static final String PAX = """
            H4sIAAAAAAACA+3WMQ6CMBgF4M6cghNIaf+Ci7ujVyChCRM1UCNX8hxezOImRAQJEOB9S0kgaeD1fyFN/xewfrgTK/VenebavhYUKWK+YjO4lT
            Yp3PaFMbbruV/3my+3EumY/C9JddZJqosy0B3q7xERfc1fcPrMX4ZSCeZXc+bP9imUwr8mNjuNOgh6hMBjsM7575nw4P6XRGGM/t9S/l39T1w0
            +5/ccUH/z0Co49L9ny/k+TjYynro/6Xnn3PZ7n/3/8fR/5MzucZP0I6VmSls3YMT7jF4/kMR8wjzPwd7NxgCAAAAAAAAAAAAgA16AcOV+UIAKA
            AA""";
    private static final String GNU = """
            H4sIAAAAAAACA+3UwQnCMBgF4IySCZr8JmmuDtAlhBYVIYE2ois5h4sZvWmxWksqmvddEmghh8d7df05wd4jI2vM7Ywez/59oZTRjBs2g30XVi
            3nrPU+DP336vuPKkQhlpV362rrdoneuIZaav00f7LqPn+iUsb8K+SfXD2l/80EgkEm+Y/ef6WILPY/l/1XlrD/2e2/+5LzqQjHgOWfd/+H+h8X
            oL//C8Yl+p+cdw1KkLFu49uQeBBH959IyxL9n0M4eJQAAAAAAAAAAAAA4A9dAHg0QtMAKAAA""";

    @TempDir Path folder;

    private Path file(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("a.tar.gz"), bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {PAX, GNU})
    void longNames(String archive) throws IOException {
        var all = Tar.read(file(Base64.getMimeDecoder().decode(archive)), n -> true);
        assertEquals(List.of(LONG, "short.txt"), List.copyOf(all.keySet()));
        assertEquals("one", new String(all.get(LONG), StandardCharsets.UTF_8));
        assertEquals("two", new String(all.get("short.txt"), StandardCharsets.UTF_8));
    }

    private static byte[] header(String name, char kind, long size) {
        var h = new byte[512];
        put(h, 0, name);
        put(h, 124, "%011o".formatted(size));
        put(h, 148, "        ");
        h[156] = (byte) kind;
        put(h, 257, "ustar");
        int sum = 0;
        for (byte b : h) {
            sum += b & 0xff;
        }
        put(h, 148, "%06o".formatted(sum));
        h[154] = 0;
        return h;
    }

    private static void put(byte[] to, int at, String text) {
        var b = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(b, 0, to, at, b.length);
    }

    private Path packed(byte[]... parts) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(out)) {
            for (var p : parts) {
                zip.write(p);
            }
        }
        return file(out.toByteArray());
    }

    private static byte[] block(String text) {
        return Arrays.copyOf(text.getBytes(StandardCharsets.UTF_8), 512);
    }

    /// A record's length is of bytes, and its value may hold the signs that divide records.
    @Test
    void recordsAreReadByTheirLength() throws IOException {
        var records = "17 path=a=b\nc é\n11 mtime=0\n";
        var all = Tar.read(packed(header("x", 'x', 28), block(records), header("y", '0', 1), block("!")), n -> true);
        assertEquals("[a=b\nc é]", all.keySet().toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"9 path=abc\n", "99999999999999999999 path=a\n", "path=a\n", "13 path=abc\n", "11 path=abc\n",
                "5 pat\n", "-3 a=b\n",
                "15 size=-00001\n", "31 size=9999999999999999999999\n"})
    void badRecordsAreRefused(String records) throws IOException {
        var file = packed(header("x", 'x', records.length()), block(records), header("y", '0', 1), block("!"));
        var e = assertThrows(FormatException.class, () -> Tar.read(file, n -> true));
        assertTrue(e.getMessage().contains("fix:"), e.getMessage());
    }

    /// What claims to be large, by its header or by a record, takes no memory.
    @Test
    void bombsAreRefused() throws IOException {
        for (var file : List.of(packed(header("x", '0', 400L << 20), new byte[1 << 20]),
                packed(header("x", 'x', 18), block("18 size=800000000\n"), header("y", '0', 1), new byte[1 << 20]))) {
            var e = assertThrows(FormatException.class, () -> Tar.read(file, n -> true));
            assertEquals(FormatException.Kind.UNSUPPORTED, e.kind());
        }
    }

    @Test
    void aCutArchiveIsToldOf() throws IOException {
        var e = assertThrows(FormatException.class,
                () -> Tar.read(packed(header("x", '0', 600), new byte[512]), n -> true));
        assertTrue(e.getMessage().contains("cut off"), e.getMessage());
    }
}
