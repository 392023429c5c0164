package dev.ijen.data;

import dev.ijen.format.FormatException;
import dev.ijen.format.Idx;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import java.nio.file.Files;
import java.nio.file.Path;

/// Images and labels in IDX files named as MNIST's: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
/// `t10k-images-idx3-ubyte`, `t10k-labels-idx1-ubyte`, with `.` or `-` before `idx`, plain or with `.gz`.
public final class IdxDataset {
    private IdxDataset() {}

    /// The training part: F32 `[N, 1, H, W]` from 0 to 1, classes `0`, `1`, ….
    ///
    /// @throws FormatException naming the file that is missing or broken
    public static Dataset train(Path folder) {
        return part(folder, "train");
    }

    /// The test part.
    public static Dataset test(Path folder) {
        return part(folder, "t10k");
    }

    static boolean isIn(Path folder) {
        return find(folder, "train-images", 3) != null || find(folder, "t10k-images", 3) != null;
    }

    private static Dataset part(Path folder, String prefix) {
        Path imageFile = require(folder, prefix + "-images", 3);
        Path labelFile = require(folder, prefix + "-labels", 1);
        HostTensor images = Idx.read(imageFile);
        HostTensor labels = Idx.read(labelFile);
        if (images.dtype() != DType.U8 || images.shape().rank() < 3 || images.shape().rank() > 4) {
            throw FormatException.damaged(
                    imageFile, "offset 0", images.dtype() + images.shape().toString(), "U8 [N, H, W]",
                    "check the file");
        }
        if (labels.dtype() != DType.U8 || labels.shape().rank() != 1) {
            throw FormatException.damaged(
                    labelFile, "offset 0", labels.dtype() + labels.shape().toString(), "U8 [N]", "check the file");
        }
        if (labels.shape().dim(0) != images.shape().dim(0)) {
            throw FormatException.damaged(
                    labelFile,
                    "offset 4",
                    labels.shape().dim(0) + " labels",
                    images.shape().dim(0) + " as there are images in " + imageFile.getFileName(),
                    "use files that belong together");
        }
        int[] classes = labels.toIntArray();
        int most = 9; // digits, even where a small part lacks some
        for (int c : classes) {
            most = Math.max(most, c);
        }
        return ArrayDataset.images(images, classes, Datasets.numbered(most + 1));
    }

    private static Path require(Path folder, String name, int rank) {
        Path file = find(folder, name, rank);
        if (Files.isRegularFile(folder)) {
            throw FormatException.noFolder(folder);
        }
        if (file == null) {
            throw FormatException.missing(
                    folder.resolve(name + "-idx" + rank + "-ubyte"), "put it (plain or .gz) into that folder");
        }
        return file;
    }

    private static Path find(Path folder, String name, int rank) {
        for (String separator : new String[] {"-", "."}) {
            for (String end : new String[] {"", ".gz"}) {
                Path file = folder.resolve(name + separator + "idx" + rank + "-ubyte" + end);
                if (Files.isRegularFile(file)) {
                    return file;
                }
            }
        }
        return null;
    }
}
