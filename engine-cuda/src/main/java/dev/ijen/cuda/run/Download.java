package dev.ijen.cuda.run;

import dev.ijen.cuda.driver.Addresses;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import jcuda.driver.JCudaDriver;

/// Brings data from the GPU, after all work that was given before. Others may put work on the stream while this waits.
final class Download implements AutoCloseable {
    private static final long SLOT = 1 << 20;

    private final Queue queue;
    private final Slots slots;
    private final ReentrantLock turn = new ReentrantLock();

    Download(Queue queue) {
        this.queue = queue;
        slots = new Slots(queue, 2, SLOT);
    }

    /// @param from gives the address; asked with the queue's lock held, before each piece
    void read(LongSupplier from, MemorySegment to) {
        turn.lock();
        try {
            long n = to.byteSize();
            Slots.Slot before = null;
            for (long at = 0; at < n; at += SLOT) {
                long offset = at;
                long bytes = Math.min(SLOT, n - at);
                var slot = queue.locked(() -> begin(from.getAsLong() + offset, bytes));
                if (before != null) {
                    finish(before, to, at - SLOT, SLOT);
                }
                before = slot;
            }
            if (before != null) {
                long at = (n - 1) / SLOT * SLOT;
                finish(before, to, at, n - at);
            }
        } finally {
            turn.unlock();
        }
    }

    private Slots.Slot begin(long from, long bytes) {
        var slot = slots.take();
        queue.gpu().call(
                "cuMemcpyDtoHAsync",
                () -> JCudaDriver.cuMemcpyDtoHAsync(slot.pointer(), Addresses.device(from), bytes, queue.compute()));
        slots.put(slot, queue.compute());
        return slot;
    }

    private void finish(Slots.Slot slot, MemorySegment to, long at, long bytes) {
        queue.await(slot.free());
        MemorySegment.copy(slot.memory(), 0, to, at, bytes);
    }

    @Override
    public void close() {
        slots.close();
    }
}
