package dev.ijen.cli;

import java.util.function.IntSupplier;

/// What stderr is.
///
/// @param present whether a person looks at it
/// @param columns its width now; 0 if unknown
record Terminal(boolean present, IntSupplier columns) {
    /// A file or pipe.
    static final Terminal NONE = new Terminal(false, () -> 0);

    static Terminal ofStderr() {
        // the script knows, and it costs nothing there
        var known = System.getProperty("ijen.terminal");
        boolean present = known == null ? CLibrary.isTerminal(2) : known.equals("true");
        return present ? new Terminal(true, () -> CLibrary.columns(2)) : NONE;
    }

    /// Its width, 80 if unknown.
    int width() {
        int n = columns.getAsInt();
        return n > 0 ? n : 80;
    }
}
