package dev.ijen.train;

import dev.ijen.engine.Cells;
import dev.ijen.engine.Held;
import dev.ijen.engine.Parameter;
import dev.ijen.engine.State;
import dev.ijen.format.FormatException;
import dev.ijen.format.TensorFiles;
import dev.ijen.nn.Module;
import dev.ijen.tensor.HostTensor;
import dev.ijen.train.config.InitConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/// First weights out of a file: which of its tensors become which of the network's, and what stays fresh. Nothing is written into the
/// network before all of it fits.
///
/// @param from file or folder
/// @param taken names of the network's weights and statistics that were found
/// @param fresh those that were not
/// @param unused names in the file, by the rules, that nothing in the network has
record FirstWeights(String from, List<String> taken, List<String> fresh, List<String> unused) {
    /// Fills a network.
    ///
    /// @throws FormatException if something is missing or does not fit, with what would help
    static FirstWeights load(InitConfig config, Module model) {
        var path = Path.of(config.from());
        var file = TensorFiles.renamed(WeightSource.read(path), config.rename());
        var stay = new ArrayList<>(config.ignore());
        var cells = Cells.all(model);
        Models.check("init.ignore", stay, cells.keySet());
        if (config.newHead()) {
            stay.addAll(Models.head(model));
        }
        var found = new LinkedHashMap<Held, HostTensor>();
        var taken = new ArrayList<String>();
        var fresh = new ArrayList<String>();
        var missing = new ArrayList<String>();
        var used = new LinkedHashSet<String>();
        cells.forEach((name, cell) -> {
            var there = spelling(name, file);
            used.add(there);
            if (Cells.matches(stay, name) || name.contains(dev.ijen.nn.Lora.PART) && !file.containsKey(there)) {
                fresh.add(name);
            } else if (!file.containsKey(there)) {
                missing.add(name);
            } else {
                found.put((Held) cell, fitting(path, name, (Held) cell, there, file.get(there), model));
                taken.add(name);
            }
        });
        var unused = file.keySet().stream().filter(n -> !used.contains(n) && !n.endsWith("num_batches_tracked"))
                .toList();
        if (!missing.isEmpty() && config.strict() || taken.isEmpty()) {
            throw FormatException.lacking(
                    path,
                    "lacks " + (taken.isEmpty() ? "all" : missing.size() + " of " + cells.size())
                            + " weights of the network",
                    "no " + Models.some(missing) + "; not used of the file: " + Models.some(unused),
                    "a tensor for each: " + taken.size() + " were found",
                    "rename the file's with init.rename (--init-map 'REGEX=TEXT'), leave some fresh with init.ignore, or all that are missing with init.strict=false");
        }
        fresh.addAll(missing);
        found.forEach(FirstWeights::write);
        return new FirstWeights(config.from(), taken, fresh, unused);
    }

    private static void write(Held cell, HostTensor value) {
        switch (cell) {
            case Parameter p -> p.write(value);
            case State s -> s.write(value);
        }
    }

    /// The name as the file spells it: running statistics are called otherwise by PyTorch.
    private static String spelling(String name, Map<String, HostTensor> file) {
        if (file.containsKey(name)) {
            return name;
        }
        return name.replaceFirst("runningMean$", "running_mean").replaceFirst("runningVariance$", "running_var");
    }

    private static HostTensor fitting(Path path, String name, Held cell, String there, HostTensor value, Module model) {
        if (value.shape().equals(cell.shape()) && value.dtype() == cell.dtype()) {
            return value;
        }
        if (value.shape().equals(cell.shape()) && value.dtype().isFloat() && cell.dtype().isFloat()) {
            return HostTensor.of(cell.dtype(), value.toDoubleArray(), cell.shape().dims());
        }
        boolean last = model instanceof dev.ijen.nn.Chain && Cells.matches(Models.head(model), name);
        throw FormatException.lacking(
                path,
                "'" + there + "' does not fit the network's '" + name + "'",
                value.dtype().toString() + value.shape(),
                cell.dtype() + cell.shape().toString(),
                last ? "it is the last layer, for other classes: --new-head makes a fresh one"
                        : "change the layer, rename with init.rename, or leave it fresh: init.ignore: ['" + name
                                + "']");
    }

    /// For JSON.
    Map<String, Object> toMap() {
        var m = new LinkedHashMap<String, Object>();
        m.put("from", from);
        m.put("taken", taken);
        m.put("fresh", fresh);
        m.put("unused", unused);
        return m;
    }

    @Override
    public String toString() {
        return taken.size() + " from " + from
                + (fresh.isEmpty() ? "" : "; fresh: " + Models.some(fresh))
                + (unused.isEmpty() ? "" : "; not used of the file: " + Models.some(unused));
    }
}
