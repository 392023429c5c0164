package dev.ijen.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ijen.engine.Device;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.WindowSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Operations against numbers that PyTorch and NumPy computed (known-values.json, written by known_values.py): these know nothing of
/// how an operation is composed here. A module with a backend extends this class.
public abstract class KnownContract {
    private static final Map<String, Function<Tensor[], Tensor>> BY_DETAIL = Map.ofEntries(
            Map.entry("conv2d/dilated-groups-uneven", x -> x[0].conv(
                    x[1], new WindowSpec(List.of(1, 1), List.of(2, 1), List.of(0, 2), List.of(1, 0), List.of(1, 2)),
                    2)),
            Map.entry("conv2d/depthwise", x -> x[0].conv(x[1], WindowSpec.square(2, 1, 1, 1), 3)),
            Map.entry("conv1d/stride", x -> x[0].conv1d(x[1], 2, 2)),
            Map.entry("conv3d", x -> x[0].conv3d(x[1], 1, 1)),
            Map.entry("convTranspose2d", x -> x[0].convTranspose(x[1], WindowSpec.square(2, 1, 2, 1), 1, 1)),
            Map.entry("convTranspose2d/groups-dilated",
                    x -> x[0].convTranspose(x[1], WindowSpec.square(2, 1, 3, 0).dilated(2), 2, 0)),
            Map.entry("convTranspose1d", x -> x[0].convTranspose(x[1], WindowSpec.square(1, 1, 2, 1), 1, 0)),
            Map.entry("maxPool2d/padded", x -> x[0].maxPool2d(3, 2, 1)),
            Map.entry("maxPool2d/ties", x -> x[0].maxPool2d(2, 1, 0)),
            Map.entry("maxPool1d/dilated", x -> x[0].maxPool(WindowSpec.square(1, 3, 2, 1).dilated(2))),
            Map.entry("avgPool2d/counted", x -> x[0].avgPool2d(3, 2, 1)),
            Map.entry("avgPool2d/inside", x -> x[0].avgPool(WindowSpec.square(2, 3, 2, 1), false)),
            Map.entry("softmax/first", x -> x[0].softmax(0)),
            Map.entry("softmax/infinite", x -> x[0].softmax()),
            Map.entry("cumsum/reverse-exclusive", x -> x[0].cumsum(0, true, true)),
            Map.entry("variance/unbiased", x -> x[0].variance(1, 0)),
            Map.entry("variance/ends", x -> x[0].variance(0, 0, 2)),
            Map.entry("max/NaN", x -> x[0].max(0)),
            Map.entry("min/NaN", x -> x[0].min(0)),
            Map.entry("pow/negative", x -> x[0].pow(3)),
            Map.entry("sort/falling", x -> x[0].sort(-1, true)),
            Map.entry("argsort/falling-ties", x -> x[0].argsort(-1, true)),
            Map.entry("mean/F16", x -> x[0].mean()),
            Map.entry("cast/I32", x -> x[0].cast(DType.I32)),
            Map.entry("cast/U8", x -> x[0].cast(DType.U8)),
            Map.entry("cast/BOOL", x -> x[0].cast(DType.BOOL)));

    @RegisterExtension final LiveBuffers engines = new LiveBuffers();

    /// The device under test.
    protected abstract Device device();

