package dev.ijen.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class MainTest {
    @Test
    void unknownOptionIsWrongUsage() {
        var errors = new StringWriter();
        int code = new CommandLine(new Main()).setErr(new PrintWriter(errors)).execute("--no-such-option");
        assertEquals(2, code);
        assertEquals("Unknown option: '--no-such-option'", errors.toString().lines().findFirst().orElse(""));
    }
}
