package dev.ijen.format;

import dev.ijen.tensor.HostTensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// Tensors over several PyTorch files beside an index (`pytorch_model.bin.index.json`): `{"weight_map": {name: file}}`.
public final class ShardedTorch {
    private static final int MOST_FILES = 10_000;

    private ShardedTorch() {}

    /// All tensors, in the index's order.
    ///
    /// @throws FormatException if a file is missing, damaged, outside the index's folder, or lacks a tensor the index says it has
    public static Map<String, HostTensor> read(Path index) {
        if (!(Json.parse(index) instanceof Map<?, ?> top) || !(top.get("weight_map") instanceof Map<?, ?> map)) {
            throw damaged(index, "its top", "no object 'weight_map'", "tensors' names and files");
        }
        var files = new LinkedHashMap<String, Map<String, HostTensor>>();
        var all = new LinkedHashMap<String, HostTensor>();
        map.forEach((name, file) -> {
            if (!(file instanceof String f) || !f.matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}")) {
                throw damaged(index, "'" + name + "'", String.valueOf(file),
                        "the plain name of a file beside the index");
            }
            if (files.size() == MOST_FILES && !files.containsKey(f)) {
                throw damaged(index, "'" + name + "'", "more than " + MOST_FILES + " files", "fewer");
            }
            var t = files.computeIfAbsent(f, k -> Torch.read(index.resolveSibling(k))).get(String.valueOf(name));
            if (t == null) {
                throw damaged(index, "'" + name + "'", "no such tensor in " + f, "the tensor");
            }
            all.put(String.valueOf(name), t);
        });
        return all;
    }

    private static FormatException damaged(Path index, String where, String got, String expected) {
        return FormatException.damaged(index, where, got, expected, "fetch the index and its files again");
    }
}
