package dev.ijen.onnx;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.stream.LongStream;

/// More of domain ai.onnx.ml: features made ready, and support vector machines as onnxruntime computes them (without probabilities).
final class ClassicRules {
    private ClassicRules() {}

    static void add(Ops o) {
        o.same("Imputer", ClassicRules::imputer);
        o.values("OneHotEncoder", c -> List.of(c.natural(oneHot(c))));
        o.values("FeatureVectorizer", c -> List.of(c.natural(features(c))));
        o.values("CategoryMapper", c -> List.of(categories(c)));
        o.values("SVMRegressor", c -> List.of(c.natural(MlRules.post(c, regressor(c)))));
        o.values("SVMClassifier", ClassicRules::classifier);
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

    /// x [N, F] against vectors [S, F] → [N, S].
    private static Tensor kernel(Call c, Tensor x, float... vectors) {
        int f = x.shape().dim(1);
        var v = Tensor.of(HostTensor.of(vectors, vectors.length / f, f));
        var p = c.floats("kernel_params");
        double gamma = p == null || p.length < 1 ? 0 : p[0];
        double add = p == null || p.length < 2 ? 0 : p[1];
        double degree = p == null || p.length < 3 ? 0 : p[2];
        var dot = x.matmul(v.transpose());
        return switch (c.s("kernel_type", "LINEAR")) {
            case "LINEAR" -> dot;
            case "POLY" -> dot.mul(gamma).add(add).pow(degree);
            case "SIGMOID" -> dot.mul(gamma).add(add).tanh();
            case "RBF" -> x.insertAxis(1).sub(v.insertAxis(0)).square().sum(-1).mul(-gamma).exp();
            default -> throw c.unsupported("kernel_type " + c.s("kernel_type", ""), "LINEAR, POLY, RBF or SIGMOID");
        };
    }

    private static Tensor regressor(Call c) {
        var x = c.x(0).cast(DType.F32);
        var coefficients = c.floats("coefficients");
        double rho = c.floats("rho")[0];
        int n = (int) c.i("n_supports", 0);
        var k = n > 0 ? kernel(c, x, c.floats("support_vectors")) : x;
        var y = k.matmul(row(coefficients).reshape(coefficients.length, 1)).add(rho);
        return c.flag("one_class") ? y.gt(0).where(y.onesLike(), y.onesLike().neg()) : y;
    }

    /// Each pair of classes votes; the scores are what the pairs found.
    private static List<Value> classifier(Call c) {
        var sizes = c.attributes().get("vectors_per_class");
        if (sizes == null || sizes.ints().length < 3 || c.floats("prob_a") != null) {
            throw c.unsupported("a support vector machine of this form",
                    "one of three classes or more, without probabilities");
        }
        var x = c.x(0).cast(DType.F32);
        var k = kernel(c, x, c.floats("support_vectors"));
        int classes = sizes.ints().length;
        int all = k.shape().dim(1);
        var coefficients = c.floats("coefficients");
        var rho = c.floats("rho");
        var from = new int[classes + 1];
        for (int i = 0; i < classes; i++) {
            from[i + 1] = from[i] + (int) sizes.ints()[i];
        }
        var scores = new ArrayList<Tensor>();
        var votes = new Tensor[classes];
        for (int i = 0; i < classes; i++) {
            for (int j = i + 1; j < classes; j++) {
                var w = new float[all];
                System.arraycopy(coefficients, (j - 1) * all + from[i], w, from[i], from[i + 1] - from[i]);
                System.arraycopy(coefficients, i * all + from[j], w, from[j], from[j + 1] - from[j]);
                var s = k.matmul(row(w).reshape(all, 1)).add(rho[scores.size()]);
                scores.add(s);
                var first = s.gt(0).cast(DType.F32);
                votes[i] = votes[i] == null ? first : votes[i].add(first);
                votes[j] = votes[j] == null ? first.rsub(1) : votes[j].add(first.rsub(1));
            }
        }
        var label = Tensor.concat(1, votes).argmax(1);
        return List.of(MlRules.named(c, label),
                c.natural(MlRules.post(c, Tensor.concat(1, scores.toArray(Tensor[]::new)))));
    }
}
