package dev.ijen.faults;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/// A file whose writes come in pieces of at most 1,000 bytes, as systems may do, and fail as [Faults] say.
final class FaultChannel extends FileChannel {
    private static final int MOST = 1000;

    private final Faults faults;
    private final Path file;
    private final FileChannel under;

    FaultChannel(Faults faults, Path file, FileChannel under) {
        this.faults = faults;
        this.file = file;
        this.under = under;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        int size = Math.min(MOST, from.remaining());
        if (faults.isShortWrite()) {
            under.write(from.duplicate().limit(from.position() + size / 2));
        }
        faults.change("write", file);
        int limit = from.limit();
        from.limit(from.position() + size);
        int n = under.write(from);
        from.limit(limit);
        faults.wrote(file, n);
        return n;
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) {
            if (from[i].hasRemaining()) {
                return write(from[i]);
            }
        }
        return 0;
    }

    @Override
    public void force(boolean metadata) throws IOException {
        faults.change("force", file);
        // the disk itself need not be waited for: what is lost without a force is up to the faults
        faults.forced(file);
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        faults.alive();
        return under.read(to);
    }

    @Override
    public long read(ByteBuffer[] to, int offset, int length) throws IOException {
        faults.alive();
        return under.read(to, offset, length);
    }

    @Override
    public int read(ByteBuffer to, long position) throws IOException {
        faults.alive();
        return under.read(to, position);
    }

    @Override
    public int write(ByteBuffer from, long position) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long position() throws IOException {
        return under.position();
    }

    @Override
    public FileChannel position(long position) throws IOException {
        under.position(position);
        return this;
    }

    @Override
    public long size() throws IOException {
        return under.size();
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        faults.change("write", file);
        under.truncate(size);
        return this;
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
        return under.map(mode, position, size);
    }

    @Override
    public MemorySegment map(MapMode mode, long offset, long size, Arena arena) throws IOException {
        return under.map(mode, offset, size, arena);
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) throws IOException {
        return under.lock(position, size, shared);
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
        return under.tryLock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
        under.close();
    }
}
