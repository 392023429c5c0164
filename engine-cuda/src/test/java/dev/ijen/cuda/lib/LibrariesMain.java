package dev.ijen.cuda.lib;

import dev.ijen.cuda.driver.CudaException;
import dev.ijen.cuda.load.Discovery;
import dev.ijen.cuda.load.Loader;
import dev.ijen.cuda.load.Machine;
import dev.ijen.cuda.load.Tier;
import dev.ijen.kernels.emulator.Emulator;
import dev.ijen.kernels.emulator.Emulator.Kind;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.Conv;
import dev.ijen.spi.Kernel.ConvPass;
import dev.ijen.spi.Kernel.MatMul;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import java.nio.file.Path;

/// Computes with the fakes of other versions, in a JVM of its own, and prints what happened.
final class LibrariesMain {
    private LibrariesMain() {}

    /// Runs.
    ///
    /// @param args a folder for the libraries, and the code of a failure of cuDNN
    public static void main(String[] args) {
        Emulator.install(Path.of(args[0]));
        var machine = Machine.here();
        var tier = (Tier.WithCudnn) Loader.load(Discovery.find(machine), machine);
        System.out.println("cuBLAS " + tier.cublas().major() + ", cuDNN " + tier.cudnn().major());
        try (var lab = new Lab()) {
            var libraries = Libraries.open(
                    tier, lab.gpu, lab.stream, new Options(false, false, machine.cache()));
            System.out.println("libraries " + libraries.size());
            var m = new MatMul(DType.F32, 1, 40, 30, 50, false, true);
            run(lab, (Blas) libraries.getFirst(), m);
            for (var pass : ConvPass.values()) {
                run(lab, (Dnn) libraries.getLast(), Convs.FIRST.of(DType.F32, pass));
            }
            var c = Convs.FIRST.of(DType.F32, ConvPass.FORWARD);
            try (var kernel = libraries.getLast().offer(Lab.launch(c)).orElseThrow();
                    var run = lab.bind(kernel, c.dtype(), Convs.count(c), Convs.first(c, 1), Convs.second(c, 2))) {
                lab.emulator.fail(Kind.LIBRARY, 1, Integer.parseInt(args[1]));
                run.run();
            } catch (CudaException e) {
                System.out.println(e.getMessage());
            }
            libraries.reversed().forEach(dev.ijen.cuda.call.Library::close);
        }
        System.out.println("nothing is left");
    }

    private static void run(Lab lab, dev.ijen.cuda.call.Library library, Kernel kernel) {
        HostTensor a;
        HostTensor b;
        int count;
        switch (kernel) {
            case MatMul m -> {
                a = Lab.random(DType.F32, 1, m.m() * m.k());
                b = Lab.random(DType.F32, 2, m.k() * m.n());
                count = m.m() * m.n();
            }
            case Conv c -> {
                a = Convs.first(c, 1);
                b = Convs.second(c, 2);
                count = Convs.count(c);
            }
            default -> throw new IllegalArgumentException(kernel.toString());
        }
        try (var chosen = library.offer(Lab.launch(kernel)).orElseThrow();
                var run = lab.bind(chosen, DType.F32, count, a, b)) {
            Lab.assertClose(Lab.plain(kernel, DType.F32, count, a, b), run.run(), 2e-6);
            System.out.println("right: " + kernel.getClass().getSimpleName());
        }
    }
}
