package dev.ijen.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.tensor.DType;
import org.junit.jupiter.api.Test;

/// The oracle itself, where it does more than spell out a definition.
class ReferenceTest {
    /// The known answers for philox4x32 with 10 rounds of the Random123 library (kat_vectors).
    @Test
    void philoxGivesTheKnownAnswers() {
        long ones = 0xffffffffL;
        assertArrayEquals(
                new long[] {0x6627e8d5L, 0xe169c58dL, 0xbc57ac4cL, 0x9b00dbd8L},
                RefPhilox.rounds(new long[4], new long[2]));
        assertArrayEquals(
                new long[] {0x408f276dL, 0x41c83b0eL, 0xa20bc7c6L, 0x6d5451fdL},
                RefPhilox.rounds(new long[] {ones, ones, ones, ones}, new long[] {ones, ones}));
        assertArrayEquals(
                new long[] {0xd16cfe09L, 0x94fdccebL, 0x5001e420L, 0x24126ea1L},
                RefPhilox.rounds(
                        new long[] {0x243f6a88L, 0x85a308d3L, 0x13198a2eL, 0x03707344L},
                        new long[] {0xa4093822L, 0x299f31d0L}));
    }

    /// The engine's generator places block, stream and step as the reference does.
    @Test
    void philoxOfTheEngineAgrees() {
        long seed = 0xa4093822299f31d0L;
        long step = 0x0370734413198a2eL;
        for (int e = 0; e < 1000; e++) {
            assertEquals(RefPhilox.word(seed, step, 7, e), dev.ijen.spi.Philox.bits(seed, step, 7, e));
        }
        assertEquals(RefPhilox.word(seed, step, -3, -5), dev.ijen.spi.Philox.bits(seed, step, -3, -5));
    }

    @Test
    void shortRealTypesRoundToNearestEven() {
        assertEquals(2048, Value.round(DType.F16, 2049));
        assertEquals(2052, Value.round(DType.F16, 2051));
        assertEquals(Double.POSITIVE_INFINITY, Value.round(DType.F16, 65520));
        assertEquals(65504, Value.round(DType.F16, 65519));
        assertEquals(0x1p-24, Value.round(DType.F16, 0x1.8p-25));
        assertEquals(0, Value.round(DType.F16, 0x1p-25));
        assertEquals(256, Value.round(DType.BF16, 257));
        assertEquals(260, Value.round(DType.BF16, 259));
        var random = new java.util.Random(1);
        for (int i = 0; i < 10_000; i++) {
            float v = Float.intBitsToFloat(random.nextInt());
            assertEquals(Float.float16ToFloat(Float.floatToFloat16(v)), Value.round(DType.F16, v));
            assertEquals(dev.ijen.tensor.Half.fromBf16(dev.ijen.tensor.Half.toBf16(v)), Value.round(DType.BF16, v));
        }
    }

    /// Abramowitz and Stegun, table 7.1, and erf 2 from the DLMF.
    @Test
    void errorFunction() {
        assertEquals(0.5204998778, RefElementwise.erf(0.5), 1e-10);
        assertEquals(0.8427007929497149, RefElementwise.erf(1), 1e-15);
        assertEquals(0.9953222650189527, RefElementwise.erf(2), 1e-15);
        assertEquals(-0.9999779095030014, RefElementwise.erf(-3), 1e-15);
        for (double x = -7; x < 7; x += 0.0371) {
            assertEquals(RefElementwise.erf(x), dev.ijen.tensor.Erf.of(x), 4e-15);
        }
    }
}
