package dev.ijen.onnx;

import dev.ijen.engine.Held;
import dev.ijen.nn.Activation;
import dev.ijen.nn.Chain;
import dev.ijen.nn.GRU;
import dev.ijen.nn.LSTM;
import dev.ijen.nn.Module;
import dev.ijen.nn.RNN;
import dev.ijen.nn.Residual;
import dev.ijen.tensor.Cell;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Trace;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Writes a model as ONNX: as it behaves in use, its first axis (the batch) left open. Recurrent layers and activations become the operators
/// of their names; all other layers are traced, and each operation of their graph becomes a node, so that a layer needs no exporter of its
/// own. Operator set 20, or 23 if there is attention.
public final class OnnxExport {
    /// Extent that stands for the batch in traces. A prime that no layer has as a width.
    static final int BATCH = 7919;

    private final GraphWriter out = new GraphWriter();
    private final Map<Cell, String> names = new HashMap<>();

    private OnnxExport() {}

    /// A value of the graph that is written: its name, and its shape with [#BATCH] for the batch.
    record Named(String name, Shape shape, DType dtype) {}

    /// The bytes of a `.onnx` file.
    ///
    /// @param example shape of one example, without the batch
    /// @param metadata texts to keep in the file
    /// @throws IjenException if an operation has no counterpart in ONNX
    public static byte[] write(Module model, Shape example, DType dtype, String name, Map<String, String> metadata) {
        return new OnnxExport().run(model, example, dtype, name, metadata);
    }

    private byte[] run(Module model, Shape example, DType dtype, String name, Map<String, String> metadata) {
        Module.cells(model).forEach((n, c) -> names.put(c, n));
        var x = new Named(out.fresh("x"), example.insert(0, BATCH), dtype);
        out.fresh("y");
        var y = module(model, x);
        out.node("Identity", List.of(y.name), List.of("y"));
        return out.model(name, List.of(GraphWriter.value(x.name, OnnxType.of(dtype), x.shape, true)),
                List.of(GraphWriter.value("y", OnnxType.of(y.dtype), y.shape, true)), metadata);
    }

    private Named module(Module m, Named x) {
        return switch (m) {
            case Chain c -> {
                var y = x;
                for (var part : c.modules()) {
                    y = module(part, y);
                }
                yield y;
            }
            case Residual r -> {
                var body = module(r.body(), x);
                var shortcut = r.shortcut() == null ? x : module(r.shortcut(), x);
                yield new Named(out.node("Add", List.of(body.name, shortcut.name)), body.shape, body.dtype);
            }
            case LSTM l -> new RecurrentExport(out, this::cell).lstm(l, x);
            case GRU g -> new RecurrentExport(out, this::cell).gru(g, x);
            case RNN r -> new RecurrentExport(out, this::cell).rnn(r, x);
            case Activation a when direct(a) != null -> activation(a, x);
            default -> traced(m, x);
        };
    }

    /// The operator that is this activation, if there is one whose import is the very same expression.
    private static String direct(Activation a) {
        return switch (a) {
            case RELU -> "Relu";
            case LEAKY_RELU -> "LeakyRelu";
            case ELU -> "Elu";
            case SELU -> "Selu";
            case GELU, GELU_TANH -> "Gelu";
            case MISH -> "Mish";
            case SOFTPLUS -> "Softplus";
            case HARD_SWISH -> "HardSwish";
            case SIGMOID -> "Sigmoid";
            case TANH -> "Tanh";
            case SOFTMAX -> "Softmax";
            case LOG_SOFTMAX -> "LogSoftmax";
            case IDENTITY, RELU6, SILU, HARD_SIGMOID -> null;
        };
    }

    private Named activation(Activation a, Named x) {
        var name = a == Activation.GELU_TANH
                ? out.node("Gelu", List.of(x.name), GraphWriter.a("approximate", "tanh"))
                : a == Activation.LEAKY_RELU
                        ? out.node("LeakyRelu", List.of(x.name), GraphWriter.a("alpha", 0.01f))
                : out.node(direct(a), List.of(x.name));
        return new Named(name, x.shape, x.dtype);
    }

    private Named traced(Module m, Named x) {
        var in = Tensor.of(new Leaf.Input(0, x.dtype, x.shape));
        var y = Trace.evaluation().call(() -> m.apply(in));
        return new Named(new OpExport(out, this::cell, in, x.name).of(y), y.shape(), y.dtype());
    }

    /// The initializer that holds a parameter or state.
    private String cell(Cell c) {
        var name = names.get(c);
        if (name != null && name.startsWith("\u0000")) {
            return name.substring(1);
        }
        var fresh = out.fresh(name == null ? c.name() : name);
        out.initializer(fresh, values(c));
        names.put(c, "\u0000" + fresh);
        return fresh;
    }

    private static HostTensor values(Cell c) {
        if (c instanceof Held h) {
            return h.read();
        }
        throw new IjenException("onnx: " + c + " has no values", c.getClass().getSimpleName(), "a parameter or state",
                "export a model of an engine");
    }
}
