package dev.ijen.train;

import dev.ijen.data.Dataset;
import dev.ijen.data.ElementSpec;
import dev.ijen.data.audio.Spectrogram;
import dev.ijen.engine.Engine;
import dev.ijen.format.Wav;
import dev.ijen.generate.CtcSearch;
import dev.ijen.loss.Ctc;
import dev.ijen.metrics.EditDistance;
import dev.ijen.nn.Module;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Where;
import dev.ijen.train.config.TrainConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;

/// A sequence of symbols out of sound, without knowing where each of them is (connectionist temporal classification; Graves et al. 2006).
/// The network gives [N, T, 1 + symbols], logits of a blank and of each symbol. `label_error` is the edit distance of the likeliest
/// path's symbols over the number of true ones, `beam_label_error` that of the likeliest sequence of a prefix beam search.
///
/// @param config the whole configuration
record CtcTask(TrainConfig config) implements Task {
    /// Frames of a sound to use come in multiples of this, so that few shapes are compiled.
    private static final int ROUND = 64;

    @Override
    public DataParts load() {
        return StringParts.load(config);
    }

    @Override
    public Problem declared() {
        var m = config.model();
        if (m.input().size() != 3 || m.outputs() == 0) {
            return null;
        }
        var symbols = IntStream.range(0, m.outputs()).mapToObj(Integer::toString).toList();
        var pre = new Preprocessor.Speech(8000, m.input().get(1), m.input().get(2), 0, 1, symbols);
        return new Problem(pre, label(pre, outputs(pre)), outputs(pre), null);
    }

    @Override
    public int outputs(Preprocessor pre) {
        return 1 + ((Preprocessor.Speech) pre).symbols().size();
    }

    @Override
    public ElementSpec label(Preprocessor pre, int outputs) {
        return new ElementSpec("symbols", DType.I32, Shape.of(1 + config.task().ctc().most()));
    }

    @Override
    public Module model(Engine engine, Problem p) {
        return ModelBuilder.build(engine, config.model(), p.pre().shape(), DType.F32, p.outputs(), null);
    }

    /// As many steps as the layers leave.
    @Override
    public Shape output(Problem p) {
        return null;
    }

    /// [N, T, 1 + symbols].
    private Tensor logP(Module model, Problem p, Tensor x) {
        var y = model.apply(p.pre().standardize(x));
        int most = config.task().ctc().most();
        // the same symbol twice needs a blank in between
        if (y.shape().rank() != 3 || y.shape().dim(2) != p.outputs() || y.shape().dim(1) < 2 * most) {
            throw new ShapeException("ctc", "output " + y.shape(),
                    "[N, T, " + p.outputs() + "]: at least " + 2 * most + " steps, a blank and each symbol",
                    "end with '- steps', a layer along them such as '- gru: …', and '- output'; halve the time less often");
        }
        return y.cast(DType.F32).logSoftmax();
    }

    private static Tensor losses(Tensor logP, Tensor y, boolean mean) {
        int n = logP.shape().dim(0);
        var frames = Tensor.full(DType.I32, logP.shape().dim(1), Shape.of(n));
        var labels = y.slice(1, 1, y.shape().dim(1) - 1);
        var lengths = y.select(1, 0);
        var time = logP.permute(1, 0, 2);
        return mean ? Ctc.loss(time, labels, frames, lengths)
                : Ctc.loss(time, labels, frames, lengths, 0, dev.ijen.loss.Reduce.NONE)
                        .div(lengths.maximum(1).cast(DType.F32));
    }

    @Override
    public List<Goal> goals(Engine engine, Module model, Problem p) {
        return List.of(Goal.of(model, (x, y) -> {
            var logP = logP(model, p, x);
            return Where.layer("loss", () -> losses(logP, y, true));
        }));
    }

