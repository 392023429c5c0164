package dev.ijen.train;

import dev.ijen.data.Dataset;
import dev.ijen.data.ElementSpec;
import dev.ijen.engine.Engine;
import dev.ijen.nn.Module;
import dev.ijen.nn.zoo.DiffusionUNet;
import dev.ijen.nn.zoo.PromptEncoder;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.train.config.ConfigException;
import dev.ijen.train.config.LayerSpec;
import dev.ijen.train.config.Mark;
import dev.ijen.train.config.TrainConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;

/// Diffusion (Ho et al., arXiv:2006.11239) of images that are asked for in words. Noise `√ᾱ x + √(1 − ᾱ) ε` on the cosine schedule (Nichol
/// and Dhariwal, arXiv:2102.09672) of a continuous time; the network predicts `v = √ᾱ ε − √(1 − ᾱ) x` (Salimans and Ho,
/// arXiv:2202.00512), which is well conditioned at both ends. A share of the examples has no prompt, for guidance without a classifier
/// (Ho and Salimans, arXiv:2207.12598). `model.layers` is one `unet`.
///
/// @param config the whole configuration
record DiffusionTask(TrainConfig config) implements Generative {
    private static final int PATCH = 2;

    /// Both networks; as a module, what is predicted for a clean image without prompt.
    ///
    /// @param encoder of prompts
    /// @param denoiser of images
    record Networks(PromptEncoder encoder, DiffusionUNet denoiser) implements Module {
        @Override
        public Tensor apply(Tensor x) {
            int n = x.shape().dim(0);
            var begin = Tensor.iota(1, Shape.of(n, Prompts.LENGTH)).eq(0).cast(DType.I32);
            return predict(x, Tensor.full(DType.F32, 0, Shape.of(n)), begin);
        }

        Tensor predict(Tensor x, Tensor t, Tensor tokens) {
            return denoiser.apply(x, t, encoder.apply(tokens)).cast(DType.F32);
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
        return pre.shape().size();
    }

    @Override
    public ElementSpec label(Preprocessor pre, int outputs) {
        return Declared.label(pre);
    }

    @Override
    public Networks model(Engine engine, Problem p) {
        var layers = config.model().layers();
        var shape = p.pre().shape();
        if (layers.size() != 1 || !(layers.getFirst().spec() instanceof LayerSpec.Unet u)) {
            throw new ConfigException(
                    layers.isEmpty() ? Mark.of("model.layers") : layers.getFirst().mark(),
                    "a diffusion model is one u-net", layers.size() + " layers", "- unet: {width: 48, levels: 1}",
                    "write it so");
        }
        if (shape.rank() != 3 || p.pre().classNames().isEmpty()) {
            throw new ConfigException(Mark.of("data"), "diffusion needs pictures with classes", "examples " + shape,
                    "[C, H, W] with classes", "use other data");
        }
        int context = config.task().generative().context();
        var words = Prompts.of(p.pre().classNames()).words().size();
        return new Networks(
                PromptEncoder.of(engine, words, Prompts.LENGTH, context),
                DiffusionUNet.of(engine, shape.dim(0), u.width(), u.levels(), PATCH, context));
    }

    /// √ᾱ of a time from 0 to 1, kept away from both ends.
    static double signal(double t) {
        return Math.cos((0.008 + t * 0.98) / 1.008 * Math.PI / 2);
    }

    private static Tensor signal(Tensor t) {
        return t.mul(0.98).add(0.008).mul(Math.PI / 2 / 1.008).cos();
    }

    /// Squared errors of the prediction, a mean for each example: [N].
    private static Tensor errors(Networks nets, Tensor x, Tensor t, Tensor noise, Tensor tokens) {
        int n = x.shape().dim(0);
        var s = signal(t).reshape(n, 1, 1, 1);
        var rest = s.square().rsub(1).sqrt();
        var v = s.mul(noise).sub(rest.mul(x));
        var d = nets.predict(s.mul(x).add(rest.mul(noise)), t, tokens).sub(v);
        return d.square().mean(1, 2, 3);
    }

    @Override
    public List<Goal> goals(Engine engine, Module model, Problem p) {
        var nets = (Networks) model;
        var prompts = Prompts.of(p.pre().classNames());
        double without = config.task().generative().withoutPrompt();
        return List.of(Goal.of(model, (x, y) -> {
            int n = x.shape().dim(0);
            var way = engine.uniform(n).mul(prompts.wayCount()).floor().cast(DType.I32);
            var tokens = tokens(prompts, y, way);
            var begin = Tensor.iota(1, tokens.shape()).eq(0).cast(DType.I32);
            tokens = engine.uniform(n, 1).lt(without).where(begin, tokens);
            return errors(nets, Pixels.in(p.pre(), x), engine.uniform(n), engine.normal(x.shape().dims()), tokens)
                    .mean();
        }));
    }

    private static Tensor tokens(Prompts prompts, Tensor classes, Tensor way) {
        return Tensor.of(prompts.table()).take(0, classes.mul(prompts.wayCount()).add(way));
    }

