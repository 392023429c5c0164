package dev.ijen.cpu;

import dev.ijen.spi.Backend.Bound;
import dev.ijen.spi.Backend.Buffer;
import dev.ijen.spi.Backend.Prepared;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.Plan;
import dev.ijen.spi.Plan.Launch;
import dev.ijen.spi.Plan.Ref;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.stream.Collectors;

/// A plan with a kernel chosen for each launch.
final class CpuPrepared implements Prepared {
    private final CpuBackend backend;
    private final Plan plan;
    private final Pool pool;
    /// As they are run: some do what the next would.
    private final List<Launch> launches;
    private final boolean[] done;
    private final CpuKernel[] kernels;
    private final Steady steady;
    private final List<Parts> parts;
    private final long scratchBytes;
    private final long keptBytes;
    private volatile boolean closed;

    CpuPrepared(CpuBackend backend, Plan plan, Pool pool, Native library) {
        this.backend = backend;
        this.plan = plan;
        this.pool = pool;
        int n = plan.launches().size();
        kernels = new CpuKernel[n];
        launches = new ArrayList<>(plan.launches());
        done = new boolean[n];
        long most = 0;
        var epilogues = new Epilogues(plan);
        var prologues = new Prologues(plan, launches);
        var own = new Epilogue[n];
        Arrays.fill(own, Epilogue.NONE);
        for (int i = 0; i < n; i++) {
            Launch l = plan.launches().get(i);
            try {
                var more = done[i] ? null : epilogues.after(i);
                int copy = done[i] ? -1
                        : prologues.before(i, more == null ? l.out().getFirst() : more.launch().out().getFirst());
                kernels[i] = more == null && copy < 0 ? null : conv(i, more, copy, own, library);
                if (kernels[i] == null) {
                    kernels[i] = done[i] ? new Nothing(0) : Kernels.of(l, pool, library);
                }
            } catch (RuntimeException e) {
                throw Failures.in(l.origin(), e);
            }
        }
        project();
        parts = parts(own, Steady.of(plan, kernels), library);
        steady = Steady.of(plan, kernels);
        join(library);
        long kept = 0;
        for (var k : steady.kept()) {
            long bytes = ((Weighted) kernels[k.launch()]).weightBytes();
            most = Math.max(most, kernels[k.launch()].scratchBytes() - bytes);
            kept += Mem.align(bytes);
        }
        var keeps = steady.kept().stream().map(Steady.Kept::launch).collect(Collectors.toSet());
        for (int i = 0; i < kernels.length; i++) {
            most = keeps.contains(i) ? most : Math.max(most, kernels[i].scratchBytes());
        }
        var places = new HashMap<Integer, Long>();
        keeps.forEach(i -> places.put(i, 0L));
        for (var p : parts) {
            most = Math.max(most, pool.threads() * PartsBound.threadBytes(p, places));
        }
        scratchBytes = Mem.align(most);
        keptBytes = kept;
    }

    /// A convolution that does more; null if that is not how it is computed.
    ///
    /// @param more what follows, or null
    /// @param copy the launch that brings its images' channels together; −1 for none
    private CpuKernel conv(int i, Epilogues.Found more, int copy, Epilogue[] own, Native library) {
        Launch l = plan.launches().get(i);
        var epilogue = more == null ? Epilogue.NONE : more.epilogue();
        var kernel = copy < 0 ? null
                : ConvKernel.of((Kernel.Conv) l.kernel(), epilogue.ofPlanes(), pool, library);
        if (kernel != null) {
            epilogue = epilogue.ofPlanes();
            kernels[copy] = new Nothing(0);
            done[copy] = true;
        } else if (more != null) {
            kernel = ConvKernel.of((Kernel.Conv) l.kernel(), epilogue, pool, library);
        }
        if (kernel == null) {
            return null;
        }
        own[i] = epilogue;
        var launch = more == null ? l : more.launch();
        if (more != null) {
            done[more.loop()] = true;
        }
        if (epilogue.planes()) {
            var in = new ArrayList<>(launch.in());
            in.set(0, plan.launches().get(copy).in().getFirst());
            launch = new Launch(launch.kernel(), List.copyOf(in), launch.out(), launch.origin());
        }
        launches.set(i, launch);
        return kernel;
    }

