package dev.ijen.train.config;

import java.util.List;

/// Low-rank adapters beside linear layers: only they are trained (Hu et al., arXiv:2106.09685).
///
/// @param rank of the adapters; 0 for none
/// @param alpha their scale is alpha / rank
/// @param dropout of what goes into them
/// @param targets names of linear layers
/// @param train names of weights that are trained besides
public record LoraConfig(
        @Key(doc = "rank of the adapters; 0 for none", or = "0", min = 0, max = 4096) int rank,
        @Key(doc = "adapters are scaled by alpha / rank", or = "16", min = 0, max = 100_000) double alpha,
        @Key(doc = "share of an adapter's input that is dropped in training", or = "0", min = 0,
                max = 0.99) double dropout,
        @Key(doc = "linear layers that get one, such as `*.qkv`", or = "['*']") List<String> targets,
        @Key(doc = "weights trained besides the adapters, such as `9.*`; a new head always is",
                or = "[]") List<String> train) {
    /// Copies the lists.
    public LoraConfig {
        targets = List.copyOf(targets);
        train = List.copyOf(train);
    }

    /// Whether there are adapters.
    public boolean isSet() {
        return rank > 0;
    }

    /// Without adapters.
    public LoraConfig none() {
        return new LoraConfig(0, alpha, dropout, targets, train);
    }
}
