package dev.ijen.contract;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ijen.engine.Device;
import dev.ijen.format.Tar;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.WindowSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Convolution, pooling, padding, products, lookups and simple recurrences against the layer tests of keras-js, whose numbers Keras computed. Skipped
/// without the shared data. A module with a backend extends this class.
public abstract class KerasContract {
    private static final List<String> LAYERS = List.of(
            "convolutional/Conv1D", "convolutional/Conv2D", "convolutional/Conv3D", "convolutional/Cropping1D",
            "convolutional/Cropping2D",
            "convolutional/Cropping3D", "convolutional/ZeroPadding1D", "convolutional/ZeroPadding2D",
            "convolutional/ZeroPadding3D",
            "pooling/MaxPooling1D", "pooling/MaxPooling2D", "pooling/MaxPooling3D", "pooling/AveragePooling1D",
            "pooling/AveragePooling2D",
            "pooling/GlobalAveragePooling1D", "pooling/GlobalAveragePooling2D", "pooling/GlobalMaxPooling1D",
            "pooling/GlobalMaxPooling2D",
            "pooling/GlobalMaxPooling3D", "core/Dense", "embeddings/Embedding", "recurrent/SimpleRNN");

    @RegisterExtension final LiveBuffers engines = new LiveBuffers();

    /// The device under test.
    protected abstract Device device();

    @TestFactory
    Stream<DynamicTest> layers() throws IOException {
        var file = Path.of(System.getProperty("ijen.shared", "../../shared"),
                "data/reference/keras-js-layer-refs.tar.gz");
        Assumptions.assumeTrue(Files.exists(file), () -> "no shared data at " + file);
        var files = Tar.read(file, n -> true);
        var json = new ObjectMapper();
        var attributes = json.readTree(files.get("keras-js/layer-attributes.json"));
        var engine = engines.open(device());
        var tests = new ArrayList<DynamicTest>();
        for (var layer : LAYERS) {
            var cases = new TreeMap<String, JsonNode>();
            json.readTree(files.get("keras-js/data/layers/" + layer + ".json")).properties()
                    .forEach(e -> cases.put(e.getKey(), e.getValue()));
            for (var e : cases.entrySet()) {
                int number = Integer.parseInt(e.getKey().replaceAll(".*\\.", ""));
                var list = attributes.get("layers/" + layer);
                var attrs = list == null || list.get(number) == null ? null : list.get(number).get("attrs");
                boolean otherCell = layer.startsWith("recurrent") && attrs != null && !KerasRnn.fits(attrs);
                if (attrs == null || otherCell) {
                    continue;
                }
                tests.add(dynamicTest(e.getKey(), () -> {
                    var in = new ArrayList<Value>();
                    in.add(value(e.getValue().get("input"), layer.startsWith("embeddings") ? DType.I32 : DType.F32));
                    if (e.getValue().has("weights")) {
                        e.getValue().get("weights").forEach(w -> in.add(value(w, DType.F32)));
                    }
                    var kind = layer.replaceAll(".*/", "");
                    var actual = OpContract.run(engine, t -> List.of(new Layer(kind, attrs).apply(t)), in).getFirst();
                    // written with six decimals, of inputs rounded to as many
                    Close.check(e.getKey() + " " + attrs, value(e.getValue().get("expected"), DType.F32), actual, 1e-5);
                }));
            }
        }
        assertTrue(tests.size() > 80, tests.size() + " cases");
        return tests.stream();
    }

    private static Value value(JsonNode n, DType type) {
        var shape = Shape
                .of(IntStream.range(0, n.get("shape").size()).map(i -> n.get("shape").get(i).asInt()).toArray());
        var data = n.get("data");
        return type.isFloat()
                ? Value.reals(type, shape,
                        IntStream.range(0, shape.size()).mapToDouble(i -> data.get(i).asDouble()).toArray())
                : Value.wholes(type, shape,
                        IntStream.range(0, shape.size()).mapToLong(i -> data.get(i).asLong()).toArray());
    }

