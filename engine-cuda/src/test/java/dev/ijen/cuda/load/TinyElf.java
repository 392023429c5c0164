package dev.ijen.cuda.load;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes shared libraries for x86-64 Linux, byte by byte, that the dynamic linker really loads: a name, libraries needed, one version that all
/// symbols have, and functions that return a constant. So tests have NVIDIA's libraries without NVIDIA or a compiler.
final class TinyElf {
    private static final int PAGE = 4096;

    private final String soname;
    private final List<String> needed = new ArrayList<>();
    private final Map<String, Integer> functions = new LinkedHashMap<>();
    private final ByteArrayOutputStream strings = new ByteArrayOutputStream();

    TinyElf(String soname) {
        this.soname = soname;
        strings.write(0);
    }

    TinyElf needs(String library) {
        needed.add(library);
        return this;
    }

    TinyElf function(String name, int result) {
        functions.put(name, result);
        return this;
    }

    Path write(Path file) {
        try {
            Files.createDirectories(file.getParent());
            return Files.write(file, bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int text(String s) {
        int at = strings.size();
        strings.writeBytes(s.getBytes(StandardCharsets.ISO_8859_1));
        strings.write(0);
        return at;
    }

    /// Two segments: [headers, symbols, hash, versions, strings, code] to read and execute, and on a page of its own, to write,
    /// the dynamic section.
    byte[] bytes() {
        int symbols = functions.size() + 1;
        int name = text(soname);
        var neededAt = needed.stream().map(this::text).toList();
        var symbolNames = functions.keySet().stream().map(this::text).toList();

        int symtab = 64 + 4 * 56;
        int hash = symtab + 24 * symbols;
        int versym = hash + 4 * (2 + 1 + symbols);
        int verdef = (versym + 2 * symbols + 3) & -4;
        int code = verdef + 2 * 28;
        int strtab = code + 6 * functions.size();
        int end = strtab + strings.size();
        int dynamic = (end + PAGE - 1) & -PAGE;
        int dynamicSize = 16 * (needed.size() + 12);
        var file = new byte[dynamic + dynamicSize];
        var b = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);

        b.putInt(0, 0x464c457f).put(4, (byte) 2).put(5, (byte) 1).put(6, (byte) 1);
        b.putShort(16, (short) 3).putShort(18, (short) 62).putInt(20, 1).putLong(32, 64);
        b.putShort(52, (short) 64).putShort(54, (short) 56).putShort(56, (short) 4);
        segment(b, 64, 1, 5, 0, end);
        segment(b, 64 + 56, 1, 6, dynamic, dynamicSize);
        segment(b, 64 + 112, 2, 6, dynamic, dynamicSize);
        segment(b, 64 + 168, 0x6474e551, 6, 0, 0); // PT_GNU_STACK: no code on the stack

        // one hash bucket: a chain through all symbols
        b.putInt(hash, 1).putInt(hash + 4, symbols).putInt(hash + 8, symbols - 1);
        int i = 1;
        for (var result : functions.values()) {
            int at = symtab + 24 * i;
            int function = code + 6 * (i - 1);
            b.putInt(at, symbolNames.get(i - 1)).put(at + 4, (byte) 0x12).putShort(at + 6, (short) 1);
            b.putLong(at + 8, function).putLong(at + 16, 6);
            b.putInt(hash + 12 + 4 * i, i - 1);
            b.putShort(versym + 2 * i, (short) 2);
            b.put(function, (byte) 0xb8).putInt(function + 1, result).put(function + 5, (byte) 0xc3); // mov eax, result; ret
            i++;
        }
        version(b, verdef, 1, 1, name, 28);
        version(b, verdef + 28, 0, 2, name, 0);
        b.put(strtab, strings.toByteArray());

        b.position(dynamic);
        neededAt.forEach(n -> b.putLong(Elf.NEEDED).putLong(n));
        b.putLong(Elf.SONAME).putLong(name);
        b.putLong(4).putLong(hash);
        b.putLong(Elf.STRTAB).putLong(strtab);
        b.putLong(6).putLong(symtab);
        b.putLong(Elf.STRSZ).putLong(strings.size());
        b.putLong(11).putLong(24);
        b.putLong(0x6ffffff0L).putLong(versym);
        b.putLong(0x6ffffffcL).putLong(verdef);
        b.putLong(0x6ffffffdL).putLong(2);
        return file;
    }

    private static void segment(ByteBuffer b, int at, int type, int flags, long offset, long size) {
        b.putInt(at, type).putInt(at + 4, flags).putLong(at + 8, offset).putLong(at + 16, offset).putLong(at + 24,
                offset);
        b.putLong(at + 32, size).putLong(at + 40, size).putLong(at + 48, type == 1 ? PAGE : 8);
    }

    /// `Verdef` (20 bytes) and its `Verdaux` (8): the version has the library's name, as NVIDIA's have.
    private void version(ByteBuffer b, int at, int flags, int index, int name, int next) {
        b.putShort(at, (short) 1).putShort(at + 2, (short) flags).putShort(at + 4, (short) index).putShort(at + 6,
                (short) 1);
        b.putInt(at + 8, Retarget.hash(soname)).putInt(at + 12, 20).putInt(at + 16, next);
        b.putInt(at + 20, name).putInt(at + 24, 0);
    }
}
