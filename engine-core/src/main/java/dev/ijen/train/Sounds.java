package dev.ijen.train;

import dev.ijen.data.ArrayDataset;
import dev.ijen.data.Dataset;
import dev.ijen.data.audio.Spectrogram;
import dev.ijen.format.FormatException;
import dev.ijen.format.Tar;
import dev.ijen.format.Wav;
import dev.ijen.tensor.HostTensor;
import dev.ijen.train.config.ConfigException;
import dev.ijen.train.config.DataConfig;
import dev.ijen.train.config.Mark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Sounds with a class in their names: a folder or archive of WAV files.
final class Sounds {
    private Sounds() {}

    /// Training and test part; the latter is null without a pattern of test files.
    ///
    /// @param pre without mean and deviation
    record Parts(Dataset train, Dataset test, Preprocessor.Audio pre) {}

    static Parts read(DataConfig d) {
        var path = DataParts.path(d);
        var label = pattern("data.label_pattern", d.labelPattern());
        var held = d.testFiles().isBlank() ? null : pattern("data.test_files", d.testFiles());
        var files = files(path);
        var classes = new TreeSet<String>();
        files.keySet().forEach(n -> classes.add(label(path, label, n)));
        var names = List.copyOf(classes);
        var first = Wav.decode(files.keySet().iterator().next(), files.values().iterator().next());
        var pre = new Preprocessor.Audio(first.rate(), d.frames(), d.mels(), d.coefficients(), 0, 1, names);
        var train = new ArrayList<float[]>();
        var test = new ArrayList<float[]>();
        var trainLabels = new ArrayList<Integer>();
        var testLabels = new ArrayList<Integer>();
        files.forEach((name, bytes) -> {
            boolean isTest = held != null && held.matcher(name).find();
            (isTest ? test : train).add(features(pre, name, Wav.decode(path + ": " + name, bytes)));
            (isTest ? testLabels : trainLabels).add(names.indexOf(label(path, label, name)));
        });
        return new Parts(dataset(pre, train, trainLabels), test.isEmpty() ? null : dataset(pre, test, testLabels), pre);
    }

    /// One sound as the network wants it, [frames · width]: cut off, or filled up with its own mean.
    static float[] features(Preprocessor.Audio pre, String name, Wav wav) {
        checkRate(pre.rate(), name, wav);
        var spectrogram = Spectrogram.of(pre.rate(), pre.mels());
        var all = pre.coefficients() == 0 ? spectrogram.logMel(wav.mono())
                : spectrogram.mfcc(wav.mono(), pre.coefficients());
        var out = new float[pre.frames() * pre.width()];
        for (int m = 0; m < pre.width(); m++) {
            // each band less its own mean: how loud and through what microphone is not what is said
            double sum = 0;
            int frames = all.length / pre.width();
            for (int t = 0; t < frames; t++) {
                sum += all[t * pre.width() + m];
            }
            for (int t = 0; t < Math.min(frames, pre.frames()); t++) {
                out[t * pre.width() + m] = (float) (all[t * pre.width() + m] - sum / frames);
            }
        }
        return out;
    }

    static void checkRate(int rate, String name, Wav wav) {
        if (wav.rate() != rate) {
            throw wrongRate(name, wav.rate(), rate);
        }
    }

    static FormatException wrongRate(String name, int got, int rate) {
        return FormatException.unsupported(name, "its rate", got + " samples a second",
                rate + " samples a second, as those of the training", "convert it");
    }

    private static Dataset dataset(Preprocessor.Audio pre, List<float[]> sounds, List<Integer> labels) {
        int size = pre.frames() * pre.width();
        var x = new float[sounds.size() * size];
        for (int i = 0; i < sounds.size(); i++) {
            System.arraycopy(sounds.get(i), 0, x, i * size, size);
        }
        var y = labels.stream().mapToInt(Integer::intValue).toArray();
        return ArrayDataset.of(HostTensor.of(x, sounds.size(), 1, pre.frames(), pre.width()),
                HostTensor.of(y, y.length), pre.classNames());
    }

    /// Mean and deviation of all numbers of a part.
    static Preprocessor.Audio fitted(Preprocessor.Audio pre, Dataset train) {
        double sum = 0;
        double squares = 0;
        long n = 0;
        for (int i = 0; i < train.size(); i++) {
            for (float v : train.batch(new int[] {i}).input().toFloatArray()) {
                sum += v;
                squares += (double) v * v;
                n++;
            }
        }
        double mean = sum / n;
        return pre.with(mean, Math.sqrt(Math.max(1e-12, squares / n - mean * mean)));
    }

    private static String label(Path path, Pattern pattern, String name) {
        return group("data.label_pattern", path, pattern, name);
    }

    /// What a pattern's first group finds in a name.
    ///
    /// @param key of the configuration the pattern is from
    static String group(String key, Path path, Pattern pattern, String name) {
        var m = pattern.matcher(name);
        if (!m.find() || m.groupCount() < 1) {
            throw new ConfigException(Mark.of(key), "not found in a name", "'" + name + "' in " + path,
                    "a name in which '" + pattern + "' finds a group", "change " + key);
        }
        return m.group(1);
    }

    static Pattern pattern(String key, String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new ConfigException(Mark.of(key), "not a regular expression", "'" + text + "'",
                    String.valueOf(e.getDescription()), "correct it");
        }
    }

    static Map<String, byte[]> files(Path path) {
        var all = new LinkedHashMap<String, byte[]>();
        if (Tar.isTar(path) && !Files.isDirectory(path)) {
            all.putAll(Tar.read(path, n -> n.endsWith(".wav")));
        } else {
            try (var walk = Files.walk(path)) {
                for (var f : walk.filter(p -> p.toString().endsWith(".wav")).sorted().toList()) {
                    all.put(path.relativize(f).toString(), Files.readAllBytes(f));
                }
            } catch (IOException e) {
                throw FormatException.of(path, e);
            }
        }
        if (all.isEmpty()) {
            throw FormatException.lacking(path, "no sounds", "no file NAME.wav", "WAV files", "check data.path");
        }
        return all;
    }
}
