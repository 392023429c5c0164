package dev.ijen.faults;

import static dev.ijen.faults.FaultPath.real;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/// Passes every call on to the machine's file system, once [Faults] let it.
final class FaultProvider extends FileSystemProvider {
    private final FaultFileSystem system;
    private final Faults faults;

    FaultProvider(FaultFileSystem system, Faults faults) {
        this.system = system;
        this.faults = faults;
    }

    private static FileSystemProvider under(Path real) {
        return real.getFileSystem().provider();
    }

    @Override
    public String getScheme() {
        return "faults";
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> env) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Path getPath(URI uri) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attrs)
            throws IOException {
        var file = real(path);
        boolean writes = options.contains(StandardOpenOption.WRITE) || options.contains(StandardOpenOption.APPEND);
        faults.alive();
        boolean isNew = writes && !Files.exists(file, LinkOption.NOFOLLOW_LINKS);
        if (isNew) {
            faults.change("create", file);
        }
        var channel = FileChannel.open(file, options, attrs);
        if (isNew) {
            faults.made(file);
        }
        return new FaultChannel(faults, file, channel);
    }

    @Override
    public SeekableByteChannel newByteChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attrs)
            throws IOException {
        return newFileChannel(path, options, attrs);
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(Path dir, DirectoryStream.Filter<? super Path> filter)
            throws IOException {
        faults.alive();
        var all = new ArrayList<Path>();
        try (var in = Files.newDirectoryStream(real(dir), p -> filter.accept(system.wrap(p)))) {
            in.forEach(p -> all.add(system.wrap(p)));
        }
        return new DirectoryStream<>() {
            @Override
            public Iterator<Path> iterator() {
                return all.iterator();
            }

            @Override
            public void close() {
                // read to its end already
            }
        };
    }

    @Override
    public void createDirectory(Path dir, FileAttribute<?>... attrs) throws IOException {
        faults.change("create", real(dir));
        Files.createDirectory(real(dir), attrs);
        faults.made(real(dir));
    }

    @Override
    public void createSymbolicLink(Path link, Path target, FileAttribute<?>... attrs) throws IOException {
        faults.change("link", real(link));
        Files.createSymbolicLink(real(link), real(target), attrs);
        faults.made(real(link));
    }

    @Override
    public Path readSymbolicLink(Path link) throws IOException {
        faults.alive();
        return system.wrap(Files.readSymbolicLink(real(link)));
    }

    @Override
    public void delete(Path path) throws IOException {
        faults.change("delete", real(path));
        Files.delete(real(path));
    }

    @Override
    public void copy(Path source, Path target, CopyOption... options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) throws IOException {
        faults.change("rename", real(target));
        faults.moving(real(source), real(target));
        Files.move(real(source), real(target), options);
    }

    @Override
    public boolean isSameFile(Path one, Path two) throws IOException {
        return Files.isSameFile(real(one), real(two));
    }

    @Override
    public boolean isHidden(Path path) throws IOException {
        return Files.isHidden(real(path));
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
        return Files.getFileStore(real(path));
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
        faults.alive();
        under(real(path)).checkAccess(real(path), modes);
    }

    @Override
    public <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
        return Files.getFileAttributeView(real(path), type, options);
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
            throws IOException {
        faults.alive();
        return Files.readAttributes(real(path), type, options);
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String names, LinkOption... options) throws IOException {
        faults.alive();
        return Files.readAttributes(real(path), names, options);
    }

    @Override
    public void setAttribute(Path path, String name, Object value, LinkOption... options) throws IOException {
        Files.setAttribute(real(path), name, value, options);
    }
}
