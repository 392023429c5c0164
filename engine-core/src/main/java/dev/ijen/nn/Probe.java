package dev.ijen.nn;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Trace;
import dev.ijen.tensor.Where;
import java.util.ArrayList;
import java.util.List;

/// Watches which layers a model applies. Blocks call [#apply] for their inner layers, so that summaries, profiles and errors know them.
public final class Probe {
    private static final ScopedValue<Probe> CURRENT = ScopedValue.newInstance();

    private final List<LayerRow> rows = new ArrayList<>();
    private String path = "";
    private int depth;

    private Probe() {}

    static List<LayerRow> rows(Module model, DType dtype, Shape input) {
        var probe = new Probe();
        var x = Tensor.of(new Leaf.Input(0, dtype, input));
        ScopedValue.where(CURRENT, probe).run(() -> Trace.evaluation().call(() -> probe.enter("", model, x)));
        return List.copyOf(probe.rows);
    }

    /// `layer` applied to `x`, under a name within the block.
    public static Tensor apply(String name, Module layer, Tensor x) {
        return Where.layer(
                name, () -> CURRENT.isBound() ? CURRENT.get().enter(name, layer, x) : layer.apply(x));
    }

    private Tensor enter(String name, Module layer, Tensor x) {
        var before = path;
        int at = rows.size();
        path = path.isEmpty() || name.isEmpty() ? path + name : path + "." + name;
        rows.add(null); // the block stands before its layers, its output is known after them
        depth++;
        var y = layer.apply(x);
        depth--;
        var type = layer.getClass().isHidden()
                ? y.op().label()
                : layer instanceof Enum<?> e ? e.name().toLowerCase(java.util.Locale.ROOT)
                : layer.getClass().getSimpleName();
        rows.set(at, new LayerRow(path, type, depth, y.shape(), Module.parameterCount(layer)));
        path = before;
        return y;
    }
}
