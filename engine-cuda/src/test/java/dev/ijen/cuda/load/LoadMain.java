package dev.ijen.cuda.load;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import jcuda.CudaException;
import jcuda.driver.JCudaDriver;
import jcuda.jcudnn.JCudnn;

/// Loads in a JVM of its own, calls through what was loaded, and prints what happened.
final class LoadMain {
    private LoadMain() {}

    /// Runs.
    ///
    /// @param args the folder of a [FakeCuda] machine
    public static void main(String[] args) throws IOException {
        var machine = new Machine(Path.of(args[0]), Path.of(args[0], "home"), System.getenv());
        var tier = Loader.load(Discovery.find(machine), machine);
        System.out.println("tier " + tier.getClass().getSimpleName());
        switch (tier) {
            case Tier.Unavailable(var reason, var fix) -> {
                System.out.println("reason " + reason);
                System.out.println("fix " + fix);
            }
            case Tier.Usable u -> {
                u.lacking().forEach(l -> System.out.println("lacking " + l));
                System.out.println("cuInit " + Calls.cuInit());
                if (u instanceof Tier.WithCudnn) {
                    System.out.println("cudnnGetCudartVersion " + Calls.cudnnGetCudartVersion());
                }
            }
        }
        try (var maps = Files.lines(Path.of("/proc/self/maps"))) {
            maps.filter(l -> l.contains("/libJCu") || l.contains("/libJNv"))
                    .map(l -> l.substring(l.indexOf('/')))
                    .distinct()
                    .forEach(l -> System.out.println("loaded " + l));
        }
        System.out.println("tmpdir " + System.getProperty("java.io.tmpdir"));
        var file = File.createTempFile("ijen", null);
        System.out.println("temporary files in " + file.getParent());
        Files.delete(file.toPath());
    }

    /// A class of its own, for there is a test without JCuda.
    private static final class Calls {
        static String cuInit() {
            try {
                return "result " + JCudaDriver.cuInit(0);
            } catch (CudaException e) {
                return e.getMessage();
            }
        }

        static long cudnnGetCudartVersion() {
            return JCudnn.cudnnGetCudartVersion();
        }
    }
}
