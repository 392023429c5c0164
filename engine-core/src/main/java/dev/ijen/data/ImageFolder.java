package dev.ijen.data;

import dev.ijen.format.FormatException;
import dev.ijen.format.Images;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// PNG and JPEG images, a folder for every class (`cat/01.png`, `dog/x.jpg`). Classes and files are taken in the order
/// of their names. Images are decoded when asked for, brought to one size (mean over areas when shrinking, bilinear
/// when enlarging) and given out as F32 `[N, C, H, W]` from 0 to 1. Where all fit in [#CACHE_BYTES], each is decoded
/// once.
public final class ImageFolder implements Dataset {
    /// How many bytes of decoded images are kept.
    public static final long CACHE_BYTES = 512L << 20;

    private static final int MAX_FILES = 20_000_000;
    private final List<String> classNames;
    private final List<Path> files;
    private final int[] labels;
    private final Shape shape;
    private final AtomicReferenceArray<byte[]> cache;

    private ImageFolder(List<String> classNames, List<Path> files, int[] labels, Shape shape) {
        this.classNames = classNames;
        this.files = files;
        this.labels = labels;
        this.shape = shape;
        this.cache = (long) files.size() * shape.size() <= CACHE_BYTES ? new AtomicReferenceArray<>(files.size())
                : null;
    }

    /// The images below a folder.
    ///
    /// @param channels 1 (gray) or 3 (RGB)
    /// @param height of every image given out
    /// @param width of every image given out
    /// @throws FormatException if a class has no images, or there is no class
    public static ImageFolder of(Path folder, int channels, int height, int width) {
        if ((channels != 1 && channels != 3) || height < 1 || width < 1) {
            throw new IjenException(
                    "image folder: bad shape",
                    "[" + channels + ", " + height + ", " + width + "]",
                    "1 or 3 channels, sides of at least 1",
                    "check the input shape in the configuration");
        }
        if (!Files.isDirectory(folder)) {
            throw FormatException.noFolder(folder);
        }
        var classes = Datasets.subfolders(folder);
        if (classes.isEmpty()) {
            throw FormatException.unsupported(
                    folder, "its layout", "no folders in it", "a folder for every class",
                    "sort the images into such folders");
        }
        var files = new ArrayList<Path>();
        var labels = new ArrayList<Integer>();
        for (int c = 0; c < classes.size(); c++) {
            Path inside = folder.resolve(classes.get(c));
            var found = images(inside);
            if (found.isEmpty()) {
                throw FormatException.unsupported(
                        inside, "a class without images", "no .png, .jpg or .jpeg", "at least one",
                        "add some or remove it");
            }
            files.addAll(found);
            for (int i = 0; i < found.size(); i++) {
                labels.add(c);
            }
            if (files.size() > MAX_FILES) {
                throw FormatException.unsupported(
                        folder, "size", "more than " + MAX_FILES + " files", "at most as many", "split the folder");
            }
        }
        return new ImageFolder(
                classes,
                List.copyOf(files),
                labels.stream().mapToInt(Integer::intValue).toArray(),
                Shape.of(channels, height, width));
    }

    private static List<Path> images(Path folder) {
        try (var all = Files.list(folder)) {
            return all.filter(ImageFolder::isImage).sorted().toList();
        } catch (IOException e) {
            throw FormatException.of(folder, e);
        }
    }

    private static boolean isImage(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return !name.startsWith(".")
                && (name.endsWith(".png") || name.endsWith(".jpg") || name.endsWith(".jpeg"))
                && Files.isRegularFile(file);
    }

    /// The file of an example.
    public Path file(int index) {
        return files.get(index);
    }

    @Override
    public int size() {
        return labels.length;
    }

    @Override
    public Batch batch(int[] indices) {
        Rows.check(indices, labels.length);
        var to = new float[indices.length * shape.size()];
        for (int i = 0; i < indices.length; i++) {
            scaled(pixels(indices[i]), to, i * shape.size());
        }
        return Batch.of(
                HostTensor.of(to, shape.insert(0, indices.length).dims()), Rows.labels(labels, indices),
                indices.clone());
    }

    /// One image file as an example of a folder would be: F32 `[1, C, H, W]` from 0 to 1.
    ///
    /// @throws FormatException if the file is missing, damaged or no image
    public static HostTensor read(Path file, int channels, int height, int width) {
        var to = new float[channels * height * width];
        scaled(planes(file, Shape.of(channels, height, width)), to, 0);
        return HostTensor.of(to, 1, channels, height, width);
    }

    private static void scaled(byte[] pixels, float[] to, int at) {
        for (int k = 0; k < pixels.length; k++) {
            to[at + k] = (pixels[k] & 0xff) * (1 / 255f);
        }
    }

    /// `[C, H, W]`.
    private byte[] pixels(int index) {
        byte[] known = cache == null ? null : cache.get(index);
        if (known == null) {
            known = planes(files.get(index), shape);
            if (cache != null) {
                cache.set(index, known);
            }
        }
        return known;
    }

    /// The pixels of one image file as U8 `[C, H, W]`.
    static byte[] planes(Path file, Shape shape) {
        int c = shape.dim(0);
        int area = shape.dim(1) * shape.dim(2);
        byte[] mixed = Images.resize(Images.read(file, c), shape.dim(1), shape.dim(2), Images.Resize.AUTO)
                .data()
                .toArray(ValueLayout.JAVA_BYTE);
        if (c == 1) {
            return mixed;
        }
        var planes = new byte[mixed.length];
        for (int p = 0; p < area; p++) {
            for (int k = 0; k < c; k++) {
                planes[k * area + p] = mixed[p * c + k];
            }
        }
        return planes;
    }

    @Override
    public List<ElementSpec> inputs() {
        return List.of(new ElementSpec("image", DType.F32, shape));
    }

    @Override
    public ElementSpec label() {
        return new ElementSpec("label", DType.I32, Shape.scalar());
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public int[] classIndices() {
        return labels.clone();
    }
}
