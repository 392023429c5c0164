package dev.ijen.cuda.run;

import dev.ijen.cuda.driver.Addresses;
import dev.ijen.spi.OutOfMemoryException;
import java.lang.foreign.MemorySegment;
import java.util.function.LongFunction;
import jcuda.driver.CUevent;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/// Brings data to the GPU. Small pieces go through pinned memory onto the compute stream. Large ones, the batches of a training, cross the bus
/// beside the running step: through pinned memory onto the copy stream and into one of two stages on the device, from where the compute stream fetches them
/// when its turn comes. The caller holds the queue's lock, and may reuse its memory afterwards.
final class Upload implements AutoCloseable {
    /// What crosses the bus beside the running step.
    static final long LARGE = 256 << 10;
    private static final long SMALL_SLOT = 64 << 10;
    private static final long LARGE_SLOT = 4 << 20;
    private static final long STAGE = 64 << 20;

    private final Queue queue;
    private final Memory memory;
    private final Slots small;
    private Slots large;
    private final Stage[] stages = new Stage[2];
    private int turn;

    private static final class Stage {
        long address;
        long bytes;
        CUevent filled;
        CUevent fetched;
    }

    Upload(Queue queue, Memory memory) {
        this.queue = queue;
        this.memory = memory;
        small = new Slots(queue, 16, SMALL_SLOT);
    }

    /// @param outOfMemory the error to throw, by bytes asked for
    void write(long to, MemorySegment from, LongFunction<OutOfMemoryException> outOfMemory) {
        long n = from.byteSize();
        if (n < LARGE) {
            for (long at = 0; at < n; at += SMALL_SLOT) {
                copy(small, queue.compute(), to + at, from.asSlice(at, Math.min(SMALL_SLOT, n - at)));
            }
            return;
        }
        for (long at = 0; at < n; at += STAGE) {
            large(to + at, from.asSlice(at, Math.min(STAGE, n - at)), outOfMemory);
        }
    }

    private void copy(Slots slots, CUstream stream, long to, MemorySegment from) {
        var slot = slots.take();
        MemorySegment.copy(from, 0, slot.memory(), 0, from.byteSize());
        queue.gpu().call(
                "cuMemcpyHtoDAsync",
                () -> JCudaDriver.cuMemcpyHtoDAsync(Addresses.device(to), slot.pointer(), from.byteSize(), stream));
        slots.put(slot, stream);
    }

    private void large(
            long to, MemorySegment from, LongFunction<OutOfMemoryException> outOfMemory) {
        long n = from.byteSize();
        if (large == null) {
            large = new Slots(queue, 4, LARGE_SLOT);
        }
        var stage = stage(n, outOfMemory);
        queue.wait(queue.copies(), stage.fetched);
        for (long at = 0; at < n; at += LARGE_SLOT) {
            copy(large, queue.copies(), stage.address + at, from.asSlice(at, Math.min(LARGE_SLOT, n - at)));
        }
        queue.record(stage.filled, queue.copies());
        queue.wait(queue.compute(), stage.filled);
        queue.gpu().call(
                "cuMemcpyDtoDAsync",
                () -> JCudaDriver.cuMemcpyDtoDAsync(
                        Addresses.device(to), Addresses.device(stage.address), n, queue.compute()));
        queue.record(stage.fetched, queue.compute());
    }

    private Stage stage(long bytes, LongFunction<OutOfMemoryException> outOfMemory) {
        turn = 1 - turn;
        var s = stages[turn];
        if (s == null) {
            s = new Stage();
            s.filled = queue.event();
            boolean done = false;
            try {
                s.fetched = queue.event();
                done = true;
            } finally {
                if (!done) {
                    queue.destroy(s.filled);
                }
            }
            stages[turn] = s;
        }
        if (s.bytes < bytes) {
            queue.await(s.fetched);
            release(s);
            long n = Memory.round(bytes);
            long address = memory.allocate(n);
            if (address == 0) {
                throw outOfMemory.apply(bytes);
            }
            s.address = address;
            s.bytes = n;
        }
        return s;
    }

    private void release(Stage s) {
        if (s.bytes > 0) {
            memory.free(s.address, s.bytes);
            s.bytes = 0;
        }
    }

    /// All work is done.
    @Override
    public void close() {
        for (var s : stages) {
            if (s != null) {
                release(s);
                queue.destroy(s.filled);
                queue.destroy(s.fetched);
            }
        }
        if (large != null) {
            large.close();
        }
        small.close();
    }
}
