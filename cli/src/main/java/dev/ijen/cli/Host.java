package dev.ijen.cli;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/// What a command has of the outside world, so that a test can give it another.
///
/// @param out for data
/// @param err for everything else
/// @param env the value of an environment variable, or null
/// @param terminal what `err` is
/// @param interrupts Ctrl-C
record Host(PrintStream out, PrintStream err, UnaryOperator<String> env, Terminal terminal, Interrupts interrupts) {
    /// This process. UTF-8 whatever the locale says: output is read by other programs.
    static Host process() {
        return new Host(
                new PrintStream(System.out, true, StandardCharsets.UTF_8),
                new PrintStream(System.err, true, StandardCharsets.UTF_8),
                System::getenv,
                Terminal.ofStderr(),
                new Interrupts());
    }

    /// True if an environment variable is set to something.
    boolean has(String variable) {
        var value = env.apply(variable);
        return value != null && !value.isEmpty();
    }
}
