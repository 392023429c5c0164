package dev.ijen.train;

import dev.ijen.engine.Engine;
import dev.ijen.nn.AttentionSpec;
import dev.ijen.nn.Activation;
import dev.ijen.nn.AdaptiveAvgPool;
import dev.ijen.nn.AvgPool;
import dev.ijen.nn.BatchNorm;
import dev.ijen.nn.Chain;
import dev.ijen.nn.Conv;
import dev.ijen.nn.ConvSpec;
import dev.ijen.nn.ConvTranspose;
import dev.ijen.nn.Dropout;
import dev.ijen.nn.Embedding;
import dev.ijen.nn.EmbeddingBag;
import dev.ijen.nn.Flatten;
import dev.ijen.nn.GRU;
import dev.ijen.nn.GlobalAvgPool;
import dev.ijen.nn.GroupNorm;
import dev.ijen.nn.Init;
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
import dev.ijen.nn.Reshape;
import dev.ijen.nn.RmsNorm;
import dev.ijen.nn.StepPool;
import dev.ijen.nn.Steps;
import dev.ijen.nn.TemporalConv;
import dev.ijen.nn.TransformerBlock;
import dev.ijen.nn.zoo.Decoder;
import dev.ijen.nn.zoo.DecoderSpec;
import dev.ijen.nn.zoo.Encoder;
import dev.ijen.nn.zoo.EncoderSpec;
import dev.ijen.nn.zoo.Translator;
import dev.ijen.spi.OutOfMemoryException;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.RecurrentCell;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Trace;
import dev.ijen.train.config.ConfigException;
import dev.ijen.train.config.LayerConfig;
import dev.ijen.train.config.LayerSpec;
import dev.ijen.train.config.Mark;
import dev.ijen.train.config.ModelConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/// Makes the layers a configuration names. The shape is followed from layer to layer, so nothing about inputs has to be written,
/// and a layer that does not fit is named with its line.
final class ModelBuilder {
    /// Batch of the traced shapes; any number does.
    private static final int BATCH = 2;

    private final Engine engine;
    private final int outputs;
    private final int answer;

    private ModelBuilder(Engine engine, int outputs, int answer) {
        this.engine = engine;
        this.outputs = outputs;
        this.answer = answer;
    }

    private record Flow(Shape shape, DType dtype) {
        @Override
        public String toString() {
            var s = shape.toString();
            return "[N" + (shape.rank() > 1 ? ", " : "")
                    + s.substring(s.indexOf(shape.rank() > 1 ? ", " : "]") + (shape.rank() > 1 ? 2 : 0));
        }
    }

    /// The network for examples of a shape and type.
    ///
    /// @param outputs classes or targets
    /// @param result what the network has to give for an example; null for anything
    /// @throws ConfigException naming the layer that does not fit
    static Chain build(Engine engine, ModelConfig config, Shape example, DType dtype, int outputs, Shape result) {
        return build(engine, config.layers(), "model.layers", example, dtype, outputs, result);
    }

    /// One network of several.
    ///
    /// @param path where its layers stand in the configuration
    static Chain build(Engine engine, List<LayerConfig> configs, String path, Shape example, DType dtype, int outputs,
            Shape result) {
        return build(new ModelBuilder(engine, outputs, 0), configs, path, example, dtype, result);
    }

    /// The network of a text and the beginning of its answer, tokens [N, S + T].
    ///
    /// @param answer most tokens of it, T
    static Chain translator(Engine engine, ModelConfig config, Shape example, int answer, int outputs, Shape result) {
        return build(new ModelBuilder(engine, outputs, answer), config.layers(), "model.layers", example, DType.I32,
                result);
    }

    private static Chain build(ModelBuilder builder, List<LayerConfig> configs, String path, Shape example, DType dtype,
            Shape result) {
        var layers = new ArrayList<Module>();
        try {
            var in = new Flow(example.insert(0, BATCH), dtype);
            var out = builder.chain(configs, in, path, layers);
            if (result != null && !out.shape.equals(result.insert(0, BATCH))) {
                var last = configs.isEmpty() ? Mark.of(path) : configs.getLast().mark();
                throw new ConfigException(
                        last,
                        "the network's output does not fit the data",
                        "output " + out,
                        new Flow(result.insert(0, BATCH), out.dtype) + ": one for each class, target or symbol",
                        "end with '- output'"
                                + (out.shape.rank() > 2 ? ", after '- flatten' or '- global-avg-pool'" : ""));
            }
            return Chain.of(layers);
        } catch (RuntimeException e) {
            Module.close(layers);
            throw e;
        }
    }

