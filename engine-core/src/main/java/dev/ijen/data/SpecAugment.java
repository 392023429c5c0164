package dev.ijen.data;

import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.ShapeException;
import java.util.Arrays;

/// Blanks a stretch of time and a stretch of pitch of every spectrogram `[N, C, T, M]`, T frames of M bands, in all its channels: zeros,
/// which are each band's mean where features are less their mean. Each stretch is 0 to the given number long, equally likely, and lies
/// anywhere within (Park et al., "SpecAugment", 2019, without its time warping).
///
/// @param frames most frames of a stretch of time; 0 for none
/// @param bands most bands of a stretch of pitch; 0 for none
public record SpecAugment(int frames, int bands) implements Transform {
    private static final String NAME = "spec augment";

    /// Checks the numbers.
    public SpecAugment {
        if (frames < 0 || bands < 0) {
            throw new IjenException(NAME + ": bad stretches", frames + " frames, " + bands + " bands",
                    "numbers from 0 on", "for example 10 frames and 6 bands");
        }
    }

    @Override
    public Batch apply(Batch batch, Context context) {
        output(new ElementSpec("spectrogram", batch.input().dtype(), batch.input().shape().without(0)));
        var in = Planes.of(NAME, batch);
        for (int i = 0; i < in.n(); i++) {
            var random = context.random(batch.indices()[i]);
            int time = random.nextInt(frames + 1);
            int begin = random.nextInt(in.h() - time + 1);
            int pitch = random.nextInt(bands + 1);
            int low = random.nextInt(in.w() - pitch + 1);
            for (int c = 0; c < in.c(); c++) {
                int plane = in.at(i) + c * in.h() * in.w();
                blank(in, plane, begin, begin + time, 0, in.w());
                blank(in, plane, 0, in.h(), low, low + pitch);
            }
        }
        return batch.withInput(in.tensor());
    }

    private static void blank(Planes in, int plane, int top, int bottom, int left, int right) {
        for (int y = top; y < bottom; y++) {
            Arrays.fill(in.values(), plane + y * in.w() + left, plane + y * in.w() + right, 0);
        }
    }

    @Override
    public ElementSpec output(ElementSpec input) {
        Planes.check(NAME, input);
        if (frames > input.shape().dim(1) || bands > input.shape().dim(2)) {
            throw new ShapeException(NAME, frames + " frames, " + bands + " bands of " + input.shape(),
                    "stretches no longer than the spectrogram [C, T, M]", "blank fewer");
        }
        return input;
    }
}
