package dev.ijen.cuda.ptx;

import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Fold;
import dev.ijen.spi.Region.Instr;
import dev.ijen.spi.Region.Store;
import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.UnaryFn;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Builds regions by hand; and the ones that deep learning is made of.
final class Regions {
    final int[] space;
    final List<Instr> body = new ArrayList<>();
    final List<Store> stores = new ArrayList<>();
    private int inputs;
    private int outputs;

    Regions(int... space) {
        this.space = space;
    }

    int[] dense() {
        return along((1 << space.length) - 1);
    }

    /// Strides of a dense array of some axes.
    int[] along(int axes) {
        var s = new int[space.length];
        int n = 1;
        for (int i = space.length - 1; i >= 0; i--) {
            if ((axes >> i & 1) == 1) {
                s[i] = n;
                n *= space[i];
            }
        }
        return s;
    }

    int put(Instr i) {
        body.add(i);
        return body.size() - 1;
    }

    int load(DType t, int[] stride, int offset) {
        return put(new Instr.Load(inputs++, t, stride, offset));
    }

    int load(DType t) {
        return load(t, dense(), 0);
    }

    int imm(double v) {
        return put(new Instr.Imm(DType.F32, v, 0));
    }

    int un(UnaryFn f, int a) {
        return put(new Instr.Unary(f, body.get(a).type(), a));
    }

    int bin(BinaryFn f, int a, int b) {
        return put(new Instr.Binary(f, body.get(a).type(), a, b));
    }

    int add(int a, int b) {
        return bin(BinaryFn.ADD, a, b);
    }

    int sub(int a, int b) {
        return bin(BinaryFn.SUB, a, b);
    }

    int mul(int a, int b) {
        return bin(BinaryFn.MUL, a, b);
    }

    int div(int a, int b) {
        return bin(BinaryFn.DIV, a, b);
    }

    void store(int v, DType t) {
        store(v, t, dense(), 0);
    }

    void store(int v, DType t, int[] stride, int offset) {
        stores.add(new Store(v, outputs++, t, stride, offset, null));
    }

    /// Folds all axes but those of `kept`.
    void fold(int v, DType t, Fold f, int kept) {
        stores.add(new Store(v, outputs++, t, along(kept), 0, f));
    }

    Region region() {
        return new Region(space, List.copyOf(body), List.copyOf(stores));
    }

    /// AdamW: p, g, m, v and scalars → p, m, v.
    static Region adam(int n, DType gradient) {
        var r = new Regions(n);
        int p = r.load(DType.F32);
        int g = r.load(gradient);
        int m = r.load(DType.F32);
        int v = r.load(DType.F32);
        int rate = r.load(DType.F32, new int[1], 0);
        int c1 = r.load(DType.F32, new int[1], 0);
        int c2 = r.load(DType.F32, new int[1], 0);
        int m1 = r.add(r.mul(m, r.imm(0.9)), r.mul(g, r.imm(0.1)));
        int v1 = r.add(r.mul(v, r.imm(0.999)), r.mul(r.mul(g, g), r.imm(0.001)));
        int root = r.add(r.un(UnaryFn.SQRT, r.div(v1, c2)), r.imm(1e-8));
        int step = r.add(r.div(r.div(m1, c1), root), r.mul(p, r.imm(0.01)));
        r.store(r.sub(p, r.mul(rate, step)), DType.F32);
        r.store(m1, DType.F32);
        r.store(v1, DType.F32);
        return r.region();
    }

    /// x [rows, n] + bias [n] → 0.5 y (1 + erf(y / √2)).
    static Region geluBias(int rows, int n, DType t) {
        var r = new Regions(rows, n);
        int y = r.add(r.load(t), r.load(t, r.along(2), 0));
        int e = r.un(UnaryFn.ERF, r.mul(y, r.imm(Math.sqrt(0.5))));
        r.store(r.mul(r.mul(y, r.imm(0.5)), r.add(e, r.imm(1))), t);
        return r.region();
    }

    /// The same by the hyperbolic tangent.
    static Region geluTanh(int rows, int n, DType t) {
        var r = new Regions(rows, n);
        int y = r.add(r.load(t), r.load(t, r.along(2), 0));
        int cube = r.mul(r.mul(y, y), y);
        int in = r.mul(r.imm(Math.sqrt(2 / Math.PI)), r.add(y, r.mul(cube, r.imm(0.044715))));
        r.store(r.mul(r.mul(y, r.imm(0.5)), r.add(r.un(UnaryFn.TANH, in), r.imm(1))), t);
        return r.region();
    }

