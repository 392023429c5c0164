package dev.ijen.onnx;

import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/// Sums of products by named axes, as NumPy's einsum: operands are contracted from the left, each time with one matrix product.
/// Axes of an ellipsis are named by digits, counted from the right.
final class Einsum {
    /// A tensor with a name for each axis.
    private record Named(Tensor x, String axes) {}

    private Einsum() {}

    static Tensor of(Call c) {
        var equation = c.s("equation", "").replace(" ", "");
        int arrow = equation.indexOf("->");
        var left = (arrow < 0 ? equation : equation.substring(0, arrow)).split(",", -1);
        if (left.length != c.arity()) {
            throw c.fail(c.arity() + " inputs for '" + equation + "'", left.length + " inputs");
        }
        var terms = new ArrayList<Named>();
        int dots = 0;
        for (int i = 0; i < left.length; i++) {
            var x = c.x(i);
            int free = x.shape().rank() - left[i].replace("...", "").length();
            if (free < 0 || (free > 0 && !left[i].contains("...")) || free > 9) {
                throw c.fail("'" + left[i] + "' for " + x.shape(), "a letter an axis");
            }
            dots = Math.max(dots, left[i].contains("...") ? free : 0);
            terms.add(diagonal(new Named(x, left[i].replace("...", digits(free)))));
        }
        String to = arrow < 0 ? implicit(left, dots) : equation.substring(arrow + 2).replace("...", digits(dots));
        return finish(c, join(terms, to), to);
    }

    private static String digits(int n) {
        var s = new StringBuilder();
        for (int i = n; i > 0; i--) {
            s.append((char) ('0' + i));
        }
        return s.toString();
    }

    /// Letters that stand once, in alphabetical order.
    private static String implicit(String[] left, int dots) {
        var count = new TreeMap<Character, Integer>();
        for (var t : left) {
            for (char a : t.replace("...", "").toCharArray()) {
                count.merge(a, 1, Integer::sum);
            }
        }
        var s = new StringBuilder(digits(dots));
        count.forEach((a, n) -> {
            if (n == 1) {
                s.append(a);
            }
        });
        return s.toString();
    }

    /// Axes of one name in one: their diagonal.
    private static Named diagonal(Named t) {
        for (int i = 0; i < t.axes.length(); i++) {
            int k = t.axes.indexOf(t.axes.charAt(i), i + 1);
            if (k > 0) {
                var x = Layout.move(Layout.move(t.x, i, t.axes.length() - 1), k - 1, t.axes.length() - 2);
                var same = Tensor.iota(-1, x.shape()).eq(Tensor.iota(-2, x.shape()));
                var rest = new StringBuilder(t.axes).deleteCharAt(k).deleteCharAt(i);
                return diagonal(new Named(same.where(x, x.zerosLike()).sum(-1), rest.toString() + t.axes.charAt(i)));
            }
        }
        return t;
    }

    private static Named join(List<Named> terms, String to) {
        var a = terms.getFirst();
        for (int i = 1; i < terms.size(); i++) {
            var keep = new HashSet<Character>();
            for (int q = 0; q < to.length(); q++) {
                char x = to.charAt(q);
                keep.add(x);
            }
            for (int k = i + 1; k < terms.size(); k++) {
                for (char x : terms.get(k).axes.toCharArray()) {
                    keep.add(x);
                }
            }
            a = pair(a, terms.get(i), keep);
        }
        return a;
    }

    private static Named pair(Named a, Named b, Set<Character> keep) {
        a = sum(a, b.axes, keep);
        b = sum(b, a.axes, keep);
        var batch = new StringBuilder();
        var contract = new StringBuilder();
        var left = new StringBuilder();
        var right = new StringBuilder();
        for (char x : a.axes.toCharArray()) {
            (b.axes.indexOf(x) < 0 ? left : keep.contains(x) ? batch : contract).append(x);
        }
        for (char x : b.axes.toCharArray()) {
            if (a.axes.indexOf(x) < 0) {
                right.append(x);
            }
        }
        var d = new TreeMap<Character, Integer>();
        extents(a, d);
        extents(b, d);
        var p = order(a, batch + left.toString() + contract, d);
        var q = order(b, batch.toString() + contract + right, d);
        int n = size(batch, d);
        var y = p.reshape(n, size(left, d), size(contract, d)).matmul(q.reshape(n, size(contract, d), size(right, d)));
        var axes = batch + left.toString() + right;
        return new Named(y.reshape(Shape.of(axes.chars().map(x -> d.get((char) x)).toArray())), axes);
    }

    private static void extents(Named t, TreeMap<Character, Integer> to) {
        for (int i = 0; i < t.axes.length(); i++) {
            to.merge(t.axes.charAt(i), t.x.shape().dim(i), Math::max);
        }
    }

    private static int size(CharSequence axes, TreeMap<Character, Integer> d) {
        return axes.chars().map(x -> d.get((char) x)).reduce(1, (x, y) -> x * y);
    }

    /// In another order of axes; extents of 1 are repeated.
    private static Tensor order(Named t, String axes, TreeMap<Character, Integer> d) {
        var o = axes.chars().map(t.axes::indexOf).toArray();
        return t.x.permute(o).broadcast(Shape.of(axes.chars().map(x -> d.get((char) x)).toArray()));
    }

    private static Named sum(Named t, String other, Set<Character> keep) {
        var x = t.x;
        var axes = new StringBuilder(t.axes);
        for (int i = axes.length() - 1; i >= 0; i--) {
            char n = axes.charAt(i);
            if (!keep.contains(n) && other.indexOf(n) < 0) {
                x = x.sum(i);
                axes.deleteCharAt(i);
            }
        }
        return new Named(x, axes.toString());
    }

    private static Tensor finish(Call c, Named t, String to) {
        var keep = new HashSet<Character>();
        for (int q = 0; q < to.length(); q++) {
            char x = to.charAt(q);
            keep.add(x);
            if (t.axes.indexOf(x) < 0) {
                throw c.fail("'" + x + "' in the result alone", "letters of the inputs");
            }
        }
        var s = sum(t, "", keep);
        return s.x.permute(to.chars().map(s.axes::indexOf).toArray());
    }
}
