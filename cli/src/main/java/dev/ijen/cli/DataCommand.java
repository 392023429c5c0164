package dev.ijen.cli;

import dev.ijen.data.Dataset;
import dev.ijen.data.DatasetSummary;
import dev.ijen.data.Datasets;
import dev.ijen.data.IdxDataset;
import dev.ijen.data.ImageFolder;
import dev.ijen.format.Csv;
import dev.ijen.format.FormatException;
import dev.ijen.format.Images;
import dev.ijen.format.Npy;
import dev.ijen.format.Npz;
import dev.ijen.tensor.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Looks at data.
@Command(name = "data", description = "Looks at data sets.", subcommands = DataCommand.Summary.class)
final class DataCommand extends GroupCommand {
    /// Sizes, classes and statistics.
    @Command(name = "summary", description = {
        "Shows what a data set holds: sizes, classes, statistics, missing values.",
        "PATH is a .csv, .npz or .npy file, a folder with IDX files (as MNIST's),",
        "a folder with one folder of images a class,",
        "or one with such folders named train and test."
    })
    static final class Summary extends BaseCommand {
        private static final Pattern IMAGE = Pattern.compile("(?i).*\\.(png|jpe?g|gif|bmp)");

        @Parameters(paramLabel = "PATH", description = "The file or folder.") Path path;

        @Override
        public Integer call() {
            var text = new StringBuilder();
            var object = new LinkedHashMap<String, Object>();
            var kind = Datasets.detect(path);
            object.put("path", path.toString());
            object.put("kind", kind.name().toLowerCase(Locale.ROOT));
            switch (kind) {
                case CSV -> add(DatasetSummary.of(Csv.read(path)), text, object);
                case NPY -> arrays(Map.of("array", Npy.read(path)), text, object);
                case NPZ -> arrays(Npz.read(path), text, object);
                case IDX, IMAGE_FOLDER, IMAGE_SPLITS -> {
                    var parts = new LinkedHashMap<String, Object>();
                    parts(kind).forEach((name, dataset) -> {
                        var part = new LinkedHashMap<String, Object>();
                        add(DatasetSummary.of(name, dataset), text, part);
                        parts.put(name, part);
                    });
                    object.put("parts", parts);
                }
            }
            print(text.toString(), object);
            return Exit.DONE;
        }

        private static void add(DatasetSummary s, StringBuilder text, Map<String, Object> object) {
            text.append(text.isEmpty() ? "" : "\n").append(s.toText().strip()).append('\n');
            object.putAll(s.toMap());
        }

        private static void arrays(Map<String, HostTensor> all, StringBuilder text, Map<String, Object> object) {
            var rows = new ArrayList<List<String>>();
            var list = new LinkedHashMap<String, Object>();
            all.forEach((name, t) -> {
                rows.add(List.of(name, t.dtype().toString(), t.shape().toString(), Text.bytes(t.data().byteSize())));
                list.put(name, Map.of("dtype", t.dtype().toString(), "shape", t.shape().toString(), "bytes",
                        t.data().byteSize()));
            });
            text.append(Text.table(List.of("array", "type", "shape", ">size"), rows));
            object.put("arrays", list);
        }

        private Map<String, Dataset> parts(Datasets.Kind kind) {
            var parts = new LinkedHashMap<String, Dataset>();
            if (kind == Datasets.Kind.IDX) {
                parts.put("train", IdxDataset.train(path));
                if (hasTest()) {
                    parts.put("test", IdxDataset.test(path));
                }
            } else if (kind == Datasets.Kind.IMAGE_FOLDER) {
                parts.put("images", images(path));
            } else {
                for (var name : List.of("train", "val", "test")) {
                    if (Files.isDirectory(path.resolve(name))) {
                        parts.put(name, images(path.resolve(name)));
                    }
                }
            }
            return parts;
        }

        private boolean hasTest() {
            try (var files = Files.list(path)) {
                return files.anyMatch(f -> f.getFileName().toString().startsWith("t10k-images"));
            } catch (IOException e) {
                throw FormatException.unreadable(path, e);
            }
        }

        /// In the size of the first image, in colour.
        private static Dataset images(Path folder) {
            try (var files = Files.walk(folder, 2)) {
                var first = files.filter(f -> IMAGE.matcher(f.getFileName().toString()).matches())
                        .filter(Files::isRegularFile)
                        .sorted()
                        .findFirst()
                        .orElseThrow(() -> FormatException.missing(folder.resolve("CLASS/image.png"),
                                "put images in folders by class"));
                var info = Images.probe(first);
                return ImageFolder.of(folder, 3, info.height(), info.width());
            } catch (IOException e) {
                throw FormatException.unreadable(folder, e);
            }
        }
    }
}
