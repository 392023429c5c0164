package dev.ijen.contract;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ijen.engine.Device;
import dev.ijen.engine.EngineOptions;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/// CUDA's values and gradients in F32 beside the CPU's: the mean square of the differences is at most 1e-7 of the mean square of the values.
class CudaBesideCpuTest {
    @RegisterExtension static final OnEmulator EMULATOR = OnEmulator.forward();
    @RegisterExtension final LiveBuffers engines = new LiveBuffers();

    @TestFactory
    Stream<DynamicTest> rowsOfTheTable() {
        var options = EngineOptions.defaults().withNativeLibraries(false);
        var cpu = engines.open(Device.cpu(), options);
        var cuda = engines.open(Device.cuda(0), options);
        return OpTable.rows().stream()
                .filter(r -> r.types().contains(DType.F32) && !r.variants().isEmpty())
                .map(row -> dynamicTest(row.name(), () -> {
                    for (var variant : row.variants().subList(0, Math.min(3, row.variants().size()))) {
                        var values = row.draw(variant, DType.F32);
                        var of = OpCase.real(variant, DType.F32);
                        Function<List<Tensor>, List<Tensor>> program = in -> {
                            var results = new ArrayList<Tensor>();
                            results.add(row.apply(in));
                            if (row.isDifferentiable()) {
                                results.addAll(Graphs.gradient(row, in, of));
                            }
                            return results;
                        };
                        var expected = OpContract.run(cpu, program, values);
                        var got = OpContract.run(cuda, program, values);
                        for (int i = 0; i < expected.size(); i++) {
                            double error = normalised(expected.get(i), got.get(i));
                            assertTrue(error <= 1e-7, row + " on " + variant + ", result " + i + ": NMSE " + error);
                        }
                    }
                }));
    }

    /// Σ (a − b)² / Σ a² over numbers; what is NaN or infinite on one side must be on the other.
    private static double normalised(HostTensor a, HostTensor b) {
        double difference = 0;
        double size = 0;
        for (int i = 0; i < a.shape().size(); i++) {
            double x = a.get(i);
            double y = b.get(i);
            if (Double.isFinite(x) && Double.isFinite(y)) {
                difference += (x - y) * (x - y);
                size += x * x;
            } else if (Double.compare(x, y) != 0) {
                return Double.POSITIVE_INFINITY;
            }
        }
        return difference == 0 ? 0 : difference / size;
    }
}
