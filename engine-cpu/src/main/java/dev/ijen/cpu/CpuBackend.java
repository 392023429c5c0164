package dev.ijen.cpu;

import dev.ijen.spi.Backend;
import dev.ijen.spi.DeviceInfo;
import dev.ijen.spi.OutOfMemoryException;
import dev.ijen.spi.Plan;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The CPU. Work is done when the call that asks for it returns; several threads may ask at once, and then those that find the
/// pool busy work alone.
final class CpuBackend implements Backend {
    /// Bytes that are worth a task.
    private static final long COPY = 1 << 17;
    private static final long COPY_UNIT = 64;
    private static final int MOST_COPIES = 64;
    /// Not the one that some memory belongs to.
    private static final Thread ANY_THREAD = Thread.ofPlatform().unstarted(() -> {});

    private final DeviceInfo info;
    private final ThreadPool pool;
    private final Native library;
    private final Set<CpuBuffer> buffers = ConcurrentHashMap.newKeySet();
    private final Set<CpuBound> bounds = ConcurrentHashMap.newKeySet();
    private long live;
    private long peak;
    private boolean closed;

    CpuBackend(DeviceInfo info, int threads, Native library) {
        this.info = info;
        this.library = library;
        pool = new ThreadPool(threads);
    }

    @Override
    public DeviceInfo info() {
        return info;
    }

    @Override
    public CpuBuffer allocate(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("a buffer of " + bytes + " bytes");
        }
        reserve(bytes);
        try {
            var b = new CpuBuffer(this, bytes);
            buffers.add(b);
            if (isClosed()) {
                // between the reservation and here: nobody else will free it
                b.close();
                throw Failures.closed("CPU backend");
            }
            return b;
        } catch (OutOfMemoryError e) {
            long inUse = unreserve(bytes);
            var oom = new OutOfMemoryException(info.name(), bytes, inUse, info.totalBytes());
            oom.addSuppressed(e);
            throw oom;
        }
    }

    private synchronized void reserve(long bytes) {
        if (closed) {
            throw Failures.closed("CPU backend");
        }
        if (bytes > info.totalBytes() - live) {
            throw new OutOfMemoryException(info.name(), bytes, live, info.totalBytes());
        }
        live += bytes;
        peak = Math.max(peak, live);
    }

    private synchronized long unreserve(long bytes) {
        live -= bytes;
        return live;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    void freed(CpuBuffer b) {
        if (buffers.remove(b)) {
            unreserve(b.bytes());
        }
    }

    void closed(CpuBound b) {
        bounds.remove(b);
    }

    void opened(CpuBound b) {
        bounds.add(b);
    }

    @Override
    public void write(Buffer to, long offset, MemorySegment from) {
        own(to).write(offset, from);
    }

    @Override
    public void read(Buffer from, long offset, MemorySegment to) {
        own(from).read(offset, to);
    }

    /// Copies to or from memory outside of the heap, large pieces by all threads: where they work on it next, they have it in their caches.
    ///
    /// @param outside the one of the two that is not a buffer of this backend
    void copy(MemorySegment from, long at, MemorySegment to, long put, long bytes, MemorySegment outside) {
        int tasks = outside.isAccessibleBy(ANY_THREAD) ? Math.clamp(bytes / COPY, 1, MOST_COPIES) : 1;
        pool.parallel(tasks, (t, worker) -> {
            long first = bytes / COPY_UNIT * t / tasks * COPY_UNIT;
            long end = t + 1 == tasks ? bytes : bytes / COPY_UNIT * (t + 1) / tasks * COPY_UNIT;
            MemorySegment.copy(from, at + first, to, put + first, end - first);
        });
    }

    /// `b` as a buffer of this backend.
    CpuBuffer own(Buffer b) {
        if (b instanceof CpuBuffer c && c.belongsTo(this)) {
            return c;
        }
        throw new IllegalArgumentException("buffer of another backend");
    }

    @Override
    public CpuPrepared prepare(Plan plan) {
        if (isClosed()) {
            throw Failures.closed("CPU backend");
        }
        return new CpuPrepared(this, plan, pool, library);
    }

    @Override
    public void synchronize() {
        for (CpuBound b : bounds) {
            b.await();
        }
    }

    @Override
    public synchronized MemoryUse memory() {
        return new MemoryUse(buffers.size(), live, peak);
    }

    @Override
    public long freeBytes() {
        return Math.min(info.totalBytes() - memory().liveBytes(), FreeMemory.bytes());
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        for (CpuBound b : bounds) {
            b.close();
        }
        for (CpuBuffer b : buffers) {
            b.close();
        }
        pool.close();
    }
}
