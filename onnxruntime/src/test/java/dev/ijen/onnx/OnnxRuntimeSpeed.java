package dev.ijen.onnx;

import ai.onnxruntime.OrtException;
import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.engine.EngineOptions;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Random;

/// Inference of models from files beside onnxruntime: `OnnxRuntimeSpeed FOLDER [WORD]`, only models with the word in their names. Both have two
/// threads and take turns in rounds of 0.3 s after a warm-up of 5 s; a call hands over the input and copies all outputs into arrays. Printed are
/// medians over rounds, and of the rounds' ratios the median with the 10th and 90th percentile.
final class OnnxRuntimeSpeed {
    private static final int THREADS = 2;
    private static final int ROUNDS = Integer.getInteger("rounds", 9);
    private static final double SECONDS = 0.3;
    /// Until the JVM's compilers are done.
    private static final double WARM_UP = 5;

    /// @param digits how the file writes the first extent of its inputs, to write another in its place; empty if it is open
    private record Model(String name, String file, int[] image, String... digits) {
        /// Some exporters list the weights among the inputs, for which onnxruntime then folds nothing.
        boolean weightsAreInputs() {
            return name.endsWith("weights-constant");
        }
    }

    private static final Model[] MODELS = {
        new Model("burn-mnist", "burn-mnist.onnx", new int[] {1, 28, 28}, "0a0208010a0208010a02081c0a02081c"),
        new Model("cnn_mnist", "cnn_mnist.onnx", new int[] {1, 28, 28}),
        new Model("mnist-12-cntk", "mnist-12-cntk.onnx", new int[] {1, 28, 28}, "0a0208010a0208010a02081c0a02081c",
                "018002"),
        new Model("silero-vad", "silero_vad_16k_op15.onnx", new int[] {576}),
        new Model("ultraface", "ultraface-RFB-320_without_postprocessing.onnx", new int[] {3, 240, 320},
                "0a0208010a0208030a0308f0010a0308c002"),
        new Model("ultraface-weights-constant", "ultraface-RFB-320_without_postprocessing.onnx",
                new int[] {3, 240, 320},
                "0a0208010a0208030a0308f0010a0308c002"),
    };

    private OnnxRuntimeSpeed() {}

    static void main(String[] args) throws IOException, OrtException {
        System.out.println(
                "| model | batch | Ijen | onnxruntime | ratio | 10 %–90 % | greatest difference |\n|---|---|---|---|---|---|---|");
        try (var engine = Engine.open(Device.cpu(), EngineOptions.defaults().withThreads(THREADS))) {
            for (var m : MODELS) {
                if (args.length < 2 || m.name.contains(args[1])) {
                    for (int batch : new int[] {1, 32}) {
                        measure(engine, Path.of(args[0]), m, batch);
                    }
                }
            }
        }
    }

    private static void measure(Engine engine, Path folder, Model m, int batch) throws IOException, OrtException {
        var bytes = Files.readAllBytes(folder.resolve(m.file));
        for (var d : m.digits) {
            replace(bytes, HexFormat.of().parseHex(d), batch);
        }
        if (m.weightsAreInputs()) {
            bytes = WeightInputs.without(bytes);
        }
        var random = new Random(7);
        var x = HostTensor.zeros(DType.F32, Shape.of(m.image).insert(0, batch));
        for (int i = 0; i < x.shape().size(); i++) {
            x.set(i, random.nextGaussian());
        }
        var in = m.name.startsWith("silero")
                ? new HostTensor[] {x, HostTensor.zeros(DType.F32, Shape.of(2, batch, 128)),
                    HostTensor.of(new long[] {16_000}).reshape()}
                : new HostTensor[] {x};
        try (var ours = OnnxModel.read(engine, m.file, bytes); var theirs = new OnnxRuntime(bytes, THREADS)) {
            theirs.set(in);
            double difference = difference(ours, theirs, in);
            round(() -> ours.run(in), WARM_UP);
            round(theirs::run, SECONDS);
            var a = new double[ROUNDS];
            var b = new double[ROUNDS];
            var ratio = new double[ROUNDS];
            for (int r = 0; r < ROUNDS; r++) {
                a[r] = round(() -> ours.run(in), SECONDS);
                b[r] = round(theirs::run, SECONDS);
                ratio[r] = a[r] / b[r];
            }
            System.out.printf(Locale.ROOT, "| %s | %d | %s | %s | %.2f | %.2f–%.2f | %.1e |%n", m.name, batch,
                    time(quantile(a, 0.5)), time(quantile(b, 0.5)), quantile(ratio, 0.5), quantile(ratio, 0.1),
                    quantile(ratio, 0.9), difference);
        }
    }

    /// Of the greatest value of each output.
    private static double difference(OnnxModel ours, OnnxRuntime theirs, HostTensor... in) throws OrtException {
        var want = theirs.run();
        var got = ours.run(in);
        double most = 0;
        for (int k = 0; k < want.size(); k++) {
            var w = want.get(k);
            var g = got.get(k).toFloatArray();
            double scale = 1;
            for (float v : w) {
                scale = Math.max(scale, Math.abs(v));
            }
            for (int i = 0; i < w.length; i++) {
                most = Math.max(most, Math.abs(w[i] - g[i]) / scale);
            }
        }
        return most;
    }

    private static void replace(byte[] in, byte[] digits, int batch) {
        int first = 0;
        while (digits[first] != 1) {
            first++;
        }
        for (int i = 0; i + digits.length <= in.length; i++) {
            if (Arrays.equals(in, i, i + digits.length, digits, 0, digits.length)) {
                in[i + first] = (byte) batch;
            }
        }
    }

    private interface Call {
        void run() throws OrtException;
    }

    /// Seconds a call.
    private static double round(Call c, double seconds) throws OrtException {
        long start = System.nanoTime();
        long n = 0;
        do {
            c.run();
            n++;
        } while (System.nanoTime() - start < seconds * 1e9);
        return (System.nanoTime() - start) / 1e9 / n;
    }

    private static double quantile(double[] v, double q) {
        var s = v.clone();
        Arrays.sort(s);
        return s[(int) Math.round(q * (s.length - 1))];
    }

    private static String time(double s) {
        return s < 1e-3 ? String.format(Locale.ROOT, "%.1f µs", s * 1e6)
                : String.format(Locale.ROOT, "%.2f ms", s * 1e3);
    }
}
