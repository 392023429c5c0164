package dev.ijen.nn;

import dev.ijen.engine.Cells;
import dev.ijen.engine.Engine;
import dev.ijen.engine.Parameter;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Low-rank adapters ([LowRank]) beside the linear layers of a model: training moves them alone, a fraction of the weights.
///
/// ```java
/// var adapted = Lora.adapt(engine, model, 8, 16, 0, List.of("*.qkv"));
/// var adam = Adam.of(rate).withFrozen("*", "!*.lora.*");
/// ```
public final class Lora {
    /// In the names of adapters' parameters.
    public static final String PART = ".lora.";

    private Lora() {}

    /// The model with adapters; its own parameters and their names stay the same.
    ///
    /// @param targets names of linear layers, `*` for any characters, as in `*.qkv`
    /// @throws IjenException if there is no such layer
    public static <T> T adapt(Engine engine, T model, int rank, double alpha, double dropout, List<String> targets) {
        var seen = new ArrayList<String>();
        int[] made = {0};
        var adapted = Rebuild.of(model, (name, layer) -> {
            if (!(layer instanceof Linear l) || l.lora() != null) {
                return layer;
            }
            seen.add(name);
            if (!Cells.matches(targets, name)) {
                return layer;
            }
            made[0]++;
            return new Linear(l.weight(), l.bias(), LowRank.of(engine, l.weight().shape(), rank, alpha, dropout));
        });
        if (made[0] == 0) {
            throw new IjenException("adapters: no layer to adapt", "targets " + targets,
                    seen.isEmpty() ? "a model with linear layers" : "names of linear layers: " + seen,
                    seen.isEmpty() ? "train weights themselves; freeze some of them" : "correct lora.targets");
        }
        return adapted;
    }

    /// Values of all cells of the model without adapters: of adapted layers, the weights with the adapters added ([LowRank#merged]).
    public static Map<String, HostTensor> merged(Object model) {
        var all = new LinkedHashMap<String, HostTensor>();
        var adapters = new LinkedHashMap<Parameter, LowRank>();
        Rebuild.of(model, (name, layer) -> {
            if (layer instanceof Linear l && l.lora() != null) {
                adapters.put(l.weight(), l.lora());
            }
            return layer;
        });
        Cells.all(model).forEach((name, cell) -> {
            if (name.contains(PART)) {
                return;
            }
            var held = (dev.ijen.engine.Held) cell;
            var adapter = held instanceof Parameter p ? adapters.get(p) : null;
            all.put(name, adapter == null ? held.read() : adapter.merged(held.read()));
        });
        return all;
    }
}
