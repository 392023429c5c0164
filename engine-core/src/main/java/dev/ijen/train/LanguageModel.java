package dev.ijen.train;

import dev.ijen.data.Dataset;
import dev.ijen.data.ElementSpec;
import dev.ijen.data.SeededRandom;
import dev.ijen.data.text.TokenWindows;
import dev.ijen.data.text.Vocabulary;
import dev.ijen.engine.Engine;
import dev.ijen.generate.Generator;
import dev.ijen.generate.Sampling;
import dev.ijen.loss.Loss;
import dev.ijen.nn.Chain;
import dev.ijen.nn.Module;
import dev.ijen.nn.zoo.Decoder;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Where;
import dev.ijen.train.config.TrainConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;

/// The next token of a text, from those before it. The text is divided in order: the beginning to learn from, what follows to validate,
/// the end to test.
///
/// @param config the whole configuration
record LanguageModel(TrainConfig config) implements TextTask {
    private static final int SHOWN = 300;
    private static final int CHUNK = 1024;

    @Override
    public DataParts load() {
        var text = TextParts.of(config);
        var vocabulary = Learnt.vocabulary(config, List.of(text.train()));
        int length = config.task().length();
        var pre = new TokenRows.Tokens(vocabulary, length, List.of());
        return new DataParts(
                new TokenWindows(vocabulary.encode(text.train()), length, TextParts.stride(config)),
                TextParts.held(text.validation(), pre), TextParts.held(text.test(), pre), pre,
                text.description(vocabulary.size()));
    }

    @Override
    public Dataset dataset(Path file, Preprocessor pre) {
        return TextParts.windows(Texts.read(file), (TokenRows) pre);
    }

    @Override
    public ElementSpec label(Preprocessor pre, int outputs) {
        return new ElementSpec("next", DType.I32, pre.shape());
    }

    @Override
    public List<Goal> goals(Engine engine, Module model, Problem p) {
        return List.of(Goal.of(model, (x, y) -> {
            var logits = model.apply(x);
            return Where.layer("loss", () -> Loss.crossEntropy(logits, y));
        }));
    }

    /// [N, 2]: mean loss and share of right guesses of each window.
    @Override
    public Tensor outputs(Module model, Problem p, Tensor x, Tensor y) {
        if (y == null) {
            return model.apply(x);
        }
        var logits = model.apply(x).cast(DType.F32);
        var right = logits.argmax(-1).cast(DType.I32).eq(y).cast(DType.F32);
        return Tensor.stack(1, logits.crossEntropy(y).mean(1), right.mean(1));
    }

    @Override
    public Evaluation evaluate(Problem p, Dataset data, double[] y) {
        int n = y.length / 2;
        double loss = IntStream.range(0, n).mapToDouble(i -> y[2 * i]).average().orElse(Double.NaN);
        var m = new LinkedHashMap<String, Double>();
        m.put("perplexity", Math.exp(loss));
        m.put("bits_per_token", loss / Math.log(2));
        if (p.pre() instanceof TokenRows.Tokens t) {
            // so that tokens of any size compare
            m.put("bits_per_character",
                    loss / Math.log(2) * n * t.length() / Math.max(1, characters(t.vocabulary(), data)));
        }
        m.put("accuracy", IntStream.range(0, n).mapToDouble(i -> y[2 * i + 1]).average().orElse(Double.NaN));
        return new Evaluation(n, loss, m, null, List.of());
    }

    @Override
    public List<String> metrics(Preprocessor pre) {
        return List.of("loss", "perplexity", "bits_per_token", "bits_per_character", "accuracy");
    }

    /// Characters of all that is to be told.
    private static long characters(Vocabulary vocabulary, Dataset data) {
        long all = 0;
        for (int from = 0; from < data.size(); from += CHUNK) {
            var text = vocabulary.decode(Guesses.labels(data, from, Math.min(CHUNK, data.size() - from)));
            all += text.codePointCount(0, text.length());
        }
        return all;
    }

    /// A piece of text, with temperature 0.8.
    @Override
    public void show(Engine engine, Module model, Problem p, Path folder) {
        if (p.pre() instanceof TokenRows.Tokens t && model instanceof Chain c
                && c.modules().getFirst() instanceof Decoder decoder) {
            try (var generator = Generator.of(engine, decoder)) {
                var sampling = Sampling.of(0.8);
                var random = new SeededRandom(config.seed());
                var ids = generator.generate(t.vocabulary().encode("\n"), SHOWN, sampling, random, id -> true);
                Texts.write(folder.resolve("sample.txt"), t.vocabulary().decode(ids) + "\n");
            }
        }
    }
}
