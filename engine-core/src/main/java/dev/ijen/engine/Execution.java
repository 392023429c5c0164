package dev.ijen.engine;

import dev.ijen.graph.Compiled;
import dev.ijen.graph.Compiled.Binding;
import dev.ijen.spi.Backend;
import dev.ijen.spi.Backend.Buffer;
import dev.ijen.spi.Plan;
import dev.ijen.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A prepared program bound to memory of its own: argument buffers, workspace. One run at a time.
final class Execution implements AutoCloseable {
    private final Engine engine;
    private final Plan plan;
    private final Buffer[] externals;
    private final Buffer[] arguments;
    private final Backend.Bound bound;
    private final List<Buffer> owned = new ArrayList<>();
    private final List<Held> written = new ArrayList<>();
    private final HostTensor[] shapes;
    private final long bytes;

    Execution(Engine engine, Loaded program, int argumentCount) {
        this.engine = engine;
        this.plan = program.compiled().plan();
        this.externals = new Buffer[plan.externals().size()];
        this.arguments = new Buffer[argumentCount];
        var results = program.compiled().program().results();
        this.shapes = new HostTensor[results.size()];
        for (int i = 0; i < shapes.length; i++) {
            shapes[i] = HostTensor.zeros(results.get(i).dtype(), results.get(i).shape());
        }
        boolean done = false;
        try {
            var bindings = program.compiled().bindings();
            for (int i = 0; i < externals.length; i++) {
                externals[i] = switch (bindings.get(i)) {
                    case Binding.Argument a -> {
                        arguments[a.slot()] = engine.allocate(
                                plan.externals().get(i).bytes(), "argument " + a.slot() + " of a step");
                        owned.add(arguments[a.slot()]);
                        yield arguments[a.slot()];
                    }
                    case Binding.Held h -> {
                        var held = (Held) h.cell();
                        if (plan.externals().get(i).written()) {
                            written.add(held);
                        }
                        yield held.buffer();
                    }
                    case Binding.Fixed f -> program.constants().get(f);
                };
            }
            long workspace = program.prepared().bindingBytes();
            bytes = workspace + owned.stream().mapToLong(Buffer::bytes).sum();
            bound = engine.whileOpen(() -> engine.account().within(
                    workspace, "a step's workspace", () -> program.prepared().bind(externals)));
            done = true;
        } finally {
            if (!done) {
                owned.forEach(Buffer::close);
            }
        }
    }

    /// A compiled program on a backend, with its constants uploaded.
    record Loaded(Compiled compiled, Backend.Prepared prepared, Map<Binding.Fixed, Buffer> constants) {}

    void run(HostTensor... inputs) {
        try {
            write(inputs);
            var event = Recorded.run();
            bound.run();
            count();
            Recorded.end(event, plan.launches().size());
        } catch (IllegalStateException e) {
            throw Engine.closedInUse(e);
        }
    }

    void runTimed(long[] nanos, HostTensor... inputs) {
        try {
            write(inputs);
            bound.runTimed(nanos);
            count();
        } catch (IllegalStateException e) {
            throw Engine.closedInUse(e);
        }
    }

    private void count() {
        for (var h : written) {
            h.written();
        }
    }

    private void write(HostTensor... inputs) {
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i] != null) {
                engine.write(arguments[i], inputs[i].data());
            }
        }
    }

    /// Memory of its own.
    long bytes() {
        return bytes;
    }

    int results() {
        return shapes.length;
    }

    HostTensor result(int i) {
        var t = HostTensor.zeros(shapes[i].dtype(), shapes[i].shape());
        if (t.shape().size() > 0) {
            var ref = plan.results().get(i);
            var from = ref.memory() == 0 ? bound.workspace() : externals[ref.memory() - 1];
            engine.whileOpen(() -> engine.read(from, ref.offset(), t.data()));
        }
        return t;
    }

    @Override
    public void close() {
        bound.close();
        owned.forEach(Buffer::close);
    }
}
