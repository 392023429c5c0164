package dev.ijen.format;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// Files in an archive, `.tar` or `.tar.gz`, read to memory: POSIX ustar, with long names as POSIX (pax) or GNU write them. Nothing is
/// ever written to disk, so names cannot do harm.
public final class Tar {
    private static final int BLOCK = 512;
    private static final long MOST_BYTES = 1L << 30;
    /// An archive may unpack to so many bytes, however small it is.
    private static final long FEW_BYTES = 64L << 20;
    /// And to so many times its size: sound and pictures do not compress so well, what is made to fill memory does.
    private static final long MOST_UNPACKED = 30;
    private static final int MOST_FILES = 1_000_000;

    private Tar() {}

    /// Whether a name is that of an archive.
    public static boolean isTar(Path file) {
        var name = file.toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".tar") || name.endsWith(".tar.gz") || name.endsWith(".tgz");
    }

    /// The ordinary files whose names are wanted, in order. The archive may unpack to 1 GiB at most, and to 30 times its size or 64 MiB.
    ///
    /// @throws FormatException if the archive is missing or damaged
    public static Map<String, byte[]> read(Path file, Predicate<String> wanted) {
        try (var raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
                var in = file.toString().endsWith(".tar") ? raw : new GZIPInputStream(raw)) {
            return read(file, in, wanted);
        } catch (EOFException e) {
            throw FormatException.damaged(file, "its end", "no more bytes", "the rest of an entry",
                    "the archive is cut off: fetch it again", e);
        } catch (ZipException e) {
            throw FormatException.damaged(file, "its compressed data", String.valueOf(e.getMessage()), "gzip",
                    "fetch the file again", e);
        } catch (IOException e) {
            throw FormatException.of(file, e);
        }
    }

    private static Map<String, byte[]> read(Path file, InputStream in, Predicate<String> wanted) throws IOException {
        var all = new LinkedHashMap<String, byte[]>();
        long most = Math.clamp(MOST_UNPACKED * Files.size(file), FEW_BYTES, MOST_BYTES);
        long total = 0;
        var next = TarNext.NONE;
        for (int i = 0;; i++) {
            var header = in.readNBytes(BLOCK);
            if (header.length < BLOCK || header[0] == 0) {
                return all;
            }
            check(file, i, header);
            long size = next.size() >= 0 ? next.size() : octal(file, header, 124, 12);
            total += size;
            if (size > most || total > most || i >= MOST_FILES) {
                throw FormatException.unsupported(file, "its size", "more than " + total + " bytes in " + i + " files",
                        "at most " + most + " bytes and " + MOST_FILES + " files", "unpack it and give the folder");
            }
            int padding = (int) (-size & BLOCK - 1);
            switch (header[156]) {
                case 'x' -> {
                    next = TarNext.extended(file, body(file, in, "entry " + i, size), next);
                    in.skipNBytes(padding);
                    continue;
                }
                case 'L' -> {
                    var name = body(file, in, "entry " + i, size);
                    next = new TarNext(text(name, 0, name.length), next.size());
                    in.skipNBytes(padding);
                    continue;
                }
                case '0', 0 -> {
                    var name = next.name() != null ? next.name() : name(header);
                    if (wanted.test(name)) {
                        all.put(name, body(file, in, "'" + name + "'", size));
                    } else {
                        in.skipNBytes(size);
                    }
                }
                default -> in.skipNBytes(size);
            }
            next = TarNext.NONE;
            in.skipNBytes(padding);
        }
    }

    private static String name(byte[] header) {
        var prefix = text(header, 257, 5).equals("ustar") ? text(header, 345, 155) : "";
        var name = text(header, 0, 100);
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    private static byte[] body(Path file, InputStream in, String what, long size) throws IOException {
        var content = in.readNBytes((int) size);
        if (content.length < size) {
            throw FormatException.damaged(file, what, content.length + " bytes", size + " bytes",
                    "the archive is cut off");
        }
        return content;
    }

    private static void check(Path file, int entry, byte[] header) {
        long sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
        }
        long expected = octal(file, header, 148, 8);
        if (sum != expected) {
            throw FormatException.damaged(file, "entry " + entry, "checksum " + sum, "checksum " + expected,
                    "give a tar archive");
        }
    }

    private static long octal(Path file, byte[] header, int from, int length) {
        var text = text(header, from, length).strip();
        if (!text.matches("[0-7]{1,11}")) {
            throw FormatException.damaged(file, "a header", "'" + text + "'", "an octal number", "give a tar archive");
        }
        return Long.parseLong(text, 8);
    }

    private static String text(byte[] header, int from, int length) {
        int n = 0;
        while (n < length && header[from + n] != 0) {
            n++;
        }
        return new String(header, from, n, StandardCharsets.UTF_8);
    }
}
