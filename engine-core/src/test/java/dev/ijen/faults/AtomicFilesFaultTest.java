package dev.ijen.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.faults.Faults.Mode;
import dev.ijen.format.AtomicFiles;
import dev.ijen.format.Safetensors;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every write, force, rename and so on of an atomic write fails in turn: what was there before stays, or what is new is whole.
class AtomicFilesFaultTest {
    private static final String OLD = "old ".repeat(700);
    private static final String NEW = "new ".repeat(900);

    @TempDir Path scratch;
    private int runs;

    /// Writes under faults.
    private interface Work {
        void run(Path folder) throws IOException;
    }

    /// Looks at what is there afterwards.
    private interface Look {
        void at(Path folder) throws IOException;
    }

    /// Fails every change of `work` in turn, until one run gets through without.
    private void each(Mode mode, Work before, Work work, Look look) throws IOException {
        for (int at = 0;; at++) {
            var folder = Files.createDirectory(scratch.resolve("run" + runs++));
            before.run(folder);
            var faults = Faults.at(mode, at);
            boolean threw = false;
            try {
                work.run(faults.path(folder));
            } catch (IjenException e) {
                threw = true;
                assertTrue(e.getMessage().contains("fix:") && e.getMessage().contains("cannot write"), e.getMessage());
                if (mode == Mode.FULL) {
                    assertTrue(e.getMessage().contains("the disk is full"), e.getMessage());
                }
            }
            faults.recover();
            assertEquals(faults.happened(), threw, mode + " at " + at + ": " + faults.changes());
            try {
                look.at(folder);
                if (mode == Mode.ERROR || mode == Mode.FULL) {
                    assertTrue(names(folder).stream().noneMatch(n -> n.endsWith(".tmp")), names(folder).toString());
                }
                // and the disk being well again, so is everything
                work.run(Faults.none().path(folder));
            } catch (IOException | RuntimeException | AssertionError e) {
                throw new AssertionError(mode + " at " + at + " of " + faults.changes(), e);
            }
            if (!faults.happened()) {
                assertTrue(at >= 3, "only " + at + " changes");
                return;
            }
        }
    }

    private static Set<String> names(Path folder) throws IOException {
        try (var all = Files.list(folder)) {
            return all.map(p -> p.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aFileIsTheOldOrTheNewOne(Mode mode) throws IOException {
        each(mode, d -> Files.writeString(d.resolve("f"), OLD), d -> AtomicFiles.write(d.resolve("f"), NEW), d -> {
            var text = Files.readString(d.resolve("f"));
            assertTrue(text.equals(OLD) || text.equals(NEW), "neither old nor new: " + text.length() + " characters");
        });
        each(mode, d -> {},
                d -> AtomicFiles.writeStream(d.resolve("f"), out -> out.write(NEW.getBytes(StandardCharsets.UTF_8))),
                d -> {
                    if (Files.exists(d.resolve("f"))) {
                        assertEquals(NEW, Files.readString(d.resolve("f")));
                    }
                });
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aFolderAppearsWholeOrNotAtAll(Mode mode) throws IOException {
        var w = Map.of("w", HostTensor.of(new float[2000], 2000));
        each(mode, d -> {}, d -> {
            if (!Files.exists(d.resolve("step-1"))) {
                AtomicFiles.directory(d.resolve("step-1"), t -> {
                    Safetensors.write(t.resolve("w.safetensors"), w, Map.of());
                    AtomicFiles.write(t.resolve("state.json"), NEW);
                });
            }
        }, d -> {
            if (Files.exists(d.resolve("step-1"))) {
                assertEquals(NEW, Files.readString(d.resolve("step-1/state.json")));
                assertEquals(2000, Safetensors.read(d.resolve("step-1/w.safetensors")).get("w").shape().size());
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aPointerPointsToTheOldOrTheNewOne(Mode mode) throws IOException {
        each(mode, d -> {
            Files.createDirectory(d.resolve("step-1"));
            Files.createDirectory(d.resolve("step-2"));
            AtomicFiles.pointer(d.resolve("last"), "step-1");
        }, d -> AtomicFiles.pointer(d.resolve("last"), "step-2"),
                d -> assertTrue(List.of(d.resolve("step-1"), d.resolve("step-2"))
                        .contains(AtomicFiles.resolvePointer(d.resolve("last")))));
    }

    @Test
    void theTestWouldSeeAWriteThatIsNotForced() throws IOException {
        // what AtomicFiles would be without its force: the rename is kept, the data is not
        var folder = Files.createDirectory(scratch.resolve("naive"));
        var faults = Faults.at(Mode.POWER_DATA, 6);
        var at = faults.path(folder);
        try {
            Files.writeString(at.resolve("t"), NEW);
            Files.move(at.resolve("t"), at.resolve("f"));
            Files.delete(at.resolve("f"));
        } catch (IOException e) {
            assertEquals("gone", e.getMessage());
        }
        faults.recover();
        assertTrue(Files.readString(folder.resolve("f")).length() < NEW.length(), faults.changes().toString());
    }
}
