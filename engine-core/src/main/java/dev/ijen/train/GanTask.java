package dev.ijen.train;

import dev.ijen.data.Dataset;
import dev.ijen.data.ElementSpec;
import dev.ijen.engine.Engine;
import dev.ijen.loss.Loss;
import dev.ijen.nn.Module;
import dev.ijen.nn.Probe;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.train.config.GenerativeConfig.GanLoss;
import dev.ijen.train.config.TrainConfig;
import java.util.ArrayList;
import java.util.List;

/// Generative adversarial networks (Goodfellow et al., arXiv:1406.2661): a generator makes examples out of random numbers, a critic tells
/// them from real ones. `model.layers` is the generator, `model.critic` the critic. With the Wasserstein loss and its gradient penalty
/// (Gulrajani et al., arXiv:1704.00028) the critic's loss holds a gradient, so training takes gradients of gradients.
///
/// @param config the whole configuration
record GanTask(TrainConfig config) implements Generative {
    private static final double WIDEST = 1e-12;

    /// Both networks; as a module, what the critic says of what the generator makes.
    ///
    /// @param generator from [N, latent] to examples
    /// @param critic from examples to [N, 1]
    /// @param latent numbers an example is made from
    record Networks(Module generator, Module critic, int latent) implements Module {
        @Override
        public Tensor apply(Tensor x) {
            var z = Tensor.full(DType.F32, 0, Shape.of(x.shape().dim(0), latent));
            return Probe.apply("critic", critic, Probe.apply("generator", generator, z));
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
        var m = config.model();
        int latent = config.task().generative().latent();
        var example = p.pre().shape();
        var generator = ModelBuilder.build(engine, m.layers(), "model.layers", Shape.of(latent), DType.F32,
                example.size(), example);
        var critic = ModelBuilder.build(engine, m.critic(), "model.critic", example, DType.F32, 1, Shape.of(1));
        return new Networks(generator, critic, latent);
    }

    @Override
    public List<Goal> goals(Engine engine, Module model, Problem p) {
        var nets = (Networks) model;
        var g = config.task().generative();
        boolean wasserstein = g.ganLoss() == GanLoss.WASSERSTEIN;
        var all = new ArrayList<Goal>();
        for (int i = 0; i < g.criticSteps(); i++) {
            all.add(Goal.of("critic", nets.critic, (x, y) -> {
                var real = Pixels.in(p.pre(), x);
                // the generator's goal reads the critic that comes of this one: it must not see through its update
                var fake = make(engine, nets, x.shape().dim(0)).detach();
                var good = nets.critic.apply(real);
                var bad = nets.critic.apply(fake);
                if (!wasserstein) {
                    return Loss.binaryCrossEntropy(good, good.onesLike())
                            .add(Loss.binaryCrossEntropy(bad, bad.zerosLike()));
                }
                return bad.mean().sub(good.mean()).add(penalty(engine, nets.critic, real, fake).mul(g.penalty()));
            }));
        }
        all.add(Goal.of("generator", nets.generator, (x, y) -> {
            var said = nets.critic.apply(make(engine, nets, x.shape().dim(0)));
            return wasserstein ? said.mean().neg() : Loss.binaryCrossEntropy(said, said.onesLike());
        }));
        return all;
    }

    private static Tensor make(Engine engine, Networks nets, int n) {
        return nets.generator.apply(engine.normal(n, nets.latent));
    }

    /// mean((‖∂critic/∂x̂‖ − 1)²) at points between real and made examples.
    static Tensor penalty(Engine engine, Module critic, Tensor real, Tensor fake) {
        int n = real.shape().dim(0);
        var one = new int[real.shape().rank()];
        java.util.Arrays.fill(one, 1);
        one[0] = n;
        var share = engine.uniform(one);
        var between = real.mul(share).add(fake.mul(share.rsub(1)));
        var slope = Gradient.of(critic.apply(between).sum(), between).reshape(n, real.shape().size() / n);
        // the root's own gradient is infinite at 0
        return slope.square().sum(1).add(WIDEST).sqrt().sub(1).square().mean();
    }

    @Override
    public Tensor outputs(Module model, Problem p, Tensor x, Tensor y) {
        var nets = (Networks) model;
        int n = x.shape().dim(0);
        var made = nets.generator.apply(Tensor.of(Noise.normal(2, 1, n, nets.latent)));
        return made.reshape(n, made.shape().size() / n);
    }

    @Override
    public Evaluation evaluate(Problem p, Dataset data, double[] y) {
        return Likeness.evaluate(p.pre(), data, y);
    }

    @Override
    public List<String> metrics(Preprocessor pre) {
        return Likeness.metrics(pre);
    }

    @Override
    public HostTensor sample(Engine engine, Module model, Problem p, Wish wish) {
        var nets = (Networks) model;
        Declared.noPrompt(wish);
        try (var step = engine.inference(nets.generator::apply)) {
            var y = step.run(Noise.normal(wish.seed(), 1, wish.count(), nets.latent)).get(0);
            return Pixels.out(p.pre(), y.shape().rank() == 1 ? y.reshape(wish.count(), 1) : y);
        }
    }

    @Override
    public int shown() {
        return config.task().generative().samples();
    }
}
