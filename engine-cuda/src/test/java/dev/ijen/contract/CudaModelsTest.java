package dev.ijen.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.format.Npz;
import dev.ijen.format.SharedData;
import dev.ijen.onnx.OnnxModel;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Models of others on CUDA: what onnxruntime gives for them, and what the CPU gives.
class CudaModelsTest {
    @RegisterExtension static final OnEmulator EMULATOR = OnEmulator.forward();
    @RegisterExtension final LiveBuffers engines = new LiveBuffers();

    private static List<HostTensor> run(Engine engine, String name, HostTensor... in) {
        try (var model = OnnxModel.open(engine, SharedData.file("models/" + name + ".onnx"))) {
            return model.run(in);
        }
    }

    private static void assertClose(double[] want, double[] got, String what) {
        assertEquals(want.length, got.length, what);
        double scale = Math.max(1, Arrays.stream(want).map(Math::abs).max().orElse(1));
        for (int i = 0; i < want.length; i++) {
            assertEquals(want[i], got[i], 1e-4 * scale, what + " " + i);
        }
    }

    private static HostTensor first(HostTensor x, int n, int... dims) {
        int size = Arrays.stream(dims).reduce(n, (a, b) -> a * b);
        return HostTensor.of(Arrays.copyOf(x.toFloatArray(), size), Shape.of(dims).insert(0, n).dims());
    }

    @ParameterizedTest
    @CsvSource({
        "burn-mnist, in_input_1, out_33, 2", "cnn_mnist, in_input_image, out_output_probs, 2",
        "mnist-12-cntk, in_Input3, out_Plus214_Output_0, 1"
    })
    void digits(String name, String in, String out, int batch) {
        var expected = Npz.read(SharedData.file("models/expected/" + name + ".npz"));
        var x = first(expected.get(in), batch, 1, 28, 28);
        var got = run(engines.open(Device.cuda(0)), name, x).getFirst().toDoubleArray();
        assertClose(Arrays.copyOf(expected.get(out).toDoubleArray(), batch * 10), got, name);
    }

    /// Three frames, the state going from one to the next, beside the CPU.
    @Test
    void speech() {
        var wave = Npz.read(SharedData.file("models/expected/silero_vad_16k_op15.npz")).get("in_wav_first_samples");
        var rate = HostTensor.of(new long[] {16_000});
        try (var cuda = OnnxModel.open(engines.open(Device.cuda(0)),
                SharedData.file("models/silero_vad_16k_op15.onnx"));
                var cpu = OnnxModel.open(engines.open(Device.cpu()),
                        SharedData.file("models/silero_vad_16k_op15.onnx"))) {
            var a = HostTensor.zeros(DType.F32, Shape.of(2, 1, 128));
            var b = a;
            for (int i = 0; i < 3; i++) {
                var frame = HostTensor.of(Arrays.copyOfRange(wave.toFloatArray(), i * 512, i * 512 + 576), 1, 576);
                var y = cuda.run(frame, a, rate);
                var want = cpu.run(frame, b, rate);
                assertClose(want.get(0).toDoubleArray(), y.get(0).toDoubleArray(), "probability " + i);
                assertClose(want.get(1).toDoubleArray(), y.get(1).toDoubleArray(), "state " + i);
                a = y.get(1);
                b = want.get(1);
            }
        }
    }

    /// A picture of a quarter of the size: the emulator computes one thread at a time. With `-Dijen.slow=true` the model's own picture.
    @Test
    void faces() {
        var name = "ultraface-RFB-320_without_postprocessing";
        var whole = Npz.read(SharedData.file("models/expected/" + name + ".npz")).get("in_input");
        boolean slow = Boolean.getBoolean("ijen.slow");
        var x = slow ? whole : HostTensor.of(Arrays.copyOf(whole.toFloatArray(), 3 * 60 * 80), 1, 3, 60, 80);
        var want = run(engines.open(Device.cpu()), name, x);
        var got = run(engines.open(Device.cuda(0)), name, x);
        assertClose(want.get(0).toDoubleArray(), got.get(0).toDoubleArray(), "scores");
        assertClose(want.get(1).toDoubleArray(), got.get(1).toDoubleArray(), "boxes");
    }
}
