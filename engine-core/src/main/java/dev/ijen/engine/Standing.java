package dev.ijen.engine;

import dev.ijen.graph.Compiled;
import dev.ijen.graph.Kept;
import dev.ijen.graph.Program;
import dev.ijen.tensor.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;

/// What a program reads that is computed from cells alone, in cells of its own: brought up to date before a run if one of those cells was
/// written since.
final class Standing implements AutoCloseable {
    private final Engine engine;
    private final List<State> cells;
    private final List<Held> sources;
    private final long[] versions;
    private final Execution.Loaded program;
    private final Execution execution;
    private boolean computed;

    private Standing(Engine engine, List<State> cells, Kept kept) {
        this.engine = engine;
        this.cells = cells;
        this.sources = kept.sources().stream().map(c -> (Held) c).toList();
        this.versions = new long[sources.size()];
        Arrays.fill(versions, -1);
        this.program = engine.load(Compiled.of(new Program(List.of(), kept.values())));
        boolean done = false;
        try {
            this.execution = new Execution(engine, program, 0);
            done = true;
        } finally {
            if (!done) {
                engine.unload(program);
            }
        }
    }

    /// A program that reads what stands, and what that is; null if nothing does.
    record Split(Program program, Standing standing) {}

    /// Splits a program and makes the cells.
    static Split of(Engine engine, Program traced) {
        var cells = new ArrayList<State>();
        boolean done = false;
        try {
            var kept = Kept.of(traced, t -> {
                var c = engine.state("kept " + t.op().label(), HostTensor.zeros(t.dtype(), t.shape()));
                cells.add(c);
                return c;
            });
            var s = cells.isEmpty() ? null : new Standing(engine, cells, kept);
            done = true;
            return new Split(kept.program(), s);
        } finally {
            if (!done) {
                cells.forEach(Held::close);
            }
        }
    }

    /// To be called before a run.
    synchronized void refresh() {
        boolean stale = !computed;
        for (int i = 0; i < versions.length; i++) {
            // the version before the value is read, so that a change meanwhile is seen the next time
            var source = sources.get(i);
            source.buffer(); // a closed model is an error also where only what was made of it is read
            long v = source.version();
            stale |= v != versions[i];
            versions[i] = v;
        }
        if (stale) {
            execution.run();
            computed = true;
        }
    }

    /// Floating-point operations of computing it.
    long flops() {
        return program.compiled().flops();
    }

    /// Memory of the values that stand, and of computing them.
    long bytes() {
        return execution.bytes() + cellBytes();
    }

    /// Memory of the values that stand.
    long cellBytes() {
        return cells.stream().mapToLong(Standing::size).sum();
    }

    /// Memory of the cells that the reader does not read itself.
    long sourceBytes(Compiled reader) {
        var read = new HashSet<>(reader.bindings());
        return sources.stream()
                .filter(h -> !read.contains(new Compiled.Binding.Held(h)))
                .mapToLong(Standing::size).sum();
    }

    private static long size(Held h) {
        return (long) h.shape().size() * h.dtype().bytes();
    }

    @Override
    public void close() {
        execution.close();
        engine.unload(program);
        cells.forEach(Held::close);
    }
}