    private Flow chain(List<LayerConfig> configs, Flow in, String path, List<Module> into) {
        var x = in;
        for (int i = 0; i < configs.size(); i++) {
            var layer = configs.get(i);
            var name = path + "." + i + " (" + layer.type() + ")";
            var input = x;
            var module = checked(layer, name, input, () -> module(layer, input, name, into));
            into.add(module);
            x = checked(layer, name, input, () -> flow(module, input));
        }
        return x;
    }

    private static <T> T checked(LayerConfig layer, String name, Flow in, java.util.function.Supplier<T> f) {
        try {
            return f.get();
        } catch (ConfigException | OutOfMemoryException e) {
            throw e; // not for the layer's shape
        } catch (IjenException e) {
            throw new ConfigException(
                    layer.mark(),
                    name + " does not fit its input",
                    "input " + in + "; " + part(e, "got"),
                    part(e, "expected"),
                    part(e, "fix"),
                    e);
        }
    }

    private static String part(IjenException e, String which) {
        return e.getMessage()
                .lines()
                .filter(l -> l.strip().startsWith(which + ":"))
                .map(l -> l.strip().substring(which.length() + 1).strip())
                .findFirst()
                .orElse(e.getMessage().lines().findFirst().orElse(""));
    }

    private static Flow flow(Module module, Flow in) {
        var y = Trace.evaluation().call(() -> module.apply(Tensor.of(new Leaf.Input(0, in.dtype, in.shape))));
        return new Flow(y.shape(), y.dtype());
    }

    private Module module(LayerConfig layer, Flow in, String name, List<Module> made) {
        return switch (layer.spec()) {
            case LayerSpec.Linear l -> linear(in, l.out(), l.init(), l.bias());
            case LayerSpec.Output o -> linear(in, outputs, o.init(), true);
            case LayerSpec.Conv c -> conv(c, in);
            case LayerSpec.BatchNorm b -> BatchNorm.of(engine, channels(in), b.momentum(), b.eps());
            case LayerSpec.LayerNorm l -> LayerNorm.of(engine, last(in));
            case LayerSpec.GroupNorm g -> GroupNorm.of(engine, g.groups(), channels(in));
            case LayerSpec.InstanceNorm i -> InstanceNorm.of(engine, channels(in));
            case LayerSpec.RmsNorm r -> RmsNorm.of(engine, last(in));
            case LayerSpec.Activated a -> Activation.of(a.function());
            case LayerSpec.MaxPool p ->
                    MaxPool.of(spatial(in), p.size(), p.stride() == 0 ? p.size() : p.stride(), padding(p.padding()));
            case LayerSpec.AvgPool p ->
                    AvgPool.of(spatial(in), p.size(), p.stride() == 0 ? p.size() : p.stride(), padding(p.padding()));
            case LayerSpec.GlobalAvgPool g -> new GlobalAvgPool();
            case LayerSpec.AdaptiveAvgPool a ->
                    new AdaptiveAvgPool(java.util.Collections.nCopies(spatial(in), a.size()));
            case LayerSpec.Flatten f -> new Flatten();
            case LayerSpec.ConvTranspose c -> convTranspose(c, in);
            case LayerSpec.Steps s -> new Steps();
            case LayerSpec.Reshape r -> reshape(r);
            case LayerSpec.Resnet r -> ZooLayers.resnet(engine, r, in.shape);
            case LayerSpec.Mobilenet m -> ZooLayers.mobilenet(engine, m, in.shape);
            case LayerSpec.Efficientnet e -> ZooLayers.efficientnet(engine, e, in.shape);
            case LayerSpec.Vit v -> ZooLayers.vit(engine, v, in.shape);
            case LayerSpec.Unet u -> ZooLayers.unet(engine, u, in.shape);
            case LayerSpec.Dropout d -> Dropout.of(engine, d.rate());
            case LayerSpec.Embedding e -> Embedding.of(engine, e.count(), e.dim());
            case LayerSpec.EmbeddingBag e -> EmbeddingBag.of(engine, e.count(), e.dim(), e.padding(), e.std());
            case LayerSpec.Transformer t -> transformer(t, last(in));
            case LayerSpec.Decoder d -> decoder(d, in);
            case LayerSpec.Encoder e -> Encoder.of(engine, encoder(
                    tokens(in, "masked-language-model").dim(1), e.dim(), e.layers(), e.heads(), e.hidden(), e.rotary(),
                    e.dropout()));
            case LayerSpec.Translator t -> translator(t, in);
            case LayerSpec.TemporalConv c -> TemporalConv.of(engine, steps(in), c.out(), c.size(), c.dilation());
            case LayerSpec.PoolSteps p -> switch (p.by()) {
                case MEAN -> StepPool.MEAN;
                case MAX -> StepPool.MAX;
                case LAST -> StepPool.LAST;
            };
            case LayerSpec.Lstm l -> LSTM.of(
                    engine, recurrent(in, l.hidden(), l.layers(), l.bidirectional(), l.dropout(), l.sequences()));
            case LayerSpec.Gru g -> GRU.of(
                    engine, recurrent(in, g.hidden(), g.layers(), g.bidirectional(), g.dropout(), g.sequences()));
            case LayerSpec.Rnn r -> RNN.of(
                    engine, RecurrentCell.RNN_TANH,
                    recurrent(in, r.hidden(), r.layers(), r.bidirectional(), r.dropout(), r.sequences()));
            case LayerSpec.Residual r -> residual(r, in, name, made);
            case LayerSpec.Onnx o -> ModelFiles.open(engine, o);
            case LayerSpec.Pretrained p -> ModelFiles.open(engine, p);
        };
    }