    /// Recurrences do the products of their inputs, too.
    private void project() {
        var projections = new Projections(plan, launches, kernels);
        for (int i = 0; i < kernels.length; i++) {
            var found = projections.before(i);
            if (found != null) {
                for (int j : found.launches()) {
                    kernels[j] = new Nothing(0);
                    done[j] = true;
                }
                kernels[i] = found.kernel();
                launches.set(i, found.launch());
            }
        }
    }

    /// Launches that run part by part; their kernels become those of a part.
    private List<Parts> parts(Epilogue[] epilogues, Steady before, Native library) {
        var skip = done.clone();
        for (int i = 0; i < skip.length; i++) {
            skip[i] |= before.skipped()[i];
        }
        var apart = before.kept().stream().flatMap(k -> k.chain().stream()).collect(Collectors.toSet());
        var found = Parts.of(plan, launches, epilogues, skip, apart, library);
        for (var p : found) {
            for (var l : p.launches()) {
                kernels[l.index()] = l.kernel();
                done[l.index()] = l.index() != p.first();
            }
        }
        return found;
    }

    /// The kernels of launches that are run with all others, and never on their own.
    private CpuKernel[] alone() {
        var all = kernels.clone();
        for (var k : steady.kept()) {
            k.chain().forEach(i -> all[i] = null);
        }
        parts.forEach(p -> p.launches().forEach(l -> all[l.index()] = null));
        return all;
    }

    /// Loops over the same rows become one launch, the first of them.
    private void join(Native library) {
        var free = alone();
        var rows = new Rows(launches, free, pool.threads(), library.target());
        for (int i = 0; i < kernels.length; i++) {
            var found = rows.from(i);
            if (found != null) {
                for (int j : found.launches()) {
                    free[j] = null;
                    kernels[j] = new Nothing(0);
                    done[j] = true;
                }
                kernels[i] = found.kernel();
                launches.set(i, found.launch());
                done[i] = false;
            }
        }
    }

    @Override
    public long bindingBytes() {
        return Mem.align(plan.workspaceBytes()) + scratchBytes + keptBytes;
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
        var weights = new HashMap<Integer, Long>();
        long at = scratch + scratchBytes;
        for (var k : steady.kept()) {
            weights.put(k.launch(), at);
            at += Mem.align(((Weighted) kernels[k.launch()]).weightBytes());
        }
        var bound = new CpuKernel.Bound[kernels.length];
        for (var p : parts) {
            try {
                long[] places = Arrays.stream(memory).mapToLong(CpuBuffer::address).toArray();
                new PartsBound(p, weights, scratch, pool, places).launches().forEach((i, b) -> bound[i] = b);
            } catch (RuntimeException e) {
                CpuBound.closeAll(bound);
                throw Failures.in(launches.get(p.first()).origin(), e);
            }
        }
        for (int i = 0; i < kernels.length; i++) {
            Launch l = launches.get(i);
            if (bound[i] != null) {
                continue;
            }
            try {
                long[] in = addresses(l.in(), memory);
                long[] out = addresses(l.out(), memory);
                bound[i] = weights.containsKey(i)
                        ? ((Weighted) kernels[i]).keep(in, out, scratch, weights.get(i), pool)
                        : kernels[i].bind(in, out, scratch, pool);
            } catch (RuntimeException e) {
                CpuBound.closeAll(bound);
                throw Failures.in(l.origin(), e);
            }
        }
        return new CpuBound(backend, plan, steady, done, bound, memory);
    }

    private static long[] addresses(List<Ref> refs, CpuBuffer[] memory) {
        return refs.stream().mapToLong(r -> memory[r.memory()].address() + r.offset()).toArray();
    }

    @Override
    public void close() {
        closed = true;
    }
}
