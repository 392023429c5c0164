package dev.ijen.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;

/// What the `ijen` script starts. Java announces the incubating Vector API on stderr before any of our code runs, so the
/// script starts it with stderr closed and the real one as descriptor `ijen.stderr`; this puts that back in its place.
final class Launcher {
    private Launcher() {}

    static void main(String[] args) throws Throwable {
        String descriptor = System.getProperty("ijen.stderr");
        if (descriptor != null) {
            restoreStderr(Integer.parseInt(descriptor));
        }
        Main.main(args);
    }

    /// By the C library's `dup2`, so that stderr is again the same terminal, file or pipe for Java and native code alike.
    @SuppressWarnings("restricted")
    private static void restoreStderr(int descriptor) throws Throwable {
        var linker = Linker.nativeLinker();
        var type = ValueLayout.JAVA_INT;
        var dup2 = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("dup2"), FunctionDescriptor.of(type, type, type));
        var close = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("close"), FunctionDescriptor.of(type, type));
        if ((int) dup2.invokeExact(descriptor, 2) == 2) {
            int _ = (int) close.invokeExact(descriptor);
        }
    }
}
