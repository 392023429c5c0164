package dev.ijen.train.config;

import java.util.List;

/// Where first weights come from: transfer learning.
///
/// @param from file, folder or run; empty for fresh weights
/// @param rename rules from the file's names to the network's
/// @param ignore names of the network's weights that stay fresh
/// @param newHead whether the last layer stays fresh
/// @param strict whether all others must be found
public record InitConfig(
        @Key(doc = "file of tensors, .onnx, run or Hugging Face folder the first weights are taken from; empty for fresh ones",
                or = "''") String from,
        @Key(doc = "its names become the network's, rule after rule: `regex=text`, such as `^conv1\\.=0.`",
                or = "[]") List<String> rename,
        @Key(doc = "weights of the network that stay fresh, such as `9.*`", or = "[]") List<String> ignore,
        @Key(doc = "whether the last layer stays fresh: it is made for the classes of the new data",
                or = "false") boolean newHead,
        @Key(doc = "whether all other weights must be found; else those that are missing stay fresh",
                or = "true") boolean strict) {
    /// Copies the lists.
    public InitConfig {
        rename = List.copyOf(rename);
        ignore = List.copyOf(ignore);
    }

    /// Fresh weights.
    public static InitConfig none() {
        return new InitConfig("", List.of(), List.of(), false, true);
    }

    /// Whether weights are taken from anywhere.
    public boolean isSet() {
        return !from.isBlank();
    }

    /// From another file or folder.
    public InitConfig withFrom(String path) {
        return new InitConfig(path, rename, ignore, newHead, strict);
    }

    /// With a fresh last layer.
    public InitConfig withNewHead() {
        return new InitConfig(from, rename, ignore, true, strict);
    }
}
