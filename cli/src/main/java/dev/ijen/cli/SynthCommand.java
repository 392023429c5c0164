package dev.ijen.cli;

import dev.ijen.data.Dataset;
import dev.ijen.data.synth.Digits;
import dev.ijen.data.synth.Synthetic;
import dev.ijen.format.AtomicFiles;
import dev.ijen.format.Idx;
import dev.ijen.format.Images;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Writes made-up data to files.
@Command(name = "synth", description = {
    "Writes made-up data: handwritten-looking digits as images, or points in the plane as CSV.",
    "The same seed gives the same data."
})
final class SynthCommand extends BaseCommand {
    private static final int PIXELS = Digits.SIDE * Digits.SIDE;

    /// What is made.
    enum Kind {
        /// Images of 28 × 28.
        DIGITS,
        /// Two half moons.
        MOONS,
        /// Clouds.
        BLOBS,
        /// Arms of a spiral.
        SPIRALS
    }

    /// How it is written.
    enum Format {
        /// As MNIST's files.
        IDX,
        /// Folders of images by class.
        PNG,
        /// A table.
        CSV
    }

    @Parameters(paramLabel = "KIND", description = "digits, moons, blobs or spirals.")
    Kind kind;

    @Option(names = "--out", paramLabel = "PATH", required = true,
            description = "The folder (digits) or .csv file (others) to create; it must not exist.")
    Path out;

    @Option(names = "--count", paramLabel = "N", defaultValue = "1000", converter = ComputeOptions.CountConverter.class,
            description = "How many examples (default: ${DEFAULT-VALUE}).")
    int count;

    @Option(names = "--test", paramLabel = "N", defaultValue = "0",
            description = "How many more digits to write as a test part (default: ${DEFAULT-VALUE}).")
    int test;

    @Option(names = "--format", paramLabel = "FORMAT", description = "idx or png for digits, csv for points.")
    Format format;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "Seed (default: ${DEFAULT-VALUE}).")
    long seed;

    @Option(names = "--classes", paramLabel = "N", defaultValue = "3", converter = ComputeOptions.CountConverter.class,
            description = "Classes of blobs and spirals (default: ${DEFAULT-VALUE}).")
    int classes;

    @Option(names = "--features", paramLabel = "N", defaultValue = "2", converter = ComputeOptions.CountConverter.class,
            description = "Features of blobs (default: ${DEFAULT-VALUE}).")
    int features;

    @Option(names = "--noise", paramLabel = "SD",
            description = "Standard deviation of the noise (default: moons 0.1, blobs 1, spirals 0.02).")
    Double noise;

    @Override
    public Integer call() {
        boolean digits = kind == Kind.DIGITS;
        var as = format == null ? (digits ? Format.IDX : Format.CSV) : format;
        if (digits == (as == Format.CSV)) {
            throw Errors.wrong(
                    spec,
                    "ijen synth: the format does not fit",
                    lower(kind) + " as " + lower(as),
                    digits ? "idx or png" : "csv",
                    "leave out --format, or choose another");
        }
        if (test < 0 || noise != null && !(noise >= 0)) {
            throw Errors.wrong(
                    spec,
                    "ijen synth: negative number",
                    "--test " + test + ", --noise " + noise,
                    "0 or more",
                    "choose a larger one");
        }
        switch (as) {
            case IDX -> AtomicFiles.directory(out, this::idx);
            case PNG -> AtomicFiles.directory(out, this::png);
            case CSV -> csv(points());
        }
        var object = new LinkedHashMap<String, Object>();
        object.put("path", out.toString());
        object.put("kind", lower(kind));
        object.put("format", lower(as));
        object.put("examples", count);
        object.put("test_examples", digits ? test : 0);
        var testing = digits && test > 0 ? " and " + Text.count(test) + " for testing" : "";
        print("%s: %s %s%s as %s".formatted(out, Text.count(count), lower(kind), testing, lower(as)), object);
        return Exit.DONE;
    }

    private static String lower(Enum<?> e) {
        return e.name().toLowerCase(Locale.ROOT);
    }

    private void idx(Path folder) {
        var all = Digits.images(Digits.labels(count + test), seed);
        part(folder, "train", all, 0, count);
        if (test > 0) {
            part(folder, "t10k", all, count, test);
        }
    }

    private static void part(Path folder, String name, HostTensor all, int from, int n) {
        var slice = all.data().asSlice((long) from * PIXELS, (long) n * PIXELS);
        var images = slice.toArray(ValueLayout.JAVA_BYTE);
        var labels = new byte[n];
        for (int i = 0; i < n; i++) {
            labels[i] = (byte) ((from + i) % 10);
        }
        Idx.write(
                folder.resolve(name + "-images-idx3-ubyte.gz"),
                HostTensor.ofBytes(images, n, Digits.SIDE, Digits.SIDE));
        Idx.write(folder.resolve(name + "-labels-idx1-ubyte.gz"), HostTensor.ofBytes(labels, n));
    }

    private void png(Path folder) throws IOException {
        for (int i = 0; i < count + test; i++) {
            int digit = i % 10;
            var part = test == 0 ? folder : folder.resolve(i < count ? "train" : "test");
            var parent = Files.createDirectories(part.resolve(Integer.toString(digit)));
            var image = HostTensor.ofBytes(Digits.render(digit, seed, i), Digits.SIDE, Digits.SIDE, 1);
            Files.write(parent.resolve("%06d.png".formatted(i)), Images.png(image));
        }
    }

    private Dataset points() {
        return switch (kind) {
            case MOONS -> Synthetic.moons(count, noise == null ? 0.1 : noise, seed);
            case BLOBS -> Synthetic.blobs(count, classes, features, noise == null ? 1 : noise, seed);
            case SPIRALS -> Synthetic.spirals(count, classes, noise == null ? 0.02 : noise, seed);
            case DIGITS -> throw new IllegalStateException("digits are not points");
        };
    }

    private void csv(Dataset data) {
        var batch = data.batch(IntStream.range(0, data.size()).toArray());
        var x = batch.input().toFloatArray();
        var labels = batch.labels().toIntArray();
        int width = x.length / labels.length;
        var text = new StringBuilder();
        for (int f = 1; f <= width; f++) {
            text.append('x').append(f).append(',');
        }
        text.append("class\n");
        for (int i = 0; i < labels.length; i++) {
            for (int f = 0; f < width; f++) {
                text.append(x[i * width + f]).append(',');
            }
            text.append(data.classNames().get(labels[i])).append('\n');
        }
        if (Files.exists(out)) {
            throw new IjenException(
                    "cannot create " + out, "it exists already", "a name that is not taken", "choose another name");
        }
        AtomicFiles.write(out, text.toString());
    }
}
