package dev.ijen.train.config;

/// A place in a configuration.
///
/// @param source file, preset or option
/// @param line from 1; 0 if unknown
/// @param column from 1; 0 if unknown
public record Mark(String source, int line, int column) {
    /// A place without lines, such as an option of the command line.
    public static Mark of(String source) {
        return new Mark(source, 0, 0);
    }

    @Override
    public String toString() {
        return line == 0 ? source : source + ":" + line + ":" + column;
    }
}
