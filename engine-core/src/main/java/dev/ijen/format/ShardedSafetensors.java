package dev.ijen.format;

import dev.ijen.tensor.HostTensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Tensors over several safetensors files beside an index (`model.safetensors.index.json`): `{"weight_map": {name: file}}`.
/// All files are mapped, none is copied; tensors given out are views that end with [#close].
public final class ShardedSafetensors implements AutoCloseable {
    private static final int MOST_FILES = 10_000;
    private final Path index;
    private final Map<String, Safetensors> shards = new LinkedHashMap<>();
    private final Map<String, Safetensors> byTensor = new LinkedHashMap<>();

    private ShardedSafetensors(Path index) {
        this.index = index;
    }

    /// Maps all files of an index and checks that each tensor is where the index says.
    ///
    /// @throws FormatException if a file is missing, damaged or outside the index's folder
    public static ShardedSafetensors open(Path index) {
        var all = new ShardedSafetensors(index);
        try {
            if (!(Json.parse(index) instanceof Map<?, ?> top) || !(top.get("weight_map") instanceof Map<?, ?> map)) {
                throw damaged(index, "its top", "no object 'weight_map'", "tensors' names and files");
            }
            map.forEach((name, file) -> all.add(String.valueOf(name), file));
            return all;
        } catch (RuntimeException | Error e) {
            all.close();
            throw e;
        }
    }

    private void add(String name, Object file) {
        if (!(file instanceof String f) || !f.matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}")) {
            throw damaged(index, "'" + name + "'", String.valueOf(file), "the plain name of a file beside the index");
        }
        var shard = shards.get(f);
        if (shard == null) {
            if (shards.size() == MOST_FILES) {
                throw damaged(index, "'" + name + "'", "more than " + MOST_FILES + " files", "fewer");
            }
            shard = Safetensors.open(index.resolveSibling(f));
            shards.put(f, shard);
        }
        if (!shard.has(name)) {
            throw damaged(index, "'" + name + "'", "no such tensor in " + f, "the tensor");
        }
        byTensor.put(name, shard);
    }

    private static FormatException damaged(Path index, String where, String got, String expected) {
        return FormatException.damaged(index, where, got, expected, "fetch the index and its files again");
    }

    /// The tensors' names in the index's order.
    public List<String> names() {
        return List.copyOf(byTensor.keySet());
    }

    /// A tensor's values: a view of its file, valid until [#close].
    public HostTensor get(String name) {
        var shard = byTensor.get(name);
        if (shard == null) {
            throw FormatException.lacking(
                    index, "no tensor '" + name + "'" + Names.nearest(name, byTensor.keySet()),
                    byTensor.size() + " other tensors", "a tensor of that name",
                    "check that the file belongs to this model");
        }
        return shard.get(name);
    }

    /// Ends all mappings.
    @Override
    public void close() {
        shards.values().forEach(Safetensors::close);
    }
}
