package dev.ijen.cpu;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ijen.tensor.UnaryFn;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/// Functions of floats and doubles against the values that NumPy and Boost test themselves with.
class ReferenceValuesTest {
    private static final Path FOLDER = Path.of(System.getProperty("ijen.shared", "../../shared"), "data", "reference");

    /// Lines `np.float32,0x…,0x…,ulp`.
    @Test
    void numpy() throws IOException {
        var names = Map.ofEntries(
                Map.entry("arccos", UnaryFn.ACOS), Map.entry("arcsin", UnaryFn.ASIN), Map.entry("arctan", UnaryFn.ATAN),
                Map.entry("cos", UnaryFn.COS), Map.entry("cosh", UnaryFn.COSH), Map.entry("exp", UnaryFn.EXP),
                Map.entry("expm1", UnaryFn.EXPM1), Map.entry("log", UnaryFn.LOG), Map.entry("log1p", UnaryFn.LOG1P),
                Map.entry("sin", UnaryFn.SIN), Map.entry("sinh", UnaryFn.SINH), Map.entry("tan", UnaryFn.TAN),
                Map.entry("tanh", UnaryFn.TANH));
        int files = 0;
        for (var e : files("numpy-umath-validation.tar.gz").entrySet()) {
            String name = e.getKey().replaceAll(".*-set-|\\.csv", "");
            if (names.containsKey(name)) {
                files++;
                numpy(names.get(name), e.getValue().lines().filter(l -> l.startsWith("np.")).toList());
            }
        }
        assertTrue(files >= 10, files + " files");
    }

    private static void numpy(UnaryFn f, List<String> lines) {
        try (var memory = new Block(lines.size())) {
            for (boolean wide : new boolean[] {false, true}) {
                String type = wide ? "np.float64" : "np.float32";
                var mine = lines.stream().filter(l -> l.startsWith(type)).map(l -> l.split(",")).toList();
                for (int i = 0; i < mine.size(); i++) {
                    memory.in(i, wide, bits(mine.get(i)[1], wide));
                }
                memory.run(f, wide, mine.size());
                for (int i = 0; i < mine.size(); i++) {
                    double expected = bits(mine.get(i)[2], wide);
                    memory.check(f, i, wide, expected, Double.parseDouble(mine.get(i)[3]));
                }
            }
        }
    }

    private static double bits(String hex, boolean wide) {
        String digits = hex.substring(2);
        return wide
                ? Double.longBitsToDouble(Long.parseUnsignedLong(digits, 16))
                : Float.intBitsToFloat(Integer.parseUnsignedInt(digits, 16));
    }

    /// Lines of x, erf x, erfc x.
    @Test
    void boost() throws IOException {
        int files = 0;
        for (var e : files("boost-erf.tar.gz").entrySet()) {
            if (!e.getKey().matches(".*erf_(small_|large_)?data.*")) {
                continue;
            }
            files++;
            var rows = e.getValue().lines()
                    .map(l -> l.trim().split("\\s+"))
                    .filter(p -> p.length >= 2 && p[0].matches("[-+.\\deE]+"))
                    .toList();
            try (var memory = new Block(rows.size())) {
                for (boolean wide : new boolean[] {false, true}) {
                    for (int i = 0; i < rows.size(); i++) {
                        double x = Double.parseDouble(rows.get(i)[0]);
                        memory.in(i, wide, wide ? x : (float) x);
                    }
                    memory.run(UnaryFn.ERF, wide, rows.size());
                    for (int i = 0; i < rows.size(); i++) {
                        double x = Double.parseDouble(rows.get(i)[0]);
                        double erf = Double.parseDouble(rows.get(i)[1]);
                        // doubles: the definition's own 1e-15; floats: the argument may have been rounded
                        memory.check(UnaryFn.ERF, i, wide, erf, wide ? 16 : x == (float) x ? 1 : 3);
                    }
                }
            }
        }
        assertTrue(files >= 3, files + " files");
    }

    /// Arguments and values of one file.
    private static final class Block implements AutoCloseable {
        private final Arena arena = Arena.ofConfined();
        private final long in;
        private final long out;
        private final long work;

        Block(int n) {
            in = arena.allocate(8L * n + 64, 64).address();
            out = arena.allocate(8L * n + 64, 64).address();
            work = arena.allocate(8L * n + 64, 64).address();
        }

        void in(int i, boolean wide, double x) {
            if (wide) {
                Mem.f64(in + 8L * i, x);
            } else {
                Mem.f32(in + 4L * i, (float) x);
            }
        }

        void run(UnaryFn f, boolean wide, int n) {
            Fn fn = wide ? F64Ops.of(f) : F32Unary.of(f);
            fn.run(in, 0, work, out, n);
        }

        void check(UnaryFn f, int i, boolean wide, double expected, double ulps) {
            double x = wide ? Mem.f64(in + 8L * i) : Mem.f32(in + 4L * i);
            double y = wide ? Mem.f64(out + 8L * i) : Mem.f32(out + 4L * i);
            double ulp = wide ? Math.ulp(expected) : Math.ulp((float) expected);
            boolean fits = Double.isNaN(expected) ? Double.isNaN(y)
                    : Double.isInfinite(expected) ? y == expected
                    : Math.abs(y - expected) <= (ulps + 1) * ulp;
            assertTrue(fits, () -> f + "(" + x + ") = " + y + ", not " + expected);
        }

        @Override
        public void close() {
            arena.close();
        }
    }

    /// Names and contents of the plain files in an archive.
    private static Map<String, String> files(String archive) throws IOException {
        Path path = FOLDER.resolve(archive);
        assumeTrue(Files.exists(path), path + " is not here");
        var files = new HashMap<String, String>();
        try (var in = new DataInputStream(new BufferedInputStream(new GZIPInputStream(Files.newInputStream(path))))) {
            var header = new byte[512];
            while (in.readNBytes(header, 0, 512) == 512 && header[0] != 0) {
                String name = field(header, 0, 100);
                int size = Integer.parseInt(field(header, 124, 12).trim(), 8);
                var content = new byte[(size + 511) / 512 * 512];
                in.readFully(content);
                files.put(name, new String(content, 0, size, StandardCharsets.UTF_8));
            }
        }
        return files;
    }

    private static String field(byte[] header, int at, int length) {
        String s = new String(header, at, length, StandardCharsets.US_ASCII);
        int end = s.indexOf('\0');
        return end < 0 ? s : s.substring(0, end);
    }
}
