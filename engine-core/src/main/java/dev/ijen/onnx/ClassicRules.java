package dev.ijen.onnx;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.stream.LongStream;

/// More of domain ai.onnx.ml: features made ready.
final class ClassicRules {
    private ClassicRules() {}

    static void add(Ops o) {
        o.same("Imputer", ClassicRules::imputer);
        o.values("OneHotEncoder", c -> List.of(c.natural(oneHot(c))));
        o.values("FeatureVectorizer", c -> List.of(c.natural(features(c))));
        o.values("CategoryMapper", c -> List.of(categories(c)));
    }

    /// A number for each column, or one for all, where the input is the value to replace.
    private static Tensor imputer(Call c) {
        var x = c.x(0);
        if (x.dtype().isFloat()) {
            float old = c.f("replaced_value_float", 0);
            var with = row(c.floats("imputed_value_floats")).cast(x.dtype());
            return (Float.isNaN(old) ? x.ne(x) : x.eq(old)).where(with.broadcast(x.shape()), x);
        }
        var with = c.attributes().get("imputed_value_int64s").ints();
        var old = Tensor.of(HostTensor.of(new long[] {c.i("replaced_value_int64", 0)})).cast(x.dtype());
        return x.eq(old).where(Tensor.of(HostTensor.of(with, with.length)).cast(x.dtype()).broadcast(x.shape()), x);
    }

    private static Tensor row(float... v) {
        return Tensor.of(HostTensor.of(v, v.length));
    }

    private static Tensor oneHot(Call c) {
        var names = c.strings("cats_strings");
        var numbers = c.attributes().get("cats_int64s");
        var cats = names != null && !names.isEmpty() ? c.session().strings(names, names.size())
                : HostTensor.of(numbers.ints(), numbers.ints().length);
        if (c.i("zeros", 1) == 0) {
            known(c, cats);
        }
        return c.x(0).cast(DType.I64).insertAxis(-1).eq(Tensor.of(cats)).cast(DType.F32);
    }

    /// An error if a value of the input is no category.
    private static void known(Call c, HostTensor cats) {
        for (long v : c.host(0).toLongArray()) {
            if (LongStream.of(cats.toLongArray()).noneMatch(k -> k == v)) {
                throw c.fail("a category the encoder does not know", "one of its " + cats.shape().size());
            }
        }
    }

    private static Tensor features(Call c) {
        var parts = new Tensor[c.arity()];
        for (int i = 0; i < parts.length; i++) {
            var x = c.x(i).cast(DType.F32);
            parts[i] = x.shape().rank() == 1 ? x.insertAxis(0) : x;
        }
        return Tensor.concat(1, parts);
    }

    /// Texts to numbers or numbers to texts, by what the input is.
    private static Value categories(Call c) {
        var names = c.strings("cats_strings");
        var numbers = c.attributes().get("cats_int64s").ints();
        boolean toText = c.type(0) != OnnxType.STRING;
        var to = new HashMap<Long, Long>();
        for (int i = 0; i < numbers.length; i++) {
            long name = c.session().strings().number(names.get(i));
            to.put(toText ? numbers[i] : name, toText ? name : numbers[i]);
        }
        long otherwise = toText ? c.session().strings().number(c.s("default_string", "_Unused"))
                : c.i("default_int64", -1);
        var h = c.host(0);
        var from = h.toLongArray();
        for (int i = 0; i < from.length; i++) {
            from[i] = to.getOrDefault(from[i], otherwise);
        }
        return HostRules.result(c, HostTensor.of(from, h.shape().dims()), toText ? OnnxType.STRING : OnnxType.INT64);
    }
}
