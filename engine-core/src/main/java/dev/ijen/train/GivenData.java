package dev.ijen.train;

import dev.ijen.data.Dataset;
import dev.ijen.data.Datasets;
import dev.ijen.data.IdxDataset;
import dev.ijen.data.ImageFolder;
import dev.ijen.format.Csv;
import dev.ijen.format.FormatException;
import dev.ijen.train.config.TrainConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;

/// Data a trained model is tried on, read with what was learnt about its training's.
///
/// @param config of the training
/// @param task of it
/// @param pre what was learnt
record GivenData(TrainConfig config, Task task, Preprocessor pre) {
    /// All examples of a path: the test part of a folder with parts, every row of a table. Of the very data the model was trained on, only
    /// what was held out.
    ///
    /// @param path null for the training's own data
    Dataset of(Path path) {
        if (path == null || same(path)) {
            var parts = Task.of(path == null ? config : config.withDataPath(path.toString())).load();
            var held = parts.test() != null ? parts.test() : parts.validation();
            return held != null ? held : parts.train();
        }
        if (task instanceof TextTask t) {
            return t.dataset(path, pre);
        }
        return switch (pre) {
            case Preprocessor.Image _ when task instanceof SegmentationTask -> Datasets.npz(path, "x", "y");
            case Preprocessor.Image i -> images(path, i);
            case Preprocessor.Table t -> {
                var csv = Csv.read(path);
                yield t.table().dataset(csv, IntStream.range(0, csv.rows()).toArray());
            }
            case Preprocessor.Arrays a -> Datasets.npz(path, "x", "y");
            // what was learnt about the training's data holds for other data, too
            case TokenRows.Tokens t -> Lines.all(config.data().withPath(path.toString()), t);
            case Preprocessor.Series s -> new Forecast(config).all(path, s);
            case Preprocessor.Speech s -> StringParts.other(config.withDataPath(path.toString()), s);
            case Preprocessor.Audio _,TokenRows.Masked _,TokenRows.Pairs _ -> {
                var parts = Task.of(config.withDataPath(path.toString())).load();
                yield parts.test() != null ? parts.test() : parts.train();
            }
        };
    }

    private static Dataset images(Path path, Preprocessor.Image i) {
        return switch (Datasets.detect(path)) {
            case IDX -> IdxDataset.test(path);
            case IMAGE_FOLDER -> ImageFolder.of(path, i.channels(), i.height(), i.width());
            case IMAGE_SPLITS -> ImageFolder.of(
                    path.resolve(Files.isDirectory(path.resolve("test")) ? "test" : "val"), i.channels(), i.height(),
                    i.width());
            case CSV, NPZ, NPY -> throw FormatException.unsupported(
                    path, "this data for a model of pictures", "a file", "a folder of pictures or IDX files",
                    "give data like that it was trained on");
        };
    }

    private boolean same(Path path) {
        var own = config.data().path();
        try {
            return !own.isBlank() && Files.exists(Path.of(own)) && Files.exists(path)
                    && Files.isSameFile(Path.of(own), path);
        } catch (IOException e) {
            return false;
        }
    }
}
