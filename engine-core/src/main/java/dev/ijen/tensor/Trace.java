package dev.ijen.tensor;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// One tracing of a step function: what every cell currently stands for, which numbers random draws get, and whether layers
/// behave as in training. Bound to the thread for the time of the call.
public final class Trace {
    private static final ScopedValue<Trace> CURRENT = ScopedValue.newInstance();
    private static final AtomicInteger UNTRACED = new AtomicInteger();

    private final boolean training;
    private Precision precision;
    private final Map<Cell, Tensor> reads = new HashMap<>();
    private final Map<Cell, Tensor> updates = new LinkedHashMap<>();
    private final Map<Cell, Tensor> atEnd = new LinkedHashMap<>();
    private Map<Cell, Tensor> stand = Map.of();
    private int streams;
    private int tokens;

    private Trace(boolean training, Precision precision) {
        this.training = training;
        this.precision = precision;
    }

    /// A trace in which dropout drops and batch normalisation uses and updates batch statistics.
    public static Trace training() {
        return new Trace(true, Precision.F32);
    }

    /// A trace in which layers behave as in use.
    public static Trace evaluation() {
        return new Trace(false, Precision.F32);
    }

    /// This trace under another policy; before it is used.
    public Trace with(Precision p) {
        precision = p;
        return this;
    }

    /// The policy in force.
    Precision precision() {
        return precision;
    }

    /// Runs `f` under another policy: a part of a model that must be F32 in a mixed step. Its inputs keep their types. Outside of a
    /// step nothing changes.
    public static <T> T precision(Precision p, Supplier<T> f) {
        var t = current();
        if (t == null) {
            return f.get();
        }
        var before = t.precision;
        t.precision = p;
        try {
            return f.get();
        } finally {
            t.precision = before;
        }
    }

    /// The trace this thread is in, or null.
    public static Trace current() {
        return CURRENT.isBound() ? CURRENT.get() : null;
    }

    /// True inside a training step.
    public static boolean isTraining() {
        var t = current();
        return t != null && t.training;
    }

    /// Runs `f` with layers behaving as in use, whatever the step: validation inside a training step.
    public static <T> T inference(Supplier<T> f) {
        var t = current();
        var inner = evaluation().with(Precision.current());
        if (t != null) {
            inner.stand = t.stand;
            inner.reads.putAll(t.reads);
            inner.reads.putAll(t.updates);
            inner.streams = t.streams += 1 << 16;
            inner.tokens = t.tokens += 1 << 16;
        }
        return inner.call(f);
    }

    /// Runs `f` inside this trace.
    public <T> T call(Supplier<T> f) {
        return ScopedValue.where(CURRENT, this).call(f::get);
    }

    /// What cells become, in order of their first assignment.
    public Map<Cell, Tensor> updates() {
        var all = new LinkedHashMap<>(updates);
        atEnd.forEach(all::putIfAbsent);
        return all;
    }

    /// An update that later reads in this trace do not see: the step of a random generator.
    public void finallySet(Cell cell, Supplier<Tensor> value) {
        atEnd.computeIfAbsent(cell, c -> value.get());
    }

    /// A number no other random draw of the program has.
    static int stream() {
        var t = current();
        return t == null ? UNTRACED.incrementAndGet() | 1 << 31 : ++t.streams;
    }

    /// A number no other barrier of the program has.
    static int token() {
        var t = current();
        return t == null ? UNTRACED.incrementAndGet() | 1 << 31 : ++t.tokens;
    }

    Tensor read(Cell c) {
        var s = stand.get(c);
        if (s == null) {
            s = updates.get(c);
        }
        return s != null ? s : reads.computeIfAbsent(c, k -> Tensor.of(new Leaf.Read(k)));
    }

    void write(Cell c, Tensor t) {
        updates.put(c, t);
    }

    <T> T with(Map<? extends Cell, Tensor> s, Supplier<T> f) {
        var before = stand;
        var merged = new HashMap<>(before);
        merged.putAll(s);
        stand = merged;
        try {
            return f.get();
        } finally {
            stand = before;
        }
    }
}
