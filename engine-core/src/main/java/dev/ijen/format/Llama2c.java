package dev.ijen.format;

import dev.ijen.tensor.HostTensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/// A model of llama2.c (<https://github.com/karpathy/llama2.c>), version 0: seven little-endian I32 (dim, hidden, layers, heads, heads of
/// keys, symbols, most tokens; symbols negative where the head has weights of its own), then F32 weights.
///
/// @param dim features of a token
/// @param hidden features inside the layers of each token
/// @param layers blocks
/// @param heads heads of queries
/// @param kvHeads heads of keys and values
/// @param symbols in the vocabulary
/// @param length most tokens
/// @param tied whether the head shares the embedding's weights
/// @param weights by the names of llama2.c, each with a leading axis of layers where there is one a layer
public record Llama2c(
        int dim, int hidden, int layers, int heads, int kvHeads, int symbols, int length, boolean tied,
        Map<String, HostTensor> weights) {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long HEADER = 28;
    private static final int[] MOST = {1 << 16, 1 << 20, 1 << 10, 1 << 12, 1 << 12, 1 << 24, 1 << 22};

    /// Copies the map.
    public Llama2c {
        weights = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(weights));
    }

    /// Reads one.
    ///
    /// @throws FormatException if the file is missing, or is not such a model
    public static Llama2c read(Path file) {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ); var arena = Arena.ofConfined()) {
            if (channel.size() < HEADER) {
                throw FormatException.damaged(file, "the header", channel.size() + " bytes", "at least 28",
                        "fetch the file again");
            }
            return read(file, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
        } catch (IOException e) {
            throw FormatException.of(file, e);
        }
    }

    private static Llama2c read(Path file, MemorySegment in) {
        var h = new int[7];
        for (int i = 0; i < h.length; i++) {
            h[i] = in.get(INT, 4L * i);
            int v = i == 5 && h[i] != Integer.MIN_VALUE ? Math.abs(h[i]) : h[i];
            if (v < 1 || v > MOST[i]) {
                throw FormatException.damaged(file, "offset " + 4 * i, String.valueOf(h[i]),
                        "a size from 1 to " + MOST[i],
                        "give a model of llama2.c, version 0");
            }
        }
        boolean tied = h[5] > 0;
        int symbols = Math.abs(h[5]);
        int dim = h[0];
        if (dim % h[3] != 0 || h[3] % h[4] != 0 || dim / h[3] % 2 != 0) {
            throw FormatException.damaged(file, "the header", "dim " + dim + ", heads " + h[3] + " and " + h[4],
                    "dim a multiple of heads, these a multiple of those of keys",
                    "give a model of llama2.c, version 0");
        }
        int head = dim / h[3];
        long l = h[2];
        var reader = new Reader(file, in);
        reader.take("token_embedding", symbols, dim);
        reader.take("rms_att", l, dim);
        reader.take("wq", l, dim, dim);
        reader.take("wk", l, (long) h[4] * head, dim);
        reader.take("wv", l, (long) h[4] * head, dim);
        reader.take("wo", l, dim, dim);
        reader.take("rms_ffn", l, dim);
        reader.take("w1", l, h[1], dim);
        reader.take("w2", l, dim, h[1]);
        reader.take("w3", l, h[1], dim);
        reader.take("rms_final", dim);
        reader.at += 4L * h[6] * head; // tables of sines and cosines, which are computed
        if (!tied) {
            reader.take("wcls", symbols, dim);
        }
        if (reader.at != in.byteSize()) {
            throw FormatException.damaged(file, "its end", in.byteSize() + " bytes",
                    reader.at + " bytes for these sizes",
                    "the file is cut off or of another version");
        }
        return new Llama2c(dim, h[1], h[2], h[3], h[4], symbols, h[6], tied, reader.all);
    }

    private static final class Reader {
        private final Path file;
        private final MemorySegment in;
        private final Map<String, HostTensor> all = new LinkedHashMap<>();
        private long at = HEADER;

        Reader(Path file, MemorySegment in) {
            this.file = file;
            this.in = in;
        }

        void take(String name, long... dims) {
            long size = 1;
            var shape = new int[dims.length];
            for (int i = 0; i < dims.length; i++) {
                size = Math.multiplyExact(size, dims[i]);
                shape[i] = Math.toIntExact(dims[i]);
            }
            if (size > (in.byteSize() - at) / 4) {
                throw FormatException.damaged(file, "offset " + at, in.byteSize() - at + " bytes",
                        "4 · " + size + " for '" + name + "'", "the file is cut off or of another version");
            }
            var values = in.asSlice(at, 4 * size).toArray(
                    ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN));
            all.put(name, HostTensor.of(values, shape));
            at += 4 * size;
        }
    }
}
