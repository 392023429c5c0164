package dev.ijen.train.config;

/// What a training is about. Settings that a task does not have are left alone by it.
///
/// @param type which task
/// @param length of an example
/// @param stride between examples
/// @param generative settings of tasks that make examples
public record TaskConfig(
        @Key(doc = "auto: a class or numbers for each example, as the data says; language-model: the next token of a text; segmentation: a class for each pixel; gan, vae, diffusion: make examples",
                or = "auto") Type type,
        @Key(doc = "language-model: tokens of an example", or = "128", min = 1, max = 1 << 20) int length,
        @Key(doc = "language-model: tokens between the starts of two examples; 0 for their length", or = "0", min = 0,
                max = 1 << 20) int stride,
        @Key(doc = "gan, vae, diffusion") GenerativeConfig generative) {
    /// Which task.
    public enum Type {
        /// Classes or numbers, by the data.
        AUTO,
        /// The next token.
        LANGUAGE_MODEL,
        /// A class for each pixel.
        SEGMENTATION,
        /// Generator against critic.
        GAN,
        /// Variational autoencoder.
        VAE,
        /// Denoising, asked for in words.
        DIFFUSION
    }
}
