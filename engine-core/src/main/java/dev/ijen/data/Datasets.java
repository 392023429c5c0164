package dev.ijen.data;

import dev.ijen.format.FormatException;
import dev.ijen.format.Npy;
import dev.ijen.format.Npz;
import dev.ijen.tensor.HostTensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// Makes datasets out of datasets and arrays.
public final class Datasets {
    private Datasets() {}

    /// What a path holds.
    public enum Kind {
        /// A folder with MNIST-like IDX files.
        IDX,
        /// A folder with a folder of images for every class.
        IMAGE_FOLDER,
        /// A folder with `train` and `test` (or `val`), each an image folder.
        IMAGE_SPLITS,
        /// A table.
        CSV,
        /// NumPy arrays.
        NPZ,
        /// One NumPy array.
        NPY
    }

    /// Random disjoint parts.
    ///
    /// @param fractions sizes of the parts, together at most 1
    /// @param seed the same seed gives the same parts
    /// @param stratified keep the shares of the classes in every part
    public static List<Dataset> split(Dataset dataset, double[] fractions, long seed, boolean stratified) {
        int[] classes = stratified ? dataset.classIndices() : null;
        var parts = new ArrayList<Dataset>();
        for (int[] rows : Splits.of(dataset.size(), classes, fractions, seed)) {
            parts.add(Subset.of(dataset, rows));
        }
        return List.copyOf(parts);
    }

    /// The first `n` examples, or all if there are fewer.
    public static Dataset take(Dataset dataset, int n) {
        return n >= dataset.size() ? dataset : Subset.of(dataset, IntStream.range(0, n).toArray());
    }

    /// Two `.npy` files, mapped: inputs `[N, …]` and labels, whole numbers `[N]` for classes, real for targets.
    public static Dataset npy(Path inputs, Path labels) {
        // the mapping lives as long as the dataset does; nothing but the file is behind it
        var arena = Arena.ofAuto();
        return of(Npy.map(inputs, arena), Npy.map(labels, arena), labels.toString());
    }

    /// Two arrays of an `.npz` file.
    public static Dataset npz(Path file, String inputKey, String labelKey) {
        var arrays = Npz.read(file);
        for (String key : List.of(inputKey, labelKey)) {
            if (!arrays.containsKey(key)) {
                throw FormatException.lacking(file, "no array '" + key + "'", "arrays " + arrays.keySet(),
                        "inputs and labels", "name other keys");
            }
        }
        return of(arrays.get(inputKey), arrays.get(labelKey), file + " array '" + labelKey + "'");
    }

    private static Dataset of(HostTensor inputs, HostTensor labels, String name) {
        if (!labels.dtype().isInt() || labels.shape().rank() != 1) {
            return ArrayDataset.of(inputs, labels, List.of());
        }
        long most = 0;
        for (int i = 0; i < labels.shape().size(); i++) {
            long v = labels.getLong(i);
            if (v < 0 || v > 1_000_000) {
                throw FormatException.damaged(
                        name, "element " + i, "label " + v, "a class from 0 to 1000000", "store targets as float32");
            }
            most = Math.max(most, v);
        }
        return ArrayDataset.of(inputs, HostTensor.of(labels.toIntArray(), labels.shape().dim(0)), numbered((int) most + 1));
    }

    /// `"0"`, `"1"`, … as class names.
    static List<String> numbered(int classes) {
        return IntStream.range(0, classes).mapToObj(Integer::toString).toList();
    }

    /// What a path holds, by its name and what lies in it.
    ///
    /// @throws FormatException if it is missing or nothing that is known
    public static Kind detect(Path path) {
        String name = path.getFileName() == null ? "" : path.getFileName().toString().toLowerCase(Locale.ROOT);
        if (!Files.exists(path)) {
            throw FormatException.missing(path, "check the spelling of the path");
        }
        if (Files.isDirectory(path)) {
            if (IdxDataset.isIn(path)) {
                return Kind.IDX;
            }
            var folders = subfolders(path);
            if (folders.contains("train") && (folders.contains("test") || folders.contains("val"))) {
                return Kind.IMAGE_SPLITS;
            }
            if (!folders.isEmpty()) {
                return Kind.IMAGE_FOLDER;
            }
        } else if (name.endsWith(".npz")) {
            return Kind.NPZ;
        } else if (name.endsWith(".npy")) {
            return Kind.NPY;
        } else if (name.endsWith(".csv") || name.endsWith(".tsv") || name.endsWith(".txt") || name.endsWith(".data")) {
            return Kind.CSV;
        }
        throw FormatException.unsupported(
                path,
                "data of this kind",
                Files.isDirectory(path) ? "a folder without IDX files or class folders" : "a file '" + name + "'",
                "a folder with IDX files, a folder of class folders with images, .csv, .npz or .npy",
                "point to one of these");
    }

    static List<String> subfolders(Path folder) {
        try (var all = Files.list(folder)) {
            return all.filter(Files::isDirectory)
                    .map(p -> p.getFileName().toString())
                    .filter(n -> !n.startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw FormatException.of(folder, e);
        }
    }
}