    /// For each example its loss, its label, and the logarithms of its steps' probabilities, in a row. Without labels the last alone.
    @Override
    public Tensor outputs(Module model, Problem p, Tensor x, Tensor y) {
        var logP = logP(model, p, x);
        int n = x.shape().dim(0);
        var flat = logP.reshape(n, logP.shape().size() / n);
        return y == null ? flat : Tensor.concat(1, losses(logP, y, false).insertAxis(1), y.cast(DType.F32), flat);
    }

    @Override
    public boolean judgesWithLabels() {
        return true;
    }

    @Override
    public Evaluation evaluate(Problem p, Dataset data, double[] y) {
        int n = data.size();
        int width = y.length / Math.max(1, n);
        int head = 2 + config.task().ctc().most();
        var names = ((Preprocessor.Speech) p.pre()).symbols();
        var truth = new ArrayList<List<Integer>>();
        for (int i = 0; i < n; i++) {
            int at = i * width + 1;
            truth.add(IntStream.range(0, (int) y[at]).mapToObj(k -> (int) y[at + 1 + k]).toList());
        }
        var paths = IntStream.range(0, n).parallel().mapToObj(i -> Arrays.copyOfRange(y, i * width + head,
                (i + 1) * width)).toList();
        var greedy = paths.stream().map(z -> symbols(CtcSearch.greedy(z, p.outputs()))).toList();
        int beams = config.task().ctc().beams();
        var beam = paths.parallelStream().map(z -> CtcSearch.beam(z, p.outputs(), beams)).toList();
        var losses = IntStream.range(0, n).mapToDouble(i -> y[i * width]).toArray();
        var wrong = new ArrayList<WorstError>();
        for (int i = 0; i < n; i++) {
            if (!greedy.get(i).equals(truth.get(i))) {
                wrong.add(new WorstError(i, text(names, truth.get(i)), text(names, greedy.get(i)), Double.NaN,
                        losses[i]));
            }
        }
        var m = new LinkedHashMap<String, Double>();
        m.put("label_error", EditDistance.rate(truth, greedy));
        m.put("beam_label_error", EditDistance.rate(truth, beam));
        m.put("sequences_right", 1 - (double) wrong.size() / n);
        return new Evaluation(n, Arrays.stream(losses).average().orElse(Double.NaN), m, null, WorstError.of(wrong));
    }

    private static List<Integer> symbols(List<CtcSearch.Span> spans) {
        return spans.stream().map(CtcSearch.Span::symbol).toList();
    }

    private static String text(List<String> names, List<Integer> symbols) {
        return String.join(" ", symbols.stream().map(s -> names.get(s - 1)).toList());
    }

    @Override
    public List<String> metrics(Preprocessor pre) {
        return List.of("label_error", "loss", "beam_label_error", "sequences_right");
    }

    /// A sound as the network wants it, [1, 1, frames, mels]: behind it as it is behind sounds in training.
    static HostTensor input(Preprocessor.Speech pre, Path file) {
        var wav = Wav.read(file);
        Sounds.checkRate(pre.rate(), file.toString(), wav);
        var spectrogram = Spectrogram.of(pre.rate(), pre.mels());
        var sound = wav.mono();
        int frames = Math.max(pre.frames(), (spectrogram.frames(sound.length) + ROUND - 1) / ROUND * ROUND);
        return HostTensor.of(dev.ijen.data.audio.SpokenStrings.features(spectrogram, sound, frames), 1, 1, frames,
                pre.mels());
    }

    /// What is said and when, out of what the network gave for a sound of so many frames.
    List<Heard> heard(Preprocessor.Speech pre, double[] logP, int frames) {
        int symbols = outputs(pre);
        var found = CtcSearch.beam(logP, symbols, config.task().ctc().beams());
        int steps = logP.length / symbols;
        double seconds = (double) frames / steps / 100;
        return CtcSearch.align(logP, symbols, found).stream()
                .map(s -> new Heard(pre.symbols().get(s.symbol() - 1), s.from() * seconds, s.to() * seconds)).toList();
    }
}
