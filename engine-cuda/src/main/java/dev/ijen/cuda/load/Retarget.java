package dev.ijen.cuda.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Makes a native library of JCuda depend on another major version of NVIDIA's libraries than it was linked with: JCuda's are for
/// CUDA 12 and cuDNN 8, and users have 12 or 13, 8 or 9. What JCuda calls has the same binary interface in both, but for functions
/// that are gone ([CudnnFunctions]).
///
/// Names keep their length, so nothing moves: they change in the string table, and with each version name the hash stored beside it.
final class Retarget {
    private static final int MAX_CHAIN = 1024;

    private final Elf elf;
    private final Map<String, String> names;
    private final Set<Long> references = new TreeSet<>(); // offsets of names in the string table

    private Retarget(Elf elf, Map<String, String> names) {
        this.elf = elf;
        this.names = names;
    }

    /// Changes the library in place, and lets it look for others in its own folder instead of where its builder had CUDA.
    ///
    /// @param names library names, old to new; each of the old ones must be there
    static void apply(byte[] image, Map<String, String> names) throws IOException {
        var elf = Elf.of(image);
        var r = new Retarget(elf, names);
        r.references.addAll(elf.values(Elf.NEEDED));
        r.versions();
        var left = new TreeSet<>(names.keySet());
        for (long reference : r.references) {
            left.remove(r.rename(reference));
        }
        if (!left.isEmpty()) {
            throw new IOException("it does not depend on " + String.join(", ", left));
        }
        r.runPath();
    }

    /// The chain of needed versions: per library (`Verneed`, 16 bytes) its name and a chain of version names (`Vernaux`, 16 bytes).
    private void versions() throws IOException {
        long address = elf.value(Elf.VERNEED, -1);
        long count = elf.value(Elf.VERNEEDNUM, 0);
        if (address < 0) {
            return;
        }
        if (count < 0 || count > MAX_CHAIN) {
            throw new IOException("it is damaged: it needs versions of " + count + " libraries");
        }
        long at = elf.offset(address, 16);
        for (int i = 0; i < count; i++) {
            var need = elf.bytes().at(at, 16);
            references.add(Integer.toUnsignedLong(need.getInt(4)));
            long aux = at + Integer.toUnsignedLong(need.getInt(8));
            for (int left = Math.min(MAX_CHAIN, need.getShort(2) & 0xffff); left > 0; left--) {
                var a = elf.bytes().at(aux, 16);
                long name = Integer.toUnsignedLong(a.getInt(8));
                var to = names.get(elf.string(name));
                if (to != null) {
                    references.add(name);
                    a.putInt(0, hash(to));
                }
                aux += Integer.toUnsignedLong(a.getInt(12));
            }
            at += Integer.toUnsignedLong(need.getInt(12));
        }
    }

    /// The old name.
    private String rename(long reference) throws IOException {
        var from = elf.string(reference);
        var to = names.get(from);
        if (to != null) {
            if (to.length() != from.length()) {
                throw new IllegalArgumentException(from + " to " + to + ": lengths differ");
            }
            elf.bytes().at(elf.stringAt(reference), to.length()).put(to.getBytes(StandardCharsets.ISO_8859_1));
        }
        return from;
    }

    private void runPath() throws IOException {
        var own = "$ORIGIN".getBytes(StandardCharsets.ISO_8859_1);
        for (long tag : new long[] {Elf.RUNPATH, Elf.RPATH}) {
            for (long reference : elf.values(tag)) {
                int length = elf.string(reference).length();
                if (length < own.length) {
                    throw new IOException("its path to look for libraries is too short to be changed");
                }
                var path = elf.bytes().at(elf.stringAt(reference), length);
                path.put(own).put(new byte[length - own.length]);
            }
        }
    }

    /// The System V hash of a name.
    static int hash(String name) {
        int h = 0;
        for (byte c : name.getBytes(StandardCharsets.ISO_8859_1)) {
            h = (h << 4) + (c & 0xff);
            int high = h & 0xf0000000;
            h = (h ^ (high >>> 24)) & ~high;
        }
        return h;
    }
}
