package dev.ijen.onnx;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Support vector machines of domain ai.onnx.ml, as onnxruntime computes them.
final class SvmRules {
    private SvmRules() {}

    static void add(Ops o) {
        o.values("SVMRegressor", c -> List.of(c.natural(MlRules.post(c, regressor(c)))));
        o.values("SVMClassifier", SvmRules::classifier);
    }

    private static Tensor row(float... v) {
        return Tensor.of(HostTensor.of(v, v.length));
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

    private static List<Value> classifier(Call c) {
        var sizes = c.attributes().get("vectors_per_class");
        var x = c.x(0).cast(DType.F32);
        x = x.shape().rank() == 1 ? x.insertAxis(0) : x;
        return sizes == null || Arrays.stream(sizes.ints()).sum() == 0 ? linear(c, x)
                : pairs(c, x, c.ints(sizes.ints()));
    }

    /// Without support vectors: a score for each class. Of two classes, the second one's label wins where a score is large enough.
    private static List<Value> linear(Call c, Tensor x) {
        var w = c.floats("coefficients");
        int classes = w.length / x.shape().dim(1);
        var y = x.matmul(Tensor.of(HostTensor.of(w, classes, x.shape().dim(1))).transpose()).add(c.floats("rho")[0]);
        var best = y.argmax(1);
        if (classes == 2) {
            var most = y.max(1);
            var second = positive(w) ? most.ge(0.5) : most.gt(0);
            best = second.where(best.onesLike(), best);
        }
        return List.of(MlRules.named(c, best), c.natural(MlRules.post(c, y)));
    }

    private static boolean positive(float... w) {
        for (float v : w) {
            if (v < 0) {
                return false;
            }
        }
        return true;
    }

    /// Each pair of classes votes; the scores are what the pairs found, or probabilities of the classes.
    private static List<Value> pairs(Call c, Tensor x, int... sizes) {
        var k = kernel(c, x, c.floats("support_vectors"));
        int classes = sizes.length;
        int all = k.shape().dim(1);
        var coefficients = c.floats("coefficients");
        var rho = c.floats("rho");
        var from = new int[classes + 1];
        for (int i = 0; i < classes; i++) {
            from[i + 1] = from[i] + sizes[i];
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
        var label = MlRules.named(c, Tensor.concat(1, votes).argmax(1));
        var found = Tensor.concat(1, scores.toArray(Tensor[]::new));
        if (c.floats("prob_a") != null) {
            return List.of(label, c.natural(MlRules.post(c, probabilities(c, found, classes))));
        }
        return List.of(label, c.natural(classes == 2 ? MlRules.two(c, found, untouched(c)) : MlRules.post(c, found)));
    }

    private static boolean untouched(Call c) {
        return c.s("post_transform", "NONE").equals("NONE");
    }

    /// Probabilities of classes from those of pairs, on the host: the second method of Wu, Lin and Weng, "Probability estimates for multi-class
    /// classification by pairwise coupling" (2004), as in LIBSVM.
    private static Tensor probabilities(Call c, Tensor found, int n) {
        var h = c.session().host(c.natural(found), c.label());
        int pairs = h.shape().dim(1);
        var a = c.floats("prob_a");
        var b = c.floats("prob_b");
        var out = HostTensor.zeros(DType.F32, Shape.of(h.shape().dim(0), n));
        for (int row = 0; row < h.shape().dim(0); row++) {
            var r = new double[n][n];
            int k = 0;
            for (int i = 0; i < n; i++) {
                for (int j = i + 1; j < n; j++, k++) {
                    double p = 1 / (1 + Math.exp(h.get((long) row * pairs + k) * a[k] + b[k]));
                    r[i][j] = Math.clamp(p, 1e-7, 1 - 1e-7);
                    r[j][i] = 1 - r[i][j];
                }
            }
            var p = coupled(r);
            for (int i = 0; i < n; i++) {
                out.set((long) row * n + i, p[i]);
            }
        }
        return Tensor.of(out);
    }

    /// p that makes Σ (r_ji p_i − r_ij p_j)² least.
    private static double[] coupled(double[][] r) {
        int n = r.length;
        var q = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                if (j != i) {
                    q[i][i] += r[j][i] * r[j][i];
                    q[i][j] = -r[j][i] * r[i][j];
                }
            }
        }
        var p = new double[n];
        Arrays.fill(p, 1.0 / n);
        for (int step = 0; step < 100; step++) {
            var qp = new double[n];
            double pqp = 0;
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    qp[i] += q[i][j] * p[j];
                }
                pqp += p[i] * qp[i];
            }
            double all = pqp;
            if (IntStream.range(0, n).allMatch(i -> Math.abs(qp[i] - all) < 0.005 / n)) {
                break;
            }
            for (int i = 0; i < n; i++) {
                double d = (pqp - qp[i]) / q[i][i];
                p[i] += d;
                pqp = (pqp + d * (d * q[i][i] + 2 * qp[i])) / (1 + d) / (1 + d);
                for (int j = 0; j < n; j++) {
                    qp[j] = (qp[j] + d * q[i][j]) / (1 + d);
                    p[j] /= 1 + d;
                }
            }
        }
        return p;
    }
}
