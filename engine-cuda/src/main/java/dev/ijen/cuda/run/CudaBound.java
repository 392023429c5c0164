package dev.ijen.cuda.run;

import dev.ijen.cuda.call.CudaKernel;
import dev.ijen.spi.Backend.Bound;
import dev.ijen.spi.Backend.Buffer;
import dev.ijen.spi.Plan.Ref;
import java.lang.foreign.Arena;
import java.util.List;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/// A plan bound to memory. The first run puts launch after launch on the stream, so that all is loaded and warm; the second one
/// captures them into a graph, and from then on a run is one call.
final class CudaBound implements Bound {
    private final CudaBackend backend;
    private final CudaPrepared prepared;
    private final Queue queue;
    private final List<Piece> pieces;
    private final CudaKernel.Bound[] kernels;
    private final CudaBuffer[] memory;
    private final Arena arena = Arena.ofShared();
    private final ErrorWords errors;
    private final Replay replay;
    private long runs;
    private volatile boolean closed;

    /// The queue's lock is held.
    ///
    /// @param memory the workspace, which is this binding's own, and the externals
    CudaBound(CudaBackend backend, CudaPrepared prepared, CudaBuffer[] memory) {
        this.backend = backend;
        this.prepared = prepared;
        this.queue = backend.queue();
        this.memory = memory;
        pieces = List.copyOf(prepared.pieces());
        kernels = new CudaKernel.Bound[pieces.size()];
        ErrorWords words = null;
        boolean done = false;
        try {
            long scratch = memory[0].address() + prepared.scratchOffset();
            long word = memory[0].address() + prepared.errorOffset();
            for (int i = 0; i < kernels.length; i++) {
                var p = pieces.get(i);
                try {
                    kernels[i] = p.kernel().bind(
                            addresses(p.in()), addresses(p.out()), scratch, word + 8L * i, arena);
                } catch (RuntimeException e) {
                    throw Failures.in(p.origin(), e);
                }
            }
            words = prepared.reportsErrors() ? new ErrorWords(queue, pieces, word) : null;
            errors = words;
            replay = new Replay(queue);
            done = true;
        } finally {
            if (!done) {
                closeKernels();
            }
        }
        for (var b : memory) {
            b.use(this);
        }
        backend.opened(this);
    }

    private long[] addresses(List<Ref> refs) {
        return refs.stream().mapToLong(r -> memory[r.memory()].address(r.offset(), r.bytes())).toArray();
    }

    @Override
    public void run() {
        queue.locked(() -> {
            checkOpen();
            queue.gpu().use();
            if (runs == 0 || kernels.length == 0) {
                enqueue();
            } else {
                replay.run(this::enqueue);
            }
            runs++;
        });
    }

    private void enqueue() {
        for (int i = 0; i < kernels.length; i++) {
            enqueue(i, queue.compute());
        }
        if (errors != null) {
            errors.fetch();
        }
    }

    private void enqueue(int i, CUstream stream) {
        try {
            kernels[i].enqueue(stream);
        } catch (RuntimeException e) {
            throw Failures.in(pieces.get(i).origin(), e);
        }
    }

    @Override
    public void runTimed(long[] nanos) {
        queue.locked(() -> {
            checkOpen();
            var begin = queue.event(CUevent_flags.CU_EVENT_DEFAULT);
            try {
                var end = queue.event(CUevent_flags.CU_EVENT_DEFAULT);
                try {
                    for (int i = 0; i < kernels.length; i++) {
                        pieces.get(i).addTime(time(i, begin, end), nanos);
                    }
                } finally {
                    queue.destroy(end);
                }
            } finally {
                queue.destroy(begin);
            }
            if (errors != null) {
                errors.fetch();
            }
            runs = Math.max(runs, 1);
        });
    }

    private long time(int i, CUevent begin, CUevent end) {
        queue.record(begin, queue.compute());
        enqueue(i, queue.compute());
        queue.record(end, queue.compute());
        try {
            queue.await(end);
        } catch (RuntimeException e) {
            throw Failures.in(pieces.get(i).origin(), e);
        }
        var ms = new float[1];
        queue.gpu().call("cuEventElapsedTime", () -> JCudaDriver.cuEventElapsedTime(ms, begin, end));
        return Math.max(1, Math.round(ms[0] * 1e6));
    }

    /// Throws what runs found wrong in their data. All work given before has been waited for.
    void check() {
        if (errors != null) {
            queue.locked(() -> {
                if (!closed) {
                    errors.check();
                }
            });
        }
    }

    private void checkOpen() {
        if (closed) {
            throw Failures.closed("bound plan");
        }
        for (var b : memory) {
            if (b.isClosed()) {
                throw Failures.closed("a buffer of " + b.bytes() + " bytes that the plan is bound to");
            }
        }
    }

    @Override
    public Buffer workspace() {
        return memory[0];
    }

    private void closeKernels() {
        for (var k : kernels) {
            if (k != null) {
                k.close();
            }
        }
        arena.close();
    }

    @Override
    public void close() {
        queue.locked(() -> {
            if (closed) {
                return;
            }
            closed = true;
            if (runs > 0 && !queue.gpu().isLost()) {
                queue.synchronize(); // a graph must not be destroyed while it runs
            }
            replay.close();
            if (errors != null) {
                errors.close();
            }
            closeKernels();
            for (var b : memory) {
                b.release(this);
            }
            memory[0].close();
            backend.closed(this);
            prepared.unbound();
        });
    }
}
