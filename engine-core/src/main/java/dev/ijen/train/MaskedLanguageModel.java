package dev.ijen.train;

import dev.ijen.data.Dataset;
import dev.ijen.data.ElementSpec;
import dev.ijen.data.text.Marked;
import dev.ijen.data.text.MaskedWindows;
import dev.ijen.data.text.Masking;
import dev.ijen.data.text.TokenWindows;
import dev.ijen.engine.Engine;
import dev.ijen.loss.Loss;
import dev.ijen.metrics.Argmax;
import dev.ijen.nn.Module;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Where;
import dev.ijen.train.config.TrainConfig;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Hidden tokens of a text, from those on both sides (Devlin et al., arXiv:1810.04805; see [Masking]). In training other tokens are hidden
/// in every step, drawn by the engine's counter-based generator; what judges has always the same ones hidden. `unigram_loss` stands beside
/// the loss: that of guessing by how frequent symbols are in the training part.
///
/// @param config the whole configuration
record MaskedLanguageModel(TrainConfig config) implements TextTask {
    private static final int SEED = 0;

    @Override
    public DataParts load() {
        var text = TextParts.of(config);
        var vocabulary = new Marked(Learnt.vocabulary(config, List.of(text.train())), List.of(Marked.MASK));
        int length = config.task().length();
        int[] ids = vocabulary.encode(text.train());
        var counts = new long[vocabulary.size()];
        for (int id : ids) {
            counts[id]++;
        }
        var pre = new TokenRows.Masked(vocabulary, length, config.task().masked(),
                Arrays.stream(counts).boxed().toList());
        return new DataParts(
                new TokenWindows(ids, length, TextParts.stride(config)),
                hidden(TextParts.held(text.validation(), pre), pre), hidden(TextParts.held(text.test(), pre), pre), pre,
                text.description(vocabulary.size()));
    }

    private static MaskedWindows hidden(TokenWindows windows, TokenRows.Masked pre) {
        return windows == null ? null : new MaskedWindows(windows, pre.masking(), SEED);
    }

    @Override
    public Dataset dataset(Path file, Preprocessor pre) {
        var masked = (TokenRows.Masked) pre;
        return hidden(TextParts.windows(Texts.read(file), masked), masked);
    }

    @Override
    public ElementSpec label(Preprocessor pre, int outputs) {
        return new ElementSpec("original", DType.I32, pre.shape());
    }

    @Override
    public List<Goal> goals(Engine engine, Module model, Problem p) {
        // the mask is symbol 0 of a vocabulary that has no other mark
        var masking = new Masking(config.task().masked(), 0, 1, p.outputs());
        return List.of(Goal.of(model, (x, y) -> {
            var seen = masking.apply(engine, x);
            var logits = model.apply(seen.x());
            return Where.layer("loss", () -> Loss.crossEntropy(logits, seen.labels()));
        }));
    }

    @Override
    public Tensor outputs(Module model, Problem p, Tensor x, Tensor y) {
        return y == null ? model.apply(x) : Guesses.of(model.apply(x), y);
    }

    @Override
    public Evaluation evaluate(Problem p, Dataset data, double[] y) {
        var pre = (TokenRows.Masked) p.pre();
        var sum = new Sums(pre.chances());
        var worst = Guesses.walk(data, y, pre.length(), (g, truth) -> sum.add(g, truth, pre));
        return new Evaluation(data.size(), sum.loss / Math.max(1, sum.count), sum.metrics(), null, worst);
    }

    /// What is counted of all hidden places.
    private static final class Sums {
        private final double[] chance;
        private final int likeliest;
        private double loss;
        private double baseline;
        private long right;
        private long frequent;
        private long count;

        Sums(double[] chance) {
            this.chance = chance;
            this.likeliest = Argmax.of(chance, 0, chance.length);
        }

        /// The worst of an example's places; null if it is right throughout.
        WorstError add(Guesses g, int[] truth, TokenRows.Masked pre) {
            WorstError most = null;
            for (int t = 0; t < truth.length; t++) {
                if (truth[t] < 0) {
                    continue;
                }
                count++;
                loss += g.loss(t);
                baseline -= Math.log(chance[truth[t]]);
                frequent += truth[t] == likeliest ? 1 : 0;
                if (g.token(t) == truth[t]) {
                    right++;
                } else if (most == null || g.loss(t) > most.loss()) {
                    most = new WorstError(g.example(), pre.name(truth[t]), pre.name(g.token(t)), Double.NaN, g.loss(t));
                }
            }
            return most;
        }

        Map<String, Double> metrics() {
            double n = Math.max(1, count);
            var m = new LinkedHashMap<String, Double>();
            m.put("accuracy", right / n);
            m.put("unigram_accuracy", frequent / n);
            m.put("unigram_loss", baseline / n);
            m.put("perplexity", Math.exp(loss / n));
            return m;
        }
    }

    @Override
    public List<String> metrics(Preprocessor pre) {
        return List.of("loss", "accuracy", "perplexity", "unigram_loss", "unigram_accuracy");
    }
}
