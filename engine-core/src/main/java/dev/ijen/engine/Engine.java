package dev.ijen.engine;

import dev.ijen.graph.Compiled;
import dev.ijen.graph.Compiled.Binding;
import dev.ijen.spi.Backend;
import dev.ijen.spi.Backend.Buffer;
import dev.ijen.tensor.Cell;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Evaluator;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Precision;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Trace;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// One device with everything that lives on it. Closing the engine frees all of it.
///
/// ```java
/// try (var engine = Engine.open(Device.auto())) {
///     var w = engine.parameter("w", HostTensor.of(new float[] {1, 2}));
///     var step = engine.compile(x -> x.mul(w.get()).sum());
///     System.out.println(step.run(HostTensor.of(new float[] {3, 4})).item()); // 11
/// }
/// ```
public final class Engine implements Evaluator, AutoCloseable {
    private final Backend backend;
    private final String choice;
    private final long seed;
    private final Precision precision;
    private final AtomicInteger streams = new AtomicInteger();
    private final Evaluation evaluation = new Evaluation(this);
    private final Set<AutoCloseable> open = Collections.synchronizedSet(
            Collections.newSetFromMap(new IdentityHashMap<>()));
    private final State generator;
    private final MemoryAccount account;
    private final Life life;

    private Engine(Backend backend, String choice, long seed, Precision precision, long memoryLimit) {
        this.backend = backend;
        this.choice = choice;
        this.seed = seed;
        this.precision = precision;
        this.account = new MemoryAccount(backend, memoryLimit, open);
        this.life = new Life(backend);
        Leaks.watch(this, life);
        State made = null;
        try {
            made = state("generator", HostTensor.of(new long[] {seed, 0}));
        } finally {
            if (made == null) { // nobody gets this engine, so nobody else would close the backend
                life.closed.set(true);
                backend.close();
            }
        }
        this.generator = made;
    }

    /// Opens a device.
    ///
    /// @throws DeviceUnavailableException with the reason if it can't be used
    public static Engine open(Device device) {
        return open(device, EngineOptions.defaults());
    }

    /// Opens a device.
    ///
    /// @throws DeviceUnavailableException with the reason if it can't be used
    public static Engine open(Device device, EngineOptions options) {
        var o = Devices.open(device, options);
        return new Engine(o.backend(), o.choice() + notice(o.backend().info(), options.precision()), options.seed(),
                options.precision(), options.memoryLimit());
    }

    /// What `choice` says of a precision that is not the usual one.
    private static String notice(dev.ijen.spi.DeviceInfo device, Precision precision) {
        var how = device.details().get(precision.label());
        return precision == Precision.F32 ? "" : "; precision " + precision.label() + (how == null ? "" : ", " + how);
    }

    /// An engine of F32 on a backend opened by the caller, which from now on belongs to the engine.
    static Engine of(Backend backend, String choice, long seed) {
        return of(backend, choice, seed, Precision.F32);
    }

    /// An engine on a backend opened by the caller, which from now on belongs to the engine.
    static Engine of(Backend backend, String choice, long seed, Precision precision) {
        return new Engine(backend, choice, seed, precision, 0);
    }

    /// The device.
    public DeviceInfo info() {
        return DeviceInfo.of(backend.info());
    }

    /// A class of each piece of code that computes: of this library, and of the backend.
    public List<Class<?>> code() {
        return List.of(Engine.class, backend.getClass());
    }

    /// Which device was chosen and why, in one line.
    public String choice() {
        return choice;
    }

    /// The seed of initial values and of randomness in programs.
    public long seed() {
        return seed;
    }

    /// In which types steps compute what is written in F32. Expressions evaluated outside of steps are computed as written.
    public Precision precision() {
        return precision;
    }

    /// Device memory in use.
    public MemoryUse memory() {
        var m = backend.memory();
        return new MemoryUse(m.buffers(), m.liveBytes(), m.peakBytes());
    }

    /// The most bytes there may be on the device: the limit that was set or what is free, whichever is less.
    public long memoryMost() {
        return account.most();
    }

    /// Device memory by who has it, the greatest first: cells by name, steps by their arguments.
    public Map<String, Long> memoryOwners() {
        return account.owners();
    }