    /// A Keras layer on one example without its batch axis.
    private record Layer(String kind, JsonNode attrs) {
        Tensor apply(List<Tensor> in) {
            var x = in.getFirst();
            int rank = x.shape().rank() - 1;
            if (kind.equals("Dense")) {
                var y = x.matmul(in.get(1));
                return activate(in.size() > 2 ? y.add(in.get(2)) : y);
            }
            if (kind.equals("Embedding")) {
                return in.get(1).take(0, x);
            }
            if (kind.equals("SimpleRNN")) {
                return KerasRnn.apply(attrs, in);
            }
            if (kind.startsWith("GlobalAverage")) {
                return first(x).insertAxis(0).globalAvgPool().dropAxis(0);
            }
            if (kind.startsWith("GlobalMax")) {
                var c = first(x);
                return c.reshape(c.shape().dim(0), -1).max(1);
            }
            if (kind.startsWith("Conv")) {
                return convolution(first(x).insertAxis(0), in, rank);
            }
            if (kind.startsWith("Max") || kind.startsWith("Average")) {
                var c = first(x).insertAxis(0);
                var window = window(c, numbers("pool_size", rank),
                        attrs.get("strides").isNull() ? "pool_size" : "strides", rank);
                return last((kind.startsWith("Max") ? c.maxPool(window) : c.avgPool(window, false)).dropAxis(0));
            }
            return pad(first(x), rank);
        }

        private boolean channelsFirst() {
            return attrs.has("data_format") && attrs.get("data_format").asText().equals("channels_first");
        }

        private Tensor first(Tensor x) {
            int r = x.shape().rank();
            return channelsFirst() ? x : x.permute(IntStream.range(0, r).map(i -> i == 0 ? r - 1 : i - 1).toArray());
        }

        private Tensor last(Tensor x) {
            int r = x.shape().rank();
            return channelsFirst() ? x : x.permute(IntStream.range(0, r).map(i -> i == r - 1 ? 0 : i + 1).toArray());
        }

        private List<Integer> numbers(String name, int rank) {
            var n = attrs.get(name);
            if (n == null) {
                return Collections.nCopies(rank, 1);
            }
            return n.isArray()
                    ? IntStream.range(0, rank).mapToObj(i -> n.get(i).asInt()).toList()
                    : Collections.nCopies(rank, n.asInt());
        }

        private WindowSpec window(Tensor x, List<Integer> size, String strides, int rank) {
            var stride = numbers(strides, rank);
            var dilation = numbers("dilation_rate", rank);
            var low = new Integer[rank];
            var high = new Integer[rank];
            Arrays.fill(low, 0);
            Arrays.fill(high, 0);
            if (attrs.get("padding").asText().equals("same")) {
                for (int i = 0; i < rank; i++) {
                    int n = x.shape().dim(i + 2);
                    int outputs = (n + stride.get(i) - 1) / stride.get(i);
                    int all = Math.max(0, (outputs - 1) * stride.get(i) + (size.get(i) - 1) * dilation.get(i) + 1 - n);
                    low[i] = all / 2;
                    high[i] = all - low[i];
                }
            }
            return new WindowSpec(size, stride, List.of(low), List.of(high), dilation);
        }

        private Tensor convolution(Tensor x, List<Tensor> in, int rank) {
            // [window.., C, K] → [K, C, window..]
            int r = rank + 2;
            var w = in.get(1)
                    .permute(IntStream.range(0, r).map(i -> i == 0 ? r - 1 : i == 1 ? r - 2 : i - 2).toArray());
            var y = last(x.conv(w, window(x, numbers("kernel_size", rank), "strides", rank), 1).dropAxis(0));
            if (in.size() > 2) {
                var b = in.get(2);
                y = y.add(channelsFirst()
                        ? b.reshape(Shape
                                .of(IntStream.range(0, rank + 1).map(i -> i == 0 ? b.shape().size() : 1).toArray()))
                        : b);
            }
            return activate(y);
        }

        private Tensor pad(Tensor x, int rank) {
            boolean crop = kind.startsWith("Cropping");
            var n = attrs.get(crop ? "cropping" : "padding");
            for (int i = 0; i < rank; i++) {
                var side = n.isArray() && rank > 1 ? n.get(i) : n;
                int before = side.isArray() ? side.get(0).asInt() : side.asInt();
                int after = side.isArray() ? side.get(1).asInt() : side.asInt();
                x = crop ? x.slice(i + 1, before, x.shape().dim(i + 1) - before - after) : x.pad(i + 1, before, after);
            }
            return last(x);
        }

        private Tensor activate(Tensor x) {
            var byName = Map.<String, UnaryOperator<Tensor>>of(
                    "linear", t -> t, "relu", Tensor::relu, "tanh", Tensor::tanh, "sigmoid", Tensor::sigmoid, "softmax",
                    Tensor::softmax,
                    "softplus", Tensor::softplus, "elu", t -> t.elu(1), "hard_sigmoid",
                    t -> t.mul(0.2).add(0.5).clip(0, 1));
            return byName.get(attrs.get("activation").asText()).apply(x);
        }
    }
}
