package dev.ijen.train.config;

import dev.ijen.tensor.IjenException;

/// A configuration that cannot be used. The message begins with the place: `file:line:column`.
public final class ConfigException extends IjenException {
    private static final long serialVersionUID = 1L;

    private final String source;
    private final int line;
    private final int column;

    /// @param mark where it stands
    /// @param what what is wrong there
    /// @param got what stands there
    /// @param expected what would have been right
    /// @param fix what the user can do
    public ConfigException(Mark mark, String what, String got, String expected, String fix) {
        super(mark + ": " + what, got, expected, fix);
        this.source = mark.source();
        this.line = mark.line();
        this.column = mark.column();
    }

    /// The same, with what revealed it.
    public ConfigException(Mark mark, String what, String got, String expected, String fix, Throwable cause) {
        super(mark + ": " + what, got, expected, fix, cause);
        this.source = mark.source();
        this.line = mark.line();
        this.column = mark.column();
    }

    /// The file, preset or option.
    public String source() {
        return source;
    }

    /// Line from 1; 0 if it stands in no file.
    public int line() {
        return line;
    }

    /// Column from 1; 0 if it stands in no file.
    public int column() {
        return column;
    }
}
