package dev.ijen.train.config;

/// What a training is about. Settings that a task does not have are left alone by it.
///
/// @param type which task
/// @param generative settings of tasks that make examples
public record TaskConfig(
        @Key(doc = "auto: a class or numbers for each example, as the data says; gan, vae, diffusion: make examples",
                or = "auto") Type type,
        @Key(doc = "gan, vae, diffusion") GenerativeConfig generative) {
    /// Which task.
    public enum Type {
        /// Classes or numbers, by the data.
        AUTO,
        /// Generator against critic.
        GAN,
        /// Variational autoencoder.
        VAE,
        /// Denoising, asked for in words.
        DIFFUSION
    }
}
