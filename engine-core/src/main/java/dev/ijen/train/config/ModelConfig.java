package dev.ijen.train.config;

import java.util.List;

/// The network.
///
/// @param layers in order
/// @param input shape of one example, where no data is at hand
/// @param outputs classes or targets, where no data is at hand
public record ModelConfig(
        @Key(doc = "layers in order, such as `- linear: 64`, `- relu`, `- output`",
                required = true) List<LayerConfig> layers,
        @Key(doc = "shape of one example; only used to look at the network without its data",
                or = "[]") List<Integer> input,
        @Key(doc = "classes or targets; only used to look at the network without its data", or = "0",
                min = 0) int outputs) {
    /// Copies the lists.
    public ModelConfig {
        layers = List.copyOf(layers);
        input = List.copyOf(input);
    }
}
