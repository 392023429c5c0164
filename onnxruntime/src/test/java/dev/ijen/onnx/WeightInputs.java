package dev.ijen.onnx;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/// A model whose graph does not list its weights among its inputs.
final class WeightInputs {
    private static final int GRAPH = 7;
    private static final int INITIALIZER = 5;
    private static final int INITIALIZER_NAME = 8;
    private static final int INPUT = 11;
    private static final int INPUT_NAME = 1;

    private final byte[] in;
    private int at;

    private WeightInputs(byte[] in) {
        this.in = in;
    }

    private record Field(int number, byte[] all, byte[] body) {}

    /// The same model without those inputs.
    static byte[] without(byte[] model) {
        var out = new ByteArrayOutputStream();
        var fields = new WeightInputs(model);
        while (fields.at < model.length) {
            var f = fields.next();
            if (f.number == GRAPH) {
                byte[] g = graph(f.body);
                varint(out, GRAPH << 3 | 2);
                varint(out, g.length);
                out.writeBytes(g);
            } else {
                out.writeBytes(f.all);
            }
        }
        return out.toByteArray();
    }

    private static byte[] graph(byte[] graph) {
        Set<String> weights = new HashSet<>();
        var first = new WeightInputs(graph);
        while (first.at < graph.length) {
            var f = first.next();
            if (f.number == INITIALIZER) {
                weights.add(text(f.body, INITIALIZER_NAME));
            }
        }
        var out = new ByteArrayOutputStream();
        var second = new WeightInputs(graph);
        while (second.at < graph.length) {
            var f = second.next();
            if (f.number != INPUT || !weights.contains(text(f.body, INPUT_NAME))) {
                out.writeBytes(f.all);
            }
        }
        return out.toByteArray();
    }

    private static String text(byte[] message, int number) {
        var m = new WeightInputs(message);
        while (m.at < message.length) {
            var f = m.next();
            if (f.number == number) {
                return new String(f.body, java.nio.charset.StandardCharsets.UTF_8);
            }
        }
        return "";
    }

    private Field next() {
        int from = at;
        int key = (int) varint();
        int start = at;
        switch (key & 7) {
            case 0 -> varint();
            case 1 -> at += 8;
            case 2 -> {
                int n = (int) varint();
                start = at;
                at += n;
            }
            default -> at += 4;
        }
        return new Field(key >>> 3, Arrays.copyOfRange(in, from, at), Arrays.copyOfRange(in, start, at));
    }

    private long varint() {
        long v = 0;
        for (int shift = 0;; shift += 7) {
            byte b = in[at++];
            v |= (b & 127L) << shift;
            if (b >= 0) {
                return v;
            }
        }
    }

    private static void varint(ByteArrayOutputStream to, int value) {
        int v = value;
        while (v > 127) {
            to.write(v & 127 | 128);
            v >>>= 7;
        }
        to.write(v);
    }
}
