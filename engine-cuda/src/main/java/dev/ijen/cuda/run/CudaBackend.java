package dev.ijen.cuda.run;

import dev.ijen.cuda.call.Kit;
import dev.ijen.cuda.call.Library;
import dev.ijen.cuda.driver.Gpu;
import dev.ijen.cuda.driver.Modules;
import dev.ijen.spi.Backend;
import dev.ijen.spi.DeviceInfo;
import dev.ijen.spi.OutOfMemoryException;
import dev.ijen.spi.Plan;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// One GPU. Work is put on a stream and done there in order, while Java goes on; [#read] and [#synchronize] wait for it. Any number of threads may ask.
public final class CudaBackend implements Backend {
    private final DeviceInfo info;
    private final Gpu gpu;
    private final Queue queue;
    private final Memory memory;
    private final Modules modules;
    private final Kit kit;
    private final Upload upload;
    private final Download download;
    private final Set<CudaBuffer> buffers = new LinkedHashSet<>();
    private final Set<CudaBound> bounds = new LinkedHashSet<>();
    private final Set<CudaPrepared> plans = new LinkedHashSet<>();
    private final List<AutoCloseable> parts = new ArrayList<>();
    private long live;
    private long peak;
    private boolean closed;

    /// @param gpu belongs to the backend from now on
    /// @param separate an allocation of the driver's for each buffer
    /// @param libraries opens the libraries to be used on the compute stream
    public CudaBackend(
            DeviceInfo info,
            Gpu gpu,
            boolean deterministic,
            boolean separate,
            Function<LibraryPlace, List<Library>> libraries) {
        this.info = info;
        this.gpu = gpu;
        parts.add(gpu);
        boolean done = false;
        try {
            queue = part(new Queue(gpu));
            memory = part(
                    separate || !gpu.properties().virtualMemory() ? new SeparateMemory(gpu) : new ArenaMemory(gpu));
            modules = part(new Modules(gpu));
            upload = part(new Upload(queue, memory));
            download = part(new Download(queue));
            var opened = libraries.apply(new LibraryPlace(gpu, queue.compute()));
            parts.addAll(opened);
            kit = new Kit(gpu, modules, List.copyOf(opened), deterministic);
            done = true;
        } finally {
            if (!done) {
                closeParts();
            }
        }
    }

    private <T extends AutoCloseable> T part(T t) {
        parts.add(t);
        return t;
    }

    /// Where libraries work.
    ///
    /// @param stream the one compute stream
    public record LibraryPlace(Gpu gpu, jcuda.driver.CUstream stream) {}

    @Override
    public DeviceInfo info() {
        return info;
    }

    Queue queue() {
        return queue;
    }

    @Override
    public CudaBuffer allocate(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("a buffer of " + bytes + " bytes");
        }
        return queue.locked(() -> {
            checkOpen();
            if (bytes > info.totalBytes()) {
                throw outOfMemory(bytes);
            }
            long address = memory.allocate(Memory.round(bytes));
            if (address == 0) {
                throw outOfMemory(bytes);
            }
            var b = new CudaBuffer(this, bytes, address);
            buffers.add(b);
            live += bytes;
            peak = Math.max(peak, live);
            return b;
        });
    }

    /// What others have taken of the device is not to be had, so it does not count among all there is.
    private OutOfMemoryException outOfMemory(long bytes) {
        return new OutOfMemoryException(
                info.name(), bytes, live, Math.min(info.totalBytes(), live + freeBytes()));
    }

    /// A buffer is closed. The queue's lock is held.
    void freed(CudaBuffer b, long address) {
        buffers.remove(b);
        live -= b.bytes();
        memory.free(address, Memory.round(b.bytes()));
    }

    void opened(CudaBound b) {
        bounds.add(b);
    }

    void closed(CudaBound b) {
        bounds.remove(b);
    }

    void gone(CudaPrepared p) {
        plans.remove(p);
    }

    @Override
    public void write(Buffer to, long offset, MemorySegment from) {
        queue.locked(() -> {
            long address = own(to).address(offset, from.byteSize());
            upload.write(address, from, this::outOfMemory);
        });
    }

    @Override
    public void read(Buffer from, long offset, MemorySegment to) {
        var b = own(from);
        download.read(() -> b.address(offset, to.byteSize()), to);
        if (to.byteSize() == 0) {
            b.address(offset, 0);
            queue.synchronize();
        }
        b.users().forEach(CudaBound::check);
    }

    /// `b` as a buffer of this backend.
    CudaBuffer own(Buffer b) {
        if (b instanceof CudaBuffer c && c.belongsTo(this)) {
            return c;
        }
        throw new IllegalArgumentException("buffer of another backend");
    }

    @Override
    public CudaPrepared prepare(Plan plan) {
        return queue.locked(() -> {
            checkOpen();
            gpu.use();
            var p = new CudaPrepared(this, plan, kit);
            plans.add(p);
            return p;
        });
    }

    @Override
    public void synchronize() {
        List<CudaBound> all = queue.locked(() -> {
            checkOpen();
            return List.copyOf(bounds);
        });
        queue.synchronize();
        all.forEach(CudaBound::check);
    }

    @Override
    public MemoryUse memory() {
        return queue.locked(() -> new MemoryUse(buffers.size(), live, peak));
    }

    /// What the driver has left for all who use this GPU, and what this backend has taken and does not use.
    @Override
    public long freeBytes() {
        return queue.locked(() -> {
            checkOpen();
            return gpu.freeBytes() + memory.unused();
        });
    }

    private void checkOpen() {
        if (closed) {
            throw Failures.closed("CUDA backend");
        }
    }

    @Override
    public void close() {
        queue.locked(() -> {
            if (closed) {
                return;
            }
            closed = true;
            try {
                if (!gpu.isLost()) {
                    queue.synchronize();
                }
            } finally {
                List.copyOf(bounds).forEach(CudaBound::close);
                List.copyOf(buffers).forEach(CudaBuffer::close);
                List.copyOf(plans).forEach(CudaPrepared::close);
                closeParts();
            }
        });
    }

    /// Last opened, first closed. All are closed even if one fails, and the first failure is thrown.
    private void closeParts() {
        RuntimeException first = null;
        for (var p : parts.reversed()) {
            try {
                p.close();
            } catch (Exception e) {
                if (first == null) {
                    first = e instanceof RuntimeException r ? r : new IllegalStateException(e);
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        parts.clear();
        if (first != null) {
            throw first;
        }
    }
}
