package dev.ijen.onnx;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;

/// Whether a model's output is what was expected: real numbers within ONNX's own tolerance, all else exactly.
final class Differences {
    private static final double RTOL = 1e-3;
    private static final double ATOL = 1e-7;

    private Differences() {}

    static HostTensor values(OnnxModel model, Value.Of v) {
        return v.host() != null ? v.host() : model.evaluate(v.tensor());
    }

    static String of(OnnxModel model, String what, Value got, Value want) {
        if (want instanceof Value.Opt(var v)) {
            return v == null
                    ? got instanceof Value.Opt(var w) && w == null ? "" : what + " has a value"
                    : of(model, what, got instanceof Value.Opt(var w) ? w : got, v);
        }
        if (want instanceof Value.Seq(var l)) {
            var g = items(model, got);
            if (g == null || g.size() != l.size()) {
                return what + " is no sequence of " + l.size();
            }
            for (int i = 0; i < l.size(); i++) {
                var why = of(model, what + "[" + i + "]", g.get(i), l.get(i));
                if (!why.isEmpty()) {
                    return why;
                }
            }
            return "";
        }
        if (want instanceof Value.Map w) {
            return got instanceof Value.Map g ? map(model, what, g, w) : what + " is no map";
        }
        if (!(want instanceof Value.Of w) || !(got instanceof Value.Of g)) {
            return what + " is no tensor";
        }
        return w.type() != g.type() ? what + " is " + g.type() + ", not " + w.type()
                : of(what, values(model, g), w.host(), w.type());
    }

    private static List<Value> items(OnnxModel model, Value v) {
        return switch (v) {
            case Value.Seq(var l) -> l;
            case Value.Maps(var keys, var rows) -> {
                var s = model.session();
                var h = values(model, rows);
                var l = new ArrayList<Value>();
                int n = h.shape().dim(1);
                for (int i = 0; i < h.shape().dim(0); i++) {
                    var row = HostMath.strided(h, Shape.of(n), i * n, new int[] {1});
                    l.add(new Value.Map(keys, s.computed(row, rows.type())));
                }
                yield l;
            }
            case Value.Of _,Value.Map _,Value.Opt _,Value.Missing _ -> null;
        };
    }

    /// Equal keys, whatever their order, and their values.
    private static String map(OnnxModel model, String what, Value.Map got, Value.Map want) {
        var at = new HashMap<Long, Integer>();
        var keys = got.keys().host().toLongArray();
        for (int i = 0; i < keys.length; i++) {
            at.put(keys[i], i);
        }
        var wanted = want.keys().host().toLongArray();
        if (got.keys().type() != want.keys().type() || at.size() != wanted.length
                || !Arrays.stream(wanted).allMatch(at::containsKey)) {
            return what + " has other keys";
        }
        var from = values(model, got.values());
        var ordered = HostTensor.zeros(from.dtype(), Shape.of(wanted.length));
        for (int i = 0; i < wanted.length; i++) {
            HostMath.copy(from, at.get(wanted[i]), ordered, i);
        }
        return of(model, what, model.session().computed(ordered, got.values().type()), want.values());
    }

    /// Where values differ first, or nothing.
    static String of(String what, HostTensor got, HostTensor want, OnnxType type) {
        if (!got.shape().equals(want.shape())) {
            return what + " has shape " + got.shape() + ", not " + want.shape();
        }
        int wrong = 0;
        String first = "";
        for (int i = 0; i < want.shape().size(); i++) {
            double g = got.get(i);
            double w = want.get(i);
            boolean same = want.dtype() == DType.I64 ? got.getLong(i) == want.getLong(i)
                    : g == w || (Double.isNaN(g) && Double.isNaN(w))
                            || (type.real() && Math.abs(g - w) <= ATOL + RTOL * Math.abs(w));
            if (!same) {
                first = wrong++ == 0 ? what + ", element " + i + ": " + g + ", not " + w : first;
            }
        }
        return wrong == 0 ? "" : first + " (" + wrong + " of " + want.shape().size() + " differ)";
    }
}
