package dev.ijen.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.ijen.tensor.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A model in onnxruntime, on the CPU, with all its graph optimisations. Its inputs lie in memory that it reads where they are.
final class OnnxRuntime implements AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private Map<String, OnnxTensor> inputs = Map.of();

    /// @param threads within one operator
    OnnxRuntime(byte[] model, int threads) throws OrtException {
        try (var options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            session = environment.createSession(model, options);
        }
    }

    /// Sets the inputs, in the order of the model.
    void set(HostTensor... in) throws OrtException {
        free();
        var names = List.copyOf(session.getInputNames());
        var m = new LinkedHashMap<String, OnnxTensor>();
        for (int i = 0; i < in.length; i++) {
            m.put(names.get(i), tensor(in[i]));
        }
        inputs = m;
    }

    private OnnxTensor tensor(HostTensor h) throws OrtException {
        var shape = Arrays.stream(h.shape().dims()).asLongStream().toArray();
        return switch (h.dtype()) {
            case F32 -> OnnxTensor.createTensor(environment, direct(h.toFloatArray()), shape);
            case I64 -> OnnxTensor.createTensor(environment, direct(h.toLongArray()), shape);
            default -> OnnxTensor.createTensor(environment, direct(h.toIntArray()), shape);
        };
    }

    private static FloatBuffer direct(float[] v) {
        var b = ByteBuffer.allocateDirect(v.length * 4).order(ByteOrder.nativeOrder()).asFloatBuffer();
        return b.put(v).flip();
    }

    private static LongBuffer direct(long[] v) {
        var b = ByteBuffer.allocateDirect(v.length * 8).order(ByteOrder.nativeOrder()).asLongBuffer();
        return b.put(v).flip();
    }

    private static IntBuffer direct(int[] v) {
        var b = ByteBuffer.allocateDirect(v.length * 4).order(ByteOrder.nativeOrder()).asIntBuffer();
        return b.put(v).flip();
    }

    /// One run; its F32 outputs as arrays of Java.
    List<float[]> run() throws OrtException {
        try (var out = session.run(inputs)) {
            var l = new ArrayList<float[]>();
            for (var e : out) {
                var from = ((OnnxTensor) e.getValue()).getFloatBuffer();
                var to = new float[from.remaining()];
                from.get(to);
                l.add(to);
            }
            return l;
        }
    }

    private void free() {
        inputs.values().forEach(OnnxTensor::close);
    }

    @Override
    public void close() throws OrtException {
        free();
        session.close();
    }
}
