package dev.ijen.train;

import dev.ijen.engine.Cells;
import dev.ijen.engine.Parameter;
import dev.ijen.format.FormatException;
import dev.ijen.format.Safetensors;
import dev.ijen.tensor.Cell;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.train.config.ConfigWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a run with adapters has learnt, in a file of its own: the adapters, as PEFT names them (`NAME.lora_A.weight` [rank, in],
/// `NAME.lora_B.weight` [out, rank]), and other weights it trained, such as a new head. The weights they belong to are elsewhere.
public final class Adapters {
    private static final Map<String, String> NAMES = Map.of(".lora.a", ".lora_A.weight", ".lora.b", ".lora_B.weight");

    private Adapters() {}

    /// Writes them. Returns how many numbers they are.
    ///
    /// @throws IjenException if the run has no adapters
    public static long write(Trained trained, Path file) {
        if (!trained.config().lora().isSet()) {
            throw new IjenException("export: no adapters in " + trained.checkpoint(), "lora.rank: 0",
                    "a run that trained adapters",
                    "train with --set lora.rank=8");
        }
        var frozen = Models.frozen(trained.config(), trained.model());
        var all = new LinkedHashMap<String, HostTensor>();
        Cells.all(trained.model()).forEach((name, cell) -> {
            if (cell instanceof Parameter p && !Cells.matches(frozen, name)) {
                all.put(outside(name), p.read());
            }
        });
        var metadata = Imported.metadata(ConfigWriter.yaml(trained.config()), trained.preprocessor());
        metadata.put("ijen.adapter", "lora");
        Safetensors.write(file, all, metadata);
        return all.values().stream().mapToLong(v -> v.shape().size()).sum();
    }

    /// Fills a network with adapters from their file, and with all else from that of the base.
    static void restore(Path base, Path adapter, Map<String, Cell> cells) {
        try (var own = Safetensors.open(adapter); var rest = Safetensors.open(base)) {
            var values = new LinkedHashMap<String, HostTensor>();
            cells.forEach((name, cell) -> {
                boolean mine = own.has(outside(name));
                var from = mine ? own : rest;
                var there = mine ? outside(name) : name;
                if (!from.has(there) || !from.info(there).shape().equals(cell.shape())
                        || from.info(there).dtype() != cell.dtype()) {
                    throw FormatException.unsupported(adapter, "these adapters for " + base,
                            from.has(there) ? "'" + there + "' " + from.info(there).shape() : "no '" + there + "'",
                            "'" + name + "' " + cell.dtype() + cell.shape(), "give the model they were trained on");
                }
                values.put(name, from.get(there));
            });
            Checkpoints.fill(values, "", cells);
        }
    }

    private static String outside(String name) {
        for (var e : NAMES.entrySet()) {
            if (name.endsWith(e.getKey())) {
                return name.substring(0, name.length() - e.getKey().length()) + e.getValue();
            }
        }
        return name;
    }
}
