package dev.ijen.train;

import dev.ijen.data.ArrayDataset;
import dev.ijen.data.Dataset;
import dev.ijen.data.Datasets;
import dev.ijen.data.ElementSpec;
import dev.ijen.data.text.Marked;
import dev.ijen.data.text.TextPair;
import dev.ijen.engine.Engine;
import dev.ijen.loss.CrossEntropy;
import dev.ijen.nn.Module;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Where;
import dev.ijen.train.config.TrainConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;

/// An answer for a text: an encoder reads the text, a decoder writes the answer. In training and evaluation it is told the right answer
/// so far at each place (Williams and Zipser 1989). `exact_match` is the share of answers that greedy decoding writes without an error: it
/// is counted without writing, as an answer is right throughout just where each token is the likeliest behind the right ones before it.
///
/// @param config the whole configuration
record TranslationTask(TrainConfig config) implements TextTask {
    private static final List<String> MARKS = List.of(Marked.PAD, Marked.BEGIN, Marked.END);

    @Override
    public DataParts load() {
        var d = config.data();
        var pairs = TextPairs.of(config);
        var source = d.path().isBlank() ? "drawn " + d.kind().toString().toLowerCase(java.util.Locale.ROOT) : d.path();
        var parts = divided(pairs);
        var train = parts.getFirst();
        var texts = new ArrayList<String>();
        train.forEach(p -> texts.addAll(List.of(p.text(), p.answer())));
        var vocabulary = new Marked(Learnt.vocabulary(config, texts), MARKS);
        var pre = new TokenRows.Pairs(vocabulary, config.task().length(), config.task().answer());
        var sets = parts.stream().map(p -> p.isEmpty() ? null : TextPairs.dataset(source, p, pre)).toList();
        return new DataParts(sets.get(0), sets.get(1), sets.get(2), pre,
                source + ", " + train.size() + " pairs to train on, " + parts.get(1).size() + " to validate, "
                        + parts.get(2).size() + " to test, " + vocabulary.size() + " symbols");
    }

    /// Training, validation and test part: no text is in two of them.
    private List<List<TextPair>> divided(List<TextPair> pairs) {
        int n = pairs.size();
        var number = new int[n];
        Arrays.setAll(number, i -> i);
        var numbered = ArrayDataset.of(HostTensor.of(number, n, 1), HostTensor.of(new float[n], n, 1), List.of());
        double test = config.data().test();
        double validation = (1 - test) * config.data().validation();
        var all = new ArrayList<List<TextPair>>();
        for (var part : Datasets.split(numbered, new double[] {1 - test - validation, validation, test}, config.seed(),
                false)) {
            var rows = new int[part.size()];
            Arrays.setAll(rows, i -> i);
            all.add(Arrays.stream(rows.length == 0 ? rows : part.batch(rows).input().toIntArray())
                    .mapToObj(pairs::get).toList());
        }
        int limit = config.data().limit();
        if (limit > 0 && limit < all.getFirst().size()) {
            all.set(0, all.getFirst().subList(0, limit));
        }
        return all;
    }

    @Override
    public Dataset dataset(Path file, Preprocessor pre) {
        return TextPairs.dataset(file.toString(), TextPairs.read(file), (TokenRows.Pairs) pre);
    }

    @Override
    public int tokens() {
        return config.task().length() + config.task().answer();
    }

    @Override
    public ElementSpec label(Preprocessor pre, int outputs) {
        return new ElementSpec("answer", DType.I32, Shape.of(config.task().answer()));
    }

    @Override
    public Module model(Engine engine, Problem p) {
        return ModelBuilder.translator(engine, config.model(), p.pre().shape(), config.task().answer(), p.outputs(),
                output(p));
    }

    @Override
    public List<Goal> goals(Engine engine, Module model, Problem p) {
        var loss = CrossEntropy.of().withSmoothing(config.training().labelSmoothing());
        return List.of(Goal.of(model, (x, y) -> {
            var logits = model.apply(x);
            return Where.layer("loss", () -> loss.apply(logits, y));
        }));
    }

    @Override
    public Tensor outputs(Module model, Problem p, Tensor x, Tensor y) {
        return y == null ? model.apply(x) : Guesses.of(model.apply(x), y);
    }

    @Override
    public Evaluation evaluate(Problem p, Dataset data, double[] y) {
        var pre = (TokenRows.Pairs) p.pre();
        var sum = new Sums();
        var worst = Guesses.walk(data, y, pre.answer(), (g, truth) -> sum.add(g, truth, pre));
        var m = new LinkedHashMap<String, Double>();
        m.put("exact_match", sum.exact / (double) Math.max(1, data.size()));
        m.put("token_accuracy", sum.right / (double) Math.max(1, sum.count));
        return new Evaluation(data.size(), sum.loss / Math.max(1, sum.count), m, null, worst);
    }

    /// What is counted of all answers.
    private static final class Sums {
        private double loss;
        private long right;
        private long count;
        private int exact;

        /// The answer if it is wrong; else null.
        WorstError add(Guesses g, int[] truth, TokenRows.Pairs pre) {
            int n = 0;
            int hits = 0;
            double sum = 0;
            var said = new int[truth.length];
            for (; n < truth.length && truth[n] >= 0; n++) {
                said[n] = g.token(n);
                hits += said[n] == truth[n] ? 1 : 0;
                sum += g.loss(n);
            }
            count += n;
            right += hits;
            loss += sum;
            if (hits == n) {
                exact++;
                return null;
            }
            return new WorstError(g.example(), text(pre, truth, n), text(pre, said, n), Double.NaN, sum);
        }
    }

    /// Tokens up to the end.
    private static String text(TokenRows.Pairs pre, int[] ids, int n) {
        int to = 0;
        while (to < n && !pre.vocabulary().isEnd(ids[to])) {
            to++;
        }
        return pre.vocabulary().decode(Arrays.copyOf(ids, to));
    }

    @Override
    public List<String> metrics(Preprocessor pre) {
        return List.of("exact_match", "token_accuracy", "loss");
    }
}
