package dev.ijen.train;

import dev.ijen.data.text.TokenWindows;
import dev.ijen.tensor.IjenException;
import dev.ijen.train.config.TrainConfig;

/// A text divided in order: the beginning to learn from, what follows to validate, the end to test.
///
/// @param path of it
/// @param train the beginning
/// @param validation what follows
/// @param test the end
record TextParts(String path, String train, String validation, String test) {
    /// The text a configuration names.
    static TextParts of(TrainConfig config) {
        var file = DataParts.path(config.data());
        if (java.nio.file.Files.isDirectory(file)) {
            throw new IjenException("text: not a file", file + ", a folder", "a file of text",
                    "give one file: --data FILE.txt; join several with 'cat'");
        }
        var text = Texts.read(file);
        int test = (int) Math.round(text.length() * config.data().test());
        int validation = (int) Math.round((text.length() - test) * config.data().validation());
        int train = text.length() - test - validation;
        return new TextParts(config.data().path(), text.substring(0, train), text.substring(train, train + validation),
                text.substring(train + validation));
    }

    /// Tokens between the starts of two examples.
    static int stride(TrainConfig config) {
        return config.task().stride() == 0 ? config.task().length() : config.task().stride();
    }

    /// A text as examples side by side.
    ///
    /// @throws IjenException if it is too short for one
    static TokenWindows windows(String text, TokenRows pre) {
        return windows(pre.vocabulary().encode(text), pre.length());
    }

    /// What was held out as examples; null if it is too short for one.
    static TokenWindows held(String text, TokenRows pre) {
        int[] ids = pre.vocabulary().encode(text);
        return ids.length <= pre.length() ? null : windows(ids, pre.length());
    }

    private static TokenWindows windows(int[] ids, int length) {
        return new TokenWindows(ids, length, length);
    }

    String description(int symbols) {
        return path + ", " + (train.length() + validation.length() + test.length()) + " characters, " + symbols
                + " symbols";
    }
}
