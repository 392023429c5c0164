package dev.ijen.train;

import dev.ijen.data.Dataset;
import dev.ijen.data.ElementSpec;
import dev.ijen.data.text.Marked;
import dev.ijen.data.text.MaskedWindows;
import dev.ijen.data.text.Masking;
import dev.ijen.data.text.TokenWindows;
import dev.ijen.engine.Engine;
import dev.ijen.loss.Loss;
import dev.ijen.nn.Module;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Where;
import dev.ijen.train.config.TrainConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;

/// Hidden tokens of a text, from those on both sides (Devlin et al., arXiv:1810.04805; see [Masking]). In training other tokens are hidden
/// in every step, drawn by the engine's counter-based generator; what judges has always the same ones hidden. `unigram_loss` stands beside
/// the loss: that of guessing by how frequent symbols are in the training part.
///
/// @param config the whole configuration
record MaskedLanguageModel(TrainConfig config) implements TextTask {
    private static final int WORST = 24;
    private static final int CHUNK = 256;
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
        var pre = new Preprocessor.Masked(vocabulary, length, config.task().masked(),
                java.util.Arrays.stream(counts).boxed().toList());
        return new DataParts(
                new TokenWindows(ids, length, TextParts.stride(config)), windows(text.validation(), pre),
                windows(text.test(), pre), pre, text.description(vocabulary.size()));
    }

    private static MaskedWindows windows(String text, Preprocessor.Masked pre) {
        int[] ids = pre.vocabulary().encode(text);
        return ids.length <= pre.length() ? null
                : new MaskedWindows(new TokenWindows(ids, pre.length(), pre.length()), pre.masking(), SEED);
    }

    @Override
    public Dataset dataset(Path file, Preprocessor pre) {
        var masked = (Preprocessor.Masked) pre;
        return new MaskedWindows(
                new TokenWindows(masked.vocabulary().encode(Texts.read(file)), masked.length(), masked.length()),
                masked.masking(), SEED);
    }

    @Override
    public Problem declared() {
        var m = config.model();
        if (m.outputs() == 0) {
            return null;
        }
        var pre = new Preprocessor.Arrays(DType.I32, Shape.of(config.task().length()), List.of());
        return new Problem(pre, label(pre, m.outputs()), m.outputs(), null);
    }

    @Override
    public int outputs(Preprocessor pre) {
        return pre instanceof Preprocessor.Masked m ? m.vocabulary().size() : -1;
    }

    @Override
    public ElementSpec label(Preprocessor pre, int outputs) {
        return new ElementSpec("original", DType.I32, pre.shape());
    }

    @Override
    public Module model(Engine engine, Problem p) {
        return ModelBuilder.build(engine, config.model(), p.pre().shape(), DType.I32, p.outputs(), output(p));
    }

    @Override
    public Shape output(Problem p) {
        return p.pre().shape().insert(1, p.outputs());
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
    public boolean judgesWithLabels() {
        return true;
    }

    @Override
    public Evaluation evaluate(Problem p, Dataset data, double[] y) {
        var pre = (Preprocessor.Masked) p.pre();
        int length = pre.length();
        var chance = pre.chances();
        int likeliest = 0;
        for (int i = 1; i < chance.length; i++) {
            likeliest = chance[i] > chance[likeliest] ? i : likeliest;
        }
        double loss = 0;
        double baseline = 0;
        long right = 0;
        long frequent = 0;
        long count = 0;
        var worst = new ArrayList<WorstError>();
        for (int from = 0; from < data.size(); from += CHUNK) {
            int rows = Math.min(CHUNK, data.size() - from);
            int[] labels = Guesses.labels(data, from, rows);
            for (int i = from; i < from + rows; i++) {
                var g = new Guesses(y, i, length);
                WorstError most = null;
                for (int t = 0; t < length; t++) {
                    int truth = labels[(i - from) * length + t];
                    if (truth < 0) {
                        continue;
                    }
                    count++;
                    loss += g.loss(t);
                    baseline -= Math.log(chance[truth]);
                    frequent += truth == likeliest ? 1 : 0;
                    if (g.token(t) == truth) {
                        right++;
                    } else if (most == null || g.loss(t) > most.loss()) {
                        most = new WorstError(i, pre.name(truth), pre.name(g.token(t)), Double.NaN, g.loss(t));
                    }
                }
                if (most != null) {
                    worst.add(most);
                }
            }
        }
        worst.sort(Comparator.comparingDouble(WorstError::loss).reversed().thenComparingInt(WorstError::index));
        double n = Math.max(1, count);
        var m = new LinkedHashMap<String, Double>();
        m.put("accuracy", right / n);
        m.put("unigram_accuracy", frequent / n);
        m.put("unigram_loss", baseline / n);
        m.put("perplexity", Math.exp(loss / n));
        return new Evaluation(data.size(), loss / n, m, null, worst.subList(0, Math.min(WORST, worst.size())));
    }

    @Override
    public List<String> metrics(Preprocessor pre) {
        return List.of("loss", "accuracy", "perplexity", "unigram_loss", "unigram_accuracy");
    }
}
