package dev.ijen.onnx;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/// Maps of domain ai.onnx.ml. A map is its keys, which are known, and a tensor of its values, so what a model computes of them stays a graph:
/// ZipMap at the end of a classifier gives its scores to [OnnxModel#run] as they are, and their names to [OnnxModel#outputs].
///
/// A model's input that is a map may be given as a tensor of its values: in the order of the vocabulary to DictVectorizer, of the keys 0, 1, 2, …
/// to CastMap.
final class MapRules {
    static final String ZIP_MAP = "ZipMap";
    /// The most places of a map that names them.
    private static final long MOST = 1 << 24;

    private MapRules() {}

    static void add(Ops o) {
        o.values(ZIP_MAP, c -> List.of(zip(c)));
        o.values("CastMap", c -> List.of(cast(c)));
        o.values("DictVectorizer", c -> List.of(vectorize(c)));
    }

    /// The names of a ZipMap's columns; null if it has none.
    private static Value.Of keys(Call c, String texts, String numbers) {
        var names = c.strings(texts);
        if (names != null && !names.isEmpty()) {
            return c.session().known(c.session().strings(names, names.size()), OnnxType.STRING);
        }
        var n = c.attributes().get(numbers);
        return n == null || n.ints().length == 0 ? null : c.session().known(n.ints());
    }

    /// x [N, C] or [C] → N maps, or one, of C labels to their columns.
    private static Value zip(Call c) {
        var x = c.x(0);
        var rows = x.shape().rank() == 1 ? x.insertAxis(0) : x;
        var keys = keys(c, "classlabels_strings", "classlabels_int64s");
        if (keys == null || rows.shape().rank() != 2 || keys.host().shape().size() != rows.shape().dim(1)) {
            var labels = keys == null ? "no" : String.valueOf(keys.host().shape().size());
            throw c.fail("scores " + x.shape() + " and " + labels + " labels", "[N, C] or [C], and C labels");
        }
        return new Value.Maps(keys, c.like(0, rows));
    }

    /// The values of the vocabulary's keys, 0 or "" where there is none: [1, C].
    private static Value vectorize(Call c) {
        var vocabulary = keys(c, "string_vocabulary", "int64_vocabulary");
        if (vocabulary == null) {
            throw c.fail("no vocabulary", "string_vocabulary or int64_vocabulary");
        }
        int n = vocabulary.host().shape().size();
        if (!(c.value(0) instanceof Value.Map map)) {
            return c.like(0, row(c, n));
        }
        if (map.keys().type() != vocabulary.type()) {
            throw c.fail("a map by " + map.keys().type(), "a map by " + vocabulary.type() + ", as the vocabulary");
        }
        var type = map.values().type();
        var missing = type == OnnxType.STRING ? c.session().strings(List.of(""), 1)
                : HostTensor.zeros(type.carrier(), Shape.of(1));
        return c.typed(pick(map, vocabulary.host().toLongArray(), missing), type);
    }

    /// Values given as a tensor: one row, or one a sample.
    private static Tensor row(Call c, int n) {
        var x = c.x(0).shape().rank() == 1 ? c.x(0).insertAxis(0) : c.x(0);
        if (x.shape().rank() != 2 || n >= 0 && x.shape().dim(1) != n) {
            throw c.fail("values " + c.x(0).shape() + " in place of a map", n < 0 ? "[N, C] or [C]" : "[N, " + n + "]");
        }
        return x;
    }

    /// The values of some keys [1, keys], and `missing` [1] where there is none.
    private static Tensor pick(Value.Map map, long[] keys, HostTensor missing) {
        var at = new HashMap<Long, Integer>();
        var names = map.keys().host().toLongArray();
        for (int i = 0; i < names.length; i++) {
            at.put(names[i], i);
        }
        var index = new int[keys.length];
        for (int k = 0; k < index.length; k++) {
            index[k] = at.getOrDefault(keys[k], names.length);
        }
        return Tensor.concat(0, map.values().tensor(), Tensor.of(missing))
                .take(0, Tensor.of(HostTensor.of(index, index.length)))
                .insertAxis(0);
    }

    /// The values in the order of their keys, or each at the place that its key names: [1, N].
    private static Value cast(Call c) {
        var to = switch (c.s("cast_to", "TO_FLOAT")) {
            case "TO_FLOAT" -> OnnxType.FLOAT;
            case "TO_INT64" -> OnnxType.INT64;
            case "TO_STRING" -> OnnxType.STRING;
            default -> throw c.unsupported("cast_to " + c.s("cast_to", ""), "TO_FLOAT, TO_STRING or TO_INT64");
        };
        if (!(c.value(0) instanceof Value.Map map)) {
            return converted(c, c.like(0, row(c, -1)), to);
        }
        if (map.keys().type() != OnnxType.INT64) {
            throw c.fail("a map by " + map.keys().type(), "a map by whole numbers");
        }
        boolean sparse = c.s("map_form", "DENSE").equals("SPARSE");
        var keys = map.keys().host().toLongArray();
        var wanted = keys.clone();
        Arrays.sort(wanted);
        if (sparse) {
            long most = c.i("max_map", 1);
            if (most < 0 || most > MOST) {
                throw c.unsupported("max_map " + most, "0 to " + MOST);
            }
            if (wanted.length > 0 && (wanted[0] < 0 || wanted[wanted.length - 1] >= most)) {
                throw c.fail("keys from " + wanted[0] + " to " + wanted[wanted.length - 1],
                        "keys from 0 to max_map − 1, which is " + (most - 1));
            }
            wanted = LongStream.range(0, most).toArray();
        }
        var values = converted(c, map.values(), to);
        var none = to == OnnxType.STRING ? c.session().strings(List.of("0.f"), 1)
                : HostTensor.zeros(to.carrier(), Shape.of(1));
        return c.typed(pick(new Value.Map(map.keys(), values), wanted, none), to);
    }

    /// Reals become text with six digits, as C++ prints them.
    private static Value.Of converted(Call c, Value.Of v, OnnxType to) {
        if (to != OnnxType.STRING || v.type() == OnnxType.STRING) {
            return CastRules.cast(c, v, to);
        }
        var h = c.session().host(v, c.label());
        var out = HostTensor.zeros(DType.I64, h.shape());
        for (int i = 0; i < h.shape().size(); i++) {
            HostMath.put(out, i, c.session().strings().number(String.format(Locale.ROOT, "%f", h.get(i))));
        }
        return HostRules.result(c, out, OnnxType.STRING);
    }
}
