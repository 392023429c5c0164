package dev.ijen.onnx;

import dev.ijen.engine.Composite;
import dev.ijen.engine.Engine;
import dev.ijen.engine.Parameter;
import dev.ijen.engine.Step;
import dev.ijen.format.FormatException;
import dev.ijen.nn.Module;
import dev.ijen.tensor.Cell;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Trace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/// A model from an ONNX file. Its weights are parameters, and what it computes is an ordinary graph: differentiable, compiled for each shape of
/// its inputs, run by every backend.
///
/// ```java
/// try (var model = OnnxModel.open(engine, Path.of("model.onnx"))) {
///     var y = model.run(HostTensor.of(pixels, 1, 3, 224, 224)).getFirst();
/// }
/// ```
///
/// [#apply] builds the graph of one input within any step: to train a model further, put it into a chain. [#run] compiles a step itself,
/// and computes values that shapes depend on between parts of the graph where there are such.
public final class OnnxModel implements Module, Composite, AutoCloseable {
    /// The largest file that is read.
    public static final long MAX_BYTES = Integer.MAX_VALUE - 16;

    private final Engine engine;
    private final Proto.Model proto;
    private final Session session;
    private final Held held;
    private final List<OnnxInput> inputs;
    private final List<OnnxOutput> outputs;
    private final Runs runs = new Runs(this);

    private OnnxModel(Engine engine, String file, Path folder, Proto.Model proto) {
        this.engine = engine;
        this.proto = proto;
        var strings = new Strings();
        var functions = new HashMap<String, Proto.Function>();
        for (var f : proto.functions()) {
            functions.put(Interpreter.key(f.domain(), f.name(), f.overload()), f);
        }
        this.session = new Session(engine, file, strings, functions, new TensorData(file, folder, strings));
        this.outputs = OnnxOutput.all(proto.graph());
        this.held = new Held(engine, session, proto.graph());
        this.inputs = proto.graph().inputs().stream().filter(v -> !held.has(v.name())).map(OnnxInput::of).toList();
    }

    /// Reads a model; its weights go to the engine's device.
    ///
    /// @throws dev.ijen.format.FormatException if the file is damaged, or says something that is not read
    public static OnnxModel open(Engine engine, Path file) {
        return new OnnxModel(engine, file.toString(), file.toAbsolutePath().getParent(), OnnxFile.load(file));
    }

    /// Reads a model up to one of its inner values, which becomes its only output: to put other layers behind it.
    ///
    /// @param to name of the value; see [#nodes]
    /// @throws IjenException if nothing in the model has that name
    public static OnnxModel open(Engine engine, Path file, String to) {
        return new OnnxModel(engine, file.toString(), file.toAbsolutePath().getParent(),
                Cut.of(file.toString(), OnnxFile.load(file), to));
    }

    /// Reads a model from memory.
    ///
    /// @param name what errors call it
    public static OnnxModel read(Engine engine, String name, byte[] bytes) {
        return new OnnxModel(engine, name, null, ProtoReader.model(Wire.of(name, bytes)));
    }

    /// Inputs without an initial value, in the order of [#run]'s arguments.
    public List<OnnxInput> inputs() {
        return inputs;
    }

    /// The outputs, in the order of [#run]'s results.
    public List<OnnxOutput> outputs() {
        return outputs;
    }

    /// Texts as a tensor, for inputs of texts: equal texts have equal numbers, which mean nothing outside of this model.
    public HostTensor text(List<String> texts, int... dims) {
        return session.strings(texts, dims);
    }

    /// The texts of an output whose elements are texts, in order.
    ///
    /// @throws FormatException if they are none, whatever the file says of them
    public List<String> text(HostTensor output) {
        int known = session.strings().size();
        if (output.dtype() != DType.I64 || Arrays.stream(output.toLongArray()).anyMatch(n -> n < 0 || n >= known)) {
            throw FormatException.damaged(session.file(), "an output of texts", output.dtype() + " " + output.shape()
                    + " of other numbers", "numbers of the model's texts", "check the model with what wrote it");
        }
        return Arrays.stream(output.toLongArray()).mapToObj(session.strings()::string).toList();
    }

    /// Version of the standard operators.
    public long opset() {
        return proto.opsets().getOrDefault("", 1L);
    }

    /// Who wrote the file.
    public String producer() {
        return proto.producer();
    }

    /// The weights by name.
    public Map<String, Parameter> parameters() {
        return held.weights();
    }

    /// Weights and running statistics by name.
    @Override
    public Map<String, Cell> parts() {
        return held.cells();
    }

    /// The operators of the main graph and how often each is used.
    public Map<String, Integer> operators() {
        var m = new java.util.TreeMap<String, Integer>();
        proto.graph().nodes()
                .forEach(n -> m.merge(n.domain().isEmpty() ? n.op() : n.domain() + "." + n.op(), 1, Integer::sum));
        return m;
    }

