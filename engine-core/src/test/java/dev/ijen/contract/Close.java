package dev.ijen.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.ijen.tensor.HostTensor;
import java.util.List;

/// Comparison of what an engine computed with what the reference did.
final class Close {
    private Close() {}

    /// Whole numbers must be equal; a real number may be off by `tolerance` times itself, or times 1 if it is smaller. NaN and infinities
    /// must be met.
    static void check(String what, Value expected, HostTensor actual, double tolerance) {
        check(what, expected, actual, tolerance, 1);
    }

    /// As [#check], with another number than 1 below which errors are absolute.
    static void check(String what, Value expected, HostTensor actual, double tolerance, double scale) {
        assertEquals(expected.dtype(), actual.dtype(), what);
        assertEquals(expected.shape(), actual.shape(), what);
        if (expected.real() == null) {
            for (int i = 0; i < expected.whole().length; i++) {
                long a = actual.getLong(i);
                if (a != expected.whole()[i]) {
                    fail("%s: element %d of %s%s is %d, expected %d"
                            .formatted(what, i, actual.dtype(), actual.shape(), a, expected.whole()[i]));
                }
            }
            return;
        }
        for (int i = 0; i < expected.real().length; i++) {
            double e = expected.real()[i];
            double a = actual.get(i);
            boolean same = Double.isNaN(e) ? Double.isNaN(a)
                    : a == e || Math.abs(a - e) <= tolerance * Math.max(scale, Math.abs(e));
            if (!same) {
                fail("%s: element %d of %s%s is %s, expected %s (within %.3g)"
                        .formatted(what, i, actual.dtype(), actual.shape(), a, e,
                                tolerance * Math.max(scale, Math.abs(e))));
            }
        }
    }

    /// Every bit must be equal.
    static void bits(String what, List<HostTensor> a, List<HostTensor> b) {
        assertEquals(a.size(), b.size(), what);
        for (int i = 0; i < a.size(); i++) {
            long at = a.get(i).data().mismatch(b.get(i).data());
            if (at >= 0) {
                long e = at / a.get(i).dtype().bytes();
                fail("%s: result %d, element %d: %s and %s".formatted(what, i, e, a.get(i).get(e), b.get(i).get(e)));
            }
        }
    }

    /// The greatest finite magnitude, at least 1.
    static double scale(Value v) {
        double s = 1;
        for (int i = 0; v.real() != null && i < v.real().length; i++) {
            s = Double.isFinite(v.real()[i]) ? Math.max(s, Math.abs(v.real()[i])) : s;
        }
        return s;
    }
}
