package dev.ijen.train;

import dev.ijen.format.AtomicFiles;
import dev.ijen.format.FormatException;
import dev.ijen.tensor.IjenException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Text files.
final class Texts {
    private static final long MOST = 1L << 30;

    private Texts() {}

    /// Writes a file, and the folders it lies in.
    static void write(Path file, String text) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new IjenException("cannot write " + file, String.valueOf(e.getMessage()), "space and permission",
                    "check the disk", e);
        }
        AtomicFiles.write(file, text);
    }

    /// A file of at most 1 GiB in UTF-8, or where it is not that, in Latin-1.
    static String read(Path file) {
        try {
            if (Files.exists(file) && Files.size(file) > MOST) {
                throw FormatException.unsupported(file, "its size", Files.size(file) + " bytes", "at most 1 GiB",
                        "use a part of it");
            }
            var bytes = Files.readAllBytes(file);
            try {
                return StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(bytes)).toString();
            } catch (CharacterCodingException e) {
                return new String(bytes, StandardCharsets.ISO_8859_1);
            }
        } catch (IOException e) {
            throw FormatException.of(file, e);
        }
    }
}
