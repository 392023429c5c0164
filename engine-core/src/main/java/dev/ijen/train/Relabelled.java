package dev.ijen.train;

import dev.ijen.data.Batch;
import dev.ijen.data.Dataset;
import dev.ijen.data.ElementSpec;
import dev.ijen.data.Subset;
import dev.ijen.format.FormatException;
import dev.ijen.tensor.HostTensor;
import dev.ijen.train.config.ConfigException;
import dev.ijen.train.config.Mark;
import java.util.List;
import java.util.stream.IntStream;

/// A dataset whose classes have the numbers of another list of names.
final class Relabelled implements Dataset {
    private final Dataset data;
    private final List<String> names;
    private final int[] to;

    private Relabelled(Dataset data, List<String> names, int[] to) {
        this.data = data;
        this.names = names;
        this.to = to;
    }

    /// @throws FormatException if the data has a class that is not among the names
    static Dataset of(Dataset data, List<String> names, String source) {
        if (data.classNames().equals(names)) {
            return data;
        }
        var index = Preprocessor.index(names);
        var to = new int[data.classes()];
        for (int c = 0; c < to.length; c++) {
            var at = index.get(data.classNames().get(c));
            if (at == null) {
                throw FormatException.unsupported(
                        source, "a class the model does not know", "'" + data.classNames().get(c) + "'",
                        "classes out of " + names,
                        "evaluate on data with the classes it was trained on");
            }
            to[c] = at;
        }
        return new Relabelled(data, names, to);
    }

    /// The examples of some classes, which then are all there are.
    ///
    /// @throws ConfigException if there is none of that name
    static Dataset only(Dataset data, List<String> names, String source) {
        if (names.isEmpty() || data.classNames().equals(names)) {
            return data;
        }
        var to = new int[data.classes()];
        java.util.Arrays.fill(to, -1);
        for (int k = 0; k < names.size(); k++) {
            int at = data.classNames().indexOf(names.get(k));
            if (at < 0) {
                throw new ConfigException(Mark.of("data.classes"), "no such class", "'" + names.get(k) + "'",
                        "classes of " + source + ": " + data.classNames(), "correct the name");
            }
            to[at] = k;
        }
        var all = data.classIndices();
        var rows = IntStream.range(0, all.length).filter(i -> to[all[i]] >= 0).toArray();
        return new Relabelled(Subset.of(data, rows), names, to);
    }

    @Override
    public int size() {
        return data.size();
    }

    @Override
    public Batch batch(int[] indices) {
        var b = data.batch(indices);
        var labels = b.labels().toIntArray();
        for (int i = 0; i < labels.length; i++) {
            labels[i] = to[labels[i]];
        }
        return new Batch(b.inputs(), HostTensor.of(labels, labels.length), b.indices());
    }

    @Override
    public List<ElementSpec> inputs() {
        return data.inputs();
    }

    @Override
    public ElementSpec label() {
        return data.label();
    }

    @Override
    public List<String> classNames() {
        return names;
    }
}
