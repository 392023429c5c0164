package dev.ijen.nn;

import dev.ijen.engine.Cells;
import java.util.List;

/// What freezing means beside weights that do not move.
public final class Freeze {
    private Freeze() {}

    /// The model in which batch norms whose weights are all frozen use, and keep, their running statistics in training, too: else a frozen
    /// layer would change with the new data.
    ///
    /// @param frozen patterns of parameter names ([Cells#matches(List, String)])
    public static <T> T statistics(T model, List<String> frozen) {
        return frozen.isEmpty() ? model : Rebuild.of(model, (path, layer) -> {
            var prefix = path.isEmpty() ? "" : path + ".";
            boolean whole = layer instanceof BatchNorm && Cells.matches(frozen, prefix + "weight")
                    && Cells.matches(frozen, prefix + "bias");
            return whole ? ((BatchNorm) layer).withFixedStatistics() : layer;
        });
    }
}
