package dev.ijen.engine;

import dev.ijen.graph.Compiled;
import dev.ijen.graph.Program;
import dev.ijen.spi.OutOfMemoryException;
import dev.ijen.spi.Plan;
import dev.ijen.tensor.Cell;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Trace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/// A function compiled once for each signature (types and shapes of its arguments), and run many times. Afterwards a run is one
/// call that allocates nothing. At most [#MAX_SIGNATURES] signatures are kept, the least recently used goes first.
public final class Step implements AutoCloseable {
    /// Compiled signatures kept at a time.
    public static final int MAX_SIGNATURES = 16;

    private static final System.Logger LOG = System.getLogger(Step.class.getName());

    private final Engine engine;
    private final Function<List<Tensor>, List<Tensor>> body;
    private final boolean training;
    private final boolean keeps;
    private final AtomicLong boundBytes = new AtomicLong();
    private final Map<List<InputSpec>, Live> live = new LinkedHashMap<>(16, 0.75f, true);
    private int compiled;
    private boolean closed;
    private Live last;
    private long generation;

    /// @param keeps true to compute what comes from cells alone once, and again only after one of them was written
    Step(Engine engine, Function<List<Tensor>, List<Tensor>> body, boolean training, boolean keeps) {
        this.engine = engine;
        this.body = body;
        this.training = training;
        this.keeps = keeps;
    }

    private static final class Live {
        final List<InputSpec> specs;
        final Execution.Loaded program;
        final Standing standing;
        final ConcurrentLinkedDeque<Execution> idle = new ConcurrentLinkedDeque<>();
        Execution own;
        /// Calls that use this now, on any thread; an evicted program is unloaded after the last of them.
        int users;
        boolean evicted;

        Live(List<InputSpec> specs, Execution.Loaded program, Standing standing) {
            this.specs = specs;
            this.program = program;
            this.standing = standing;
        }

        void refresh() {
            if (standing != null) {
                standing.refresh();
            }
        }

        boolean fits(HostTensor[] in) {
            boolean ok = in.length == specs.size();
            for (int i = 0; ok && i < in.length; i++) {
                ok = specs.get(i).fits(in[i]);
            }
            return ok;
        }
    }

    private final class Latest implements Outputs {
        private final Execution execution;
        private final long of;

        Latest(Execution execution, long of) {
            this.execution = execution;
            this.of = of;
        }

        @Override
        public int size() {
            return execution.results();
        }

        @Override
        public HostTensor get(int i) {
            synchronized (Step.this) {
                checkOpen();
                if (of != generation) {
                    throw new IjenException(
                            "step: results are gone",
                            "results of run " + of + ", and run " + generation + " has happened",
                            "results read before the next run",
                            "copy them with get(i) first, or use call(...)");
                }
                return execution.result(i);
            }
        }
    }

    /// Runs the step. Compiles at the first call with a new signature. The outputs can be read until the next run. For one thread at a
    /// time; see [#call].
    public synchronized Outputs run(HostTensor... inputs) {
        checkOpen();
        var l = last != null && last.fits(inputs) ? last : (last = live(specs(inputs)));
        if (l.own == null) {
            l.own = execution(l);
        }
        generation++;
        l.refresh();
        l.own.run(inputs);
        return new Latest(l.own, generation);
    }

    /// Runs the step launch by launch and gives each one's time in nanoseconds, in the order of [ProgramReport#details].
    public synchronized long[] runTimed(HostTensor... inputs) {
        checkOpen();
        var l = live(specs(inputs));
        if (l.own == null) {
            l.own = execution(l);
        }
        var nanos = new long[l.program.compiled().plan().launches().size()];
        generation++;
        l.refresh();
        l.own.runTimed(nanos, inputs);
        return nanos;
    }

    /// Runs the step and copies its results. Any number of threads may call at once: each run has a workspace of its own from a
    /// pool, and all share one copy of parameters.
    public List<HostTensor> call(HostTensor... inputs) {
        Live l;
        synchronized (this) {
            checkOpen();
            l = live(specs(inputs));
            l.users++;
        }
        Execution e = null;
        boolean fine = false;
        try {
            e = l.idle.pollFirst();
            if (e == null) {
                e = execution(l);
            }
            l.refresh();
            e.run(inputs);
            var r = new ArrayList<HostTensor>();
            for (int i = 0; i < e.results(); i++) {
                r.add(e.result(i));
            }
            fine = true;
            return r;
        } finally {
            boolean keep;
            synchronized (this) {
                keep = fine && !closed && live.get(l.specs) == l;
                if (keep) {
                    l.idle.addFirst(e);
                }
            }
            if (!keep && e != null) {
                close(e);
            }
            synchronized (this) {
                if (--l.users == 0 && l.evicted) {
                    unload(l);
                }
            }
        }
    }

    /// Compiles for a signature without running, and tells what the program is and needs.
    public synchronized ProgramReport report(List<InputSpec> inputs) {
        checkOpen();
        var l = live(List.copyOf(inputs));
        var p = l.program;
        var plan = p.compiled().plan();
        var standing = l.standing;
        long cells = ProgramReport.sum(plan, Plan.Role.CELL);
        return new ProgramReport(
                p.compiled().program().tensors().size(),
                plan.launches().size(),
                p.compiled().flops() + (standing == null ? 0 : standing.flops()),
                plan.workspaceBytes(),
                p.compiled().naiveBytes(),
                p.prepared().bindingBytes() - plan.workspaceBytes(),
                ProgramReport.sum(plan, Plan.Role.ARGUMENT),
                ProgramReport.sum(plan, Plan.Role.CONSTANT),
                standing == null ? cells : cells - standing.cellBytes() + standing.sourceBytes(p.compiled()),
                standing == null ? 0 : standing.bytes(),
                plan.launches().stream().map(LaunchInfo::of).toList(),
                p.compiled().program().results());
    }

