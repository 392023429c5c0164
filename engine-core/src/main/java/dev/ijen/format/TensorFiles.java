package dev.ijen.format;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// Named tensors in files of any kind, told apart by the ends of their names: `.safetensors`, `.safetensors.index.json`,
/// `.npz`, `.npy`, `.pt` and `.pth`.
public final class TensorFiles {
    private static final List<String> READ = List.of(
            ".safetensors", ".safetensors.index.json", ".npz", ".npy", ".pt", ".pth");

    private static final List<String> WRITTEN = List.of(".safetensors", ".npz", ".npy");

    private TensorFiles() {}

    /// Whether the end of a file's name is known.
    public static boolean knows(Path file) {
        String name = lower(file);
        return READ.stream().anyMatch(name::endsWith);
    }

    /// Whether [#write] knows the end of a file's name.
    public static boolean writes(Path file) {
        String name = lower(file);
        return WRITTEN.stream().anyMatch(name::endsWith);
    }

    /// The ends of names that [#read] and [#write] know, for messages.
    public static String endings(boolean written) {
        return String.join(", ", written ? WRITTEN : READ);
    }

    /// All tensors, copied to the heap.
    public static Map<String, HostTensor> read(Path file) {
        String name = lower(file);
        if (name.endsWith(".safetensors")) {
            return Safetensors.read(file);
        }
        if (name.endsWith(".safetensors.index.json")) {
            return sharded(file);
        }
        if (name.endsWith(".npz")) {
            return Npz.read(file);
        }
        if (name.endsWith(".npy")) {
            return Map.of("array", Npy.read(file));
        }
        if (name.endsWith(".pt") || name.endsWith(".pth")) {
            return Torch.read(file);
        }
        throw unknown(file, endings(false));
    }

    /// A tensor without its numbers.
    public record Entry(String name, DType dtype, Shape shape, long bytes) {
        private static Entry of(String name, HostTensor t) {
            return new Entry(name, t.dtype(), t.shape(), t.data().byteSize());
        }
    }

    /// What tensors there are. Of kinds that say so in a header, the numbers are not read.
    public static List<Entry> list(Path file) {
        String name = lower(file);
        if (name.endsWith(".safetensors")) {
            try (var in = Safetensors.open(file)) {
                return in.names().stream().map(in::info)
                        .map(e -> new Entry(e.name(), e.dtype(), e.shape(), e.bytes())).toList();
            }
        }
        if (name.endsWith(".safetensors.index.json")) {
            try (var in = ShardedSafetensors.open(file)) {
                return in.names().stream().map(n -> Entry.of(n, in.get(n))).toList();
            }
        }
        return read(file).entrySet().stream().map(e -> Entry.of(e.getKey(), e.getValue())).toList();
    }

    /// The file's free text; empty where its kind has none.
    public static Map<String, String> metadata(Path file) {
        if (!lower(file).endsWith(".safetensors")) {
            return Map.of();
        }
        try (var in = Safetensors.open(file)) {
            return in.metadata();
        }
    }

    private static Map<String, HostTensor> sharded(Path file) {
        try (var in = ShardedSafetensors.open(file)) {
            return Safetensors.copies(in.names(), in::get);
        }
    }

    /// Writes tensors as the end of the file's name says: `.safetensors`, `.npz`, or `.npy` for a single one.
    public static void write(Path file, Map<String, HostTensor> tensors, Map<String, String> metadata) {
        String name = lower(file);
        if (name.endsWith(".safetensors")) {
            Safetensors.write(file, tensors, metadata);
        } else if (name.endsWith(".npz")) {
            Npz.write(file, tensors);
        } else if (name.endsWith(".npy") && tensors.size() == 1) {
            Npy.write(file, tensors.values().iterator().next());
        } else if (name.endsWith(".npy")) {
            throw new IjenException(
                    "cannot write " + file, tensors.size() + " tensors", "one", "write a .npz or .safetensors");
        } else {
            throw unknown(file, endings(true));
        }
    }

    /// Tensors under other names: each rule `pattern=replacement` is applied to all places of a name where its regular
    /// expression fits, one rule after the other; `$1` stands for the first group.
    ///
    /// @throws IjenException if a rule is none, or two tensors get one name
    public static Map<String, HostTensor> renamed(Map<String, HostTensor> tensors, List<String> rules) {
        var all = new LinkedHashMap<String, HostTensor>();
        tensors.forEach((name, t) -> {
            String to = name;
            for (String rule : rules) {
                int at = rule.indexOf('=');
                try {
                    if (at < 1) {
                        throw new IllegalArgumentException("no '=' behind a pattern");
                    }
                    to = Pattern.compile(rule.substring(0, at)).matcher(to).replaceAll(rule.substring(at + 1));
                } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                    throw new IjenException(
                            "names: a rule that is none", "'" + rule + "'", "regular expression = replacement",
                            String.valueOf(e.getMessage()), e);
                }
            }
            if (all.put(to, t) != null) {
                throw new IjenException(
                        "names: two tensors of one name", "'" + name + "' becomes '" + to + "', which there is already",
                        "a name for each", "make the rules narrower");
            }
        });
        return all;
    }

    private static IjenException unknown(Path file, String known) {
        return new IjenException(
                file + ": not a kind of file for tensors", "'" + file.getFileName() + "'", "a name that ends with "
                        + known,
                "give the file the end of its kind");
    }

    private static String lower(Path file) {
        return file.getFileName().toString().toLowerCase(Locale.ROOT);
    }
}
