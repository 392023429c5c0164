package dev.ijen.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.contract.LiveBuffers;
import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.nn.Activation;
import dev.ijen.nn.AdaptiveAvgPool;
import dev.ijen.nn.AttentionSpec;
import dev.ijen.nn.AvgPool;
import dev.ijen.nn.BatchNorm;
import dev.ijen.nn.Chain;
import dev.ijen.nn.Conv;
import dev.ijen.nn.ConvSpec;
import dev.ijen.nn.Dropout;
import dev.ijen.nn.Embedding;
import dev.ijen.nn.Flatten;
import dev.ijen.nn.GRU;
import dev.ijen.nn.GlobalAvgPool;
import dev.ijen.nn.GroupNorm;
import dev.ijen.nn.InstanceNorm;
import dev.ijen.nn.LSTM;
import dev.ijen.nn.LayerNorm;
import dev.ijen.nn.Linear;
import dev.ijen.nn.MaxPool;
import dev.ijen.nn.Module;
import dev.ijen.nn.Padding;
import dev.ijen.nn.RNN;
import dev.ijen.nn.RecurrentSpec;
import dev.ijen.nn.Residual;
import dev.ijen.nn.RmsNorm;
import dev.ijen.nn.TransformerBlock;
import dev.ijen.nn.zoo.Encoder;
import dev.ijen.nn.zoo.EncoderSpec;
import dev.ijen.nn.zoo.Translator;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.RecurrentCell;
import dev.ijen.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every layer a configuration has, written as ONNX and read again: the same bits for any batch. With `-Dijen.onnx.keep=DIR` the models and what
/// they give are kept in ONNX's layout of test cases, for other programs to run.
class OnnxExportTest {
    @RegisterExtension final LiveBuffers engines = new LiveBuffers();

    record Case(String name, Shape example, DType dtype, Function<Engine, Module> make, boolean sameBits) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case of(String name, Function<Engine, Module> make, int... example) {
        return new Case(name, Shape.of(example), DType.F32, make, true);
    }

    static Stream<Case> layers() {
        var all = new ArrayList<Case>(List.of(
                of("linear", e -> Linear.of(e, 6, 4), 6),
                of("conv", e -> Conv.of(e, ConvSpec.of(2, 3, 5, 3).withPadding(Padding.same())), 3, 8, 9),
                of("conv-stride-group",
                        e -> Conv.of(e, ConvSpec.of(2, 4, 6, 3).withStride(2).withGroups(2).withDilation(2)
                                .withPadding(Padding.of(1))),
                        4, 11, 10),
                of("conv1d", e -> Conv.d1(e, 2, 3, 4), 2, 12),
                of("batch-norm", e -> Chain.of(Conv.d2(e, 3, 4, 3), BatchNorm.of(e, 4, 0.1, 1e-5)), 3, 6, 6),
                of("layer-norm", e -> LayerNorm.of(e, 7), 5, 7),
                of("rms-norm", e -> RmsNorm.of(e, 7), 5, 7),
                of("group-norm", e -> GroupNorm.of(e, 2, 4), 4, 5, 5),
                of("instance-norm", e -> InstanceNorm.of(e, 4), 4, 5, 5),
                of("max-pool", e -> MaxPool.of(2, 3, 2, Padding.of(1)), 3, 9, 8),
                of("avg-pool", e -> AvgPool.of(2, 2, 2, Padding.valid()), 3, 8, 8),
                of("avg-pool-same", e -> AvgPool.of(2, 3, 2, Padding.same()), 3, 7, 8),
                of("global-avg-pool", e -> new GlobalAvgPool(), 3, 5, 6),
                of("adaptive-avg-pool", e -> new AdaptiveAvgPool(List.of(3, 2)), 3, 8, 7),
                of("flatten", e -> Chain.of(new Flatten(), Linear.of(e, 24, 3)), 2, 3, 4),
                of("dropout", e -> Chain.of(Linear.of(e, 6, 4), Dropout.of(e, 0.5)), 6),
                of("residual",
                        e -> Residual.of(Chain.of(Conv.of(e, ConvSpec.of(2, 3, 3, 3).withPadding(Padding.same())),
                                Activation.RELU)),
                        3, 6, 6),
                of("lstm", e -> LSTM.of(e, RecurrentSpec.of(5, 8)), 6, 5),
                of("lstm-two",
                        e -> LSTM.of(e,
                                RecurrentSpec.of(5, 4).withLayers(2).withBidirectional(true).withSequences(false)),
                        6, 5),
                of("gru", e -> GRU.of(e, RecurrentSpec.of(5, 8).withBidirectional(true)), 6, 5),
                of("rnn", e -> RNN.of(e, RecurrentCell.RNN_TANH, RecurrentSpec.of(5, 8).withSequences(false)), 6, 5),
                of("transformer", e -> TransformerBlock.of(e, AttentionSpec.of(16, 4).withCausal(true)), 5, 16),
                of("transformer-rotary",
                        e -> TransformerBlock.of(e, AttentionSpec.of(16, 4).withKeyHeads(2).withRotary(10_000)), 5,
                        16)));
        var spec = new EncoderSpec(11, 9, 16, 2, 4, 24, OptionalDouble.of(10_000), 0.1);
        all.add(new Case("encoder", Shape.of(9), DType.I32, e -> Encoder.of(e, spec), true));
        // the mask of a text's length is added to the scores there: other roundings
        all.add(new Case("translator", Shape.of(9 + 5), DType.I32, e -> Translator.of(e, spec, 5, 0), false));
        all.add(new Case("embedding", Shape.of(7), DType.I32, e -> Embedding.of(e, 11, 3), true));
        for (var a : Activation.values()) {
            all.add(of("activation-" + a.name().toLowerCase(java.util.Locale.ROOT), e -> a, 4, 5));
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("layers")
    void sameBits(Case c) throws IOException {
        var engine = engines.open(Device.cpu());
        var model = c.make.apply(engine);
        var bytes = OnnxExport.write(model, c.example, c.dtype, c.name, Map.of());
        try (var read = OnnxModel.read(engine, c.name, bytes); var step = engine.inference(model::apply)) {
            for (int batch : new int[] {3, 1}) {
                var x = values(c, batch);
                var want = step.run(x).get(0);
                var got = read.run(x).getFirst();
                assertEquals(want.shape(), got.shape());
                if (c.sameBits) {
                    assertArrayEquals(want.toFloatArray(), got.toFloatArray(), c.name + " batch " + batch);
                } else {
                    assertArrayEquals(want.toFloatArray(), got.toFloatArray(), 1e-6f, c.name + " batch " + batch);
                }
                if (batch == 3) {
                    keep(c, bytes, x, want);
                }
            }
        } finally {
            Module.close(model);
        }
    }

    private static HostTensor values(Case c, int batch) {
        var r = new Random(7);
        var x = HostTensor.zeros(c.dtype, c.example.insert(0, batch));
        for (int i = 0; i < x.shape().size(); i++) {
            x.set(i, c.dtype.isFloat() ? r.nextGaussian() : r.nextInt(11));
        }
        return x;
    }

    private static void keep(Case c, byte[] bytes, HostTensor x, HostTensor y) throws IOException {
        var to = System.getProperty("ijen.onnx.keep");
        if (to != null) {
            var folder = Files.createDirectories(Path.of(to, c.name));
            Files.write(folder.resolve("model.onnx"), bytes);
            dev.ijen.format.Npz.write(folder.resolve("io.npz"), Map.of("in_0", x, "out_0", y));
        }
    }
}
