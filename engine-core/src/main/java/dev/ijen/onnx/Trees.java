package dev.ijen.onnx;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Decision trees, walked on the host: x [N, F] → scores [N, targets].
final class Trees {
    private Trees() {}

    /// One node: a comparison, or a leaf with weights.
    private static final class Node {
        int feature;
        String mode = "LEAF";
        double value;
        boolean missingGoesOn;
        Set<Double> members = Set.of();
        Node yes;
        Node no;
        int[] targets = {};
        double[] weights = {};

        Node next(double x) {
            boolean hit = Double.isNaN(x) ? missingGoesOn : switch (mode) {
                case "BRANCH_LEQ" -> x <= value;
                case "BRANCH_LT" -> x < value;
                case "BRANCH_GTE" -> x >= value;
                case "BRANCH_GT" -> x > value;
                case "BRANCH_EQ" -> x == value;
                case "BRANCH_NEQ" -> x != value;
                default -> members.contains(x);
            };
            return hit ? yes : no;
        }
    }

    private static double[][] walk(Call c, List<Node> roots, int targets, String how, double[] base) {
        var x = c.host(0);
        int rows = x.shape().rank() == 1 ? 1 : x.shape().dim(0);
        int features = x.shape().dim(-1);
        var y = new double[rows][targets];
        for (int r = 0; r < rows; r++) {
            var seen = new boolean[targets];
            for (var root : roots) {
                var n = root;
                for (int depth = 0; !n.mode.equals("LEAF"); depth++) {
                    if (depth > 100_000 || n.feature < 0 || n.feature >= features) {
                        throw c.fail("feature " + n.feature + " of " + features + ", depth " + depth,
                                "a tree over the features");
                    }
                    n = n.next(x.get((long) r * features + n.feature));
                    if (n == null) {
                        throw c.fail("a branch to no node", "a whole tree");
                    }
                }
                for (int k = 0; k < n.targets.length; k++) {
                    int t = n.targets[k];
                    double w = n.weights[k];
                    y[r][t] = switch (how) {
                        case "MIN" -> seen[t] ? Math.min(y[r][t], w) : w;
                        case "MAX" -> seen[t] ? Math.max(y[r][t], w) : w;
                        default -> y[r][t] + w;
                    };
                    seen[t] = true;
                }
            }
            for (int t = 0; t < targets; t++) {
                y[r][t] = (how.equals("AVERAGE") ? y[r][t] / roots.size() : y[r][t]) + (base == null ? 0 : base[t]);
            }
        }
        return y;
    }

    private static Tensor tensor(double[][] y, int targets, DType type) {
        var h = HostTensor.zeros(type, Shape.of(y.length, targets));
        for (int r = 0; r < y.length; r++) {
            for (int t = 0; t < targets; t++) {
                h.set((long) r * targets + t, y[r][t]);
            }
        }
        return Tensor.of(h);
    }

    /// Version 5: nodes and leaves in lists of their own.
    static List<Value> ensemble(Call c) {
        var s = c.session();
        var features = c.list("nodes_featureids");
        var modes = s.data().read(c.attributes().get("nodes_modes").tensor());
        var splits = s.data().read(c.attributes().get("nodes_splits").tensor());
        var yes = c.list("nodes_truenodeids");
        var no = c.list("nodes_falsenodeids");
        var yesLeaf = c.list("nodes_trueleafs");
        var noLeaf = c.list("nodes_falseleafs");
        var missing = c.list("nodes_missing_value_tracks_true");
        var leafTargets = c.list("leaf_targetids");
        var leafWeights = s.data().read(c.attributes().get("leaf_weights").tensor());
        var names = List.of("BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ",
                "BRANCH_MEMBER");
        var nodes = new Node[features.length];
        Arrays.setAll(nodes, i -> new Node());
        var leaves = new Node[leafTargets.length];
        for (int i = 0; i < leaves.length; i++) {
            leaves[i] = new Node();
            leaves[i].targets = new int[] {leafTargets[i]};
            leaves[i].weights = new double[] {leafWeights.get(i)};
        }
        var members = c.given("membership_values") ? s.data().read(c.attributes().get("membership_values").tensor())
                : null;
        int at = 0;
        for (int i = 0; i < nodes.length; i++) {
            var n = nodes[i];
            n.feature = features[i];
            n.mode = names.get((int) modes.getLong(i));
            n.value = splits.get(i);
            n.missingGoesOn = missing != null && missing[i] != 0;
            n.yes = yesLeaf[i] != 0 ? leaves[yes[i]] : nodes[yes[i]];
            n.no = noLeaf[i] != 0 ? leaves[no[i]] : nodes[no[i]];
            if (n.mode.equals("BRANCH_MEMBER") && members != null) {
                n.members = new HashSet<>();
                // the sets stand one after the other, ended by NaN
                for (; at < members.shape().size() && !Double.isNaN(members.get(at)); at++) {
                    n.members.add(members.get(at));
                }
                at++;
            }
        }
        var roots = Arrays.stream(c.list("tree_roots")).mapToObj(i -> nodes[i]).toList();
        int targets = (int) c.i("n_targets", 1);
        var how = List.of("AVERAGE", "SUM", "MIN", "MAX").get((int) c.i("aggregate_function", 1));
        return List.of(c.like(0, post(c, tensor(walk(c, roots, targets, how, null), targets, c.x(0).dtype()))));
    }

