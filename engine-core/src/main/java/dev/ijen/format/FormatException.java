package dev.ijen.format;

import dev.ijen.tensor.IjenException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/// A file that cannot be used: missing, unreadable, damaged, or of a kind that is not read. The message names the file,
/// the place in it (offset, line or entry), what was found there, what was expected and what to do.
public final class FormatException extends IjenException {
    private static final long serialVersionUID = 1L;

    /// Why a file cannot be used.
    public enum Kind {
        /// There is no such file.
        MISSING,
        /// It exists but could not be read.
        UNREADABLE,
        /// Its content breaks the rules of its format.
        DAMAGED,
        /// Its content is well formed, but of a variant that is not read.
        UNSUPPORTED,
        /// It is in order, but something that is needed is not in it.
        LACKING
    }

    private final Kind kind;
    private final String file;

    private FormatException(
            Kind kind, String file, String what, String got, String expected, String fix, Throwable cause) {
        super(what, got, expected, fix, cause);
        this.kind = kind;
        this.file = file;
    }

    /// Content that breaks the rules of its format.
    ///
    /// @param file path or entry
    /// @param where offset, line or field; "header", "offset 16", "line 3"
    /// @param got what stands there
    /// @param expected what the format asks for
    /// @param fix what the user can do
    public static FormatException damaged(Object file, String where, String got, String expected, String fix) {
        return new FormatException(
                Kind.DAMAGED, file.toString(), file + ": damaged at " + where, got, expected, fix, null);
    }

    /// [#damaged] with the exception that revealed it.
    public static FormatException damaged(
            Object file, String where, String got, String expected, String fix, Throwable cause) {
        return new FormatException(
                Kind.DAMAGED, file.toString(), file + ": damaged at " + where, got, expected, fix, cause);
    }

    /// Well-formed content of a variant that is not read.
    public static FormatException unsupported(Object file, String where, String got, String expected, String fix) {
        return new FormatException(
                Kind.UNSUPPORTED, file.toString(), file + ": not supported: " + where, got, expected, fix, null);
    }

    /// A file in order that has no column, tensor or array of the name asked for.
    ///
    /// @param what "no column 'age'"
    /// @param got what is there instead
    public static FormatException lacking(Object file, String what, String got, String expected, String fix) {
        return new FormatException(Kind.LACKING, file.toString(), file + ": " + what, got, expected, fix, null);
    }

    /// No such file.
    public static FormatException missing(Path file, String fix) {
        Path parent = file.toAbsolutePath().getParent();
        boolean noFolder = parent != null && !Files.isDirectory(parent);
        return new FormatException(
                Kind.MISSING,
                file.toString(),
                file + ": no such file",
                noFolder ? "not even the folder " + parent + " exists" : "nothing of that name in " + parent,
                "a readable file",
                fix,
                null);
    }

    /// What must be a folder is missing, or is a file: perhaps an archive of the folder.
    public static FormatException noFolder(Path path) {
        if (!Files.exists(path)) {
            return missing(path, "check the spelling of the path");
        }
        boolean archive = path.toString().toLowerCase(Locale.ROOT).matches(".*\\.(tar|tgz|zip|tar\\.\\w+)");
        return new FormatException(
                Kind.UNSUPPORTED,
                path.toString(),
                path + ": not a folder",
                archive ? "an archive" : "a file",
                "a folder",
                archive ? "unpack it, and give the folder that was in it" : "give the folder the data is in",
                null);
    }

    /// A file that exists but could not be read.
    public static FormatException unreadable(Path file, Throwable cause) {
        if (Files.isDirectory(file)) {
            return new FormatException(
                    Kind.UNREADABLE, file.toString(), file + ": is a folder", "a folder", "a file", "name a file in it",
                    cause);
        }
        return new FormatException(
                Kind.UNREADABLE,
                file.toString(),
                file + ": cannot be read",
                cause instanceof AccessDeniedException ? "no permission" : String.valueOf(cause.getMessage()),
                "a readable file",
                "check the path and its permissions",
                cause);
    }

    /// The exception for a failure to open or read `file`: missing or unreadable.
    public static FormatException of(Path file, IOException cause) {
        return cause instanceof NoSuchFileException
                ? missing(file, "check the spelling of the path")
                : unreadable(file, cause);
    }

    /// Why the file cannot be used.
    public Kind kind() {
        return kind;
    }

    /// The file, and the entry in it if it is an archive.
    public String file() {
        return file;
    }
}