    private static Tensor compute(String name, Tensor... x) {
        var detail = BY_DETAIL.get(name);
        if (detail != null) {
            return detail.apply(x);
        }
        return switch (name.replaceAll("/.*", "")) {
            case "softplus" -> x[0].softplus();
            case "gelu" -> x[0].gelu();
            case "geluTanh" -> x[0].geluTanh();
            case "silu" -> x[0].silu();
            case "elu" -> x[0].elu(1);
            case "leakyRelu" -> x[0].leakyRelu(0.1);
            case "mish" -> x[0].mish();
            case "hardSigmoid" -> x[0].hardSigmoid();
            case "hardSwish" -> x[0].hardSwish();
            case "sigmoid" -> x[0].sigmoid();
            case "relu" -> x[0].relu();
            case "crossEntropy" -> x[0].crossEntropy(x[1]);
            case "logSoftmax" -> x[0].logSoftmax();
            case "logSumExp" -> x[0].logSumExp(-1);
            case "cumprod" -> x[0].cumprod(-1);
            case "prod" -> x[0].prod(1);
            case "cummax" -> x[0].cummax(0);
            case "norm" -> x[0].norm(1);
            case "max" -> x[0].max(1);
            case "maximum" -> x[0].maximum(x[1]);
            case "normalizeLast" -> x[0].normalizeLast(1e-5);
            case "pow" -> x[0].pow(x[1]);
            case "atan2" -> x[0].atan2(x[1]);
            case "mod" -> x[0].mod(x[1]);
            case "mul" -> x[0].mul(x[1]);
            case "floorDiv" -> x[0].floorDiv(x[1]);
            case "round" -> x[0].round();
            case "shiftRight" -> x[0].shiftRight(8);
            case "lt" -> x[0].lt(300);
            case "sort" -> x[0].sort(-1, false);
            case "argsort" -> x[0].argsort(-1, false);
            case "argmax" -> x[0].argmax(-1);
            case "argmin" -> x[0].argmin(-1);
            case "isNaN" -> x[0].isNaN();
            case "isFinite" -> x[0].isFinite();
            case "topK" -> x[0].topK(0, 3)[0];
            case "gather" -> x[0].gather(1, x[1]);
            case "take" -> x[0].take(1, x[1]);
            case "scatterAdd" -> x[0].scatterAdd(0, x[1], x[2]);
            case "scatter" -> x[0].scatter(1, x[1], x[2]);
            case "tril" -> x[0].tril(1);
            case "triu" -> x[0].triu(-1);
            case "repeat" -> x[0].repeat(1, 2);
            case "matmul" -> x[0].matmul(x[1]);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static Value value(JsonNode n) {
        var dtype = DType.valueOf(n.get("type").asText());
        var shape = Shape
                .of(IntStream.range(0, n.get("shape").size()).map(i -> n.get("shape").get(i).asInt()).toArray());
        var data = n.get("data");
        assertEquals(shape.size(), data.size());
        return dtype.isFloat()
                ? Value.reals(dtype, shape,
                        IntStream.range(0, data.size()).mapToDouble(i -> data.get(i).asDouble()).toArray())
                : Value.wholes(dtype, shape,
                        IntStream.range(0, data.size()).mapToLong(i -> data.get(i).asLong()).toArray());
    }

    private static List<Value> values(JsonNode list) {
        var r = new ArrayList<Value>();
        list.forEach(n -> r.add(value(n)));
        return r;
    }

    @TestFactory
    Stream<DynamicTest> pytorchAndNumpyAgree() throws IOException {
        var json = JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();
        var entries = new ArrayList<JsonNode>();
        try (var stream = KnownContract.class.getResourceAsStream("known-values.json")) {
            json.readTree(stream).forEach(entries::add);
        }
        var engine = engines.open(device());
        return entries.stream().map(e -> {
            var name = e.get("name").asText();
            var in = values(e.get("in"));
            var expected = values(e.get("out"));
            Function<List<Tensor>, List<Tensor>> program = e.has("seed")
                    ? t -> gradient(name, t, Tensor.of(value(e.get("seed")).host()))
                    : t -> List.of(compute(name, t.toArray(Tensor[]::new)));
            return dynamicTest(name + (e.has("seed") ? " gradient" : ""), () -> {
                var actual = OpContract.run(engine, program, in);
                check(name, expected, actual);
                // the oracle is held to the same numbers
                check(name + " in the reference", expected,
                        OpContract.expected(program, in).stream().map(Value::host).toList());
            });
        });
    }

    private static void check(String name, List<Value> expected, List<HostTensor> actual) {
        for (int i = 0; i < expected.size(); i++) {
            var v = expected.get(i);
            Close.check(name, v, actual.get(i), v.dtype() == DType.F16 ? 1e-3 : 1e-10, Close.scale(v));
        }
    }

    private static List<Tensor> gradient(String name, List<Tensor> in, Tensor seed) {
        var y = compute(name, in.toArray(Tensor[]::new));
        return Gradient.of(y, seed, in.stream().filter(t -> t.dtype().isFloat()).toList());
    }
}
