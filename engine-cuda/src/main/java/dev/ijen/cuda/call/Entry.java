package dev.ijen.cuda.call;

import dev.ijen.cuda.driver.Arguments;
import dev.ijen.cuda.driver.Gpu;
import dev.ijen.cuda.driver.Grid;
import dev.ijen.cuda.driver.KernelLaunch;
import java.lang.foreign.Arena;
import jcuda.driver.CUfunction;

/// A loaded kernel.
record Entry(Gpu gpu, String name, CUfunction function) {
    /// Kernel `name` of a family of our own; loads the family.
    static Entry of(Kit kit, String family, String name) {
        return new Entry(kit.gpu(), name, kit.modules().function(family, name));
    }

    KernelLaunch launch(Grid grid, Arguments arguments, Arena arena) {
        return new KernelLaunch(gpu, name, function, grid, arguments, arena);
    }
}