    private static RecurrentSpec recurrent(
            Flow in, int hidden, int layers, boolean bidirectional, double dropout, boolean sequences) {
        if (in.shape.rank() != 3) {
            throw new IjenException("no sequence", in.toString(), "[N, T, features]",
                    "put it where there are steps, after an embedding for instance; tables have none");
        }
        return RecurrentSpec.of(last(in), hidden)
                .withLayers(layers)
                .withBidirectional(bidirectional)
                .withDropout(dropout)
                .withSequences(sequences);
    }

    private Linear linear(Flow in, int out, String init, boolean bias) {
        if (init.equals("auto") && bias) {
            return Linear.of(engine, last(in), out);
        }
        return Linear.of(engine, last(in), out, init.equals("auto") ? Init.heUniform() : Init.of(init), bias);
    }

    private Conv conv(LayerSpec.Conv c, Flow in) {
        var spec = ConvSpec.of(spatial(in), channels(in), c.out(), c.size())
                .withStride(c.stride())
                .withPadding(padding(c.padding()))
                .withDilation(c.dilation())
                .withGroups(c.groups())
                .withBias(c.bias());
        return Conv.of(engine, c.init().equals("auto") ? spec : spec.withInit(Init.of(c.init())));
    }

    private ConvTranspose convTranspose(LayerSpec.ConvTranspose c, Flow in) {
        if (c.size() < c.stride() || (c.size() - c.stride()) % 2 != 0) {
            throw new IjenException("conv-transpose: window and stride", "size " + c.size() + ", stride " + c.stride(),
                    "a size of at least the stride, both odd or both even", "for example size 4 with stride 2");
        }
        var spec = ConvSpec.of(spatial(in), channels(in), c.out(), c.size())
                .withStride(c.stride())
                .withPadding(Padding.of((c.size() - c.stride()) / 2))
                .withBias(c.bias());
        return ConvTranspose.of(engine, c.init().equals("auto") ? spec : spec.withInit(Init.of(c.init())), 0);
    }

    private static Module reshape(LayerSpec.Reshape r) {
        return new Reshape(Shape.of(r.shape().stream().mapToInt(Integer::intValue).toArray()));
    }

