package dev.ijen.cpu;

import dev.ijen.cpu.x86.MachineCode;
import dev.ijen.cpu.x86.Target;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.Locale;

/// oneDNN, if it can be used: found on the class path (the Maven artifact `org.bytedeco:dnnl`, classifier
/// `linux-x86_64`), copied to a private cache directory, verified and loaded once in the life of the JVM. Where it
/// can't, there is a reason, and everything is computed in Java.
final class Native {
    private static final String RESOURCES = "org/bytedeco/dnnl/linux-x86_64/";

    // of the artifact org.bytedeco:dnnl:3.11-1.5.13:linux-x86_64; nothing else is ever loaded
    private static final String DNNL = "libdnnl.so.3";
    private static final String DNNL_SHA256 = "a8948803c5718bac623b664be77fb47e24328e8693997e96e02c4308b0ee826f";
    private static final String GOMP = "libgomp.so.1";
    private static final String GOMP_SHA256 = "115302e45583ad3e8df681c0a5af4c8273b7399f764965280d70d8780e5ee454";

    private final SymbolLookup symbols;
    private final String reason;

    private Native(SymbolLookup symbols, String reason) {
        this.symbols = symbols;
        this.reason = reason;
    }

    /// What can be used. The first call that allows it loads the library, which takes some tenths of a second; the
    /// others return what that one found.
    ///
    /// @param allowed false to stay with Java
    static Native load(boolean allowed) {
        return allowed ? Loaded.NATIVE : absent("native libraries were not asked for");
    }

    /// True if oneDNN is loaded.
    boolean present() {
        return symbols != null;
    }

    /// Why oneDNN is not used; empty if it is.
    String reason() {
        return reason;
    }

    /// Version of oneDNN, for instance `oneDNN 3.11.0`.
    String version() {
        return present() ? "oneDNN " + Dnnl.version() : "none";
    }

    /// For [Dnnl] only.
    static SymbolLookup symbols() {
        return Loaded.NATIVE.symbols;
    }

    /// Why no machine code is made for fused loops; empty if it is.
    String machineCode() {
        return present() ? MachineCode.reason() : "no native code was asked for, or can be had";
    }

    /// What machine code is written for; null if none is made.
    Target target() {
        return machineCode().isEmpty() ? Target.best() : null;
    }

    @Override
    public String toString() {
        return present() ? version() : "Java: " + reason;
    }

    private static Native absent(String reason) {
        return new Native(null, reason);
    }

    private static final class Loaded {
        static final Native NATIVE = find();
    }

    private static Native find() {
        if ("off".equalsIgnoreCase(System.getenv("IJEN_NATIVE"))) {
            return absent("IJEN_NATIVE=off");
        }
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch");
        if (!os.contains("linux") || !arch.equals("amd64")) {
            return absent("oneDNN is bundled for Linux on x86-64 only, this is " + os + " on " + arch);
        }
        if (Native.class.getClassLoader().getResource(RESOURCES + DNNL) == null) {
            return absent("org.bytedeco:dnnl (linux-x86_64) is not on the class path");
        }
        try {
            return open();
        } catch (IOException | RuntimeException | LinkageError e) {
            return absent(e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    @SuppressWarnings("restricted") // loading a verified library is what this class is for
    private static Native open() throws IOException {
        var files = LibraryFiles.open(DNNL_SHA256);
        Path gomp = files.verified(RESOURCES + GOMP, GOMP, GOMP_SHA256);
        Path dnnl = files.verified(RESOURCES + DNNL, DNNL, DNNL_SHA256);
        // first, so that oneDNN, which names it as needed, gets this one and not the system's
        var _ = SymbolLookup.libraryLookup(gomp, Arena.global());
        return new Native(SymbolLookup.libraryLookup(dnnl, Arena.global()), "");
    }
}
