package dev.ijen.train;

import dev.ijen.data.Dataset;
import dev.ijen.data.Datasets;
import dev.ijen.data.IdxDataset;
import dev.ijen.data.ImageFolder;
import dev.ijen.data.Normalize;
import dev.ijen.data.Tabular;
import dev.ijen.data.TabularOptions;
import dev.ijen.data.synth.Synthetic;
import dev.ijen.format.Csv;
import dev.ijen.format.FormatException;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.IjenException;
import dev.ijen.train.config.ConfigException;
import dev.ijen.train.config.DataConfig;
import dev.ijen.train.config.Mark;
import dev.ijen.train.config.TrainConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;

/// The data of a training, divided. What is learnt about it is learnt from the training part alone.
///
/// @param train to learn from
/// @param validation to choose the best weights; null where none is held out
/// @param test never looked at before the end; null where there is none
/// @param preprocessor what is needed to use the model
/// @param description one line
public record DataParts(
        Dataset train, Dataset validation, Dataset test, Preprocessor preprocessor, String description) {
    /// Reads and divides the data a configuration names: the same configuration and seed give the same parts.
    ///
    /// @throws ConfigException if the configuration does not say enough
    /// @throws dev.ijen.format.FormatException if a file cannot be used
    public static DataParts load(TrainConfig config) {
        var data = config.data();
        return switch (kind(data)) {
            case AUTO -> throw new IllegalStateException("settled by kind");
            case DIGITS -> divided(config, DrawnDigits.dataset(data.count(), config.seed()), "drawn digits");
            case RING -> divided(config, Synthetic.ring(data.count(), 8, 2, 0.1, config.seed()), "drawn points");
            case FIGURES -> throw new ConfigException(
                    Mark.of("data.kind"), "figures have a label for each pixel", "task " + config.task().type(),
                    "task.type: segmentation", "set it, or use other data");
            case DATES, NUMBERS -> throw new ConfigException(
                    Mark.of("data.kind"), "phrases have an answer in words", "task " + config.task().type(),
                    "task.type: translation", "set it, or use other data");
            case IDX -> withTest(config, IdxDataset.train(path(data)), idxTest(path(data)));
            case IMAGES -> images(config);
            case CSV -> table(config);
            case LINES -> Lines.load(config, fractions(data, true));
            case AUDIO -> sounds(config);
            case NPZ -> divided(config, Datasets.npz(path(data), "x", "y"), data.path());
        };
    }

    /// What examples of a shape that is declared are taken for, where no data is read.
    static Preprocessor declared(DataConfig data, dev.ijen.tensor.Shape shape, List<String> classes) {
        boolean pixels = shape.rank() == 3 && switch (data.kind()) {
            case AUTO, DIGITS, IDX, IMAGES -> true;
            case RING, FIGURES, DATES, NUMBERS, CSV, NPZ, LINES, AUDIO -> false;
        };
        if (pixels) {
            checkPixels(data, shape.dim(0));
            return new Preprocessor.Image(shape.dim(0), shape.dim(1), shape.dim(2), data.mean(), data.std(), classes,
                    data.ink());
        }
        return new Preprocessor.Arrays(data.kind() == DataConfig.Kind.LINES ? DType.I32 : DType.F32, shape, classes);
    }

    /// What the data is, settled by the path where the configuration leaves it open.
    static DataConfig.Kind kind(DataConfig data) {
        if (data.kind() != DataConfig.Kind.AUTO) {
            return data.kind();
        }
        var path = path(data);
        return switch (Datasets.detect(path)) {
            case IDX -> DataConfig.Kind.IDX;
            case IMAGE_FOLDER, IMAGE_SPLITS -> DataConfig.Kind.IMAGES;
            case CSV -> DataConfig.Kind.CSV;
            case NPZ -> DataConfig.Kind.NPZ;
            case NPY -> throw new ConfigException(
                    Mark.of("data.path"), "labels are missing", path.toString(), ".npz with arrays x and y",
                    "store both in one .npz file");
        };
    }

    static Path path(DataConfig data) {
        if (data.path().isBlank()) {
            throw new ConfigException(
                    Mark.of("data.path"), "no data", "nothing", "a file or folder",
                    "give one: --data PATH, or data.path in the configuration");
        }
        return Path.of(data.path());
    }

    private static Dataset idxTest(Path folder) {
        return Files.exists(folder.resolve("t10k-images-idx3-ubyte"))
                || Files.exists(folder.resolve("t10k-images-idx3-ubyte.gz"))
                || Files.exists(folder.resolve("t10k-images.idx3-ubyte"))
                || Files.exists(folder.resolve("t10k-images.idx3-ubyte.gz"))
                        ? IdxDataset.test(folder)
                        : null;
    }

    private static DataParts sounds(TrainConfig config) {
        var all = Sounds.read(config.data());
        var parts = Datasets.split(all.train(), fractions(config.data(), all.test() == null), config.seed(), true);
        var train = limited(config, parts.get(0));
        var test = all.test() == null ? notEmpty(parts.get(2)) : all.test();
        return new DataParts(train, notEmpty(parts.get(1)), test, Sounds.fitted(all.pre(), train),
                config.data().path() + ", " + train.size() + " sounds to train on, " + parts.get(1).size()
                        + " to validate, " + size(test) + " to test");
    }

    private static DataParts images(TrainConfig config) {
        var d = config.data();
        var path = path(d);
        if (Files.isDirectory(path) && Datasets.detect(path) == Datasets.Kind.IMAGE_SPLITS) {
            var train = folder(path.resolve("train"), d);
            var other = path.resolve(Files.isDirectory(path.resolve("test")) ? "test" : "val");
            return withTest(config, train, Relabelled.of(folder(other, d), train.classNames(), other.toString()));
        }
        return divided(config, folder(path, d), path.toString());
    }

    private static ImageFolder folder(Path path, DataConfig d) {
        return ImageFolder.of(path, d.channels(), d.height(), d.width());
    }

    private static DataParts table(TrainConfig config) {
        var d = config.data();
        var csv = Csv.read(path(d));
        if (!d.target().isBlank() && !csv.has(d.target())) {
            throw FormatException.lacking(
                    d.path(), "no column '" + d.target() + "' to predict",
                    "columns "
                            + csv.columns().stream().map(Csv.Column::name).limit(30).collect(Collectors.joining(", ")),
                    "the column that data.target names",
                    "name another one: --set data.target=COLUMN, or data.target in the config");
        }
        var parts = Tabular.split(csv, options(d), fractions(d, true), config.seed());
        var sets = parts.datasets();
        return new DataParts(
                Datasets.take(sets.get(0), limit(d)),
                notEmpty(rows(csv, parts, 1, d.drop())),
                notEmpty(rows(csv, parts, 2, d.drop())),
                new Preprocessor.Table(parts.preprocessor()),
                d.path() + ", " + csv.rows() + " rows, " + parts.preprocessor().featureNames().size() + " features");
    }

    private static Dataset rows(Csv csv, Tabular.Parts parts, int part, List<String> drop) {
        var left = new HashSet<>(drop);
        left.add(parts.preprocessor().targetName());
        return new TableRows(parts.datasets().get(part), csv, parts.rows().get(part), left);
    }

    private static TabularOptions options(DataConfig d) {
        var o = TabularOptions.of(d.target())
                .withDrop(d.drop())
                .withTask(TabularOptions.Task.valueOf(d.task().name()))
                .withEncoding(TabularOptions.Encoding.valueOf(d.encoding().name()))
                .withOutliers(d.outliers())
                .withStandardize(d.standardize())
                .withStandardizeTarget(d.standardizeTarget())
                .withMissingIndicators(d.missingIndicators());
        return d.imputation() == DataConfig.Imputation.KNN
                ? o.withNeighbours(d.neighbours())
                : o.withImputation(TabularOptions.Imputation.valueOf(d.imputation().name()));
    }

    /// Sizes of training, validation and test part. Validation is a share of what is left after the test part.
    private static double[] fractions(DataConfig d, boolean test) {
        double t = test ? d.test() : 0;
        double v = (1 - t) * d.validation();
        return new double[] {1 - t - v, v, t};
    }

    private static DataParts divided(TrainConfig config, Dataset every, String name) {
        var all = chosen(config, every, name);
        var parts = Datasets.split(all, fractions(config.data(), true), config.seed(), all.isClassification());
        return of(config, parts.get(0), notEmpty(parts.get(1)), notEmpty(parts.get(2)), name);
    }

    private static Dataset chosen(TrainConfig config, Dataset all, String name) {
        return all.isClassification() ? Relabelled.only(all, config.data().classes(), name) : all;
    }

    private static DataParts withTest(TrainConfig config, Dataset trainAll, Dataset testAll) {
        if (testAll == null) {
            return divided(config, trainAll, config.data().path());
        }
        var train = chosen(config, trainAll, config.data().path());
        var test = chosen(config, testAll, config.data().path());
        if (!test.classNames().equals(train.classNames()) || !test.input().shape().equals(train.input().shape())) {
            throw new IjenException(
                    config.data().path() + ": training and test part differ",
                    "classes " + train.classNames().size() + " and " + test.classNames().size() + ", examples "
                            + train.input().shape()
                            + " and " + test.input().shape(),
                    "the same classes and shapes",
                    "use parts that belong together");
        }
        var parts = Datasets.split(train, fractions(config.data(), false), config.seed(), train.isClassification());
        return of(config, parts.get(0), notEmpty(parts.get(1)), test, config.data().path());
    }

    private static DataParts of(TrainConfig config, Dataset train, Dataset validation, Dataset test, String name) {
        var part = limited(config, train);
        if (part.size() == 0) {
            throw new IjenException(name + ": nothing to train on", "0 examples", "at least one",
                    "lower data.validation and data.test");
        }
        var pre = preprocessor(config.data(), part);
        var text = name + ", " + part.size() + " to train on, " + size(validation) + " to validate, " + size(test)
                + " to test";
        return new DataParts(part, validation, test, pre, text);
    }

    private static Preprocessor preprocessor(DataConfig d, Dataset train) {
        var input = train.input();
        if (input.shape().rank() != 3 || input.dtype() != DType.F32) {
            return new Preprocessor.Arrays(input.dtype(), input.shape(), train.classNames());
        }
        var mean = new ArrayList<>(d.mean());
        var std = new ArrayList<>(d.std());
        checkPixels(d, input.shape().dim(0));
        if (d.normalize() && mean.isEmpty()) {
            var n = Normalize.fit(train);
            for (int c = 0; c < n.mean().length; c++) {
                mean.add((double) n.mean()[c]);
                std.add((double) n.std()[c]);
            }
        }
        var s = input.shape();
        return new Preprocessor.Image(s.dim(0), s.dim(1), s.dim(2), mean, std, train.classNames(), d.ink());
    }

    private static void checkPixels(DataConfig d, int channels) {
        boolean fits = d.mean().size() == d.std().size() && (d.mean().isEmpty() || d.mean().size() == channels)
                && d.std().stream().allMatch(s -> s > 0);
        if (!fits) {
            throw new ConfigException(Mark.of("data.mean"), "not a mean and deviation for each channel",
                    "mean " + d.mean() + ", std " + d.std(), channels + " of each, deviations above 0",
                    "correct data.mean and data.std");
        }
    }

    /// So many examples as are asked for, of every class its share: files of one class often stand together.
    private static Dataset limited(TrainConfig config, Dataset train) {
        int most = limit(config.data());
        if (most >= train.size()) {
            return train;
        }
        double share = (double) most / train.size();
        return Datasets.take(
                Datasets.split(train, new double[] {share}, config.seed(), train.isClassification()).getFirst(), most);
    }

    private static int limit(DataConfig d) {
        return d.limit() == 0 ? Integer.MAX_VALUE : d.limit();
    }

    private static int size(Dataset d) {
        return d == null ? 0 : d.size();
    }

    private static Dataset notEmpty(Dataset d) {
        return d.size() == 0 ? null : d;
    }

    /// The files the data is read from, for hashing; empty for drawn data.
    static List<Path> files(DataConfig data) {
        return switch (data.kind()) {
            case DIGITS, RING, FIGURES -> List.of();
            case DATES, NUMBERS -> data.path().isBlank() ? List.of() : List.of(path(data));
            case AUTO, IDX, IMAGES, CSV, NPZ, LINES, AUDIO -> List.of(path(data));
        };
    }
}
