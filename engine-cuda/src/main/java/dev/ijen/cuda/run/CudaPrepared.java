package dev.ijen.cuda.run;

import dev.ijen.cuda.call.CudaKernel;
import dev.ijen.cuda.call.Joining;
import dev.ijen.cuda.call.Kernels;
import dev.ijen.cuda.call.Kit;
import dev.ijen.spi.Backend.Bound;
import dev.ijen.spi.Backend.Buffer;
import dev.ijen.spi.Backend.Prepared;
import dev.ijen.spi.Plan;
import java.util.ArrayList;
import java.util.List;

/// A plan with a kernel chosen for each launch.
final class CudaPrepared implements Prepared {
    private final CudaBackend backend;
    private final Plan plan;
    private final List<Piece> pieces = new ArrayList<>();
    private final long scratchBytes;
    private int bindings;
    private boolean closed;

    /// The queue's lock is held.
    CudaPrepared(CudaBackend backend, Plan plan, Kit kit) {
        this.backend = backend;
        this.plan = plan;
        long most = 0;
        boolean done = false;
        try {
            for (var numbers : Joining.of(plan.launches())) {
                var launches = numbers.stream().map(plan.launches()::get).toList();
                try {
                    var k = Kernels.of(launches, kit);
                    pieces.add(new Piece(launches, numbers, k));
                    most = Math.max(most, k.scratchBytes());
                } catch (RuntimeException e) {
                    throw Failures.in(launches.getFirst().origin(), e);
                }
            }
            done = true;
        } finally {
            if (!done) {
                closeKernels();
            }
        }
        scratchBytes = most;
    }

    Plan plan() {
        return plan;
    }

    List<Piece> pieces() {
        return pieces;
    }

    private void closeKernels() {
        pieces.stream().map(Piece::kernel).forEach(CudaKernel::close);
        pieces.clear();
    }

    /// Where scratch begins in a binding's memory.
    long scratchOffset() {
        return Memory.round(plan.workspaceBytes());
    }

    /// Where the error words begin, one for each kernel.
    long errorOffset() {
        return scratchOffset() + Memory.round(scratchBytes);
    }

    boolean reportsErrors() {
        return pieces.stream().map(Piece::kernel).anyMatch(CudaKernel::reportsErrors);
    }

    @Override
    public long bindingBytes() {
        return errorOffset() + (reportsErrors() ? 8L * pieces.size() : 0);
    }

    @Override
    public Bound bind(Buffer[] externals) {
        int n = plan.externals().size();
        if (externals.length != n) {
            throw new IllegalArgumentException(externals.length + " externals for a plan with " + n);
        }
        return backend.queue().locked(() -> {
            if (closed) {
                throw Failures.closed("prepared plan");
            }
            var memory = new CudaBuffer[n + 1];
            for (int i = 0; i < n; i++) {
                memory[i + 1] = backend.own(externals[i]);
                memory[i + 1].address(0, plan.externals().get(i).bytes());
            }
            memory[0] = backend.allocate(bindingBytes());
            boolean done = false;
            try {
                var bound = new CudaBound(backend, this, memory);
                bindings++;
                done = true;
                return bound;
            } finally {
                if (!done) {
                    memory[0].close();
                }
            }
        });
    }

    /// A binding is gone. The queue's lock is held.
    void unbound() {
        bindings--;
        release();
    }

    private void release() {
        if (closed && bindings == 0) {
            closeKernels();
            backend.gone(this);
        }
    }

    @Override
    public void close() {
        backend.queue().locked(() -> {
            if (!closed) {
                closed = true;
                release();
            }
        });
    }
}
