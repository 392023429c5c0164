package dev.ijen.contract;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Expressions that the tests make around a row's operation.
final class Graphs {
    private Graphs() {}

    /// Arguments of a step.
    static List<Tensor> arguments(List<Value> values) {
        var r = new ArrayList<Tensor>();
        for (var v : values) {
            r.add(Tensor.of(new Leaf.Input(r.size(), v.dtype(), v.shape())));
        }
        return r;
    }

    /// Fixed numbers in [-1, 1), different for every element.
    static Tensor weights(DType dtype, Shape shape, long seed) {
        var random = new Random(seed);
        return Tensor.of(HostTensor.of(dtype, random.doubles(shape.size(), -1, 1).toArray(), shape.dims())
                .reshape(shape.dims()));
    }

    /// A scalar that depends on every element of the row's result, each with another weight, and on each input once more
    /// outside of it: so gradients from several uses must add up.
    static Tensor loss(OpCase row, List<Tensor> in) {
        var y = row.apply(in);
        var first = weights(y.dtype(), y.shape(), 1).mul(y).sum();
        var loss = first.add(weights(y.dtype(), y.shape(), 2).mul(y).sum().mul(first).mul(0.25));
        for (var x : in) {
            if (x.dtype() == y.dtype()) {
                loss = loss.add(x.square().sum().mul(0.125));
            }
        }
        return loss;
    }

    /// First derivatives of the loss.
    static List<Tensor> gradient(OpCase row, List<Tensor> in, List<Integer> of) {
        return Gradient.of(loss(row, in), of.stream().map(in::get).toList());
    }

    /// The gradient in one direction: a scalar.
    static Tensor slope(OpCase row, List<Tensor> in, List<Integer> of) {
        var g = gradient(row, in, of);
        Tensor s = null;
        for (var d : g) {
            var part = d.mul(weights(d.dtype(), d.shape(), 3)).sum();
            s = s == null ? part : s.add(part);
        }
        return s;
    }

    /// Second derivatives: the gradient of the slope.
    static List<Tensor> second(OpCase row, List<Tensor> in, List<Integer> of) {
        return Gradient.of(slope(row, in, of), of.stream().map(in::get).toList());
    }
}
