package dev.ijen.cuda.run;

import dev.ijen.spi.Backend;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Memory on the GPU.
final class CudaBuffer implements Backend.Buffer {
    private final CudaBackend owner;
    private final long bytes;
    private final long address;
    private final Set<CudaBound> users = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    CudaBuffer(CudaBackend owner, long bytes, long address) {
        this.owner = owner;
        this.bytes = bytes;
        this.address = address;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    boolean isClosed() {
        return closed;
    }

    boolean belongsTo(CudaBackend backend) {
        return owner == backend;
    }

    long address() {
        if (closed) {
            throw Failures.closed("buffer of " + bytes + " bytes");
        }
        return address;
    }

    /// The address of a part, which must lie inside.
    long address(long offset, long length) {
        if (offset < 0 || length > bytes - offset) {
            throw new IndexOutOfBoundsException(
                    length + " bytes at offset " + offset + " of a buffer of " + bytes + " bytes");
        }
        return address() + offset;
    }

    void use(CudaBound bound) {
        users.add(bound);
    }

    void release(CudaBound bound) {
        users.remove(bound);
    }

    /// Plans that read or write it.
    Set<CudaBound> users() {
        return users;
    }

    @Override
    public void close() {
        owner.queue().locked(() -> {
            if (!closed) {
                closed = true;
                owner.freed(this, address);
            }
        });
    }
}
