package dev.ijen.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ijen.engine.Device;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import example.UserCode;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Errors that only a run can find name the operation and the user's line, and leave the engine usable. A module with a backend
/// extends this class.
public abstract class RunErrorContract {
    @RegisterExtension final LiveBuffers engines = new LiveBuffers();

    /// The device under test.
    protected abstract Device device();

    private record Case(String name, Function<Tensor, Tensor> f, int[] good, List<int[]> bad) {}

    private static Tensor ramp(int rows, int columns) {
        return Tensor.iota(0, Shape.of(rows, columns)).cast(DType.F32);
    }

    private static List<Case> cases() {
        return List.of(
                new Case("take", i -> UserCode.choose(ramp(4, 3), i), new int[] {0, 3},
                        List.of(new int[] {0, 4}, new int[] {-1, 0})),
                // within the whole table, but beyond the row
                new Case("gather", i -> UserCode.gather(ramp(4, 3), i.reshape(2, 1)), new int[] {0, 2},
                        List.of(new int[] {0, 3}, new int[] {1, -1})),
                new Case("scatterAdd", i -> UserCode.scatterAdd(ramp(4, 3), i.reshape(2, 1), ramp(2, 1)),
                        new int[] {1, 1},
                        List.of(new int[] {4, 0}, new int[] {0, -1})),
                new Case("scatter", i -> UserCode.scatter(ramp(4, 3), i.reshape(2, 1), ramp(2, 1)), new int[] {1, 3},
                        List.of(new int[] {4, 0}, new int[] {0, -2})),
                new Case("crossEntropy", i -> UserCode.loss(ramp(2, 3), i), new int[] {2, -1},
                        List.of(new int[] {3, 0}, new int[] {0, 1 << 30})));
    }

    @TestFactory
    Stream<DynamicTest> indicesOutOfRange() {
        var engine = engines.open(device());
        return cases().stream().map(c -> dynamicTest(c.name, () -> {
            long before = engine.memory().buffers();
            try (var step = engine.inference(c.f::apply)) {
                for (var bad : c.bad) {
                    var e = assertThrows(IjenException.class, () -> step.run(HostTensor.of(bad, 2)).get(0));
                    assertTrue(e.getMessage().contains("UserCode.java:"), e.getMessage());
                    assertThrows(IjenException.class, () -> step.call(HostTensor.of(bad, 2)));
                    var good = step.run(HostTensor.of(c.good, 2)).get(0);
                    var expected = OpContract.expected(
                            in -> List.of(c.f.apply(in.getFirst())), List.of(Value.of(HostTensor.of(c.good, 2))))
                            .getFirst();
                    Close.check(c.name + " after an error", expected, good, 1e-6);
                }
            }
            assertEquals(before, engine.memory().buffers());
        }));
    }
}
