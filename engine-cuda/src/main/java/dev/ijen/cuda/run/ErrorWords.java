package dev.ijen.cuda.run;

import dev.ijen.cuda.driver.Addresses;
import java.lang.foreign.ValueLayout;
import java.util.List;
import jcuda.driver.JCudaDriver;

/// What runs find wrong in their data, such as a label that is no class: a word for each kernel, which comes back to the host with every run. It
/// stays until somebody is told, so that no error is lost between two reads. The queue's lock is held.
final class ErrorWords implements AutoCloseable {
    private final Queue queue;
    private final List<Piece> pieces;
    private final long words;
    private final long bytes;
    private final Pinned host;

    ErrorWords(Queue queue, List<Piece> pieces, long words) {
        this.queue = queue;
        this.pieces = pieces;
        this.words = words;
        bytes = 8L * pieces.size();
        host = new Pinned(queue.gpu(), bytes);
        boolean done = false;
        try {
            clear();
            done = true;
        } finally {
            if (!done) {
                host.close();
            }
        }
    }

    private void clear() {
        queue.gpu().call(
                "cuMemsetD8Async",
                () -> JCudaDriver.cuMemsetD8Async(Addresses.device(words), (byte) 0, bytes, queue.compute()));
    }

    /// Puts the words' way back on the compute stream.
    void fetch() {
        queue.gpu().raw(
                "cuMemcpyDtoHAsync",
                () -> JCudaDriver.cuMemcpyDtoHAsync(
                        host.pointer(), Addresses.device(words), bytes, queue.compute()));
    }

    /// Throws the first launch's error, if there is one, and forgets all.
    void check() {
        for (int i = 0; i < pieces.size(); i++) {
            long word = host.memory().getAtIndex(ValueLayout.JAVA_LONG, i);
            if (word != 0) {
                host.memory().fill((byte) 0);
                clear();
                var p = pieces.get(i);
                throw Failures.in(p.origin(), p.kernel().error((int) ~(word >>> 32), (int) word));
            }
        }
    }

    @Override
    public void close() {
        host.close();
    }
}
