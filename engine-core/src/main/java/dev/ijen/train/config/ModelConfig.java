package dev.ijen.train.config;

import java.util.List;

/// The network.
///
/// @param layers in order
/// @param critic of a gan
/// @param decoder of a vae
/// @param input shape of one example, where no data is at hand
/// @param outputs classes or targets, where no data is at hand
public record ModelConfig(
        @Key(doc = "layers in order, such as `- linear: 64`, `- relu`, `- output`",
                required = true) List<LayerConfig> layers,
        @Key(doc = "gan: layers of the critic; `layers` are the generator's", or = "[]") List<LayerConfig> critic,
        @Key(doc = "vae: layers of the decoder; `layers` are the encoder's", or = "[]") List<LayerConfig> decoder,
        @Key(doc = "shape of one example; only used to look at the network without its data",
                or = "[]") List<Integer> input,
        @Key(doc = "classes or targets; only used to look at the network without its data", or = "0",
                min = 0) int outputs) {
    /// Copies the lists.
    public ModelConfig {
        layers = List.copyOf(layers);
        critic = List.copyOf(critic);
        decoder = List.copyOf(decoder);
        input = List.copyOf(input);
    }
}