    /// Waits for all running work.
    public void synchronize() {
        checkOpen();
        whileOpen(backend::synchronize);
    }

    /// A tensor of values from the host, shared, not copied.
    public Tensor tensor(HostTensor data) {
        return Tensor.of(new Leaf.Literal(data, this));
    }

    /// An F32 tensor.
    public Tensor tensor(float[] values, int... dims) {
        return tensor(HostTensor.of(values, dims));
    }

    /// An F64 tensor.
    public Tensor tensor(double[] values, int... dims) {
        return tensor(HostTensor.of(values, dims));
    }

    /// An I32 tensor.
    public Tensor tensor(int[] values, int... dims) {
        return tensor(HostTensor.of(values, dims));
    }

    /// An I64 tensor.
    public Tensor tensor(long[] values, int... dims) {
        return tensor(HostTensor.of(values, dims));
    }

    /// Memory that training changes, with its first value.
    public Parameter parameter(String name, HostTensor initial) {
        checkOpen();
        return register(new Parameter(this, name, initial.dtype(), initial.shape()), initial);
    }

    /// Memory that programs change but no gradient reaches, with its first value.
    public State state(String name, HostTensor initial) {
        checkOpen();
        return register(new State(this, name, initial.dtype(), initial.shape()), initial);
    }

    private <H extends Held> H register(H held, HostTensor initial) {
        open.add(held.memory());
        held.write(initial);
        return held;
    }

    /// A host generator of its own stream, for initial values. The same seed and order of calls give the same numbers.
    public HostRandom hostRandom() {
        return new HostRandom(seed, streams.incrementAndGet());
    }

    /// The state of randomness in programs, I64[2]: seed, step. Programs that draw advance the step once a run.
    public State generator() {
        return generator;
    }

    /// Uniform in [0, 1), F32; new numbers in each run of the step.
    public Tensor uniform(int... dims) {
        return Tensor.uniform(draw(), Shape.of(dims));
    }

    /// Standard normal, F32; new numbers in each run of the step.
    public Tensor normal(int... dims) {
        return Tensor.normal(draw(), Shape.of(dims));
    }

    private Tensor draw() {
        var trace = Trace.current();
        if (trace != null) {
            var before = generator.get();
            trace.finallySet(generator, () -> before.add(Tensor.of(HostTensor.of(new long[] {0, 1}))));
        }
        return generator.get();
    }

    /// A training step of one argument.
    public Step compile(UnaryOperator<Tensor> f) {
        return step(in -> List.of(f.apply(only(in, 1).getFirst())), true);
    }

    /// A training step of two arguments, usually inputs and labels.
    public Step compile(BinaryOperator<Tensor> f) {
        return step(in -> List.of(f.apply(only(in, 2).get(0), in.get(1))), true);
    }

    /// A training step of any number of arguments and results.
    public Step program(Function<List<Tensor>, List<Tensor>> f) {
        return step(f, true);
    }

    /// A function of one argument, layers behaving as in use.
    public Step inference(UnaryOperator<Tensor> f) {
        return step(in -> List.of(f.apply(only(in, 1).getFirst())), false);
    }

    /// A function of any number of arguments and results, layers behaving as in use.
    public Step inferenceProgram(Function<List<Tensor>, List<Tensor>> f) {
        return step(f, false);
    }

    private static List<Tensor> only(List<Tensor> in, int n) {
        if (in.size() != n) {
            throw new IjenException(
                    "step: wrong number of arguments", in.size() + " arguments", n + "",
                    "pass as many as the function takes");
        }
        return in;
    }

    /// [#inferenceProgram] for a model that is being trained: nothing is kept from run to run, as its weights will have changed.
    public Step evaluationProgram(Function<List<Tensor>, List<Tensor>> f) {
        return step(f, false, false);
    }

    private Step step(Function<List<Tensor>, List<Tensor>> f, boolean training) {
        return step(f, training, !training);
    }

    private Step step(Function<List<Tensor>, List<Tensor>> f, boolean training, boolean keeps) {
        checkOpen();
        var s = new Step(this, f, training, keeps);
        open.add(s);
        return s;
    }

