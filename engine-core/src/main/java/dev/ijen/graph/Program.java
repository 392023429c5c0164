package dev.ijen.graph;

import dev.ijen.tensor.Cell;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/// What a trace leaves: results, and what each cell becomes. There is no order but data flow.
///
/// @param results what the step returns
/// @param updates new values of cells
public record Program(List<Tensor> results, Map<Cell, Tensor> updates) {
    /// Results and new values.
    public List<Tensor> roots() {
        var r = new ArrayList<>(results);
        r.addAll(updates.values());
        return r;
    }

    /// Everything computed, inputs first.
    public List<Tensor> tensors() {
        return Tensor.topological(roots());
    }

    /// The program with tensors replaced.
    ///
    /// @param f a tensor and its new inputs to what stands for it, or to null for the same operation on those inputs
    Program rewrite(BiFunction<Tensor, Tensor[], Tensor> f) {
        Map<Tensor, Tensor> to = new IdentityHashMap<>();
        for (var t : tensors()) {
            var in = new Tensor[t.arity()];
            boolean same = true;
            for (int i = 0; i < in.length; i++) {
                in[i] = to.get(t.input(i));
                same &= in[i] == t.input(i);
            }
            var r = f.apply(t, in);
            to.put(t, r != null ? r : same ? t : t.on(in));
        }
        return map(to::get);
    }

    /// The program with each root replaced.
    Program map(UnaryOperator<Tensor> f) {
        var u = new LinkedHashMap<Cell, Tensor>();
        updates.forEach((c, t) -> u.put(c, f.apply(t)));
        return new Program(results.stream().map(f).toList(), u);
    }
}
