package dev.ijen.cuda.run;

import dev.ijen.cuda.driver.Addresses;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUevent;
import jcuda.driver.CUstream;

/// Pinned memory in equal parts that are used in turn: while the GPU copies one, Java fills the next.
final class Slots implements AutoCloseable {
    /// One part.
    ///
    /// @param free happens when the GPU has finished with it
    record Slot(MemorySegment memory, Pointer pointer, CUevent free) {}

    private final Queue queue;
    private final Pinned pinned;
    private final List<Slot> slots = new ArrayList<>();
    private int next;

    Slots(Queue queue, int count, long bytes) {
        this.queue = queue;
        pinned = new Pinned(queue.gpu(), count * bytes);
        boolean done = false;
        try {
            for (int i = 0; i < count; i++) {
                var part = pinned.memory().asSlice(i * bytes, bytes);
                slots.add(new Slot(part, Addresses.host(part), queue.event()));
            }
            done = true;
        } finally {
            if (!done) {
                close();
            }
        }
    }

    /// The next part, once the GPU has finished with it.
    Slot take() {
        var s = slots.get(next);
        queue.await(s.free);
        next = (next + 1) % slots.size();
        return s;
    }

    /// The GPU will have finished with it when what `stream` holds so far is done.
    void put(Slot s, CUstream stream) {
        queue.record(s.free, stream);
    }

    @Override
    public void close() {
        slots.forEach(s -> queue.destroy(s.free));
        slots.clear();
        pinned.close();
    }
}
