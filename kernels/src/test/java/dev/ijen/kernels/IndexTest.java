package dev.ijen.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import jcuda.driver.CUdeviceptr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Gather and scatter.
class IndexTest {
    /// The largest unit, 1 to 16 bytes, of which a row is a multiple.
    private static int unit(int rowBytes) {
        return Math.min(16, Integer.lowestOneBit(rowBytes));
    }

    private static int[] index(int count, int rows) {
        return new Random(5).ints(count, 0, rows).toArray();
    }

    @ParameterizedTest
    @CsvSource({"7,1,13,1", "7,1,13,2", "7,3,5,4", "4,2,9,4", "3,8,6,4", "5,1,70,1"})
    void gather(int rows, int d, int count, int bytes) {
        var table = new byte[rows * d * bytes];
        new Random(1).nextBytes(table);
        int[] index = index(count, rows);
        int row = d * bytes;
        int unit = unit(row);
        byte[] y = Device.run(v -> {
            var p = v.allocate((long) count * row);
            var error = v.errorWord();
            int units = row / unit;
            long all = (long) count * units;
            String kernel = "gather_b" + unit;
            v.launch("gather", kernel, Device.grid(all, 32), 32, v.up(table), v.up(index), p, rows, units, all, error);
            assertEquals(0, v.downLong(error));
            return v.down(p, (long) count * row);
        });
        for (int i = 0; i < y.length; i++) {
            assertEquals(table[index[i / row] * row + i % row], y[i]);
        }
    }

    @Test
    void gatherOutOfRange() {
        byte[] y = Device.run(v -> {
            var p = v.allocate(16);
            var error = v.errorWord();
            v.launch("gather", "gather_b4", 1, 32, v.up(5, 6), v.up(1, -3, 2, 0), p, 2, 1, 4L, error);
            assertEquals((long) ~1 << 32 | -3 & 0xffffffffL, v.downLong(error));
            return v.down(p, 16);
        });
        assertEquals("[6, 0, 0, 5]", Arrays.toString(EmulatorTest.ints(y)));
    }

    private static byte[] add(Device v, Values t, byte[] source, int[] index, int rows, int d, CUdeviceptr error) {
        int count = index.length;
        int width = SortTest.width(count);
        var keys = v.allocate(8L * width);
        var order = v.allocate(4L * width);
        int bytes = rows * d * t.bytes;
        var y = v.allocate(bytes);
        v.launch("scatter", "scatter_keys", Device.grid(width, 32), 32, v.up(index), keys, order, rows, count, width,
                error);
        SortTest.sort(v, keys, order, width, width);
        v.launch("move", "fill", 2, 32, y, 0L, (long) bytes);
        String kernel = "scatter_add_" + t.suffix();
        v.launch("scatter", kernel, Device.grid((long) count * d, 32), 32, v.up(source), keys, order, y, d, count);
        return v.down(y, bytes);
    }

    @ParameterizedTest
    @EnumSource
    void scatterAdd(Values t) {
        for (int[] s : new int[][] {{5, 3, 23}, {9, 1, 4}, {1, 2, 40}, {6, 7, 1}}) {
            int rows = s[0];
            int d = s[1];
            int[] index = index(s[2], rows);
            double[] source = t.random(s[2] * d, 6);
            byte[] y = Device.run(v -> {
                var error = v.errorWord();
                byte[] result = add(v, t, t.encode(source), index, rows, d, error);
                assertEquals(0, v.downLong(error));
                return result;
            });
            var expected = new double[rows * d];
            for (int i = 0; i < source.length; i++) {
                expected[index[i / d] * d + i % d] += source[i];
            }
            t.assertClose(t == Values.I8 || t == Values.U8 ? t.decode(t.encode(expected)) : expected, y, 6,
                    t.toString());
        }
    }

    @Test
    void scatterOutOfRange() {
        byte[] y = Device.run(v -> {
            var error = v.errorWord();
            byte[] result = add(v, Values.I32, Values.I32.encode(1, 2, 3, 4), new int[] {1, 2, -1, 1}, 2, 1, error);
            assertEquals((long) ~1 << 32 | 2, v.downLong(error));
            return result;
        });
        assertEquals("[0, 5]", Arrays.toString(EmulatorTest.ints(y)));
    }

    @ParameterizedTest
    @CsvSource({"7,1,13,1", "7,1,13,2", "7,3,5,4", "4,2,9,4", "3,8,6,4"})
    void scatterSet(int rows, int d, int count, int bytes) {
        int row = d * bytes;
        int unit = unit(row);
        var source = new byte[count * row];
        new Random(1).nextBytes(source);
        int[] index = index(count, rows);
        byte[] y = Device.run(v -> {
            var last = v.allocate(4L * rows);
            var p = v.allocate((long) rows * row);
            var error = v.errorWord();
            int units = row / unit;
            long all = (long) rows * units;
            v.launch("move", "fill", 1, 32, last, -1L, 4L * rows);
            v.launch("scatter", "scatter_last", Device.grid(count, 4), 4, v.up(index), last, rows, count, error);
            v.launch("scatter", "scatter_set_b" + unit, Device.grid(all, 32), 32, v.up(source), last, p, units, all);
            assertEquals(0, v.downLong(error));
            return v.down(p, (long) rows * row);
        });
        var expected = new byte[rows * row];
        for (int i = 0; i < source.length; i++) {
            expected[index[i / row] * row + i % row] = source[i];
        }
        assertEquals(Arrays.toString(expected), Arrays.toString(y));
    }
}
