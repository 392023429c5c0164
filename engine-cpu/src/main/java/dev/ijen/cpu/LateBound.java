package dev.ijen.cpu;

import java.util.function.Supplier;

/// A binding that is made when it is first run, for what hardly ever is.
final class LateBound implements CpuKernel.Bound {
    private final Supplier<CpuKernel.Bound> make;
    private CpuKernel.Bound made;

    LateBound(Supplier<CpuKernel.Bound> make) {
        this.make = make;
    }

    @Override
    public void run() {
        if (made == null) {
            made = make.get();
        }
        made.run();
    }

    @Override
    public void close() {
        if (made != null) {
            made.close();
        }
    }
}
