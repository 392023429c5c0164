package dev.ijen.onnx;

import dev.ijen.engine.Engine;
import dev.ijen.format.FormatException;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// What nodes need from the model they are in while its graph is built once.
///
/// @param engine evaluates what must be known
/// @param file the model, for errors
/// @param functions the model's own operators
/// @param strings texts, by their numbers in tensors
/// @param data what the model holds beside its nodes
record Session(Engine engine, String file, Strings strings, Map<String, Proto.Function> functions, TensorData data) {
    private static final int MOST_NUMBERS = 1 << 26;

    /// The values of an expression. Between parts of a graph it is computed on the engine.
    ///
    /// @param node who asks
    /// @throws DataDependent if it depends on an argument of a step
    HostTensor host(Value.Of v, String node) {
        if (v.host() != null) {
            return v.host();
        }
        if (v.tensor().op() instanceof Leaf.Literal(var data, var home)) {
            return data;
        }
        var slots = new TreeSet<Integer>();
        for (var t : Tensor.topological(List.of(v.tensor()))) {
            if (t.op() instanceof Leaf.Input(var slot, var type, var extents)) {
                slots.add(slot);
            }
        }
        if (!slots.isEmpty()) {
            throw new DataDependent(node, slots);
        }
        if (v.tensor().shape().size() > MOST_NUMBERS) {
            throw FormatException.unsupported(file, node, v.tensor().shape() + " to be known while the graph is built",
                    "at most " + MOST_NUMBERS + " numbers", "compute it outside the model");
        }
        var h = v.known() ? Fold.of(v.tensor()).orElse(null) : null;
        if (h == null) {
            h = engine.evaluate(v.tensor());
        }
        v.computed(h, Tensor.of(h));
        return h;
    }

    /// A tensor known from the model.
    Value.Of known(HostTensor h, OnnxType type) {
        return new Value.Of(Tensor.of(h), type, h, true);
    }

    /// Whole numbers known from the model.
    Value.Of known(long... values) {
        return known(HostTensor.of(values, values.length), OnnxType.INT64);
    }

    /// A tensor of values that were computed, and may depend on inputs.
    Value.Of computed(HostTensor h, OnnxType type) {
        return new Value.Of(Tensor.of(h), type, h, false);
    }

    /// Strings under a shape.
    HostTensor strings(List<String> values, int... dims) {
        var n = new long[values.size()];
        for (int i = 0; i < n.length; i++) {
            n[i] = strings.number(values.get(i));
        }
        return HostTensor.of(n, dims);
    }

    /// Brings results into the range of a type that is carried in a wider one.
    static Tensor wrap(Tensor t, OnnxType type) {
        return switch (type) {
            case UINT16 -> t.and(Tensor.scalar(DType.I32, 0xffff));
            case INT16 -> signed(t, 16);
            case UINT4 -> t.and(Tensor.scalar(DType.I32, 15));
            case INT4 -> signed(t, 4);
            case UINT2 -> t.and(Tensor.scalar(DType.I32, 3));
            case INT2 -> signed(t, 2);
            case UINT32 -> t.and(Tensor.scalar(DType.I64, 0xffffffffL));
            case FLOAT, UINT8, INT8, INT32, INT64, STRING, BOOL, FLOAT16, DOUBLE, UINT64, BFLOAT16, FLOAT8E4M3FN,
                    FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, FLOAT4E2M1, FLOAT8E8M0 -> t;
        };
    }

    private static Tensor signed(Tensor t, int bits) {
        int half = 1 << bits - 1;
        return t.and(Tensor.scalar(DType.I32, 2 * half - 1)).xor(Tensor.scalar(DType.I32, half)).sub(half);
    }
}
