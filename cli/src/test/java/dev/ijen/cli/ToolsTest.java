package dev.ijen.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ToolsTest {
    @Test
    void devicesListsTheCpuAndWhyCudaIsNot() {
        var text = Cli.run("devices").ok().out();
        assertTrue(text.contains("cuda     unavailable: ") && text.contains("    fix: "), text);
        var json = Cli.run("devices", "--json").ok().json();
        assertEquals("cpu", json.get("auto"));
        assertEquals("cpu", ((Map<?, ?>) ((List<?>) json.get("devices")).getFirst()).get("device"));
        var cuda = (Map<?, ?>) ((List<?>) json.get("unavailable")).getFirst();
        assertEquals("cuda", cuda.get("backend"));
        assertFalse(cuda.get("reason").toString().isEmpty());
        assertFalse(cuda.get("fix").toString().isEmpty());
    }

    @Test
    void doctorFindsAllInOrderAndSaysWhyThereIsNoCuda() {
        var text = Cli.run("doctor").ok().out();
        for (var what : List.of("java", "processors", "memory", "disk", "device cpu", "device cuda",
                "Ijen can work here.")) {
            assertTrue(text.contains(what), what);
        }
        var json = Cli.run("doctor", "--json").ok().json();
        assertEquals(true, json.get("ok"));
        for (var f : (List<?>) json.get("findings")) {
            var finding = (Map<?, ?>) f;
            // whatever is not in order comes with the fix
            assertEquals(finding.get("verdict").equals("ok"), finding.get("fix").equals(""), finding.toString());
        }
    }

    @Test
    void tablesOfMeasurements() {
        assertEquals("""
                name  value
                a      1.50
                bcd   10.00
                """, Text.table(List.of("name", ">value"), List.of(List.of("a", "1.50"), List.of("bcd", "10.00"))));
        assertEquals(
                Map.of("suite", "s", "name", "n", "value", 1.5, "unit", "µs", "limit", 2.0),
                new Measurement("s", "n", 1.5, "µs", 2).toMap());
        assertEquals(2.5, Clock.median(new double[] {4, 1, 3, 2}));
        assertEquals(3, Clock.median(new double[] {9, 1, 3}));
    }

    @Test
    void numbersForPeople() {
        assertEquals("512 B", Text.bytes(512));
        assertEquals("1.50 KiB", Text.bytes(1536));
        assertEquals("20.0 MiB", Text.bytes(20L << 20));
        assertEquals("1:05", Text.duration(65.2));
        assertEquals("1:00:01", Text.duration(3601));
        assertEquals("0.1235", Text.number(0.12345678));
        assertEquals("1.00e-05", Text.number(1e-5));
        assertEquals("42", Text.number(42));
    }

    @Test
    void jsonOnOneLine() {
        assertEquals("{ \"a\" : \"x  y\\n z\", \"b\" : [ 1, 2 ] }",
                BaseCommand.line(new java.util.TreeMap<>(Map.of("a", "x  y\n z", "b", List.of(1, 2)))));
    }
}
