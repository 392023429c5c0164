package dev.ijen.cpu;

import dev.ijen.spi.Backend;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// Memory outside of the Java heap.
final class CpuBuffer implements Backend.Buffer {
    /// Kernels read whole vectors, and so beyond the end.
    static final int SLACK = 64;

    private final CpuBackend owner;
    private final long bytes;
    private final Arena arena;
    private final long address;
    private final Set<CpuBound> users = ConcurrentHashMap.newKeySet();
    private final AtomicLong version = new AtomicLong();
    private volatile boolean closed;

    CpuBuffer(CpuBackend owner, long bytes) {
        this.owner = owner;
        this.bytes = bytes;
        arena = Arena.ofShared();
        try {
            address = arena.allocate(Mem.align(bytes) + SLACK, 64).address();
        } catch (OutOfMemoryError | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    @Override
    public long bytes() {
        return bytes;
    }

    boolean isClosed() {
        return closed;
    }

    boolean belongsTo(CpuBackend backend) {
        return owner == backend;
    }

    long address() {
        if (closed) {
            throw Failures.closed("buffer of " + bytes + " bytes");
        }
        return address;
    }

    /// A number that is another one after the contents were written.
    long version() {
        return version.get();
    }

    /// Says that the contents were written.
    void written() {
        version.incrementAndGet();
    }

    /// From now on, closing waits for runs of `bound`.
    void use(CpuBound bound) {
        users.add(bound);
        address();
    }

    void release(CpuBound bound) {
        users.remove(bound);
    }

    void write(long offset, MemorySegment from) {
        await();
        synchronized (this) {
            owner.copy(from, 0, Mem.ALL, address() + check(offset, from.byteSize()), from.byteSize(), from);
            written();
        }
    }

    void read(long offset, MemorySegment to) {
        await();
        synchronized (this) {
            owner.copy(Mem.ALL, address() + check(offset, to.byteSize()), to, 0, to.byteSize(), to);
        }
    }

    private long check(long offset, long length) {
        if (offset < 0 || length > bytes - offset) {
            throw new IndexOutOfBoundsException(
                    length + " bytes at offset " + offset + " of a buffer of " + bytes + " bytes");
        }
        return offset;
    }

    private void await() {
        for (CpuBound b : users) {
            b.await();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        await();
        synchronized (this) {
            arena.close();
        }
        owner.freed(this);
    }
}
