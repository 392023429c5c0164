package dev.ijen.cpu;

import dev.ijen.spi.Backend.Bound;
import dev.ijen.spi.Backend.Buffer;
import dev.ijen.spi.Plan;
import dev.ijen.spi.Plan.Launch;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/// A plan bound to memory.
final class CpuBound implements Bound {
    private final CpuBackend backend;
    private final List<Launch> launches;
    private final boolean[] skipped;
    private final KeptWeights weights;
    private final CpuKernel.Bound[] kernels;
    private final CpuBuffer[] memory;
    private final CpuBuffer[] written;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean closed;

    /// @param done launches that others do
    /// @param memory the workspace, which is this binding's own, and the externals
    CpuBound(CpuBackend backend, Plan plan, Steady steady, boolean[] done, CpuKernel.Bound[] kernels,
            CpuBuffer[] memory) {
        this.backend = backend;
        this.launches = plan.launches();
        this.kernels = kernels;
        this.memory = memory;
        skipped = steady.skipped().clone();
        for (int i = 0; i < done.length; i++) {
            skipped[i] |= done[i];
        }
        weights = new KeptWeights(steady.kept(), kernels, memory);
        written = IntStream.range(0, plan.externals().size())
                .filter(i -> plan.externals().get(i).written())
                .mapToObj(i -> memory[i + 1])
                .toArray(CpuBuffer[]::new);
        for (CpuBuffer b : memory) {
            b.use(this);
        }
        backend.opened(this);
    }

    @Override
    public void run() {
        int i = 0;
        lock.lock();
        try {
            checkOpen();
            weights.refresh();
            for (; i < kernels.length; i++) {
                if (!skipped[i]) {
                    kernels[i].run();
                }
            }
        } catch (RuntimeException e) {
            throw failed(i, e);
        } finally {
            ran();
            lock.unlock();
        }
    }

    @Override
    public void runTimed(long[] nanos) {
        int i = 0;
        lock.lock();
        try {
            checkOpen();
            weights.refresh();
            long t = System.nanoTime();
            for (; i < kernels.length; i++) {
                if (!skipped[i]) {
                    kernels[i].run();
                }
                long now = System.nanoTime();
                nanos[i] += now - t;
                t = now;
            }
        } catch (RuntimeException e) {
            throw failed(i, e);
        } finally {
            ran();
            lock.unlock();
        }
    }

    private void ran() {
        Cold.ran();
        for (CpuBuffer b : written) {
            b.written();
        }
    }

    private RuntimeException failed(int launch, RuntimeException e) {
        boolean before = e instanceof IllegalStateException && isGone();
        return before ? e : Failures.in(launches.get(launch).origin(), e);
    }

    private boolean isGone() {
        boolean gone = closed;
        for (CpuBuffer b : memory) {
            gone |= b.isClosed();
        }
        return gone;
    }

    private void checkOpen() {
        if (closed) {
            throw Failures.closed("bound plan");
        }
        for (CpuBuffer b : memory) {
            if (b.isClosed()) {
                throw Failures.closed("a buffer of " + b.bytes() + " bytes that the plan is bound to");
            }
        }
    }

    /// Returns when no run is under way.
    @SuppressWarnings("LockNotBeforeTry") // nothing is done between, having had the lock is all
    void await() {
        lock.lock();
        lock.unlock();
    }

    @Override
    public Buffer workspace() {
        return memory[0];
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            closeAll(kernels);
        } finally {
            lock.unlock();
        }
        for (CpuBuffer b : memory) {
            b.release(this);
        }
        memory[0].close();
        backend.closed(this);
    }

    /// Closes those that are there.
    static void closeAll(CpuKernel.Bound[] kernels) {
        for (CpuKernel.Bound k : kernels) {
            if (k != null) {
                k.close();
            }
        }
    }
}
