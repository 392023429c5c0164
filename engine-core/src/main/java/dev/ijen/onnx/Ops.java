package dev.ijen.onnx;

import dev.ijen.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/// Every operator by domain and name. Families are in the classes named `…Rules`.
final class Ops {
    private static final Map<String, Rule> RULES = all();

    private final Map<String, Rule> rules = new HashMap<>();
    private final String domain;

    private Ops(String domain) {
        this.domain = domain;
    }

    private static Map<String, Rule> all() {
        var o = new Ops("");
        ElementwiseRules.add(o);
        ActivationRules.add(o);
        CastRules.add(o);
        ReduceRules.add(o);
        ShapeRules.add(o);
        IndexRules.add(o);
        MakeRules.add(o);
        ProductRules.add(o);
        ConvRules.add(o);
        PoolRules.add(o);
        NormRules.add(o);
        LossRules.add(o);
        RecurrentRules.add(o);
        ResizeRules.add(o);
        ImageRules.add(o);
        ControlRules.add(o);
        SequenceRules.add(o);
        QuantRules.add(o);
        AttentionRules.add(o);
        StateRules.add(o);
        SignalRules.add(o);
        RandomRules.add(o);
        HostRules.add(o);
        TextRules.add(o);
        var all = new HashMap<>(o.rules);
        var ml = new Ops("ai.onnx.ml");
        MlRules.add(ml);
        ClassicRules.add(ml);
        SvmRules.add(ml);
        MapRules.add(ml);
        all.putAll(ml.rules);
        var training = new Ops("ai.onnx.preview.training");
        OptimizerRules.add(training);
        all.putAll(training.rules);
        var preview = new Ops("ai.onnx.preview");
        FlexRules.add(preview);
        all.putAll(preview.rules);
        return Map.copyOf(all);
    }

    /// The rule of an operator, or null.
    static Rule find(String domain, String op) {
        return RULES.get(domain + ":" + op);
    }

    /// Names of all operators, those outside of the standard domain with their domain.
    static Set<String> names() {
        var s = new TreeSet<String>();
        RULES.keySet().forEach(k -> s.add(k.startsWith(":") ? k.substring(1) : k));
        return s;
    }

    /// An operator with values as outputs.
    void values(String name, Rule r) {
        if (rules.put(domain + ":" + name, r) != null) {
            throw new IllegalStateException(name + " is there twice");
        }
    }

    /// An operator with one tensor. If an input has a type carried in another, and the result the carrier's, it has that type, too.
    void tensor(String name, Function<Call, Tensor> f) {
        values(name, c -> {
            var t = f.apply(c);
            return List.of(c.typed(t, resultType(c, t)));
        });
    }

    /// An operator with one tensor of the type of its first input.
    void same(String name, Function<Call, Tensor> f) {
        values(name, c -> List.of(c.like(0, f.apply(c))));
    }

    private static OnnxType resultType(Call c, Tensor t) {
        for (int i = 0; i < c.arity(); i++) {
            if (c.has(i) && c.value(i) instanceof Value.Of v && !v.type().own() && v.type().carrier() == t.dtype()) {
                return v.type();
            }
        }
        return OnnxType.of(t.dtype());
    }
}
