package dev.ijen.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.train.config.TrainingConfig.Loss;
import org.junit.jupiter.api.Test;

class HostLossTest {
    @Test
    void crossEntropyByHand() {
        // p = (1, 2, 1) / 4
        double[] z = {9, 0, Math.log(2), 0};
        assertEquals(Math.log(2), new HostLoss(Loss.CROSS_ENTROPY, 0).ofClass(z, 1, 3, 1), 1e-12);
        assertEquals(Math.log(4), new HostLoss(Loss.CROSS_ENTROPY, 0).ofClass(z, 1, 3, 0), 1e-12);
        // 0.9 · ln 2 + 0.1 · (ln 2 + 2 ln 4) / 3
        assertEquals(
                0.9 * Math.log(2) + 0.1 * (Math.log(2) + 2 * Math.log(4)) / 3,
                new HostLoss(Loss.CROSS_ENTROPY, 0.1).ofClass(z, 1, 3, 1),
                1e-12);
        assertEquals(0.25 * Math.log(2), new HostLoss(Loss.FOCAL, 0).ofClass(z, 1, 3, 1), 1e-12);
    }

    @Test
    void largeLogitsStayFinite() {
        assertEquals(2e4, new HostLoss(Loss.CROSS_ENTROPY, 0).ofClass(new double[] {1e4, -1e4}, 0, 2, 1), 1e-9);
        double[] p = {1e4, -1e4, 3, 3};
        HostLoss.softmax(p, 2);
        assertArrayEquals(new double[] {1, 0, 0.5, 0.5}, p, 1e-12);
    }

    @Test
    void errorsOfNumbersByHand() {
        double[] p = {1, 5, 2};
        double[] t = {9, 4.5, 4};
        assertEquals((0.25 + 4) / 2, new HostLoss(Loss.MSE, 0).ofNumbers(p, t, 1, 2), 1e-12);
        assertEquals((0.5 + 2) / 2, new HostLoss(Loss.MAE, 0).ofNumbers(p, t, 1, 2), 1e-12);
        assertEquals((0.125 + 1.5) / 2, new HostLoss(Loss.HUBER, 0).ofNumbers(p, t, 1, 2), 1e-12);
    }
}
