package dev.ijen.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.ijen.data.Dataset;
import dev.ijen.data.synth.Digits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrawnDigitsTest {
    @TempDir Path folder;

    private static float[] pixels(Dataset d) {
        return d.batch(IntStream.range(0, d.size()).toArray()).input().toFloatArray();
    }

    private void sameAsDrawn(int count, long seed) {
        var d = DrawnDigits.dataset(folder, count, seed);
        var drawn = Digits.dataset(count, seed);
        assertArrayEquals(pixels(drawn), pixels(d));
        assertArrayEquals(drawn.classIndices(), d.classIndices());
        assertEquals(drawn.classNames(), d.classNames());
        assertEquals(drawn.input(), d.input());
    }

    @Test
    void drawnReadAndDrawnAgainWhereTheFileIsNotRight() throws IOException {
        sameAsDrawn(40, 7);
        var file = folder.resolve("digits-7-40.bin");
        byte[] kept = Files.readAllBytes(file);
        sameAsDrawn(40, 7);
        assertArrayEquals(kept, Files.readAllBytes(file));

        byte[] damaged = kept.clone();
        damaged[5000] ^= 1;
        Files.write(file, damaged);
        sameAsDrawn(40, 7);
        assertArrayEquals(kept, Files.readAllBytes(file));

        Files.write(file, new byte[3]);
        sameAsDrawn(40, 7);
        // another way to draw: a right checksum, other pixels
        DrawnDigits.dataset(folder, 40, 8);
        Files.copy(folder.resolve("digits-8-40.bin"), file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        sameAsDrawn(40, 7);
        assertArrayEquals(kept, Files.readAllBytes(file));
    }

    @Test
    void whatTheFileHoldsIsUsed() throws IOException {
        DrawnDigits.dataset(folder, 40, 7);
        var file = folder.resolve("digits-7-40.bin");
        byte[] all = Files.readAllBytes(file);
        int other = Long.BYTES + 784 * 5 + 400; // of an image that is not compared
        all[other] ^= 1;
        var crc = new java.util.zip.CRC32();
        crc.update(all, Long.BYTES, all.length - Long.BYTES);
        java.nio.ByteBuffer.wrap(all).putLong(crc.getValue());
        Files.write(file, all);
        assertNotEquals(pixels(Digits.dataset(40, 7))[784 * 5 + 400],
                pixels(DrawnDigits.dataset(folder, 40, 7))[784 * 5 + 400]);
    }

    @Test
    void atMostFourFilesAndNoneWhereNoneCanBe() throws IOException {
        for (int seed = 0; seed < 6; seed++) {
            sameAsDrawn(10, seed);
        }
        try (var files = Files.list(folder)) {
            assertEquals(4, files.count());
        }
        var file = folder.resolve("file");
        Files.writeString(file, "no folder");
        assertArrayEquals(pixels(Digits.dataset(10, 1)), pixels(DrawnDigits.dataset(file, 10, 1)));
        assertArrayEquals(pixels(Digits.dataset(10, 1)), pixels(DrawnDigits.dataset(null, 10, 1)));
    }
}
