package dev.ijen.cpu;

import dev.ijen.cpu.x86.Cells;
import dev.ijen.cpu.x86.MachineCode;
import dev.ijen.cpu.x86.Target;
import dev.ijen.spi.Kernel;

/// A cell of single precision whose passes are machine code: the same bits.
///
/// @param lstm else a GRU
/// @param lanes of a vector
/// @param backward null where the gradient is the plain one
record F32CellCode(boolean lstm, int lanes, MachineCode forward, MachineCode backward, CellMath plain)
        implements CellMath {
    /// `plain` where there is no machine code for it.
    static CellMath of(Kernel.CellKind cell, CellMath plain, Target target) {
        var cells = new Cells(target);
        boolean lstm = cell == Kernel.CellKind.LSTM;
        var forward = lstm ? cells.lstm() : cell == Kernel.CellKind.GRU ? cells.gru() : null;
        var backward = lstm ? cells.lstmGradient() : null;
        return forward == null || lstm && backward == null ? plain
                : new F32CellCode(lstm, target.lanes(), forward, backward, plain);
    }

    @Override
    public void forward(int rows, int all, long gates, long stride, long xn, long old, long memory, long y, int n) {
        long rest = stride - 4L * n;
        if (lstm) {
            forward.run(gates, stride, old, memory, y, n / lanes, rows, rest, 0, 0, 0);
        } else {
            forward.run(gates, stride, xn, old, memory, y, n / lanes, rows, rest, 0, 0);
        }
    }

    @Override
    public void backward(
            int rows, int all, long gates, long stride, long old, long memory, long dy, long dh, long dm, long dx,
            int n) {
        if (lstm) {
            backward.run(gates, stride, old, memory, dy, dh, dm, dx, n / lanes, rows, stride - 4L * n);
        } else {
            plain.backward(rows, all, gates, stride, old, memory, dy, dh, dm, dx, n);
        }
    }

    @Override
    public void forward(long gates, long stride, long xn, long old, long memory, long y, int n) {
        plain.forward(gates, stride, xn, old, memory, y, n);
    }

    @Override
    public void backward(
            long gates, long stride, long old, long memory, long dy, long dh, long dm, long dx, int n) {
        plain.backward(gates, stride, old, memory, dy, dh, dm, dx, n);
    }
}
