package dev.ijen.cpu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeMap;

/// Libraries copied from the class path to a directory only this user can write to: `$IJEN_CACHE` or `~/.cache/ijen`,
/// and in it `native/<hash>`. A file is used only after its contents have been found to have the expected hash: in this process, or
/// in an earlier one that left a note of the file as it was then. Nobody can change a file's contents and keep the time of its last
/// change, and only the user, who could change anything, can write the note.
final class LibraryFiles {
    private final Path directory;

    private LibraryFiles(Path directory) {
        this.directory = directory;
    }

    static LibraryFiles open(String hash) throws IOException {
        String cache = System.getenv("IJEN_CACHE");
        Path root = cache == null || cache.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cache", "ijen")
                : Path.of(cache);
        return open(root, hash);
    }

    static LibraryFiles open(Path root, String hash) throws IOException {
        Path directory = root.toAbsolutePath().resolve("native").resolve(hash.substring(0, 16));
        var only = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        Files.createDirectories(directory.getParent().getParent());
        for (Path p : new Path[] {directory.getParent(), directory}) {
            if (!Files.isDirectory(p, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectories(p, only);
            }
            checkPrivate(p);
        }
        return new LibraryFiles(directory);
    }

    private static void checkPrivate(Path p) throws IOException {
        Object owner = Files.getAttribute(p, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        if (!owner.equals(self)) {
            throw new IOException(p + " belongs to another user; set IJEN_CACHE to a directory of your own");
        }
        Set<PosixFilePermission> allowed = Files.getPosixFilePermissions(p, LinkOption.NOFOLLOW_LINKS);
        if (allowed.contains(PosixFilePermission.GROUP_WRITE) || allowed.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException("others may write to " + p + "; run: chmod 700 " + p);
        }
    }

    /// The file `name`, with the contents of the resource, whose SHA-256 must be `hash`.
    Path verified(String resource, String name, String hash) throws IOException {
        Path file = directory.resolve(name);
        Path note = directory.resolve(name + ".verified");
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            String now = state(file, hash);
            if (now.equals(noted(note))) {
                return file;
            }
            if (hash.equals(hash(file))) {
                note(note, now);
                return file;
            }
        }
        Path temporary = Files.createTempFile(directory, name, ".part");
        try {
            String found = copy(resource, temporary);
            if (!hash.equals(found)) {
                throw new IOException(resource + " is not the version this release was made for: SHA-256 " + found
                        + ", expected " + hash);
            }
            Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("r-x------"));
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
        note(note, state(file, hash));
        return file;
    }

    /// What the note says; nothing where there is none, and then the contents are looked at.
    private static String noted(Path note) {
        try {
            return Files.isRegularFile(note, LinkOption.NOFOLLOW_LINKS) && Files.size(note) < 1000
                    ? Files.readString(note) : "";
        } catch (IOException e) {
            return "";
        }
    }

    /// Where no note can be written, the contents are looked at each time, which only takes longer.
    private static void note(Path note, String state) throws IOException {
        Path temporary = null;
        try {
            temporary = Files.createTempFile(note.getParent(), "note", ".part");
            Files.writeString(temporary, state);
            Files.move(temporary, note, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            if (temporary != null) {
                Files.deleteIfExists(temporary);
            }
        }
    }

    /// What no change of a file's contents leaves as it was.
    private static String state(Path file, String hash) throws IOException {
        return hash + " "
                + new TreeMap<>(Files.readAttributes(file, "unix:ino,size,ctime", LinkOption.NOFOLLOW_LINKS));
    }

    private static String copy(String resource, Path to) throws IOException {
        var digest = sha256();
        var buffer = new byte[1 << 20];
        try (InputStream in = LibraryFiles.class.getClassLoader().getResourceAsStream(resource);
                var out = FileChannel.open(to, StandardOpenOption.WRITE)) {
            if (in == null) {
                throw new IOException(resource + " is not on the class path");
            }
            for (int n = in.readNBytes(buffer, 0, buffer.length); n > 0; n = in.readNBytes(buffer, 0, buffer.length)) {
                digest.update(buffer, 0, n);
                var bytes = ByteBuffer.wrap(buffer, 0, n);
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
            }
            out.force(true);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static String hash(Path file) throws IOException {
        var digest = sha256();
        var buffer = new byte[1 << 20];
        try (var in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