    /// Σ x and Σ x² of rows.
    static Region rowMoments(int rows, int n, DType t) {
        var r = new Regions(rows, n);
        int x = r.load(t);
        r.fold(x, DType.F32, Fold.SUM, 1);
        r.fold(r.mul(x, x), DType.F32, Fold.SUM, 1);
        return r.region();
    }

    /// (x − mean) · rstd · γ + β.
    static Region normalize(int rows, int n, DType t) {
        var r = new Regions(rows, n);
        int x = r.load(t);
        int mean = r.load(DType.F32, r.along(1), 0);
        int rstd = r.load(DType.F32, r.along(1), 0);
        int gamma = r.load(DType.F32, r.along(2), 0);
        int beta = r.load(DType.F32, r.along(2), 0);
        r.store(r.add(r.mul(r.mul(r.sub(x, mean), rstd), gamma), beta), t);
        return r.region();
    }

    /// Gradients of γ and β: sums over rows.
    static Region normalizeGradients(int rows, int n, DType t) {
        var r = new Regions(rows, n);
        int x = r.load(t);
        int dy = r.load(t);
        int mean = r.load(DType.F32, r.along(1), 0);
        int rstd = r.load(DType.F32, r.along(1), 0);
        r.fold(r.mul(dy, r.mul(r.sub(x, mean), rstd)), DType.F32, Fold.SUM, 2);
        r.fold(dy, DType.F32, Fold.SUM, 2);
        return r.region();
    }

    /// Dropout: random bits below a threshold keep.
    static Region dropout(int n, DType t) {
        var r = new Regions(n);
        int x = r.load(t);
        int bits = r.put(new Instr.Random(r.inputs++, 7, r.dense(), 0));
        int u = r.put(new Instr.Binary(BinaryFn.SHR, DType.I32, bits, r.put(new Instr.Imm(DType.I32, 0, 8))));
        int keep = r.put(new Instr.Binary(BinaryFn.GE, DType.I32, u, r.put(new Instr.Imm(DType.I32, 0, 1 << 22))));
        int scaled = r.mul(x, r.imm(4.0 / 3));
        r.store(r.put(new Instr.Select(DType.F32, keep, scaled, r.imm(0))), t);
        r.store(keep, DType.BOOL);
        return r.region();
    }

    /// Every strategy, by name.
    static Map<String, Region> all() {
        var m = new LinkedHashMap<String, Region>();
        m.put("adam f32", adam(1 << 20, DType.F32));
        m.put("adam, gradient bf16", adam(1 << 20, DType.BF16));
        m.put("gelu erf + bias bf16", geluBias(1024, 3072, DType.BF16));
        m.put("gelu erf + bias f32", geluBias(1024, 3072, DType.F32));
        m.put("gelu tanh + bias bf16", geluTanh(1024, 3072, DType.BF16));
        m.put("row moments bf16", rowMoments(8192, 768, DType.BF16));
        m.put("row moments f32", rowMoments(64, 4096, DType.F32));
        m.put("normalize bf16", normalize(8192, 768, DType.BF16));
        m.put("normalize f32", normalize(8192, 768, DType.F32));
        m.put("normalize gradients bf16", normalizeGradients(8192, 768, DType.BF16));
        m.put("dropout f32", dropout(1 << 20, DType.F32));
        m.put("dropout bf16", dropout(1 << 20, DType.BF16));
        m.putAll(folds());
        return m;
    }

    /// Folds of each strategy and size.
    static Map<String, Region> folds() {
        var m = new LinkedHashMap<String, Region>();
        int[][] spaces = {{1}, {2}, {5000}, {1 << 20}, {3, 7}, {700, 3}, {3, 700}, {3000, 33}, {33, 3000}, {2, 300000},
            {300000, 2}, {9, 10, 11}, {64, 8, 96}, {32, 512, 4}, {5, 4, 6, 8}};
        for (var space : spaces) {
            for (int kept = 0; kept < (1 << space.length) - 1; kept++) {
                for (var t : List.of(DType.F32, DType.I64)) {
                    var r = new Regions(space);
                    int x = r.load(t);
                    r.fold(x, t, Fold.SUM, kept);
                    r.fold(x, t, Fold.MAX, kept);
                    m.put("fold " + List.of(t) + java.util.Arrays.toString(space) + " but " + kept, r.region());
                }
            }
            var r = new Regions(space);
            int x = r.load(DType.F16);
            for (int kept = 0; kept < (1 << space.length) - 1; kept++) {
                r.fold(x, kept % 2 == 0 ? DType.F32 : DType.F16, kept % 2 == 0 ? Fold.SUM : Fold.MIN, kept);
            }
            r.store(r.mul(x, x), DType.BF16);
            m.put("all folds " + java.util.Arrays.toString(space), r.region());
        }
        return m;
    }
}
