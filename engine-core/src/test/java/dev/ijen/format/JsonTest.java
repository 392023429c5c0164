package dev.ijen.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void valuesComeBack() {
        var all = new LinkedHashMap<String, Object>();
        all.put("text", "ä\"\n\u0001");
        all.put("numbers", Arrays.asList(1L, -2.5, 1e300, 0.1, Long.MAX_VALUE, null));
        all.put("truth", List.of(true, false));
        all.put("empty", new LinkedHashMap<String, Object>());
        assertEquals(all, Json.parse("t", Json.write(all)));
        assertEquals("null\n", Json.write(Double.NaN));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"a\":1,\"a\":2}", "[1,]", "1 2", "{'a':1}", "nul", "[NaN]", "\"\u0001\""})
    void brokenTextIsRefusedWithItsPlace(String text) {
        var e = assertThrows(FormatException.class, () -> Json.parse("t.json", text));
        assertTrue(e.getMessage().startsWith("t.json: damaged at line "), e.getMessage());
    }

    @Test
    void depthIsBounded() {
        assertThrows(FormatException.class, () -> Json.parse("t", "[".repeat(100_000)));
    }

    @Test
    void fuzzCorpusGivesValuesOrClearErrors() {
        for (byte[] b : SharedData.tar("security/go-fuzz-json.tar.gz").values()) {
            try {
                Json.write(Json.parse("t", new String(b, StandardCharsets.UTF_8)));
            } catch (FormatException e) {
                assertTrue(e.getMessage().contains("fix:"));
            }
        }
    }
}
