package dev.ijen.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.format.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProfileCommandTest {
    @TempDir Path folder;

    private static double number(Object map, String key) {
        return ((Number) ((Map<?, ?>) map).get(key)).doubleValue();
    }

    @Test
    void everyOperationIsTimedAndTraced() {
        var trace = folder.resolve("trace.json");
        var args = List.of("profile", "--preset", "digits", "--set", "data.count=300", "--steps", "3", "--device",
                "cpu");
        var all = new java.util.ArrayList<Object>(args);
        all.addAll(List.of("--trace", trace, "--json"));
        var o = Cli.run(all.toArray()).ok().json();
        var operations = (List<?>) o.get("operations");
        double share = 0;
        double seconds = 0;
        for (var op : operations) {
            share += number(op, "share");
            seconds += number(op, "seconds");
            assertTrue(number(op, "roofline") >= 0);
        }
        assertEquals(1, share, 1e-9);
        assertEquals(seconds, number(o, "operations_seconds"), 1e-9);
        assertTrue(operations.stream().anyMatch(x -> ((Map<?, ?>) x).get("where").equals("layer 0")), o.toString());
        assertTrue(number(o.get("roofline"), "flops_per_s") > 1e8);

        // ts and dur of the Trace Event Format are microseconds; operations lie within their step, one after the other
        var events = (List<?>) ((Map<?, ?>) Json.parse(trace)).get("traceEvents");
        var steps = events.stream().map(e -> (Map<?, ?>) e).filter(e -> "step".equals(e.get("cat"))).toList();
        var ops = events.stream().map(e -> (Map<?, ?>) e).filter(e -> "operation".equals(e.get("cat"))).toList();
        assertEquals(3, steps.size());
        assertEquals(3 * operations.size(), ops.size());
        double at = 0;
        for (var e : ops) {
            assertEquals("X", e.get("ph"));
            assertEquals(at, number(e, "ts"), 1e-6 * Math.max(1, at));
            at = number(e, "ts") + number(e, "dur");
        }
        assertEquals(at, number(steps.getLast(), "ts") + number(steps.getLast(), "dur"), 1e-6 * at);
        assertFalse(Files.exists(folder.resolve("runs")));
    }

    private static Map<?, ?> workload(Object... more) {
        var all = new java.util.ArrayList<Object>(List.of("profile", "--steps", "2", "--device", "cpu", "--json"));
        all.addAll(List.of(more));
        return Cli.run(all.toArray()).ok().json();
    }

    private static List<String> places(Map<?, ?> profile) {
        return ((List<?>) profile.get("operations")).stream()
                .map(o -> ((Map<?, ?>) o).get("where").toString()).sorted().toList();
    }

    private static long casts(Map<?, ?> profile) {
        return ((List<?>) profile.get("operations")).stream()
                .filter(o -> ((Map<?, ?>) o).get("operation").toString().equals("cast")).count();
    }

    /// In a precision of its own, or in that of an option: the same program. No line of a user builds it, so none is named.
    @Test
    void workloads() {
        var floats = workload("--workload", "train/mlp-b8");
        var halves = workload("--workload", "train/mlp-b8@bf16");
        assertTrue(places(floats).contains("layer 0 (gradient)"), places(floats).toString());
        for (var where : places(halves)) {
            assertFalse(where.contains(".java"), where);
        }
        assertEquals(0, casts(floats));
        assertTrue(casts(halves) > 0, "nothing is cast");
        assertEquals(places(halves), places(workload("--workload", "train/mlp-b8", "--precision", "bf16")));
        assertEquals(places(halves), places(workload("--workload", "train/mlp-b8@bf16", "--precision", "bf16")));
    }

    @Test
    void aConfigInAnotherPrecision() {
        assertEquals(0, casts(workload("--preset", "digits")));
        assertTrue(casts(workload("--preset", "digits", "--precision", "bf16")) > 0, "nothing is cast");
    }

    @Test
    void wrongWorkloads() {
        var unknown = Cli.run("profile", "--workload", "train/mpl-b8@bf16", "-q").block(Exit.USAGE);
        assertTrue(unknown.contains("train/MODEL-bN"), unknown);
        var precision = Cli.run("profile", "--workload", "train/mlp-b8@bf17").block(Exit.USAGE);
        assertTrue(precision.contains("f32, tf32, bf16, f16"), precision);
        var two = Cli.run("profile", "--workload", "train/mlp-b8@bf16", "--precision", "f32").block(Exit.USAGE);
        assertTrue(two.contains("--precision f32"), two);
    }
}
