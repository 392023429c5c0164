package dev.ijen.onnx;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Tensor;
import java.util.HashMap;
import java.util.List;

/// The small part of domain ai.onnx.ml that is cheap: labels, thresholds, linear models, trees.
final class MlRules {
    private MlRules() {}

    static void add(Ops o) {
        o.values("LabelEncoder", c -> List.of(labels(c)));
        o.same("Binarizer", c -> c.x(0).gt(c.f("threshold", 0)).cast(c.x(0).dtype()));
        o.same("ArrayFeatureExtractor", c -> {
            var x = c.x(0).shape().rank() == 1 ? c.x(0).insertAxis(0) : c.x(0);
            return x.take(x.shape().rank() - 1, c.x(1).reshape(c.x(1).shape().size()));
        });
        o.values("LinearRegressor", c -> List.of(linear(c)));
        o.values("LinearClassifier", MlRules::classifier);
        o.same("Scaler", c -> c.x(0).cast(DType.F32)
                .sub(Tensor.of(HostTensor.of(c.floats("offset"), c.floats("offset").length)))
                .mul(Tensor.of(HostTensor.of(c.floats("scale"), c.floats("scale").length))));
        o.same("Normalizer", c -> {
            var x = c.x(0).cast(DType.F32);
            var n = switch (c.s("norm", "MAX")) {
                case "L1" -> x.abs().sumKeep(-1);
                case "L2" -> x.square().sumKeep(-1).sqrt();
                default -> x.maxKeep(-1);
            };
            return x.div(n.eq(0).where(n.onesLike(), n));
        });
        o.values("TreeEnsemble", Trees::ensemble);
        o.values("TreeEnsembleRegressor", Trees::regressor);
        o.values("TreeEnsembleClassifier", Trees::classifier);
    }

    /// Keys and values as attributes of one of several types, or as tensors.
    private static Value labels(Call c) {
        var h = c.host(0);
        var keys = table(c, "keys");
        var values = table(c, "values");
        var type = values.type;
        var map = new HashMap<Object, Integer>();
        for (int i = 0; i < keys.h.shape().size(); i++) {
            map.put(key(keys.h, i), i);
        }
        var usual = usual(c, type);
        var out = HostTensor.zeros(type.carrier(), h.shape());
        for (int i = 0; i < h.shape().size(); i++) {
            var k = map.get(key(h, i));
            if (k == null) {
                HostMath.copy(usual, 0, out, i);
            } else {
                HostMath.copy(values.h, k, out, i);
            }
        }
        return HostRules.result(c, out, type);
    }

    private static Object key(HostTensor h, int i) {
        return h.dtype().isFloat() ? (Object) h.get(i) : (Object) h.getLong(i);
    }

    private record Table(HostTensor h, OnnxType type) {}

    private static Table table(Call c, String name) {
        var s = c.session();
        if (c.given(name + "_tensor")) {
            var t = c.attributes().get(name + "_tensor").tensor();
            return new Table(s.data().read(t), s.data().type(t));
        }
        if (c.given(name + "_strings")) {
            return new Table(s.strings(c.strings(name + "_strings"), c.strings(name + "_strings").size()),
                    OnnxType.STRING);
        }
        if (c.given(name + "_int64s")) {
            var v = c.attributes().get(name + "_int64s").ints();
            return new Table(HostTensor.of(v, v.length), OnnxType.INT64);
        }
        var v = c.floats(name + "_floats");
        if (v == null) {
            throw c.fail("no " + name, "strings, int64s, floats or a tensor");
        }
        return new Table(HostTensor.of(v, v.length), OnnxType.FLOAT);
    }

    private static HostTensor usual(Call c, OnnxType type) {
        if (c.given("default_tensor")) {
            return c.session().data().read(c.attributes().get("default_tensor").tensor());
        }
        return switch (type) {
            case STRING -> c.session().strings(List.of(c.s("default_string", "_Unused")));
            case INT64 -> HostTensor.of(new long[] {c.i("default_int64", -1)});
            default -> HostTensor.of(type.carrier(), new double[] {c.f("default_float", -0.0)});
        };
    }

