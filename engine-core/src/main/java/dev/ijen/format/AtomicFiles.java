package dev.ijen.format;

import dev.ijen.tensor.IjenException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/// Writes that a crash at any moment leaves either undone or complete: everything goes to a temporary name in the same
/// folder, is forced to disk, takes its final name by one rename, and the folder is forced too. Failures remove the
/// temporary and throw an [IjenException] that names the file and the reason.
public final class AtomicFiles {
    private static final int LONGEST_POINTER = 255;

    private static final AtomicLong NUMBER = new AtomicLong();

    private AtomicFiles() {}

    /// Writes the content of a file.
    @FunctionalInterface
    public interface Content {
        /// Writes everything to `out`, which need not be closed.
        void writeTo(OutputStream out) throws IOException;
    }

    /// Writes the content of a file by its channel.
    @FunctionalInterface
    interface ChannelContent {
        void writeTo(FileChannel out) throws IOException;
    }

    /// Fills a folder.
    @FunctionalInterface
    public interface Filler {
        /// Writes files below `folder`, which is empty and temporary.
        void fill(Path folder) throws IOException;
    }

    /// Replaces a file by these bytes.
    public static void write(Path file, byte[] bytes) {
        writeChannel(file, out -> {
            var buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
        });
    }

    /// Replaces a file by this text in UTF-8.
    public static void write(Path file, String text) {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /// Replaces a file by what `content` writes.
    public static void writeStream(Path file, Content content) {
        writeChannel(file, channel -> {
            // flushed, not closed: the channel must still be forced to disk
            var out = new java.io.BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
            content.writeTo(out);
            out.flush();
        });
    }

    static void writeChannel(Path file, ChannelContent content) {
        Path temp = temporary(file);
        try {
            try (var out = FileChannel.open(temp, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                content.writeTo(out);
                out.force(true);
            }
            rename(temp, file);
            forceFolder(file.toAbsolutePath().getParent());
        } catch (IOException e) {
            delete(temp);
            throw failed(file, e);
        } catch (RuntimeException | Error e) {
            delete(temp);
            throw e;
        }
    }

    /// Makes a whole folder appear at once under a name that is not taken yet.
    public static void directory(Path target, Filler filler) {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new IjenException(
                    "cannot create " + target, "it exists already", "a name that is not taken", "choose another name");
        }
        Path temp = temporary(target);
        try {
            Files.createDirectory(temp);
            filler.fill(temp);
            forceTree(temp);
            rename(temp, target);
            forceFolder(target.toAbsolutePath().getParent());
        } catch (IOException e) {
            delete(temp);
            throw failed(target, e);
        } catch (RuntimeException | Error e) {
            delete(temp);
            throw e;
        }
    }

    /// Lets `link` point to its sibling `targetName`, replacing what it pointed to. A symbolic link, or on file systems
    /// without them a small text file that holds the name.
    public static void pointer(Path link, String targetName) {
        checkName(link, targetName);
        Path temp = temporary(link);
        try {
            Files.createSymbolicLink(temp, Path.of(targetName));
            rename(temp, link);
            forceFolder(link.toAbsolutePath().getParent());
        } catch (UnsupportedOperationException e) {
            write(link, targetName + "\n");
        } catch (IOException e) {
            delete(temp);
            throw failed(link, e);
        }
    }

    /// What a [#pointer] points to; a plain folder is its own target.
    ///
    /// @throws FormatException if there is none or it points out of its folder
    public static Path resolvePointer(Path link) {
        try {
            if (Files.isSymbolicLink(link)) {
                String name = Files.readSymbolicLink(link).toString();
                checkName(link, name);
                return link.resolveSibling(name);
            }
            if (Files.isRegularFile(link)) {
                if (Files.size(link) > LONGEST_POINTER) {
                    throw FormatException.damaged(
                            link, "offset 0", Files.size(link) + " bytes", "a file name",
                            "point it to a checkpoint again");
                }
                String name = Files.readString(link).strip();
                checkName(link, name);
                return link.resolveSibling(name);
            }
        } catch (IOException e) {
            throw FormatException.of(link, e);
        }
        if (!Files.isDirectory(link)) {
            throw FormatException.missing(link, "check the spelling of the path");
        }
        return link;
    }

    private static void checkName(Path link, String name) {
        boolean plain = !name.isEmpty()
                && name.length() <= LONGEST_POINTER
                && !name.equals(".")
                && !name.equals("..")
                && name.indexOf('/') < 0
                && name.indexOf('\\') < 0
                && name.indexOf('\0') < 0;
        if (!plain) {
            throw FormatException.damaged(
                    link, "its target", "'" + name + "'", "the name of a sibling", "point it to a checkpoint again");
        }
    }

    private static Path temporary(Path file) {
        Path name = file.getFileName();
        if (name == null) {
            throw new IjenException("cannot write " + file, "no file name", "a path to a file", "give a file name");
        }
        // the name is cut so that a long one still fits the file system's 255 bytes
        String stem = name.toString();
        stem = stem.length() > 60 ? stem.substring(0, 60) : stem;
        return file.resolveSibling("." + stem + "." + unique() + ".tmp");
    }

    /// Not a random UUID, whose generator takes 40 ms to start.
    private static String unique() {
        return Long.toHexString(ProcessHandle.current().pid()) + "-" + Long.toHexString(System.nanoTime()) + "-"
                + NUMBER.incrementAndGet();
    }

    private static void rename(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void forceFolder(Path folder) throws IOException {
        if (folder == null || !System.getProperty("file.separator").equals("/")) {
            return; // Windows cannot open a folder as a file, and journals renames itself
        }
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void forceTree(Path root) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()) {
                    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                        channel.force(true);
                    }
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException error) throws IOException {
                if (error != null) {
                    throw error;
                }
                forceFolder(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /// Removes a temporary file or tree; what cannot be removed stays, since the first failure matters more.
    private static void delete(Path temp) {
        if (!Files.exists(temp, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            Files.walkFileTree(temp, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, IOException error) throws IOException {
                    Files.deleteIfExists(folder);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            // nothing better can be done here
        }
    }

    private static IjenException failed(Path file, IOException e) {
        String reason = String.valueOf(e.getMessage());
        String lower = reason.toLowerCase(Locale.ROOT);
        if (lower.contains("no space left") || lower.contains("not enough space") || lower.contains("quota exceeded")) {
            return new IjenException(
                    "cannot write " + file,
                    "the disk is full",
                    "enough free space",
                    "free some space, or write to another disk",
                    e);
        }
        var parent = file.toAbsolutePath().getParent();
        if (e instanceof NoSuchFileException && (parent == null || !Files.isDirectory(parent))) {
            return new IjenException(
                    "cannot write " + file,
                    "no folder " + parent,
                    "an existing folder",
                    "create the folder first",
                    e);
        }
        if (e instanceof AccessDeniedException || lower.contains("read-only file system")) {
            return new IjenException(
                    "cannot write " + file, "no permission", "a writable folder", "choose another folder", e);
        }
        if (e instanceof FileAlreadyExistsException || Files.isDirectory(file)) {
            return new IjenException(
                    "cannot write " + file, "a folder of that name", "a file name", "choose another name", e);
        }
        return new IjenException("cannot write " + file, reason, "a writable file", "check the folder and the disk", e);
    }
}
