package dev.ijen.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.contract.LiveBuffers;
import dev.ijen.data.IdxDataset;
import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.format.Idx;
import dev.ijen.format.Npz;
import dev.ijen.format.SharedData;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Models of others against what onnxruntime gives for them.
class RealModelsTest {
    @RegisterExtension final LiveBuffers engines = new LiveBuffers();

    private Engine engine() {
        return engines.open(Device.cpu());
    }

    private static OnnxModel open(Engine engine, String name) {
        return OnnxModel.open(engine, SharedData.file("models/" + name + ".onnx"));
    }

    private static void assertClose(double[] want, double[] got, String what) {
        assertEquals(want.length, got.length, what);
        // of the greatest: with pixels from 0 to 255, logits are differences of sums in the thousands
        double scale = Math.max(1, Arrays.stream(want).map(Math::abs).max().orElse(1));
        for (int i = 0; i < want.length; i++) {
            assertEquals(want[i], got[i], 1e-4 * scale, what + " " + i);
        }
    }

    private static HostTensor row(HostTensor x, int i, int... dims) {
        int n = Arrays.stream(dims).reduce(1, (a, b) -> a * b);
        return HostTensor.of(Arrays.copyOfRange(x.toFloatArray(), i * n, (i + 1) * n), dims);
    }

    @ParameterizedTest
    @CsvSource({
        "burn-mnist, in_input_1, out_33", "cnn_mnist, in_input_image, out_output_probs",
        "mnist-12-cntk, in_Input3, out_Plus214_Output_0"
    })
    void digits(String name, String in, String out) {
        var expected = Npz.read(SharedData.file("models/expected/" + name + ".npz"));
        var x = expected.get(in);
        var want = expected.get(out).toDoubleArray();
        try (var model = open(engine(), name)) {
            for (int i = 0; i < 100; i++) {
                assertClose(Arrays.copyOfRange(want, i * 10, i * 10 + 10),
                        model.run(row(x, i, 1, 1, 28, 28)).getFirst().toDoubleArray(), name + " image " + i);
            }
        }
    }

    /// Accuracies measured with onnxruntime on all 10,000 test images.
    @ParameterizedTest
    @CsvSource({"burn-mnist, 9916, 0.1307, 0.3081, 255", "cnn_mnist, 9904, 0, 1, 1", "mnist-12-cntk, 9891, 0, 1, 1"})
    void accuracies(String name, int correct, double mean, double deviation, double by) {
        var images = Idx.read(SharedData.file("mnist/t10k-images-idx3-ubyte.gz"));
        var labels = Idx.read(SharedData.file("mnist/t10k-labels-idx1-ubyte.gz"));
        int hits = 0;
        try (var model = open(engine(), name)) {
            var x = new float[784];
            for (int i = 0; i < 10_000; i++) {
                for (int k = 0; k < 784; k++) {
                    x[k] = (float) ((images.get(i * 784L + k) / by - mean) / deviation);
                }
                var y = model.run(HostTensor.of(x, 1, 1, 28, 28)).getFirst();
                int best = 0;
                for (int c = 1; c < 10; c++) {
                    best = y.get(c) > y.get(best) ? c : best;
                }
                hits += best == labels.getLong(i) ? 1 : 0;
            }
        }
        assertEquals(correct, hits);
    }

    @Test
    void faces() {
        var expected = Npz.read(SharedData.file("models/expected/ultraface-RFB-320_without_postprocessing.npz"));
        try (var model = open(engine(), "ultraface-RFB-320_without_postprocessing")) {
            var y = model.run(expected.get("in_input"));
            assertClose(expected.get("out_scores").toDoubleArray(), y.get(0).toDoubleArray(), "scores");
            assertClose(expected.get("out_boxes").toDoubleArray(), y.get(1).toDoubleArray(), "boxes");
        }
    }

    /// 200 frames of 512 samples, each with the 64 before it; the state goes from one to the next.
    @Test
    void speech() {
        var expected = Npz.read(SharedData.file("models/expected/silero_vad_16k_op15.npz"));
        var wave = expected.get("in_wav_first_samples").toFloatArray();
        var probabilities = new double[200];
        var state = HostTensor.zeros(DType.F32, Shape.of(2, 1, 128));
        var rate = HostTensor.of(new long[] {16_000});
        try (var model = open(engine(), "silero_vad_16k_op15")) {
            var frame = new float[576];
            for (int i = 0; i < 200; i++) {
                System.arraycopy(frame, 512, frame, 0, 64);
                System.arraycopy(wave, i * 512, frame, 64, 512);
                var y = model.run(HostTensor.of(frame, 1, 576), state, rate);
                probabilities[i] = y.get(0).get(0);
                state = y.get(1);
            }
        }
        assertClose(expected.get("out_prob").toDoubleArray(), probabilities, "probability");
        assertClose(expected.get("out_final_state").toDoubleArray(), state.toDoubleArray(), "state");
    }

    /// An imported model trains: its loss falls along the gradient of its weights.
    @Test
    void gradientsReachTheWeights() {
        var engine = engine();
        try (var model = open(engine, "cnn_mnist")) {
            var images = IdxDataset.test(SharedData.file("mnist/t10k-images-idx3-ubyte.gz").getParent());
            assertEquals(10_000, images.size());
            var x = engine.normal(4, 1, 28, 28);
            var weights = List.copyOf(model.parameters().values());
            var loss = model.apply(x).log().mean();
            var g = Gradient.of(loss, weights.stream().map(p -> p.get()).toList());
            double largest = 0;
            for (var t : g) {
                largest = Math.max(largest, engine.evaluate(t.abs().max()).item());
            }
            assertEquals(true, largest > 1e-6 && largest < 1e6, "largest gradient " + largest);
        }
    }
}
