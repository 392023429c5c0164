package dev.ijen.train;

import dev.ijen.data.ArrayDataset;
import dev.ijen.data.Dataset;
import dev.ijen.metrics.Argmax;
import dev.ijen.metrics.Distributions;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.train.Generative.Wish;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;

/// Made examples, judged by a classifier that never saw the model: are they taken for the class they were asked for
/// (`prompted_accuracy`), for any class with at least 0.9 probability (`confident`), are all classes made (`classes`: those with a
/// quarter of their share or more), how sure and how even is that together (`inception_score`), and how far are the classifier's outputs
/// for them from those for the real ones (`frechet_logits`).
final class SampleJudge {
    private static final int CHUNK = 200;
    private static final double SURE = 0.9;
    private static final double SHARE = 0.25;

    private final Generative task;
    private final Problem problem;
    private final Scorer classifier;
    private final List<String> classes;

    /// @param task that makes the examples
    /// @param problem of that task
    /// @param classifier gives logits of `classes`
    SampleJudge(Generative task, Problem problem, Scorer classifier, List<String> classes) {
        this.task = task;
        this.problem = problem;
        this.classifier = classifier;
        this.classes = classes;
    }

    /// Makes examples of given classes, or if those are null, any.
    interface Maker {
        HostTensor make(Wish wish, int[] classes);
    }

    /// @param real what the examples should be like
    /// @param wish what to make; its prompt counts for nothing
    Evaluation judge(Maker maker, Dataset real, Wish wish) {
        var wanted = task.isPrompted() ? wanted(wish.count()) : null;
        var made = made(maker, wish, wanted);
        int n = made.shape().dim(0);
        var logits = classifier.outputs(ArrayDataset.of(made, HostTensor.of(new int[n], n), classes));
        var probabilities = logits.clone();
        HostLoss.softmax(probabilities, classes.size());
        var m = new LinkedHashMap<String, Double>();
        var told = new int[n];
        int sure = 0;
        for (int i = 0; i < n; i++) {
            int row = i * classes.size();
            told[i] = Argmax.of(probabilities, row, classes.size());
            sure += probabilities[row + told[i]] >= SURE ? 1 : 0;
        }
        double loss = 0;
        if (wanted != null) {
            int right = 0;
            for (int i = 0; i < n; i++) {
                right += told[i] == wanted[i] ? 1 : 0;
                loss -= Math.log(Math.max(Double.MIN_NORMAL, probabilities[i * classes.size() + wanted[i]])) / n;
            }
            m.put("prompted_accuracy", right / (double) n);
        }
        var counts = new int[classes.size()];
        Arrays.stream(told).forEach(c -> counts[c]++);
        m.put("classes", (double) Arrays.stream(counts).filter(c -> c > 0 && c >= SHARE * n / classes.size()).count());
        m.put("confident", sure / (double) n);
        m.put("inception_score", Distributions.inceptionScore(probabilities, classes.size()));
        m.put("frechet_logits", Distributions.frechet(classifier.outputs(real), logits, classes.size()));
        return new Evaluation(n, wanted == null ? Double.NaN : loss, m, null, List.of());
    }

    /// The classes in turn, by the classifier's index.
    private int[] wanted(int count) {
        return IntStream.range(0, count).map(i -> i % classes.size()).toArray();
    }

    /// All examples, made some at a time.
    private HostTensor made(Maker maker, Wish wish, int[] wanted) {
        var names = problem.pre().classNames();
        int size = problem.pre().shape().size();
        var values = new float[wish.count() * size];
        for (int from = 0; from < wish.count(); from += CHUNK) {
            int n = Math.min(CHUNK, wish.count() - from);
            var asked = wanted == null ? null
                    : Arrays.stream(wanted, from, from + n).map(c -> names.indexOf(classes.get(c))).toArray();
            var some = new Wish(n, "", wish.seed() + from / CHUNK, wish.steps(), wish.guidance());
            System.arraycopy(maker.make(some, asked).toFloatArray(), 0, values, from * size, n * size);
        }
        return HostTensor.of(values, problem.pre().shape().insert(0, wish.count()).dims());
    }

    /// Refuses a classifier of other examples.
    static void check(Preprocessor made, Preprocessor judged) {
        boolean classes = new HashSet<>(made.classNames()).containsAll(judged.classNames())
                && !judged.classNames().isEmpty();
        if (!made.shape().equals(judged.shape()) || !classes) {
            throw new IjenException("eval: the judge is of another kind",
                    "a judge of examples " + judged.shape() + ", classes " + judged.classNames(),
                    "examples " + made.shape() + ", classes " + made.classNames(),
                    "train a classifier on the same data, such as mnist-cnn on MNIST");
        }
    }
}
