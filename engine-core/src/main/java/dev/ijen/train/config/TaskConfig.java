package dev.ijen.train.config;

/// What a training is about. Settings that a task does not have are left alone by it.
///
/// @param type which task
/// @param length of an example
/// @param stride between examples
/// @param horizon steps ahead
/// @param linear whether the target's own past is added
/// @param vocabulary what symbols are
/// @param symbols how many are learnt
/// @param masked share of tokens that are hidden
/// @param answer most tokens of an answer
/// @param ctc settings of sequences without alignment
/// @param generative settings of tasks that make examples
public record TaskConfig(
        @Key(doc = "auto: a class or numbers for each example, as the data says; language-model: the next token of a text; masked-language-model: hidden tokens of a text; translation: a text for a text; forecast: the next steps of a series; segmentation: a class for each pixel; ctc: a sequence of symbols out of sound; gan, vae, diffusion: make examples",
                or = "auto") Type type,
        @Key(doc = "language models, lines: tokens of an example; translation: most tokens of a text; forecast: steps that are seen", or = "128", min = 1, max = 1 << 20) int length,
        @Key(doc = "language models: tokens between the starts of two examples; 0 for their length", or = "0", min = 0,
                max = 1 << 20) int stride,
        @Key(doc = "forecast: steps ahead that are asked for", or = "24", min = 1, max = 1 << 20) int horizon,
        @Key(doc = "forecast: a weighted sum of the target's own past is learnt beside the network and added to what it says", or = "false") boolean linear,
        @Key(doc = "language models, translation: characters, bpe (learnt from the training part: frequent pairs become one), or auto: data.tokenizer, else characters",
                or = "auto") Symbols vocabulary,
        @Key(doc = "vocabulary bpe: how many symbols are learnt, 256 bytes among them", or = "1024", min = 257,
                max = 1 << 20) int symbols,
        @Key(doc = "masked-language-model: share of tokens that are to be told", or = "0.15", min = 0.001, max = 1) double masked,
        @Key(doc = "translation: most tokens of an answer, its end included", or = "64", min = 2, max = 1 << 16) int answer,
        @Key(doc = "ctc") CtcConfig ctc,
        @Key(doc = "gan, vae, diffusion") GenerativeConfig generative) {
    /// Which task.
    public enum Type {
        /// Classes or numbers, by the data.
        AUTO,
        /// The next token.
        LANGUAGE_MODEL,
        /// Hidden tokens.
        MASKED_LANGUAGE_MODEL,
        /// A text for a text.
        TRANSLATION,
        /// The next steps of a series.
        FORECAST,
        /// A class for each pixel.
        SEGMENTATION,
        /// A sequence of symbols out of sound.
        CTC,
        /// Generator against critic.
        GAN,
        /// Variational autoencoder.
        VAE,
        /// Denoising, asked for in words.
        DIFFUSION
    }

    /// What the symbols of a text are.
    public enum Symbols {
        /// As `data.tokenizer` says, else characters.
        AUTO,
        /// Each a character.
        CHARACTERS,
        /// Bytes, and what often stands together.
        BPE
    }
}
