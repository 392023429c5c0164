package dev.ijen.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.faults.Faults;
import dev.ijen.faults.Faults.Mode;
import dev.ijen.format.AtomicFiles;
import dev.ijen.format.FormatException;
import dev.ijen.format.Safetensors;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// No failure of the disk, no kill and no loss of power costs a checkpoint that was there before; damaged ones are noticed.
class CheckpointFaultsTest {
    private static final int STEPS = 4;

    @TempDir Path scratch;

    private static void save(Path folder, long step) {
        var w = Map.of("w", HostTensor.of(new float[] {step, 1, 2, 3}, 4));
        var big = Map.of("m", HostTensor.of(new float[400], 400));
        // the second one is the best; one older than the last is kept
        new Checkpoints(folder).save(step, w, Map.of(), big, Map.of("step", step, "loss", 1.0 / step), step == 2, 1);
    }

    /// The step a pointer leads to, once everything about it is right; 0 if it leads nowhere.
    private static long whole(Path folder, String pointer) {
        var found = new Checkpoints(folder).find(pointer);
        if (found == null) {
            return 0;
        }
        CheckpointSeal.check(found);
        long step = Long.parseLong(found.getFileName().toString().substring("step-".length()));
        assertEquals((float) step, Safetensors.read(found.resolve(Checkpoints.MODEL)).get("w").toFloatArray()[0]);
        return step;
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void everyChangeToTheDiskMayFail(Mode mode) throws IOException {
        boolean more = true;
        int at = 0;
        for (; more; at++) {
            var folder = Files.createDirectory(scratch.resolve("at" + at));
            var faults = Faults.at(mode, at);
            var through = faults.path(folder);
            long done = 0;
            try {
                for (long step = 1; step <= STEPS; step++) {
                    save(through, step);
                    done = step;
                }
            } catch (IjenException e) {
                assertTrue(faults.happened(), e.getMessage());
            }
            faults.recover();
            try {
                lookAt(folder, done);
                // the next process goes on from there
                var told = new ArrayList<String>();
                var well = Faults.none().path(folder);
                var from = new Checkpoints(well).recover(told::add);
                assertTrue(done == 0 || from != null, "nothing to go on from");
                assertEquals(List.of(), told);
                try (var all = Files.list(folder)) {
                    assertTrue(all.noneMatch(p -> p.getFileName().toString().startsWith(".")), "temporaries are left");
                }
                for (long step = from == null ? 1 : whole(folder, "last") + 1; step <= STEPS + 1; step++) {
                    save(well, step);
                }
                assertEquals(STEPS + 1, whole(folder, "last"));
                assertEquals(2, whole(folder, "best"));
            } catch (IOException | RuntimeException | AssertionError e) {
                throw new AssertionError(mode + " at " + at + " of " + faults.changes(), e);
            }
            more = faults.happened();
        }
        System.out.printf("%s: each of %d changes to the disk while %d checkpoints are written%n", mode, at - 1, STEPS);
    }

    private static void lookAt(Path folder, long done) {
        long last = whole(folder, "last");
        assertTrue(last == done || last == done + 1, "last is " + last + " after " + done + " were saved");
        long best = whole(folder, "best");
        assertTrue(best == 2 || done < 2 && best == 0, "best is " + best + " after " + done + " were saved");
    }

    /// Two checkpoints.
    private Path two() throws IOException {
        var folder = Files.createDirectory(scratch.resolve("two"));
        var w = Map.of("w", HostTensor.of(new float[] {1, 2, 3, 4}, 4));
        for (long step : new long[] {10, 20}) {
            new Checkpoints(folder).save(step, w, Map.of(), w, Map.of("step", step, "note", "x"), step == 10, 2);
        }
        return folder;
    }

    @ParameterizedTest
    @ValueSource(strings = {Checkpoints.MODEL, Checkpoints.OPTIMIZER, Checkpoints.STATE})
    void aDamagedOneIsSetAsideAndTheOneBeforeUsed(String name) throws IOException {
        var folder = two();
        var file = folder.resolve("step-20").resolve(name);
        byte[] good = Files.readAllBytes(file);
        for (int damage = 0; damage < 3; damage++) {
            switch (damage) {
                case 0 -> {
                    byte[] bad = good.clone();
                    bad[good.length - 9] ^= 2;
                    Files.write(file, bad);
                }
                case 1 -> {
                    try (var c = FileChannel.open(file, StandardOpenOption.WRITE)) {
                        c.truncate(good.length / 2);
                    }
                }
                default -> Files.delete(file);
            }
            var told = new ArrayList<String>();
            assertEquals(folder.resolve("step-10"), new Checkpoints(folder).recover(told::add));
            assertEquals(1, told.size(), told.toString());
            assertTrue(told.getFirst().startsWith("a damaged checkpoint is not used: ")
                    && told.getFirst().contains("step-20") && told.getFirst().contains(name), told.getFirst());
            assertEquals(folder.resolve("step-10"), new Checkpoints(folder).find("last"));
            assertTrue(Files.isDirectory(folder.resolve("step-20.damaged")), "kept for whoever wants to look");
            // for the next damage
            Files.move(folder.resolve("step-20.damaged"), folder.resolve("step-20"));
            Files.write(file, good);
            AtomicFiles.pointer(folder.resolve("last"), "step-20");
            CheckpointSeal.check(folder.resolve("step-20"));
        }
    }

    @Test
    void whereNoneIsWholeTheTrainingStartsOver() throws IOException {
        var folder = two();
        Files.delete(folder.resolve("step-10").resolve(Checkpoints.MODEL));
        Files.delete(folder.resolve("step-20").resolve(Checkpoints.OPTIMIZER));
        var told = new ArrayList<String>();
        assertNull(new Checkpoints(folder).recover(told::add));
        assertEquals(3, told.size(), told.toString());
        assertEquals("no checkpoint is whole: starting over", told.getLast());
        assertNull(new Checkpoints(folder).find("best"));
    }

    @Test
    void aLostPointerIsNoLostCheckpoint() throws IOException {
        var folder = two();
        Files.delete(folder.resolve("last"));
        Files.writeString(folder.resolve("last"), "../../elsewhere");
        var told = new ArrayList<String>();
        assertEquals(folder.resolve("step-20"), new Checkpoints(folder).recover(told::add));
        assertEquals(1, told.size(), told.toString());
        assertEquals(folder.resolve("step-20"), new Checkpoints(folder).find("last"));
    }

    @Test
    void savingOverADamagedOneWritesItAnew() throws IOException {
        var folder = two();
        Files.delete(folder.resolve("step-20").resolve(Checkpoints.MODEL));
        save(folder, 20);
        assertEquals(20, whole(folder, "last"));
        assertNotNull(new Checkpoints(folder).find("last"));
    }

    @Test
    void damagedWeightsAreNotUsed() throws IOException {
        var folder = two();
        var file = folder.resolve("step-10").resolve(Checkpoints.MODEL);
        CheckpointSeal.checkModel(file);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        var e = assertThrows(FormatException.class, () -> CheckpointSeal.checkModel(file));
        assertTrue(e.getMessage().contains("SHA-256") && e.getMessage().contains("sets damaged checkpoints aside"),
                e.getMessage());
        // weights that were taken out of their run stand for themselves
        var alone = Files.copy(file, scratch.resolve(Checkpoints.MODEL));
        CheckpointSeal.checkModel(alone);
        assertFalse(Files.exists(scratch.resolve(Checkpoints.STATE)));
    }
}