    /// The nodes of the main graph for inputs of some shapes, with the shapes of their results. Nothing is computed.
    ///
    /// @throws IjenException if a shape depends on values
    public List<OnnxNode> nodes(List<Shape> shapes) {
        var rows = new ArrayList<OnnxNode>();
        var args = new ArrayList<Value>();
        for (int i = 0; i < shapes.size(); i++) {
            var type = inputs.get(i).onnxType();
            args.add(new Value.Of(Tensor.of(new Leaf.Input(i, type.carrier(), shapes.get(i))), type, null, false));
        }
        Trace.evaluation().call(() -> values(args, (n, out) -> rows.add(OnnxNode.of(n, out, held.trained()))));
        return rows;
    }

    /// The value that the last product with weights takes, which is where a new head is put; empty if the model has no such product.
    public Optional<String> beforeHead() {
        var nodes = proto.graph().nodes();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            var n = nodes.get(i);
            boolean product = (n.op().equals("Gemm") || n.op().equals("MatMul") || n.op().equals("Conv"))
                    && n.inputs().size() > 1 && held.has(n.inputs().get(1));
            if (product) {
                return held.has(n.inputs().getFirst()) || named(n.inputs().getFirst()) ? Optional.empty()
                        : Optional.of(n.inputs().getFirst());
            }
        }
        return Optional.empty();
    }

    private boolean named(String input) {
        return inputs.stream().anyMatch(i -> i.name().equals(input));
    }

    /// The nodes of the main graph without the shapes of their results, which nothing needs to be known for.
    public List<OnnxNode> nodes() {
        return proto.graph().nodes().stream().map(n -> OnnxNode.of(n, List.of(), held.trained())).toList();
    }

    Engine engine() {
        return engine;
    }

    Session session() {
        return session;
    }

    Proto.Model proto() {
        return proto;
    }

    /// The outputs for arguments, whatever kind of values they are.
    List<Value> values(List<Value> arguments) {
        return values(arguments, (n, out) -> {});
    }

    private List<Value> values(List<Value> arguments, BiConsumer<Proto.Node, List<Value>> watch) {
        if (arguments.size() > inputs.size()) {
            throw new IjenException("onnx: " + session.file() + " takes fewer inputs", arguments.size() + " inputs",
                    inputs.size() + ": " + inputs, "pass one for each");
        }
        var scope = new Scope(null, proto.opsets(), 0);
        scope.watch(watch);
        held.put(scope);
        for (int i = 0; i < arguments.size(); i++) {
            if (arguments.get(i) != null) {
                scope.put(inputs.get(i).name(), arguments.get(i));
            }
        }
        return Interpreter.run(session, proto.graph(), scope);
    }

    /// The first output for the first input, as part of any step.
    @Override
    public Tensor apply(Tensor x) {
        return apply(List.of(x)).getFirst();
    }

    /// All outputs, as part of any step.
    ///
    /// @throws IjenException if an operator is not supported, or a shape depends on values of a step's argument
    public List<Tensor> apply(List<Tensor> in) {
        var args = new ArrayList<Value>();
        for (int i = 0; i < in.size(); i++) {
            args.add(argument(i, in.get(i)));
        }
        return tensors(values(args));
    }

    private Value argument(int i, Tensor x) {
        var type = i < inputs.size() ? inputs.get(i).onnxType() : OnnxType.of(x.dtype());
        return new Value.Of(x.cast(type.carrier()), type, null, false);
    }

    private List<Tensor> tensors(List<Value> out) {
        var r = new ArrayList<Tensor>();
        for (var v : out) {
            r.add(switch (v) {
                case Value.Of t -> t.tensor();
                case Value.Maps m -> m.values().tensor();
                case Value.Map m -> m.values().tensor();
                case Value.Seq _,Value.Opt _,Value.Missing _ ->
                        throw new IjenException("onnx: " + session.file() + " gives sequences",
                                "a sequence or optional",
                                "tensors", "use a model whose outputs are tensors");
            });
        }
        return r;
    }

    /// The outputs' values. Compiled once for each signature; where shapes depend on values of small whole-numbered inputs, once for each
    /// of their values; where they depend on others, evaluated in parts.
    public List<HostTensor> run(HostTensor... in) {
        return runs.run(in);
    }

    /// The step for a signature that [#run] uses, for callers that keep results where they are.
    Step step(Set<Integer> fixed, HostTensor... values) {
        return engine.inferenceProgram(args -> {
            var all = new ArrayList<Value>();
            int next = 0;
            for (int i = 0; i < values.length; i++) {
                var type = inputs.get(i).onnxType();
                all.add(fixed.contains(i)
                        ? session.known(values[i], type)
                        : new Value.Of(args.get(next++).cast(type.carrier()), type, null, false));
            }
            return tensors(values(all));
        });
    }

    /// Evaluates in parts.
    List<HostTensor> eager(HostTensor... in) {
        var args = new ArrayList<Value>();
        for (int i = 0; i < in.length; i++) {
            args.add(session.computed(in[i], inputs.get(i).onnxType()));
        }
        return tensors(values(args)).stream().map(this::evaluate).toList();
    }

    HostTensor evaluate(Tensor t) {
        return t.op() instanceof Leaf.Literal(var data, var home) ? data : engine.evaluate(t);
    }

    /// Frees the weights and all compiled steps.
    @Override
    public void close() {
        runs.close();
        held.close();
    }

    @Override
    public String toString() {
        return "ONNX model " + session.file() + " " + Arrays.toString(inputs.toArray());
    }
}
