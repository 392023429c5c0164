package dev.ijen.data;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.ShapeException;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// Examples in tensors whose first axis counts them: on the heap, off it, or mapped from a file.
public final class ArrayDataset implements Dataset {
    private final List<HostTensor> inputs;
    private final List<ElementSpec> specs;
    private final HostTensor labels;
    private final List<String> classNames;

    private ArrayDataset(List<HostTensor> inputs, HostTensor labels, List<String> classNames) {
        this.inputs = List.copyOf(inputs);
        this.labels = labels;
        this.classNames = List.copyOf(classNames);
        var all = new ArrayList<ElementSpec>();
        for (int i = 0; i < inputs.size(); i++) {
            var t = inputs.get(i);
            all.add(new ElementSpec(inputs.size() == 1 ? "input" : "input" + i, t.dtype(), t.shape().without(0)));
        }
        this.specs = List.copyOf(all);
    }

    /// A dataset with one input.
    ///
    /// @param inputs `[N, …]`
    /// @param labels I32 `[N]` with class names, F32 `[N]` or `[N, T]` without
    /// @param classNames the classes by index; empty for regression
    public static ArrayDataset of(HostTensor inputs, HostTensor labels, List<String> classNames) {
        return of(List.of(inputs), labels, classNames);
    }

    /// A dataset with several inputs.
    public static ArrayDataset of(List<HostTensor> inputs, HostTensor labels, List<String> classNames) {
        if (inputs.isEmpty() || labels.shape().rank() == 0) {
            throw new IjenException("dataset: nothing in it", inputs.size() + " inputs", "[N, …]",
                    "pass tensors with a batch axis");
        }
        int n = labels.shape().dim(0);
        for (var t : inputs) {
            if (t.shape().rank() == 0 || t.shape().dim(0) != n) {
                throw new ShapeException(
                        "dataset",
                        "input " + t.shape() + ", labels " + labels.shape(),
                        "equally many examples on the first axis",
                        "check that inputs and labels belong together");
            }
        }
        var normal = labels;
        if (classNames.isEmpty()) {
            normal = labels.shape().rank() == 1 ? labels.reshape(n, 1) : labels;
            if (normal.dtype() != DType.F32) {
                normal = HostTensor.of(normal.toFloatArray(), normal.shape().dims());
            }
        } else {
            if (labels.dtype() != DType.I32 || labels.shape().rank() != 1) {
                throw new ShapeException(
                        "dataset", labels.dtype() + labels.shape().toString(), "I32 [N] class indices",
                        "cast the labels");
            }
            checkClasses(labels.toIntArray(), classNames.size());
        }
        return new ArrayDataset(inputs, normal, classNames);
    }

    /// Images that are given out as F32 `[N, C, H, W]` from 0 to 1 and kept in a quarter of that.
    ///
    /// @param images U8 `[N, H, W]` or `[N, C, H, W]`
    /// @param labels class indices, N of them
    /// @param classNames the classes by index
    public static Dataset images(HostTensor images, int[] labels, List<String> classNames) {
        var s = images.shape();
        if (images.dtype() != DType.U8 || (s.rank() != 3 && s.rank() != 4) || s.dim(0) != labels.length) {
            throw new ShapeException(
                    "images",
                    images.dtype() + s.toString() + " with " + labels.length + " labels",
                    "U8 [N, H, W] or [N, C, H, W] with N labels",
                    "convert the images");
        }
        var one = s.without(0);
        return images(images.data().toArray(ValueLayout.JAVA_BYTE), one.rank() == 2 ? one.insert(0, 1) : one, labels,
                classNames);
    }

    /// The same of an array that nobody else changes from now on.
    ///
    /// @param pixels one image after the other
    /// @param shape of an image, `[C, H, W]`
    public static Dataset images(byte[] pixels, Shape shape, int[] labels, List<String> classNames) {
        if (shape.rank() != 3) {
            throw new ShapeException("images", shape.toString(), "[C, H, W]", "name channels, height and width");
        }
        if (pixels.length != (long) labels.length * shape.size()) {
            throw new ShapeException("images", pixels.length + " bytes with " + labels.length + " labels",
                    labels.length + " of " + shape, "pass every image's pixels");
        }
        checkClasses(labels, classNames.size());
        return new Pictures(pixels, shape, labels.clone(), List.copyOf(classNames));
    }

    private static void checkClasses(int[] labels, int classes) {
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classes) {
                throw new IjenException(
                        "dataset: a label is no class",
                        "label " + labels[i] + " of example " + i,
                        "0 to " + (classes - 1),
                        "check the labels and the class names");
            }
        }
    }

    @Override
    public int size() {
        return labels.shape().dim(0);
    }

    @Override
    public Batch batch(int[] indices) {
        Rows.check(indices, size());
        var picked = new ArrayList<HostTensor>(inputs.size());
        for (var t : inputs) {
            picked.add(Rows.pick(t, indices));
        }
        return new Batch(picked, Rows.pick(labels, indices), indices.clone());
    }

    @Override
    public List<ElementSpec> inputs() {
        return specs;
    }

    @Override
    public ElementSpec label() {
        return new ElementSpec("label", labels.dtype(), labels.shape().without(0));
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    private record Pictures(byte[] pixels, Shape shape, int[] labels, List<String> classNames) implements Pixels {
        @Override
        public int size() {
            return labels.length;
        }

        @Override
        public void count(int[] indices, long[][] to) {
            int channels = to.length;
            int inner = shape.size() / channels;
            for (int c = 0; c < channels; c++) {
                for (int i : indices) {
                    Rows.count(pixels, (i * channels + c) * inner, inner, to[c]);
                }
            }
        }

        @Override
        public Batch batch(int[] indices) {
            Rows.check(indices, labels.length);
            return Batch.of(
                    Rows.pickScaled(pixels, shape.size(), shape, indices), Rows.labels(labels, indices),
                    indices.clone());
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
        public int[] classIndices() {
            return labels.clone();
        }
    }
}