    private static Tensor post(Call c, Tensor y) {
        return switch ((int) c.i("post_transform", 0)) {
            case 0 -> y;
            case 1 -> y.softmax();
            case 2 -> y.sigmoid();
            case 3 -> MlRules.softmaxZero(y);
            case 4 -> MlRules.probit(y);
            default -> throw c.unsupported("post_transform " + c.i("post_transform", 0), "0 to 4");
        };
    }

    private static List<Node> roots(Call c, String prefix) {
        var trees = c.list("nodes_treeids");
        var ids = c.list("nodes_nodeids");
        var features = c.list("nodes_featureids");
        var modes = c.strings("nodes_modes");
        var values = numbers(c, "nodes_values");
        var yes = c.list("nodes_truenodeids");
        var no = c.list("nodes_falsenodeids");
        var missing = c.list("nodes_missing_value_tracks_true");
        var all = new HashMap<List<Integer>, Node>();
        var roots = new java.util.LinkedHashMap<Integer, Node>();
        for (int i = 0; i < ids.length; i++) {
            var n = new Node();
            n.feature = features[i];
            n.mode = modes.get(i);
            n.value = values[i];
            n.missingGoesOn = missing != null && missing.length > i && missing[i] != 0;
            all.put(List.of(trees[i], ids[i]), n);
            roots.putIfAbsent(trees[i], n);
        }
        for (int i = 0; i < ids.length; i++) {
            var n = all.get(List.of(trees[i], ids[i]));
            n.yes = all.get(List.of(trees[i], yes[i]));
            n.no = all.get(List.of(trees[i], no[i]));
        }
        var lt = c.list(prefix + "_treeids");
        var ln = c.list(prefix + "_nodeids");
        var lk = c.list(prefix + "_ids");
        var lw = numbers(c, prefix + "_weights");
        for (int i = 0; i < lt.length; i++) {
            var n = all.get(List.of(lt[i], ln[i]));
            if (n == null) {
                throw c.fail("weights of node " + ln[i] + " of tree " + lt[i], "nodes there are");
            }
            n.targets = Arrays.copyOf(n.targets, n.targets.length + 1);
            n.weights = Arrays.copyOf(n.weights, n.targets.length);
            n.targets[n.targets.length - 1] = lk[i];
            n.weights[n.targets.length - 1] = lw[i];
        }
        return List.copyOf(roots.values());
    }

    private static double[] numbers(Call c, String name) {
        var f = c.floats(name);
        if (f == null) {
            var a = c.attributes().get(name + "_as_tensor");
            if (a == null) {
                return null;
            }
            return c.session().data().read(a.tensor()).toDoubleArray();
        }
        var d = new double[f.length];
        Arrays.setAll(d, i -> f[i]);
        return d;
    }

    static List<Value> regressor(Call c) {
        int targets = (int) c.i("n_targets", 1);
        var how = c.s("aggregate_function", "SUM").toUpperCase(Locale.ROOT);
        var y = walk(c, roots(c, "target"), targets, how, numbers(c, "base_values"));
        return List.of(c.natural(MlRules.post(c, tensor(y, targets, DType.F32))));
    }

    static List<Value> classifier(Call c) {
        var ints = c.attributes().get("classlabels_int64s");
        int classes = ints != null ? ints.ints().length : c.strings("classlabels_strings").size();
        var used = Arrays.stream(c.list("class_ids")).max().orElse(0) + 1;
        var base = numbers(c, "base_values");
        boolean binary = classes == 2 && used <= 2 && Arrays.stream(c.list("class_ids")).distinct().count() == 1;
        if (!binary) {
            var y = tensor(walk(c, roots(c, "class"), classes, "SUM", base), classes, DType.F32);
            return List.of(MlRules.named(c, y.argmax(1)), c.natural(MlRules.post(c, y)));
        }
        // the weights are of one class; the other's score follows
        int only = c.list("class_ids")[0];
        var raw = walk(c, roots(c, "class"), 2, "SUM", null);
        var one = new double[raw.length][1];
        for (int r = 0; r < raw.length; r++) {
            one[r][0] = raw[r][only] + (base == null ? 0 : base[base.length - 1]);
        }
        var s = tensor(one, 1, DType.F32);
        boolean logistic = c.s("post_transform", "NONE").equals("LOGISTIC");
        boolean allPositive = Arrays.stream(numbers(c, "class_weights")).allMatch(w -> w >= 0);
        var label = (logistic || !allPositive ? s.gt(0) : s.gt(0.5)).cast(DType.I32).reshape(one.length);
        var both = MlRules.two(c, s, !allPositive);
        return List.of(MlRules.named(c, label), c.natural(both));
    }
}
