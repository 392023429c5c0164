package dev.ijen.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class HostRandomTest {
    /// From wherever in a block of four, and going on from there.
    @Test
    void manyAreThoseOneByOne() {
        for (int before = 0; before < 6; before++) {
            for (int n : new int[] {0, 1, 2, 3, 4, 5, 7, 8, 9, 100, 103}) {
                var one = new HostRandom(12, 3);
                var many = new HostRandom(12, 3);
                for (int i = 0; i < before; i++) {
                    assertEquals(one.nextBits(), many.nextBits());
                }
                var to = new float[n];
                many.fill(to);
                for (float v : to) {
                    assertEquals(one.nextFloat(), v);
                }
                assertEquals(one.nextGaussian(), many.nextGaussian());
            }
        }
    }
}
