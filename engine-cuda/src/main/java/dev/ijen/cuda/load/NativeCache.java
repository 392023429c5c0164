package dev.ijen.cuda.load;

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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// JCuda's native libraries, made to fit the CUDA and cuDNN that were found, in a folder only this user can write to:
/// `$IJEN_CACHE` or `~/.cache/ijen`, and in it `native/jcuda-...`. A file is used only if it is, byte for byte and in this process, what
/// extraction would write; anything else in its place is replaced, never loaded.
final class NativeCache {
    /// JCuda asks for all of them by this version, that of jcuda.jar.
    private static final String VERSION = "12.6.0";

    private static final String CUDNN_VERSION = "11.7.0";
    private static final String PLATFORM = "-linux-x86_64.so";
    private static final int MAX_SIZE = 64 << 20;

    /// One of JCuda's native libraries.
    enum Native {
        DRIVER("JCudaDriver", VERSION),
        CUBLAS("JCublas2", VERSION),
        CUDNN("JCudnn", CUDNN_VERSION);

        private final String title;
        private final String resource;

        Native(String title, String version) {
            this.title = title;
            this.resource = "lib/lib" + title + "-" + version + PLATFORM;
        }

        /// The name that JCuda looks for.
        String fileName() {
            return "lib" + title + "-" + VERSION + PLATFORM;
        }
    }

    private final Path folder;
    private final Map<String, String> names = new LinkedHashMap<>();

    private NativeCache(Path folder) {
        this.folder = folder;
    }

    /// Opens, and makes if need be, the folder for natives that go with these majors.
    ///
    /// @throws IOException if others could write to it, with the fix
    static NativeCache open(Path root, int cublas, int cudnn) throws IOException {
        var top = root.toAbsolutePath().normalize();
        Files.createDirectories(top);
        var folder = top.resolve("native").resolve("jcuda-" + VERSION + "-cublas" + cublas + "-cudnn" + cudnn);
        var only = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        for (var p : new Path[] {folder.getParent(), folder}) {
            if (!Files.exists(p, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectories(p, only);
            }
            checkPrivate(p);
        }
        for (var p = top.toRealPath(); p != null; p = p.getParent()) {
            int mode = (Integer) Files.getAttribute(p, "unix:mode");
            if ((mode & 02) != 0 && (mode & 01000) == 0) {
                throw new IOException(
                        "anyone can replace what is in " + p + "; run: chmod o-w " + p
                                + ", or set IJEN_CACHE to another folder");
            }
        }
        var cache = new NativeCache(folder.toRealPath());
        cache.rename("libcublas.so.", 12, cublas);
        cache.rename("libcudnn.so.", 8, cudnn);
        return cache;
    }

    private void rename(String prefix, int from, int to) {
        if (from != to) {
            names.put(prefix + from, prefix + to);
        }
    }

    private static void checkPrivate(Path p) throws IOException {
        if (!Files.isDirectory(p, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(p + " is a link or a file, and must be a folder; remove it");
        }
        if (!isOwn(p)) {
            throw new IOException(p + " belongs to another user; set IJEN_CACHE to a folder of your own");
        }
        if (isShared(p)) {
            throw new IOException("others may write to " + p + "; run: chmod 700 " + p);
        }
    }

    private static boolean isOwn(Path p) throws IOException {
        return Files.getAttribute(p, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                .equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    }

    private static boolean isShared(Path p) throws IOException {
        var allowed = Files.getPosixFilePermissions(p, LinkOption.NOFOLLOW_LINKS);
        return allowed.contains(PosixFilePermission.GROUP_WRITE) || allowed.contains(PosixFilePermission.OTHERS_WRITE);
    }

    /// The folder, without links.
    Path folder() {
        return folder;
    }

    /// The library's file, verified.
    Path file(Native library) throws IOException {
        var file = folder.resolve(library.fileName());
        var image = image(library);
        if (isAsWritten(file, image)) {
            return file;
        }
        var part = Files.createTempFile(folder, library.title, ".part");
        try {
            try (var out = FileChannel.open(part, StandardOpenOption.WRITE)) {
                var bytes = ByteBuffer.wrap(image);
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
            Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("r-x------"));
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
        if (!isAsWritten(file, image)) {
            throw new IOException(file + " is not what was written to it");
        }
        return file;
    }

    private static boolean isAsWritten(Path file, byte[] image) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && isOwn(file)
                && !isShared(file)
                && Files.size(file) == image.length
                && Arrays.equals(Files.readAllBytes(file), image);
    }

    /// What belongs into the file.
    private byte[] image(Native library) throws IOException {
        byte[] image;
        try (InputStream in = NativeCache.class.getClassLoader().getResourceAsStream(library.resource)) {
            if (in == null) {
                throw new IOException(
                        library.resource + " is not on the class path; add JCuda's natives (classifier linux-x86_64)");
            }
            image = in.readNBytes(MAX_SIZE);
        }
        var own = new LinkedHashMap<String, String>();
        switch (library) {
            case DRIVER -> {} // needs libcuda.so.1 only, which every CUDA has
            case CUBLAS -> copy("libcublas.so.12", own);
            case CUDNN -> copy("libcudnn.so.8", own);
        }
        try {
            Retarget.apply(image, own);
        } catch (IOException e) {
            throw new IOException(library.resource + " is not the library this version was made for: " + e.getMessage(),
                    e);
        }
        return image;
    }

    private void copy(String name, Map<String, String> to) {
        to.put(name, names.getOrDefault(name, name));
    }
}
