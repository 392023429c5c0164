package dev.ijen.train;

import dev.ijen.data.text.Characters;
import dev.ijen.data.text.Vocabulary;
import dev.ijen.format.AtomicFiles;
import dev.ijen.format.FormatException;
import dev.ijen.tensor.IjenException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// Text files.
final class Texts {
    private static final long MOST = 1L << 30;
    private static final int SHOWN = 60;

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

    /// A text to be answered or gone on with, as symbols.
    ///
    /// @param source what it is called in errors
    /// @throws FormatException naming characters that were not in the training's texts: nothing is known about them
    static int[] symbols(Vocabulary vocabulary, String text, String source) {
        var unknown = vocabulary.unknown(text);
        if (!unknown.isEmpty()) {
            throw FormatException.unsupported(source, "characters the model has never seen", shown(unknown),
                    "those of its training: " + shown(vocabulary.symbols()),
                    "write it in those, or train with texts that have the others");
        }
        return vocabulary.encode(text);
    }

    private static String shown(List<String> symbols) {
        var some = symbols.stream().filter(s -> s.codePointCount(0, s.length()) == 1)
                .filter(s -> !s.equals(Characters.UNKNOWN)).map(Texts::shown).limit(SHOWN + 1L).toList();
        return String.join(" ", some.subList(0, Math.min(SHOWN, some.size()))) + (some.size() > SHOWN ? " …" : "");
    }

    /// A character as it is, or by its number where nobody would see it.
    private static String shown(String character) {
        int code = character.codePointAt(0);
        if (code == ' ') {
            return "a blank";
        }
        return character.isBlank() || Character.isISOControl(code) || Character.isSpaceChar(code)
                ? String.format(Locale.ROOT, "U+%04X", code) : character;
    }
}
