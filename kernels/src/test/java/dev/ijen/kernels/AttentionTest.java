package dev.ijen.kernels;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Attention with two heads of queries to one of keys, a length, and a causal mask; two tiles of keys, and two shares of the columns.
class AttentionTest {
    private static final int TQ = 3;
    private static final int TK = 66;
    private static final int D = 65;
    private static final int HEADS = 2;
    private static final double SCALE = 0.2;
    private static final int LENGTH = 65;

    private final double[] o = new double[TQ * HEADS * D];
    private final double[] lse = new double[HEADS * TQ];
    private final double[] delta = new double[HEADS * TQ];
    private final double[] dq = new double[TQ * HEADS * D];
    private final double[] dk = new double[TK * D];
    private final double[] dv = new double[TK * D];

    private static double dot(double[] x, int i, double[] y, int j) {
        double sum = 0;
        for (int c = 0; c < D; c++) {
            sum += x[i + c] * y[j + c];
        }
        return sum;
    }

    /// Plain loops over whole rows of weights.
    private void expect(double[] q, double[] k, double[] v, double[] dout) {
        for (int h = 0; h < HEADS; h++) {
            for (int i = 0; i < TQ; i++) {
                int at = (i * HEADS + h) * D;
                int sees = Math.min(LENGTH, i + 1 + TK - TQ);
                var p = new double[sees];
                for (int j = 0; j < sees; j++) {
                    p[j] = Math.exp(SCALE * dot(q, at, k, j * D));
                }
                double total = Arrays.stream(p).sum();
                lse[h * TQ + i] = Math.log(total);
                for (int j = 0; j < sees; j++) {
                    p[j] /= total;
                    for (int c = 0; c < D; c++) {
                        o[at + c] += p[j] * v[j * D + c];
                    }
                }
                double d = dot(o, at, dout, at);
                delta[h * TQ + i] = d;
                for (int j = 0; j < sees; j++) {
                    double ds = SCALE * p[j] * (dot(dout, at, v, j * D) - d);
                    for (int c = 0; c < D; c++) {
                        dq[at + c] += ds * k[j * D + c];
                        dk[j * D + c] += ds * q[at + c];
                        dv[j * D + c] += p[j] * dout[at + c];
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64", "F16", "BF16"})
    void bothPasses(Values t) {
        double[] q = t.random(TQ * HEADS * D, 1);
        double[] k = t.random(TK * D, 2);
        double[] v = t.random(TK * D, 3);
        double[] dout = t.random(TQ * HEADS * D, 4);
        expect(q, k, v, dout);
        var sums = t == Values.F64 ? t : Values.F32;
        int[] shape = {1, HEADS, 1, TQ, TK, D, HEADS * D, D, D, 1};
        long scale = Double.doubleToRawLongBits(SCALE);
        var results = Device.runEach(d -> {
            var pq = d.up(t.encode(q));
            var pk = d.up(t.encode(k));
            var pv = d.up(t.encode(v));
            var pd = d.up(t.encode(dout));
            var lengths = d.up(LENGTH);
            var po = d.allocate((long) o.length * t.bytes);
            var pl = d.allocate((long) lse.length * sums.bytes);
            var pdelta = d.allocate((long) lse.length * sums.bytes);
            var pdq = d.allocate((long) dq.length * t.bytes);
            var pdk = d.allocate((long) dk.length * t.bytes);
            var pdv = d.allocate((long) dv.length * t.bytes);
            String end = "_" + t.suffix();
            d.launch("attention", "attention" + end, HEADS * 2, 256, pq, pk, pv, lengths, po, pl, shape, scale);
            d.grid("attention", "attention_delta" + end, 3, 1, 1, 32, 2, po, pd, pdelta, TQ * HEADS, shape);
            d.launch("attention", "attention_dq" + end, HEADS * 2, 256, pq, pk, pv, pd, pl, pdelta, lengths, pdq, shape,
                    scale);
            d.launch("attention", "attention_dkv" + end, 4, 256, pq, pk, pv, pd, pl, pdelta, lengths, pdk, pdv, shape,
                    scale);
            var all = new ByteArrayOutputStream();
            all.writeBytes(d.down(po, (long) o.length * t.bytes));
            all.writeBytes(d.down(pdq, (long) dq.length * t.bytes));
            all.writeBytes(d.down(pdk, (long) dk.length * t.bytes));
            all.writeBytes(d.down(pdv, (long) dv.length * t.bytes));
            all.writeBytes(d.down(pl, (long) lse.length * sums.bytes));
            all.writeBytes(d.down(pdelta, (long) lse.length * sums.bytes));
            return all.toByteArray();
        });
        int parts = (o.length + dq.length + dk.length + dv.length) * t.bytes;
        int stats = lse.length * sums.bytes;
        double[] expected = join(o, dq, dk, dv);
        for (byte[] got : results) {
            t.assertClose(expected, Arrays.copyOf(got, parts), 4, "o, dq, dk, dv of " + t);
            sums.assertClose(lse, Arrays.copyOfRange(got, parts, parts + stats), 1, "lse of " + t);
            // of a stored o: its error
            t.assertClose(delta, t.encode(sums.decode(Arrays.copyOfRange(got, parts + stats, got.length))), 20,
                    "delta of " + t);
        }
    }

    private static double[] join(double[]... parts) {
        return Arrays.stream(parts).flatMapToDouble(Arrays::stream).toArray();
    }
}
