package dev.ijen.train;

import dev.ijen.nn.Module;
import dev.ijen.optim.Ema;
import dev.ijen.tensor.Cell;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// In a step: what weights, statistics and moments were before it, so that they can stay so.
final class Guard {
    private final Map<Cell, Tensor> before = new LinkedHashMap<>();

    private Guard(List<Cell> cells) {
        cells.forEach(c -> before.put(c, c.get()));
    }

    /// Before anything is assigned.
    ///
    /// @param ema null for none
    static Guard of(Learner learner, Ema ema) {
        var cells = new ArrayList<Cell>(Module.cells(learner.model()).values());
        cells.addAll(learner.optimizerStates().values());
        if (ema != null) {
            cells.addAll(ema.states(learner.model()).values());
        }
        return new Guard(cells);
    }

    /// After everything is assigned: new values count only where `fine`. The random generator goes on in any case, or a step that
    /// failed would draw the same numbers again.
    void close(Tensor fine) {
        before.forEach((cell, old) -> {
            var now = cell.get();
            if (now != old) {
                cell.set(fine.where(now, old));
            }
        });
    }
}
