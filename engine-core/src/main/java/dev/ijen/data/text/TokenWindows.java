package dev.ijen.data.text;

import dev.ijen.data.Batch;
import dev.ijen.data.Dataset;
import dev.ijen.data.ElementSpec;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import java.util.List;

/// Windows of a long row of tokens: inputs I32 [length], and as labels the tokens one place further on.
///
/// @param tokens all of them
/// @param length of a window
/// @param stride between the starts of windows
public record TokenWindows(int[] tokens, int length, int stride) implements Dataset {
    /// Checks that there is a window.
    public TokenWindows {
        if (length < 1 || stride < 1 || tokens.length <= length) {
            throw new IjenException("text: too short", tokens.length + " tokens",
                    "more than one window of " + length, "give a longer text, or a smaller task.length");
        }
    }

    @Override
    public int size() {
        return (tokens.length - 1 - length) / stride + 1;
    }

    @Override
    public Batch batch(int[] indices) {
        var x = new int[indices.length * length];
        var y = new int[x.length];
        for (int i = 0; i < indices.length; i++) {
            int from = Math.multiplyExact(java.util.Objects.checkIndex(indices[i], size()), stride);
            System.arraycopy(tokens, from, x, i * length, length);
            System.arraycopy(tokens, from + 1, y, i * length, length);
        }
        return Batch.of(HostTensor.of(x, indices.length, length), HostTensor.of(y, indices.length, length),
                indices.clone());
    }

    @Override
    public List<ElementSpec> inputs() {
        return List.of(new ElementSpec("tokens", DType.I32, Shape.of(length)));
    }

    @Override
    public ElementSpec label() {
        return new ElementSpec("next", DType.I32, Shape.of(length));
    }

    @Override
    public List<String> classNames() {
        return List.of();
    }
}