    @Override
    public boolean judgesWithLabels() {
        return true;
    }

    /// Errors at times and with noise that are always the same.
    @Override
    public Tensor outputs(Module model, Problem p, Tensor x, Tensor y) {
        int n = x.shape().dim(0);
        var t = Tensor.iota(0, Shape.of(n)).cast(DType.F32).add(0.5).mul(1.0 / n);
        var prompts = Prompts.of(p.pre().classNames());
        var tokens = tokens(prompts, y, y.zerosLike());
        var noise = Tensor.of(Noise.normal(4, 1, x.shape().dims()));
        return errors((Networks) model, Pixels.in(p.pre(), x), t, noise, tokens).reshape(n, 1);
    }

    @Override
    public Evaluation evaluate(Problem p, Dataset data, double[] y) {
        double sum = 0;
        for (double v : y) {
            sum += v / y.length;
        }
        var m = new LinkedHashMap<String, Double>();
        m.put("mse", sum);
        return new Evaluation(y.length, sum, m, null, List.of());
    }

    @Override
    public List<String> metrics(Preprocessor pre) {
        return List.of("loss", "mse");
    }

    @Override
    public HostTensor sample(Engine engine, Module model, Problem p, Wish wish) {
        var prompts = Prompts.of(p.pre().classNames());
        return sample(engine, (Networks) model, p, wish, prompts.tokens(wish.prompt(), wish.count()));
    }

    @Override
    public boolean isPrompted() {
        return true;
    }

    @Override
    public HostTensor sample(Engine engine, Module model, Problem p, Wish wish, int[] classes) {
        return sample(engine, (Networks) model, p, wish, Prompts.of(p.pre().classNames()).inTurn(classes));
    }

    private HostTensor sample(Engine engine, Networks nets, Problem p, Wish wish, HostTensor tokens) {
        var g = config.task().generative();
        int steps = wish.steps() > 0 ? wish.steps() : g.steps();
        double guidance = wish.guidance() >= 0 ? wish.guidance() : g.guidance();
        var shape = p.pre().shape().insert(0, wish.count());
        try (var step = engine.inferenceProgram(in -> List.of(denoise(nets, in, guidance)))) {
            var x = Noise.normal(wish.seed(), 1, shape.dims());
            for (int i = 0; i < steps; i++) {
                double t = 1 - (double) i / steps;
                double next = 1 - (i + 1.0) / steps;
                boolean draws = g.eta() > 0 && i + 1 < steps;
                var noise = draws ? Noise.normal(wish.seed(), i + 2, shape.dims())
                        : HostTensor.zeros(DType.F32, shape);
                double after = i + 1 == steps ? 1 : signal(next);
                var numbers = HostTensor.of(new float[] {(float) t, (float) signal(t), (float) after, (float) g.eta()});
                x = step.run(x, numbers, noise, tokens).get(0);
            }
            return Pixels.out(p.pre(), x);
        }
    }

    /// One step of DDIM (Song et al., arXiv:2010.02502): the clean image the prediction implies, noised again to the next time.
    ///
    /// @param in x, (t, √ᾱ, next √ᾱ, η), noise, tokens
    private static Tensor denoise(Networks nets, List<Tensor> in, double guidance) {
        var x = in.get(0);
        int n = x.shape().dim(0);
        var s = in.get(1).select(0, 1);
        var after = in.get(1).select(0, 2);
        var eta = in.get(1).select(0, 3);
        var t = in.get(1).select(0, 0).reshape(1).broadcast(n);
        var tokens = in.get(3);
        var begin = Tensor.iota(1, tokens.shape()).eq(0).cast(DType.I32);
        var v = nets.predict(Tensor.concat(0, x, x), Tensor.concat(0, t, t), Tensor.concat(0, tokens, begin));
        var with = v.slice(0, 0, n);
        var without = v.slice(0, n, n);
        var guided = without.add(with.sub(without).mul(guidance));
        var rest = s.square().rsub(1).sqrt();
        var clean = s.mul(x).sub(rest.mul(guided)).clip(-1, 1);
        var noise = x.sub(s.mul(clean)).div(rest);
        var left = after.square().rsub(1).maximum(0);
        // σ of DDPM's posterior, times η
        var sigma = eta.mul(left.div(rest.square()).mul(s.div(after).square().rsub(1).maximum(0)).sqrt());
        var direction = left.sub(sigma.square()).maximum(0).sqrt();
        return after.mul(clean).add(direction.mul(noise)).add(sigma.mul(in.get(2)));
    }

    /// In the grid of an epoch every class has its row.
    @Override
    public void show(Engine engine, Module model, Problem p, Path folder) {
        int classes = p.pre().classNames().size();
        int each = shown() / classes;
        if (each == 0) {
            return;
        }
        var rows = IntStream.range(0, classes * each).map(i -> i / each).toArray();
        var samples = sample(engine, model, p, Wish.of(classes * each, "", 1), rows);
        SampleGrid.write(folder, SampleGrid.tiles(samples, each));
    }

    @Override
    public int shown() {
        return config.task().generative().samples();
    }
}
