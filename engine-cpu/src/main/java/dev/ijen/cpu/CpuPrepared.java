package dev.ijen.cpu;

import dev.ijen.spi.Backend.Bound;
import dev.ijen.spi.Backend.Buffer;
import dev.ijen.spi.Backend.Prepared;
import dev.ijen.spi.Plan;
import dev.ijen.spi.Plan.Launch;
import dev.ijen.spi.Plan.Ref;
import java.util.List;

/// A plan with a kernel chosen for each launch.
final class CpuPrepared implements Prepared {
    private final CpuBackend backend;
    private final Plan plan;
    private final Pool pool;
    private final CpuKernel[] kernels;
    private final long scratchBytes;
    private volatile boolean closed;

    CpuPrepared(CpuBackend backend, Plan plan, Pool pool, Native library) {
        this.backend = backend;
        this.plan = plan;
        this.pool = pool;
        kernels = new CpuKernel[plan.launches().size()];
        long most = 0;
        for (int i = 0; i < kernels.length; i++) {
            Launch l = plan.launches().get(i);
            try {
                kernels[i] = Kernels.of(l, pool, library);
            } catch (RuntimeException e) {
                throw Failures.in(l.origin(), e);
            }
            most = Math.max(most, kernels[i].scratchBytes());
        }
        scratchBytes = most;
    }

    @Override
    public long bindingBytes() {
        return Mem.align(plan.workspaceBytes()) + scratchBytes;
    }

    @Override
    public Bound bind(Buffer[] externals) {
        if (closed) {
            throw Failures.closed("prepared plan");
        }
        int n = plan.externals().size();
        if (externals.length != n) {
            throw new IllegalArgumentException(externals.length + " externals for a plan with " + n);
        }
        var memory = new CpuBuffer[n + 1];
        for (int i = 0; i < n; i++) {
            memory[i + 1] = backend.own(externals[i]);
            if (memory[i + 1].bytes() < plan.externals().get(i).bytes()) {
                throw new IllegalArgumentException("external " + plan.externals().get(i) + " in a buffer of "
                        + memory[i + 1].bytes() + " bytes");
            }
        }
        memory[0] = backend.allocate(bindingBytes());
        try {
            return bind(memory);
        } catch (RuntimeException | Error e) {
            memory[0].close();
            throw e;
        }
    }

    private CpuBound bind(CpuBuffer[] memory) {
        long scratch = memory[0].address() + Mem.align(plan.workspaceBytes());
        var bound = new CpuKernel.Bound[kernels.length];
        for (int i = 0; i < kernels.length; i++) {
            Launch l = plan.launches().get(i);
            try {
                bound[i] = kernels[i].bind(addresses(l.in(), memory), addresses(l.out(), memory), scratch, pool);
            } catch (RuntimeException e) {
                CpuBound.closeAll(bound);
                throw Failures.in(l.origin(), e);
            }
        }
        return new CpuBound(backend, plan.launches(), bound, memory);
    }

    private static long[] addresses(List<Ref> refs, CpuBuffer[] memory) {
        return refs.stream().mapToLong(r -> memory[r.memory()].address() + r.offset()).toArray();
    }

    @Override
    public void close() {
        closed = true;
    }
}
