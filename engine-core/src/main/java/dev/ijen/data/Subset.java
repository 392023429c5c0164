package dev.ijen.data;

import java.util.List;

/// Some examples of another dataset, in an order of their own. The indices of its batches count within the subset.
public final class Subset implements Dataset {
    private final Dataset parent;
    private final int[] indices;

    private Subset(Dataset parent, int[] indices) {
        this.parent = parent;
        this.indices = indices;
    }

    /// The examples at `indices` of `parent`.
    public static Subset of(Dataset parent, int... indices) {
        Rows.check(indices, parent.size());
        return new Subset(parent, indices.clone());
    }

    /// Where the examples are in the parent.
    public int[] indices() {
        return indices.clone();
    }

    /// The dataset this is a part of.
    public Dataset parent() {
        return parent;
    }

    @Override
    public int size() {
        return indices.length;
    }

    @Override
    public Batch batch(int[] wanted) {
        Rows.check(wanted, indices.length);
        var b = parent.batch(there(wanted));
        return new Batch(b.inputs(), b.labels(), wanted.clone());
    }

    /// Where in the parent these examples are.
    int[] there(int[] wanted) {
        var there = new int[wanted.length];
        for (int i = 0; i < there.length; i++) {
            there[i] = indices[wanted[i]];
        }
        return there;
    }

    @Override
    public List<ElementSpec> inputs() {
        return parent.inputs();
    }

    @Override
    public ElementSpec label() {
        return parent.label();
    }

    @Override
    public List<String> classNames() {
        return parent.classNames();
    }

    @Override
    public int[] classIndices() {
        int[] all = parent.classIndices();
        var mine = new int[indices.length];
        for (int i = 0; i < mine.length; i++) {
            mine[i] = all[indices[i]];
        }
        return mine;
    }
}
