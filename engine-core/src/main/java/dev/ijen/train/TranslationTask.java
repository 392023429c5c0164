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
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;

/// An answer for a text: an encoder reads the text, a decoder writes the answer. In training and evaluation it is told the right answer
/// so far at each place (Williams and Zipser 1989). `exact_match` is the share of answers that greedy decoding writes without an error: it
/// is counted without writing, as an answer is right throughout just where each token is the likeliest behind the right ones before it.
///
/// @param config the whole configuration
record TranslationTask(TrainConfig config) implements TextTask {
    private static final int WORST = 24;
    private static final int CHUNK = 256;
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
        var pre = new Preprocessor.Pairs(vocabulary, config.task().length(), config.task().answer());
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
        return TextPairs.dataset(file.toString(), TextPairs.read(file), (Preprocessor.Pairs) pre);
    }

    @Override
    public Problem declared() {
        var m = config.model();
        if (m.outputs() == 0) {
            return null;
        }
        var pre = new Preprocessor.Arrays(DType.I32, Shape.of(config.task().length() + config.task().answer()),
                List.of());
        return new Problem(pre, label(pre, m.outputs()), m.outputs(), null);
    }

    @Override
    public int outputs(Preprocessor pre) {
        return pre instanceof Preprocessor.Pairs p ? p.vocabulary().size() : -1;
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
    public Shape output(Problem p) {
        return Shape.of(config.task().answer(), p.outputs());
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
    public boolean judgesWithLabels() {
        return true;
    }

    @Override
    public Evaluation evaluate(Problem p, Dataset data, double[] y) {
        var pre = (Preprocessor.Pairs) p.pre();
        int length = pre.answer();
        double loss = 0;
        long right = 0;
        long count = 0;
        int exact = 0;
        var worst = new ArrayList<WorstError>();
        for (int from = 0; from < data.size(); from += CHUNK) {
            int rows = Math.min(CHUNK, data.size() - from);
            int[] labels = Guesses.labels(data, from, rows);
            for (int i = from; i < from + rows; i++) {
                var g = new Guesses(y, i, length);
                int[] truth = Arrays.copyOfRange(labels, (i - from) * length, (i - from + 1) * length);
                int n = 0;
                int hits = 0;
                double sum = 0;
                var said = new int[length];
                for (; n < length && truth[n] >= 0; n++) {
                    said[n] = g.token(n);
                    hits += said[n] == truth[n] ? 1 : 0;
                    sum += g.loss(n);
                }
                count += n;
                right += hits;
                loss += sum;
                if (hits == n) {
                    exact++;
                } else {
                    worst.add(new WorstError(i, text(pre, truth, n), text(pre, said, n), Double.NaN, sum));
                }
            }
        }
        worst.sort(Comparator.comparingDouble(WorstError::loss).reversed().thenComparingInt(WorstError::index));
        var m = new LinkedHashMap<String, Double>();
        m.put("exact_match", exact / (double) Math.max(1, data.size()));
        m.put("token_accuracy", right / (double) Math.max(1, count));
        return new Evaluation(data.size(), loss / Math.max(1, count), m, null,
                worst.subList(0, Math.min(WORST, worst.size())));
    }

    /// Tokens up to the end.
    private static String text(Preprocessor.Pairs pre, int[] ids, int n) {
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
