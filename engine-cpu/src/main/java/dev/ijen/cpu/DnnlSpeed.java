package dev.ijen.cpu;

import dev.ijen.engine.LibrarySpeed;
import dev.ijen.tensor.DType;
import java.lang.foreign.Arena;
import java.util.Arrays;

/// oneDNN as its manual shows it: one primitive on its own OpenMP threads, nothing of ours around it.
public final class DnnlSpeed implements LibrarySpeed {
    /// For [java.util.ServiceLoader].
    public DnnlSpeed() {}

    @Override
    public String library() {
        var library = Native.load(true);
        return library.present() ? library.version() : "";
    }

    @Override
    public double matmulSeconds(int m, int n, int k, int threads, double budget) {
        if (library().isEmpty()) {
            return Double.NaN;
        }
        var seconds = new double[1];
        // a thread of its own: the number of OpenMP threads is a setting of the thread that asks
        var caller = new Thread(() -> seconds[0] = measure(m, n, k, threads, budget), "onednn-alone");
        caller.start();
        boolean interrupted = false;
        while (caller.isAlive()) {
            try {
                caller.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return seconds[0];
    }

    private static double measure(int m, int n, int k, int threads, double budget) {
        try (var arena = Arena.ofConfined(); var scope = new DnnlScope()) {
            long a = scope.strided(DType.F32, new long[] {m, k}, new long[] {k, 1});
            long b = scope.strided(DType.F32, new long[] {k, n}, new long[] {n, 1});
            long c = scope.strided(DType.F32, new long[] {m, n}, new long[] {n, 1});
            long pd = scope.descriptor(Dnnl.matmul(a, b, c, threads));
            if (pd == 0) {
                return Double.NaN;
            }
            long bytes = Dnnl.scratchBytes(pd);
            long scratch = arena.allocate(Math.max(64, bytes), 64).address();
            long stream = scope.stream();
            var run = new DnnlRun(scope.primitive(pd), scope.arguments(4), null)
                    .with(Dnnl.DNNL_ARG_SRC, scope.memory(a, values(arena, m * k)))
                    .with(Dnnl.DNNL_ARG_WEIGHTS, scope.memory(b, values(arena, k * n)))
                    .with(Dnnl.DNNL_ARG_DST, scope.memory(c, values(arena, m * n)));
            if (bytes > 0) {
                run.with(Dnnl.DNNL_ARG_SCRATCHPAD,
                        scope.memory(scope.query(pd, Dnnl.dnnl_query_scratchpad_md), scratch));
            }
            int count = run.count();
            return median(() -> Dnnl.execute(run.primitive, stream, count, run.arguments, threads), budget);
        }
    }

    private static long values(Arena arena, int n) {
        long address = arena.allocate(4L * n, 64).address();
        for (int i = 0; i < n; i++) {
            Mem.f32(address + 4L * i, (i % 17 - 8) / 16f);
        }
        return address;
    }

    private static double median(Runnable work, double budget) {
        var samples = new double[100_000];
        int count = 0;
        long from = System.nanoTime();
        while (count < samples.length && (count < 10 || System.nanoTime() - from < budget * 1e9)) {
            long start = System.nanoTime();
            work.run();
            samples[count++] = (System.nanoTime() - start) * 1e-9;
        }
        var later = Arrays.copyOfRange(samples, count / 2, count); // the first half warms up
        Arrays.sort(later);
        return later[later.length / 2];
    }
}
