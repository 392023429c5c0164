package dev.ijen.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;

/// The few functions of the C library that Java has no name for.
final class CLibrary {
    private static final MemoryLayout INT = ValueLayout.JAVA_INT;

    private CLibrary() {}

    /// Makes descriptor `to` what `from` is, and closes `from`.
    static void move(int from, int to) {
        try {
            if ((int) function("dup2", FunctionDescriptor.of(INT, INT, INT)).invokeExact(from, to) == to) {
                int _ = (int) function("close", FunctionDescriptor.of(INT, INT)).invokeExact(from);
            }
        } catch (Throwable e) {
            throw new IllegalStateException("dup2", e);
        }
    }

    /// True if a descriptor is a terminal; false also where that can't be asked.
    static boolean isTerminal(int descriptor) {
        try {
            return (int) function("isatty", FunctionDescriptor.of(INT, INT)).invokeExact(descriptor) == 1;
        } catch (Throwable e) {
            return false;
        }
    }

    /// Columns of the terminal behind a descriptor; 0 if unknown.
    static int columns(int descriptor) {
        boolean mac = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("mac");
        long request = mac ? 0x40087468L : 0x5413L; // TIOCGWINSZ
        var type = FunctionDescriptor.of(INT, INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS);
        try (var arena = Arena.ofConfined()) {
            var size = arena.allocate(8, 2); // rows, columns, and both in pixels, 16 bits each
            int code = (int) function("ioctl", type, Linker.Option.firstVariadicArg(2))
                    .invokeExact(descriptor, request, size);
            return code == 0 ? Short.toUnsignedInt(size.get(ValueLayout.JAVA_SHORT, 2)) : 0;
        } catch (Throwable e) {
            return 0;
        }
    }

    @SuppressWarnings("restricted")
    private static MethodHandle function(String name, FunctionDescriptor type, Linker.Option... options) {
        var linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type, options);
    }
}
