package dev.ijen.fuzz;

import dev.ijen.tensor.IjenException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// A reader under attack.
///
/// @param name of the format
/// @param suffix of its files
/// @param allowed the only exception it may throw
/// @param reader reads everything of a file
/// @param seeds good files
/// @param structured damages a good file so that its outermost checks still pass: lengths, checksums, archives
record Target(
        String name,
        String suffix,
        Class<? extends IjenException> allowed,
        Reader reader,
        List<byte[]> seeds,
        Structured structured) {
    /// Reads all of a file.
    @FunctionalInterface
    interface Reader {
        void read(Path file) throws IOException;
    }

    /// A change that knows the format.
    @FunctionalInterface
    interface Structured {
        byte[] damage(Mutator m, byte[] good) throws IOException;
    }

    @Override
    public String toString() {
        return name;
    }
}