    /// The value of an expression, compiled and run at once; programs are kept by structure.
    public HostTensor evaluate(Tensor tensor) {
        return evaluate(List.of(tensor)).getFirst();
    }

    @Override
    public List<HostTensor> evaluate(List<Tensor> tensors) {
        checkOpen();
        return evaluation.run(tensors, Map.of());
    }

    @Override
    public void assign(Cell cell, Tensor value) {
        checkOpen();
        evaluation.run(List.of(), Map.of(cell, value));
    }

    Backend backend() {
        return backend;
    }

    /// Copies to the device.
    void write(Buffer to, MemorySegment from) {
        var event = Recorded.transfer();
        backend.write(to, 0, from);
        Recorded.end(event, true, from.byteSize());
    }

    /// Copies to the host, once running work is done.
    void read(Buffer from, long offset, MemorySegment to) {
        var event = Recorded.transfer();
        backend.read(from, offset, to);
        Recorded.end(event, false, to.byteSize());
    }

    /// @param what it is for
    Buffer allocate(long bytes, String what) {
        return whileOpen(() -> account.allocate(bytes, what));
    }

    MemoryAccount account() {
        return account;
    }

    /// Runs what a backend refuses when something it works on is closed, by another thread perhaps.
    <T> T whileOpen(Supplier<T> work) {
        try {
            return work.get();
        } catch (IllegalStateException e) {
            throw closedInUse(e);
        }
    }

    /// A backend's refusal in the user's words.
    static IjenException closedInUse(IllegalStateException e) {
        return new IjenException(
                "engine: closed while in use",
                e.getMessage(),
                "work on what is open",
                "close engines, models and steps after their last use",
                e);
    }

    /// [#whileOpen] of something without a result.
    void whileOpen(Runnable work) {
        whileOpen(() -> {
            work.run();
            return null;
        });
    }

    Execution.Loaded load(Compiled compiled) {
        for (var b : compiled.bindings()) {
            if (b instanceof Binding.Held(var cell) && cell.home() != this) {
                throw new IjenException(
                        "compile: " + cell + " belongs to another engine",
                        "a cell of " + cell.home(),
                        "cells of one engine",
                        "create the model on the engine that runs it");
            }
        }
        var prepared = whileOpen(() -> backend.prepare(compiled.plan()));
        Map<Binding.Fixed, Buffer> constants = new HashMap<>();
        var loaded = new Execution.Loaded(compiled, prepared, constants);
        boolean done = false;
        try {
            for (var b : compiled.bindings()) {
                if (b instanceof Binding.Fixed f) {
                    var data = f.literal().data().data();
                    var buffer = allocate(data.byteSize(), "a constant");
                    constants.put(f, buffer);
                    whileOpen(() -> write(buffer, data));
                }
            }
            done = true;
        } finally {
            if (!done) {
                unload(loaded);
            }
        }
        return loaded;
    }

    void unload(Execution.Loaded l) {
        l.constants().values().forEach(Buffer::close);
        l.prepared().close();
    }

    void forget(Held h) {
        evaluation.forget(h);
        open.remove(h.memory());
    }

    void forget(Step s) {
        open.remove(s);
    }

    void checkOpen() {
        if (life.closed.get()) {
            throw new IjenException("engine: used after close", "a closed engine", "an open one",
                    "close it after its last use");
        }
    }

    /// Frees everything on the device: steps, parameters, states. Waits for work that other threads have begun; whatever they ask
    /// for next is an error.
    @Override
    public void close() {
        if (life.closed.compareAndSet(false, true)) {
            evaluation.close();
            for (var c : List.copyOf(open)) {
                if (c instanceof Step s) {
                    s.close();
                }
            }
            for (var c : List.copyOf(open)) {
                if (c instanceof HeldMemory m) {
                    m.close();
                }
            }
            open.clear();
            backend.close();
        }
    }

    @Override
    public String toString() {
        return "engine on " + backend.info().name();
    }

    /// Zeros on the device, for states.
    public State zeros(String name, DType dtype, Shape shape) {
        return state(name, HostTensor.zeros(dtype, shape));
    }
}
