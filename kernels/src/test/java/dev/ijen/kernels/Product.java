package dev.ijen.kernels;

import java.util.List;
import java.util.function.Function;
import jcuda.driver.CUdeviceptr;

/// A product of matrices on the device and by plain loops.
///
/// @param splits blocks that share a sum
record Product(Values t, int batch, int m, int n, int k, int splits, boolean ta, boolean tb) {
    static Product of(Values t, int[] s, boolean ta, boolean tb) {
        return new Product(t, s[0], s[1], s[2], s[3], s[4], ta, tb);
    }

    /// Launches a kernel on so many blocks.
    interface Launch {
        void launch(Device d, int blocks, CUdeviceptr a, CUdeviceptr b, CUdeviceptr c, CUdeviceptr part);
    }

    /// Compares what a kernel with tiles of `side` gives.
    ///
    /// @param same whether its PTX gives the same bits as its source
    void check(int side, boolean same, Launch launch) {
        double[] a = t.random(batch * m * k, 1);
        double[] b = t.random(batch * k * n, 2);
        long size = (long) batch * m * n;
        int blocks = (n + side - 1) / side * ((m + side - 1) / side) * batch * splits;
        Function<Device, byte[]> program = d -> {
            var c = d.allocate(size * t.bytes);
            var part = splits == 1 ? new CUdeviceptr() : d.allocate(size * splits * Math.max(4, t.bytes));
            launch.launch(d, blocks, d.up(t.encode(a)), d.up(t.encode(b)), c, part);
            if (splits > 1) {
                String sum = "matmul_sum_" + t.suffix();
                d.launch("matmul", sum, Device.grid(size, 64), 64, part, c, (long) m * n, size, splits);
            }
            return d.down(c, size * t.bytes);
        };
        double[] expected = expected(a, b);
        for (byte[] got : same ? List.of(Device.run(program)) : Device.runEach(program)) {
            t.assertClose(t.real() ? expected : t.decode(t.encode(expected)), got, 5, toString());
        }
    }

    private double[] expected(double[] a, double[] b) {
        var expected = new double[batch * m * n];
        for (int z = 0; z < batch; z++) {
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < n; j++) {
                    double sum = 0;
                    for (int x = 0; x < k; x++) {
                        double u = a[z * m * k + (ta ? x * m + i : i * k + x)];
                        sum += u * b[z * k * n + (tb ? j * k + x : x * n + j)];
                    }
                    expected[z * m * n + i * n + j] = sum;
                }
            }
        }
        return expected;
    }
}
