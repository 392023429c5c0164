package dev.ijen.cli.bench;

import dev.ijen.engine.Engine;
import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Single operations.
final class Operators {
    private static final Pattern CONV = Pattern.compile("(\\d+)x(\\d+)x(\\d+)x(\\d+)-k(\\d+)r(\\d+)s(\\d+)p(\\d+)");

    private Operators() {}

    /// @param name such as `gemm-256x256x256`
    static Workload of(Engine engine, String name) {
        int dash = name.indexOf('-');
        var kind = dash < 0 ? name : name.substring(0, dash);
        var sizes = name.substring(dash + 1);
        if (kind.equals("conv") || kind.equals("convbwd")) {
            return conv(engine, name, kind.equals("convbwd"), sizes);
        }
        int[] d;
        try {
            d = Arrays.stream(sizes.split("x", -1)).mapToInt(Integer::parseInt).toArray();
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("unknown op " + name, e);
        }
        return switch (kind) {
            case "gemm" -> {
                check(name, d.length == 3);
                yield op(engine, name, 2.0 * d[0] * d[1] * d[2],
                        inputs(new int[] {d[0], d[2]}, new int[] {d[2], d[1]}), in -> in.get("1").matmul(in.get("2")));
            }
            case "add" -> op(engine, name, 0, inputs(d, d), in -> in.get("1").add(in.get("2")));
            case "gelu" -> op(engine, name, 0, inputs(d), in -> in.get("1").geluTanh());
            case "softmax" -> op(engine, name, 0, inputs(d), in -> in.get("1").softmax(-1));
            case "layernorm" -> {
                check(name, d.length == 2);
                var in = inputs(d);
                in.put("w", Numbers.uniform(4, 1, d[1]));
                in.put("b", Numbers.uniform(5, 1, d[1]));
                yield op(engine, name, 0, in, Operators::layerNorm);
            }
            default -> throw new IllegalArgumentException("unknown op " + name);
        };
    }

    private static void check(String name, boolean ok) {
        if (!ok) {
            throw new IllegalArgumentException("unknown op " + name);
        }
    }

    private static Tensor layerNorm(Map<String, Tensor> in) {
        var x = in.get("1");
        var centred = x.sub(x.meanKeep(1));
        return centred.mul(centred.square().meanKeep(1).add(1e-5).rsqrt()).mul(in.get("w")).add(in.get("b"));
    }

    private static Map<String, HostTensor> inputs(int[]... shapes) {
        var all = new LinkedHashMap<String, HostTensor>();
        for (var s : shapes) {
            all.put(String.valueOf(all.size() + 1), Numbers.uniform(all.size() + 1, 1, s));
        }
        return all;
    }

    private static Workload op(
            Engine engine, String name, double flops, Map<String, HostTensor> in,
            Function<Map<String, Tensor>, Tensor> f) {
        return Workload.expression(engine, name, flops, in, f);
    }

    private static Workload conv(Engine engine, String name, boolean backward, String sizes) {
        var m = CONV.matcher(sizes);
        check(name, m.matches());
        var d = new int[8];
        for (int i = 0; i < d.length; i++) {
            d[i] = Integer.parseInt(m.group(i + 1));
        }
        int c = d[1];
        int k = d[4];
        int r = d[5];
        int stride = d[6];
        int pad = d[7];
        int h = (d[2] + 2 * pad - r) / stride + 1;
        int w = (d[3] + 2 * pad - r) / stride + 1;
        double flops = 2.0 * d[0] * k * h * w * c * r * r;
        int[] image = {d[0], c, d[2], d[3]};
        int[] weights = {k, c, r, r};
        if (!backward) {
            return op(engine, name, flops, inputs(image, weights), in -> in.get("1").conv2d(in.get("2"), stride, pad));
        }
        return backward(engine, name, 2 * flops, inputs(image, weights, new int[] {d[0], k, h, w}), stride, pad);
    }

    /// Gradients of image and weights; the value is of the weights' one.
    private static Workload backward(
            Engine engine, String name, double flops, Map<String, HostTensor> in, int stride, int pad) {
        var states = new LinkedHashMap<String, dev.ijen.engine.State>();
        in.forEach((n, v) -> states.put(n, engine.state(n, v)));
        var image = engine.zeros("dx", in.get("1").dtype(), Shape.of(in.get("1").shape().dims()));
        var step = engine.evaluationProgram(_ -> {
            var x = states.get("1").get();
            var w = states.get("2").get();
            var loss = x.conv2d(w, stride, pad).mul(states.get("3").get()).sum();
            var g = Gradient.of(loss, List.of(x, w));
            image.set(g.get(0));
            return List.of(g.get(1));
        });
        return new Workload("op/" + name, step, flops, 0, 1);
    }
}
