package dev.ijen.cuda.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What the dynamic linker knows: `/etc/ld.so.cache` in the format of glibc (`sysdeps/generic/dl-cache.h`), read without starting
/// `ldconfig`.
final class LoaderCache {
    private static final byte[] OLD = "ld.so-1.7.0".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] NEW = "glibc-ld.so.cache1.1".getBytes(StandardCharsets.ISO_8859_1);
    private static final int HEADER = 48;
    private static final int ENTRY = 24;
    private static final int X86_64 = 0x0303; // FLAG_ELF_LIBC6 | FLAG_X8664_LIB64
    private static final long MAX_SIZE = 64L << 20;
    private static final int MAX_NAME = 4096;

    private LoaderCache() {}

    /// Libraries for x86-64 whose names begin with one of the prefixes, in the cache's order. Empty if there is no such file or
    /// it is none of glibc's: then there is nothing to be learnt from it.
    static List<String> find(Path file, List<String> prefixes) {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > MAX_SIZE) {
                return List.of();
            }
            return parse(Files.readAllBytes(file), prefixes);
        } catch (IOException | SecurityException e) {
            System.getLogger(LoaderCache.class.getName()).log(System.Logger.Level.DEBUG, "cannot read " + file, e);
            return List.of();
        }
    }

    static List<String> parse(byte[] file, List<String> prefixes) {
        int start = start(file);
        var found = new ArrayList<String>();
        if (start < 0 || file.length - start < HEADER) {
            return found;
        }
        var wanted = prefixes.stream().map(p -> p.getBytes(StandardCharsets.UTF_8)).toList();
        var b = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        long count = Math.min(Integer.toUnsignedLong(b.getInt(start + 20)), (file.length - start - HEADER) / ENTRY);
        for (int i = 0; i < count; i++) {
            int at = start + HEADER + i * ENTRY;
            if (b.getInt(at) == X86_64) {
                long name = start + Integer.toUnsignedLong(b.getInt(at + 4));
                for (var prefix : wanted) {
                    if (startsWith(file, name, prefix)) {
                        found.add(string(file, start + Integer.toUnsignedLong(b.getInt(at + 8))));
                        break;
                    }
                }
            }
        }
        return found;
    }

    /// Where the new format begins: at once, or after the old one's table; -1 if nowhere.
    private static int start(byte[] file) {
        if (startsWith(file, 0, NEW)) {
            return 0;
        }
        if (!startsWith(file, 0, OLD) || file.length < 16) {
            return -1;
        }
        long count = Integer.toUnsignedLong(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(12));
        long at = (16 + 12 * count + 7) & -8L;
        return startsWith(file, at, NEW) ? (int) at : -1;
    }

    private static boolean startsWith(byte[] file, long at, byte[] what) {
        return at <= file.length - what.length
                && Arrays.equals(file, (int) at, (int) at + what.length, what, 0, what.length);
    }

    /// The string there; empty if there is none.
    private static String string(byte[] file, long at) {
        for (long end = at; end < Math.min(at + MAX_NAME, file.length); end++) {
            if (file[(int) end] == 0) {
                return new String(file, (int) at, (int) (end - at), StandardCharsets.UTF_8);
            }
        }
        return "";
    }
}
