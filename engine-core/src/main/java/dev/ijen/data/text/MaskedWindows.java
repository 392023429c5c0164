package dev.ijen.data.text;

import dev.ijen.data.Batch;
import dev.ijen.data.Dataset;
import dev.ijen.data.ElementSpec;
import dev.ijen.data.SeededRandom;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/// Windows of tokens of which some are hidden, always the same ones: to judge with. Inputs I32 [length], labels I32 [length]: the token
/// that stood at a chosen place, −1 elsewhere.
///
/// @param windows of the text
/// @param masking what is hidden, and how
/// @param seed of the choice
public record MaskedWindows(TokenWindows windows, Masking masking, long seed) implements Dataset {
    private static final int STREAM = 0x3a5c;

    @Override
    public int size() {
        return windows.size();
    }

    @Override
    public Batch batch(int[] indices) {
        var batch = windows.batch(indices);
        int length = windows.length();
        var x = batch.input().toIntArray();
        var y = new int[x.length];
        Arrays.fill(y, -1);
        for (int i = 0; i < indices.length; i++) {
            var random = new SeededRandom(seed, STREAM, indices[i]);
            for (int t = i * length; t < (i + 1) * length; t++) {
                double chosen = random.nextDouble();
                double how = random.nextDouble();
                int other = masking.first() + random.nextInt(masking.symbols() - masking.first());
                if (chosen < masking.share()) {
                    y[t] = x[t];
                    x[t] = how < Masking.HIDDEN ? masking.mask() : how < Masking.CHANGED ? other : x[t];
                }
            }
        }
        return Batch.of(HostTensor.of(x, indices.length, length), HostTensor.of(y, indices.length, length),
                indices.clone());
    }

    @Override
    public List<ElementSpec> inputs() {
        return windows.inputs();
    }

    @Override
    public ElementSpec label() {
        return new ElementSpec("original", DType.I32, Shape.of(windows.length()));
    }

    @Override
    public List<String> classNames() {
        return List.of();
    }
}
