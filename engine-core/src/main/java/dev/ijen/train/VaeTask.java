package dev.ijen.train;

import dev.ijen.data.Dataset;
import dev.ijen.data.ElementSpec;
import dev.ijen.engine.Engine;
import dev.ijen.loss.Loss;
import dev.ijen.loss.Reduce;
import dev.ijen.nn.Module;
import dev.ijen.nn.Probe;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.train.config.TrainConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;

/// Variational autoencoder (Kingma and Welling, arXiv:1312.6114): `model.layers` is the encoder, whose outputs are mean and logarithm of
/// the variance of each latent number, `model.decoder` gives the logits of pixels that are taken for probabilities. Minimised is the
/// bound `−E[ln p(x|z)] + β · KL(q(z|x) ‖ N(0, 1))`, in nats an example.
///
/// @param config the whole configuration
record VaeTask(TrainConfig config) implements Generative {
    private static final int COLUMNS = 10;

    /// Encoder and decoder; as a module, an example by way of its mean.
    ///
    /// @param encoder to [N, 2 · latent]
    /// @param decoder from [N, latent] to logits of examples
    /// @param latent numbers an example is made from
    record Networks(Module encoder, Module decoder, int latent) implements Module {
        @Override
        public Tensor apply(Tensor x) {
            return Probe.apply("decoder", decoder, Probe.apply("encoder", encoder, x).slice(1, 0, latent));
        }
    }

    @Override
    public DataParts load() {
        return DataParts.load(config);
    }

    @Override
    public Problem declared() {
        return Declared.of(config, this);
    }

    @Override
    public int outputs(Preprocessor pre) {
        return 2 * config.task().generative().latent();
    }

    @Override
    public ElementSpec label(Preprocessor pre, int outputs) {
        return Declared.label(pre);
    }

    @Override
    public Networks model(Engine engine, Problem p) {
        var m = config.model();
        int latent = config.task().generative().latent();
        var example = p.pre().shape();
        return new Networks(
                ModelBuilder.build(engine, m.layers(), "model.layers", example, DType.F32, 2 * latent,
                        Shape.of(2 * latent)),
                ModelBuilder.build(engine, m.decoder(), "model.decoder", Shape.of(latent), DType.F32, example.size(),
                        example),
                latent);
    }

    @Override
    public List<Goal> goals(Engine engine, Module model, Problem p) {
        var nets = (Networks) model;
        double beta = config.task().generative().beta();
        return List.of(Goal.of(model, (x, y) -> {
            var parts = bound(nets, x, engine.normal(x.shape().dim(0), nets.latent));
            return parts[0].add(parts[1].mul(beta)).mean();
        }));
    }

    /// Reconstruction and divergence of each example, [N] each.
    ///
    /// @param noise standard normal [N, latent]
    private static Tensor[] bound(Networks nets, Tensor x, Tensor noise) {
        int n = x.shape().dim(0);
        var q = nets.encoder.apply(x).cast(DType.F32);
        var mean = q.slice(1, 0, nets.latent);
        var log = q.slice(1, nets.latent, nets.latent);
        var z = mean.add(log.mul(0.5).exp().mul(noise));
        var logits = nets.decoder.apply(z).cast(DType.F32).reshape(n, x.shape().size() / n);
        var missed = Loss.binaryCrossEntropy(logits, x.reshape(logits.shape()), Reduce.NONE).sum(1);
        var divergence = mean.square().add(log.exp()).sub(log).sub(1).mul(0.5).sum(1);
        return new Tensor[] {missed, divergence};
    }

    /// Both parts of the bound, with noise that is always the same.
    @Override
    public Tensor outputs(Module model, Problem p, Tensor x, Tensor y) {
        var nets = (Networks) model;
        return Tensor.stack(1, bound(nets, x, Tensor.of(Noise.normal(3, 1, x.shape().dim(0), nets.latent))));
    }

    @Override
    public Evaluation evaluate(Problem p, Dataset data, double[] y) {
        double missed = 0;
        double divergence = 0;
        int n = y.length / 2;
        for (int i = 0; i < n; i++) {
            missed += y[2 * i] / n;
            divergence += y[2 * i + 1] / n;
        }
        var m = new LinkedHashMap<String, Double>();
        m.put("reconstruction", missed);
        m.put("divergence", divergence);
        return new Evaluation(n, missed + config.task().generative().beta() * divergence, m, null, List.of());
    }

    @Override
    public List<String> metrics(Preprocessor pre) {
        return List.of("loss", "reconstruction", "divergence");
    }

    @Override
    public HostTensor sample(Engine engine, Module model, Problem p, Wish wish) {
        var nets = (Networks) model;
        Declared.noPrompt(wish);
        try (var step = engine.inference(z -> nets.decoder.apply(z).cast(DType.F32).sigmoid())) {
            return step.run(Noise.normal(wish.seed(), 1, wish.count(), nets.latent)).get(0);
        }
    }

    /// Beside samples of an epoch, how its networks understand examples that are there: `reconstructions.png` has a row of examples above
    /// each row of what becomes of them by way of their means, `interpolation.png` in each row the way from one example's mean to
    /// another's.
    @Override
    public void show(Engine engine, Module model, Problem p, Path folder) {
        Generative.super.show(engine, model, p, folder);
        int n = p.train() == null ? 0 : Math.min(2 * COLUMNS, p.train().size());
        if (shown() == 0 || n < 2 || p.pre().shape().rank() != 3) {
            return;
        }
        var nets = (Networks) model;
        var x = p.train().batch(IntStream.range(0, n).toArray()).input();
        try (var encode = engine.inference(e -> nets.encoder.apply(e).cast(DType.F32).slice(1, 0, nets.latent));
                var decode = engine.inference(z -> nets.decoder.apply(z).cast(DType.F32).sigmoid())) {
            var means = encode.run(x).get(0).toFloatArray();
            var again = decode.run(HostTensor.of(means, n, nets.latent)).get(0);
            SampleGrid.write(folder, "reconstructions.png", SampleGrid.tiles(rows(x, again, n), Math.min(COLUMNS, n)));
            int ways = n / 2;
            var between = new float[ways * COLUMNS * nets.latent];
            for (int i = 0; i < between.length; i++) {
                int k = i % nets.latent;
                int way = i / nets.latent / COLUMNS;
                float share = i / nets.latent % COLUMNS / (COLUMNS - 1f);
                between[i] = (1 - share) * means[way * nets.latent + k]
                        + share * means[(ways + way) * nets.latent + k];
            }
            var all = decode.run(HostTensor.of(between, ways * COLUMNS, nets.latent)).get(0);
            SampleGrid.write(folder, "interpolation.png", SampleGrid.tiles(all, COLUMNS));
        }
    }

    /// Rows of `above`, each followed by one of `below`; what does not fill a row is left out.
    private static HostTensor rows(HostTensor above, HostTensor below, int n) {
        int wide = Math.min(COLUMNS, n);
        int row = wide * (above.shape().size() / above.shape().dim(0));
        int count = n / wide;
        var a = above.toFloatArray();
        var b = below.toFloatArray();
        var all = new float[2 * count * row];
        for (int r = 0; r < count; r++) {
            System.arraycopy(a, r * row, all, 2 * r * row, row);
            System.arraycopy(b, r * row, all, (2 * r + 1) * row, row);
        }
        return HostTensor.of(all, above.shape().with(0, 2 * count * wide).dims());
    }

    @Override
    public int shown() {
        return config.task().generative().samples();
    }
}
