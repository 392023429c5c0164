package dev.ijen.cuda.call;

import dev.ijen.cuda.driver.Grid;

/// Grids of kernels in which a team of threads takes a row.
final class Teams {
    private Teams() {}

    /// A warp a row where rows are short, else a block. The rule is part of the results: a row's sum depends on how many add it.
    static Grid grid(int rows, int n) {
        return n <= 1024 ? new Grid(Math.ceilDiv(rows, 4), 1, 1, 32, 4) : Grid.of(rows, 256);
    }
}