    private static Tensor scores(Call c, int targets) {
        var x = c.x(0).cast(DType.F32);
        x = x.shape().rank() == 1 ? x.insertAxis(0) : x;
        var w = c.floats("coefficients");
        var y = x.matmul(Tensor.of(HostTensor.of(w, targets, w.length / targets)).transpose());
        var b = c.floats("intercepts");
        return b == null ? y : y.add(Tensor.of(HostTensor.of(b, b.length)));
    }

    /// Scores after the node's post_transform.
    static Tensor post(Call c, Tensor y) {
        return switch (c.s("post_transform", "NONE")) {
            case "NONE" -> y;
            case "SOFTMAX" -> y.softmax();
            case "LOGISTIC" -> y.sigmoid();
            case "SOFTMAX_ZERO" -> softmaxZero(y);
            case "PROBIT" -> probit(y);
            default -> throw c.unsupported("post_transform " + c.s("post_transform", ""),
                    "NONE, SOFTMAX, SOFTMAX_ZERO, LOGISTIC or PROBIT");
        };
    }

    /// Softmax of the scores that are not 0.
    static Tensor softmaxZero(Tensor y) {
        var terms = y.abs().gt(1e-7).where(y.sub(y.maxKeep(-1)).exp(), y.zerosLike());
        var sum = terms.sumKeep(-1);
        return terms.div(sum.eq(0).where(sum.onesLike(), sum));
    }

    /// √2 erf⁻¹(2 y − 1), erf⁻¹ by the formula of Winitzki (2008) that ONNX's reference and onnxruntime use: to 2e-3.
    static Tensor probit(Tensor y) {
        var x = y.mul(2).sub(1);
        var log = x.square().rsub(1).log();
        var v = log.mul(0.5).add(2 / (3.14159 * 0.147));
        var root = v.square().sub(log.mul(1 / 0.147)).sqrt().sub(v).sqrt();
        return x.lt(0).where(root.neg(), root).mul(Math.sqrt(2));
    }

    private static Value linear(Call c) {
        return c.natural(post(c, scores(c, (int) c.i("targets", 1))));
    }

    private static List<Value> classifier(Call c) {
        var ints = c.attributes().get("classlabels_ints");
        int classes = ints != null ? ints.ints().length : c.strings("classlabels_strings").size();
        int rows = c.floats("intercepts") == null ? classes : c.floats("intercepts").length;
        var y = scores(c, rows);
        if (rows == 1 && classes == 2) {
            return List.of(named(c, y.gt(0).cast(DType.I32).reshape(y.shape().dim(0))), c.natural(two(c, y, false)));
        }
        return List.of(named(c, y.argmax(1)), c.natural(post(c, y)));
    }

    /// Scores of two classes from the second one's [N, 1].
    ///
    /// @param signed true if the first one's is the opposite, else what is left of 1
    static Tensor two(Call c, Tensor s, boolean signed) {
        return switch (c.s("post_transform", "NONE")) {
            case "LOGISTIC" -> Tensor.concat(1, s.neg(), s).sigmoid();
            case "NONE", "SOFTMAX", "SOFTMAX_ZERO" -> Tensor.concat(1, signed ? s.neg() : s.rsub(1), s);
            default -> throw c.unsupported("post_transform " + c.s("post_transform", "") + " of one score",
                    "NONE, SOFTMAX, SOFTMAX_ZERO or LOGISTIC");
        };
    }

    /// Class numbers as the node's labels.
    static Value named(Call c, Tensor index) {
        var ints = c.attributes().get("classlabels_ints");
        if (ints == null) {
            ints = c.attributes().get("classlabels_int64s");
        }
        if (ints != null) {
            return c.int64(Tensor.of(HostTensor.of(ints.ints(), ints.ints().length)).take(0, index));
        }
        var names = c.strings("classlabels_strings");
        return c.typed(Tensor.of(c.session().strings(names, names.size())).take(0, index), OnnxType.STRING);
    }
}
