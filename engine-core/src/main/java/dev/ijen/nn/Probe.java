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
    private String wanted;
    private boolean input;
    private Tensor found;

    private Probe() {}

    static List<LayerRow> rows(Module model, DType dtype, Shape input) {
        var probe = new Probe();
        var x = Tensor.of(new Leaf.Input(0, dtype, input));
        ScopedValue.where(CURRENT, probe).run(() -> Trace.evaluation().call(() -> probe.enter("", model, x)));
        return List.copyOf(probe.rows);
    }

    /// What goes into a layer, or comes out of it, where a model is applied; null if it does not come to a layer of that name.
    ///
    /// @param name of the layer, with those of the blocks it is in: `3`, `2.body.0`
    /// @param input whether what goes in is meant
    /// @param apply applies the model
    public static Tensor captured(String name, boolean input, Runnable apply) {
        var probe = new Probe();
        probe.wanted = name;
        probe.input = input;
        ScopedValue.where(CURRENT, probe).run(apply);
        return probe.found;
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
        var here = path;
        var y = layer.apply(x);
        depth--;
        if (here.equals(wanted)) {
            found = input ? x : y;
        }
        var type = layer.getClass().isHidden()
                ? y.op().label()
                : layer instanceof Enum<?> e ? e.name().toLowerCase(java.util.Locale.ROOT)
                : layer.getClass().getSimpleName();
        rows.set(at, new LayerRow(path, type, depth, y.shape(), Module.parameterCount(layer)));
        path = before;
        return y;
    }
}
