package dev.ijen.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class WavTest {
    private static Map<String, byte[]> variants() {
        var path = Path.of(System.getProperty("ijen.shared", "../../shared"))
                .resolve("data/audio/scipy-wav-variants.tar.gz");
        Assumptions.assumeTrue(Files.exists(path), "no data at " + path);
        return Tar.read(path, n -> n.endsWith(".wav"));
    }

    /// As whole numbers of 32 bits, read off the files' bytes by hand.
    @Test
    void wholeNumbersOf24Bits() {
        var all = variants();
        float one = 0x1p-31f;
        float[] expected = {-0x80000000L * one, -0x7fffff00L * one, -0x200 * one, -0x40000000L * one,
            -0x3fffff00L * one, -0x100 * one, 0, 0, 0, 0x40000000L * one, 0x3fffff00L * one, 0x100 * one,
            0x7fffff00L * one, 0x7fffff00L * one, 0x200 * one};
        for (var name : new String[] {"test-8000Hz-le-3ch-5S-24bit.wav", "test-8000Hz-be-3ch-5S-24bit.wav"}) {
            var wav = Wav.decode(name, all.get(name));
            assertEquals(8000, wav.rate());
            assertEquals(3, wav.channels());
            assertArrayEquals(expected, wav.samples(), name);
        }
    }

    @Test
    void narrowWidthsStandAtTheTopOfTheirBytes() {
        var all = variants();
        var five = Wav.decode("5 bits", all.get("test-8000Hz-le-5ch-9S-5bit.wav"));
        assertEquals(5, five.channels());
        // the first block is 0x80 five times: silence without a sign; then 0xd8 0xf8 0xd8
        assertArrayEquals(new float[] {0, 0, 0, 0, 0, 88 / 128f, 120 / 128f, 88 / 128f},
                java.util.Arrays.copyOf(five.samples(), 8));
        var twelve = Wav.decode("12 bits", all.get("test-8000Hz-le-4ch-9S-12bit.wav"));
        assertEquals(0x5a80 / 32768f, twelve.samples()[4]);
        assertEquals(0x7ff0 / 32768f, twelve.samples()[5]);
    }

    @Test
    void orderAndCodingDoNotChangeTheSound() {
        var all = variants();
        // the two files themselves differ in the last bit of some samples
        assertArrayEquals(
                Wav.decode("le", all.get("test-44100Hz-2ch-32bit-float-le.wav")).samples(),
                Wav.decode("be", all.get("test-44100Hz-2ch-32bit-float-be.wav")).samples(), 1e-7f);
        assertArrayEquals(
                Wav.decode("le", all.get("test-44100Hz-le-1ch-4bytes.wav")).samples(),
                Wav.decode("be", all.get("test-44100Hz-be-1ch-4bytes.wav")).samples());
    }

    @Test
    void whatIsCutOffIsToldOf() {
        var all = variants();
        var e = assertThrows(FormatException.class,
                () -> Wav.decode("eof", all.get("test-44100Hz-le-1ch-4bytes-early-eof-no-data.wav")));
        assertTrue(e.getMessage().startsWith("eof: damaged"), e.getMessage());
        assertThrows(FormatException.class, () -> Wav.decode("empty", new byte[0]));
    }

    /// Damaged files are read, or are errors of their own kind; nothing else happens.
    @Test
    void damageIsFound() {
        var random = new Random(1);
        for (var good : variants().entrySet()) {
            var bytes = good.getValue();
            for (int i = 0; i < 150; i++) {
                var bad = java.util.Arrays.copyOf(bytes, i % 3 == 0 ? random.nextInt(bytes.length) : bytes.length);
                for (int k = 0; k < 1 + i % 4 && bad.length > 0; k++) {
                    bad[random.nextInt(Math.min(64, bad.length))] = (byte) random.nextInt();
                }
                try {
                    var wav = Wav.decode("damaged", bad);
                    assertTrue(wav.samples().length <= bytes.length);
                } catch (FormatException e) {
                    assertTrue(e.getMessage().contains("damaged"), e.getMessage());
                }
            }
        }
    }
}
