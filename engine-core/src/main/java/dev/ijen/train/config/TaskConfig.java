package dev.ijen.train.config;

/// What a training is about. Settings that a task does not have are left alone by it.
///
/// @param type which task
public record TaskConfig(
        @Key(doc = "auto: a class or numbers for each example, as the data says", or = "auto") Type type) {
    /// Which task.
    public enum Type {
        /// Classes or numbers, by the data.
        AUTO
    }
}