    private TransformerBlock transformer(LayerSpec.Transformer t, int features) {
        var spec = AttentionSpec.of(features, t.heads()).withCausal(t.causal());
        spec = t.kvHeads() == 0 ? spec : spec.withKeyHeads(t.kvHeads());
        spec = t.rotary() ? spec.withRotary(10_000) : spec;
        return TransformerBlock.of(engine, spec, t.hidden() == 0 ? 4 * features : t.hidden(), t.dropout());
    }

    private static int steps(Flow in) {
        if (in.shape.rank() != 3) {
            throw new IjenException("no sequence", in.toString(), "[N, T, features]",
                    "put it where there are steps, after an embedding for instance");
        }
        return last(in);
    }

    private static Shape tokens(Flow in, String task) {
        if (in.shape.rank() != 2 || !in.dtype.isInt()) {
            throw new IjenException("no tokens", in.dtype + in.toString(), "whole numbers [N, T]",
                    "use it as the only layer, with task.type: " + task);
        }
        return in.shape;
    }

    private EncoderSpec encoder(int length, int dim, int layers, int heads, int hidden, boolean rotary,
            double dropout) {
        return new EncoderSpec(outputs, length, dim, layers, heads, hidden == 0 ? 4 * dim : hidden,
                rotary ? OptionalDouble.of(10_000) : OptionalDouble.empty(), dropout);
    }

    private Translator translator(LayerSpec.Translator t, Flow in) {
        int all = tokens(in, "translation").dim(1);
        if (answer < 1 || answer >= all) {
            throw new IjenException("no pairs of texts", in.toString(), "a text and an answer",
                    "use it as the only layer, with task.type: translation");
        }
        var spec = encoder(all - answer, t.dim(), t.layers(), t.heads(), t.hidden(), t.rotary(), t.dropout());
        return Translator.of(engine, spec, answer, 0);
    }

    private Decoder decoder(LayerSpec.Decoder d, Flow in) {
        tokens(in, "language-model");
        boolean llama = d.style() == LayerSpec.Style.LLAMA;
        int hidden = d.hidden() != 0 ? d.hidden() : llama ? (8 * d.dim() / 3 + 31) / 32 * 32 : 4 * d.dim();
        return Decoder.of(engine, new DecoderSpec(
                outputs, in.shape.dim(1), d.dim(), d.layers(), d.heads(), d.kvHeads() == 0 ? d.heads() : d.kvHeads(),
                hidden, llama, d.rotary() || llama ? OptionalDouble.of(10_000) : OptionalDouble.empty(), d.dropout(),
                d.tied()));
    }

    private Module residual(LayerSpec.Residual r, Flow in, String name, List<Module> made) {
        var body = new ArrayList<Module>();
        var shortcut = new ArrayList<Module>();
        boolean fine = false;
        try {
            chain(r.body(), in, name + ".body", body);
            chain(r.shortcut(), in, name + ".shortcut", shortcut);
            fine = true;
        } finally {
            if (!fine) {
                // the layers made so far are closed by whoever builds the network
                made.addAll(body);
                made.addAll(shortcut);
            }
        }
        return Residual.of(Chain.of(body), shortcut.isEmpty() ? null : Chain.of(shortcut));
    }

    private static Padding padding(String text) {
        return switch (text) {
            case "same" -> Padding.same();
            case "valid" -> Padding.valid();
            default -> {
                if (!text.matches("[0-9]{1,4}")) {
                    throw new IjenException("padding: not understood", "'" + text + "'", "same, valid or a number",
                            "correct it");
                }
                yield Padding.of(Integer.parseInt(text));
            }
        };
    }

    private static int last(Flow in) {
        return in.shape.dim(-1);
    }

    private static int channels(Flow in) {
        if (in.shape.rank() < 2) {
            throw new IjenException("no channels", in.toString(), "[N, C, …]", "put it where there are channels");
        }
        return in.shape.dim(1);
    }

    private static int spatial(Flow in) {
        int rank = in.shape.rank() - 2;
        if (rank < 1 || rank > 3) {
            throw new IjenException(
                    "no image", in.toString(), "[N, C, H, W]: channels and one to three spatial axes",
                    "put it before flattening; tables have none");
        }
        return rank;
    }
}
