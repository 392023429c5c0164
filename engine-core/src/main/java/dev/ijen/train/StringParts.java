package dev.ijen.train;

import dev.ijen.data.audio.Spectrogram;
import dev.ijen.data.audio.SpokenStrings;
import dev.ijen.data.audio.SpokenStrings.Recording;
import dev.ijen.format.FormatException;
import dev.ijen.format.Wav;
import dev.ijen.train.config.ConfigException;
import dev.ijen.train.config.Mark;
import dev.ijen.train.config.TrainConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// Sequences of spoken symbols out of recordings of single ones. A recording is in sequences of one part alone.
final class StringParts {
    /// Sequences that mean and deviation are taken from.
    private static final int SAMPLE = 64;

    private StringParts() {}

    private record Named(String speaker, Recording recording) {}

    /// Recordings to train on, to validate, to test, and what all of them have in common.
    private record All(List<List<Named>> parts, List<String> symbols, int rate) {}

    static DataParts load(TrainConfig config) {
        var d = config.data();
        var all = read(config);
        var spectrogram = Spectrogram.of(all.rate, d.mels());
        var train = strings(config, all.parts.get(0), spectrogram, 0, d.count());
        var validation = strings(config, all.parts.get(1), spectrogram, 1, share(d.count(), d.validation()));
        var test = strings(config, all.parts.get(2), spectrogram, 2, share(d.count(), d.test()));
        var pre = fitted(new Preprocessor.Speech(all.rate, d.frames(), d.mels(), 0, 1, all.symbols), train);
        return new DataParts(train, validation, test, pre,
                d.path() + ", " + all.parts.get(0).size() + " recordings to train on, " + all.parts.get(1).size()
                        + " to validate, " + all.parts.get(2).size() + " to test; " + train.size()
                        + " sequences of " + all.symbols.size() + " symbols");
    }

    /// Sequences of other recordings, of which all are taken, for a trained model.
    static SpokenStrings other(TrainConfig config, Preprocessor.Speech pre) {
        var all = read(config);
        for (var s : all.symbols) {
            if (!pre.symbols().contains(s)) {
                throw FormatException.unsupported(config.data().path(), "a symbol the model does not know",
                        "'" + s + "'", "symbols out of " + pre.symbols(),
                        "evaluate on recordings of the symbols it was trained on");
            }
        }
        if (all.rate != pre.rate()) {
            throw Sounds.wrongRate(config.data().path(), all.rate, pre.rate());
        }
        var known = new ArrayList<Named>();
        for (var part : all.parts) {
            for (var n : part) {
                int symbol = pre.symbols().indexOf(all.symbols.get(n.recording.symbol()));
                known.add(new Named(n.speaker, new Recording(symbol, n.recording.sound())));
            }
        }
        int count = Math.max(1, share(config.data().count(), config.data().test()));
        return strings(config, known, Spectrogram.of(pre.rate(), pre.mels()), 2, count);
    }

    private static int share(int count, double part) {
        return (int) Math.round(count * part);
    }

    private static All read(TrainConfig config) {
        var d = config.data();
        var path = DataParts.path(d);
        var ctc = config.task().ctc();
        if (ctc.least() > ctc.most()) {
            throw new ConfigException(Mark.of("task.ctc.least"), "no length is possible",
                    "at least " + ctc.least() + ", at most " + ctc.most(), "least up to most", "correct task.ctc");
        }
        var label = Sounds.pattern("data.label_pattern", d.labelPattern());
        var speaker = Sounds.pattern("task.ctc.speaker_pattern", ctc.speakerPattern());
        var held = d.testFiles().isBlank() ? null : Sounds.pattern("data.test_files", d.testFiles());
        var files = Sounds.files(path);
        var found = new TreeSet<String>();
        files.keySet().forEach(n -> found.add(Sounds.group("data.label_pattern", path, label, n)));
        var symbols = List.copyOf(found);
        int rate = 0;
        List<List<Named>> parts = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        var seen = new LinkedHashMap<String, Integer>();
        for (var f : files.entrySet()) {
            var name = f.getKey();
            var wav = Wav.decode(path + ": " + name, f.getValue());
            rate = rate == 0 ? wav.rate() : rate;
            Sounds.checkRate(rate, name, wav);
            int symbol = symbols.indexOf(Sounds.group("data.label_pattern", path, label, name));
            var who = Sounds.group("task.ctc.speaker_pattern", path, speaker, name);
            boolean tests = held != null && held.matcher(name).find();
            int number = tests ? 0 : seen.merge(symbol + " " + who, 1, Integer::sum);
            int part = tests ? 2 : part(config, number, held == null);
            parts.get(part).add(new Named(who, new Recording(symbol, wav.mono())));
        }
        return new All(parts, symbols, rate);
    }

    /// Every so manieth recording, counted for each speaker and symbol, is held out.
    private static int part(TrainConfig config, int number, boolean tests) {
        var d = config.data();
        if (tests && turn(number, d.test())) {
            return 2;
        }
        return turn(number + 1, d.validation()) ? 1 : 0;
    }

    private static boolean turn(int number, double share) {
        return Math.floor(number * share) > Math.floor((number - 1) * share);
    }

    private static SpokenStrings strings(TrainConfig config, List<Named> part, Spectrogram spectrogram, int number,
            int count) {
        if (part.isEmpty() || count == 0) {
            if (number > 0) {
                return null;
            }
            throw FormatException.lacking(config.data().path(), "nothing to train on", "0 recordings", "at least one",
                    "lower data.validation and data.test, or change data.test_files");
        }
        Map<String, List<Recording>> speakers = new TreeMap<>();
        part.forEach(n -> speakers.computeIfAbsent(n.speaker, s -> new ArrayList<>()).add(n.recording));
        var ctc = config.task().ctc();
        var plan = new SpokenStrings.Plan(ctc.least(), ctc.most(), ctc.gap(), ctc.noise());
        return SpokenStrings.of(List.copyOf(speakers.values()), spectrogram, config.data().frames(), plan, count,
                3 * config.seed() + number);
    }

    private static Preprocessor.Speech fitted(Preprocessor.Speech pre, SpokenStrings train) {
        double sum = 0;
        double squares = 0;
        long n = 0;
        for (int i = 0; i < Math.min(SAMPLE, train.size()); i++) {
            for (float v : train.batch(new int[] {i}).input().toFloatArray()) {
                sum += v;
                squares += (double) v * v;
                n++;
            }
        }
        double mean = sum / n;
        return new Preprocessor.Speech(pre.rate(), pre.frames(), pre.mels(), mean,
                Math.sqrt(Math.max(1e-12, squares / n - mean * mean)), pre.symbols());
    }
}