    /// Traces the step without compiling: its results as a graph.
    public List<Tensor> trace(List<InputSpec> inputs) {
        return program(inputs).results();
    }

    /// Evaluates the step operation by operation, with the values that cells have now, and changes nothing: the first operation that
    /// makes NaN or infinity out of finite numbers, if there is one. Slow; for a step that went wrong.
    public Optional<Anomaly> anomaly(HostTensor... inputs) {
        checkOpen();
        return AnomalySearch.run(engine, program(specs(inputs)), inputs);
    }

    private Program program(List<InputSpec> specs) {
        var trace = (training ? Trace.training() : Trace.evaluation()).with(engine.precision());
        return trace.call(() -> {
            var args = new ArrayList<Tensor>();
            for (int i = 0; i < specs.size(); i++) {
                args.add(Tensor.of(
                        new Leaf.Input(i, specs.get(i).dtype(), specs.get(i).shape())));
            }
            var results = List.copyOf(body.apply(args));
            return new Program(results, trace.updates());
        });
    }

    private static List<InputSpec> specs(HostTensor... inputs) {
        return Arrays.stream(inputs).map(InputSpec::of).toList();
    }

    private Live live(List<InputSpec> specs) {
        var l = live.get(specs);
        if (l == null) {
            var event = Recorded.compile();
            l = load(specs);
            Recorded.end(event, (training ? "training step " : "inference step ") + specs, l.program.compiled());
            if (++compiled % MAX_SIGNATURES == 0) {
                warn(specs);
            }
            live.put(specs, l);
            while (live.size() > MAX_SIGNATURES) {
                var eldest = live.entrySet().iterator().next();
                live.remove(eldest.getKey());
                release(eldest.getValue());
            }
        }
        return l;
    }

    private Live load(List<InputSpec> specs) {
        var traced = program(specs);
        if (!keeps) {
            return new Live(specs, engine.load(Compiled.of(traced)), null);
        }
        var split = Standing.of(engine, traced);
        boolean done = false;
        try {
            var l = new Live(specs, engine.load(Compiled.of(split.program())), split.standing());
            done = true;
            return l;
        } finally {
            if (!done && split.standing() != null) {
                split.standing().close();
            }
        }
    }

    private void unload(Live l) {
        engine.unload(l.program);
        if (l.standing != null) {
            l.standing.close();
        }
    }

    private void warn(List<InputSpec> specs) {
        for (var other : live.keySet()) {
            for (int i = 0; i < specs.size() && i < other.size(); i++) {
                if (!other.get(i).equals(specs.get(i))) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "a step was compiled for {0} signatures; argument {1} was {2} and is now {3}. Pad to fewer sizes.",
                            compiled,
                            i,
                            other.get(i),
                            specs.get(i));
                    return;
                }
            }
        }
    }

    private Execution execution(Live l) {
        try {
            var e = new Execution(engine, l.program, l.specs.size());
            boundBytes.addAndGet(e.bytes());
            return e;
        } catch (OutOfMemoryException e) {
            int of = BatchSearch.batch(l.specs);
            throw of == 0 ? e : MemoryAccount.withBatch(e, largestBatch(l.specs, e.total() - e.live()), of);
        }
    }

    private void close(Execution e) {
        boundBytes.addAndGet(-e.bytes());
        e.close();
    }

    /// Bytes of workspaces and arguments.
    long boundBytes() {
        return boundBytes.get();
    }

    /// The greatest batch, at most the one given, with which a run takes no more than so many bytes besides cells; 0 for none. A batch
    /// is the first extent, in all arguments that share it.
    public int largestBatch(List<InputSpec> inputs, long bytes) {
        return BatchSearch.largest(inputs, bytes, specs -> {
            var compiled = Compiled.of(program(specs));
            try (var prepared = engine.whileOpen(() -> engine.backend().prepare(compiled.plan()))) {
                return prepared.bindingBytes() + ProgramReport.sum(compiled.plan(), Plan.Role.ARGUMENT)
                        + ProgramReport.sum(compiled.plan(), Plan.Role.CONSTANT);
            }
        });
    }

    private void checkOpen() {
        engine.checkOpen();
        if (closed) {
            throw new IjenException("step: used after close", "a closed step", "an open one",
                    "close it after its last use");
        }
    }

    private void release(Live l) {
        if (l.own != null) {
            close(l.own);
        }
        if (last == l) {
            last = null;
        }
        for (var e = l.idle.pollFirst(); e != null; e = l.idle.pollFirst()) {
            close(e);
        }
        if (l.users == 0) {
            unload(l);
        } else {
            l.evicted = true;
        }
    }

    /// The cells the step would change, by a trace for a signature.
    public List<Cell> writes(List<InputSpec> inputs) {
        return List.copyOf(program(inputs).updates().keySet());
    }

    /// Frees compiled programs and workspaces.
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            live.values().forEach(this::release);
            live.clear();
            engine.forget(this);
        }
    }

    @Override
    public String toString() {
        var of = last;
        return (training ? "a training step" : "an inference step") + (of == null ? "" : " of " + of.specs);
    }
}
