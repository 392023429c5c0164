package dev.ijen.data.audio;

import dev.ijen.data.Batch;
import dev.ijen.data.Dataset;
import dev.ijen.data.ElementSpec;
import dev.ijen.data.SeededRandom;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Sequences of spoken symbols, made when they are asked for: recordings of one speaker, drawn by the seed and the example's number, one
/// after the other with gaps, under noise. Inputs are F32 [1, frames, mels], the logarithms of mel bands, each less its own mean, and 0
/// behind the sound; labels I32 [1 + most]: how many symbols, and the symbols, counted from 1.
public final class SpokenStrings implements Dataset {
    private static final long STREAM = 0x5b0c;
    private static final int TRIES = 100;

    private final List<List<Recording>> speakers;
    private final Spectrogram spectrogram;
    private final int frames;
    private final Plan plan;
    private final int count;
    private final long seed;

    /// Something said.
    ///
    /// @param symbol from 0
    /// @param sound from −1 to 1
    public record Recording(int symbol, float[] sound) {}

    /// What sequences are like.
    ///
    /// @param least symbols
    /// @param most symbols
    /// @param gap most seconds before, between and after them
    /// @param noise deviation, where sound is from −1 to 1
    public record Plan(int least, int most, double gap, double noise) {}

    private SpokenStrings(List<List<Recording>> speakers, Spectrogram spectrogram, int frames, Plan plan, int count,
            long seed) {
        this.speakers = speakers.stream().map(List::copyOf).toList();
        this.spectrogram = spectrogram;
        this.frames = frames;
        this.plan = plan;
        this.count = count;
        this.seed = seed;
    }

    /// So many sequences.
    ///
    /// @param speakers the recordings of each
    /// @param frames of an example; sequences that are longer are not made
    public static SpokenStrings of(List<List<Recording>> speakers, Spectrogram spectrogram, int frames, Plan plan,
            int count, long seed) {
        if (speakers.isEmpty() || speakers.stream().anyMatch(List::isEmpty)) {
            throw new IjenException("spoken sequences: no recordings", speakers.size() + " speakers",
                    "at least one recording of each speaker", "hold out less");
        }
        return new SpokenStrings(speakers, spectrogram, frames, plan, count, seed);
    }

    private record Piece(List<Recording> said, List<Integer> starts, int samples) {}

    /// The first of the sequences drawn for an example that is not too long.
    private Piece piece(SeededRandom random, int longest) {
        for (int i = 0; i < TRIES; i++) {
            var p = draw(random);
            if (p.samples <= longest) {
                return p;
            }
        }
        throw new IjenException("spoken sequences: too long", TRIES + " sequences that do not fit into " + frames
                + " frames", "recordings that fit " + plan.most + " times into an example",
                "raise data.frames, or lower task.ctc.most");
    }

    private Piece draw(SeededRandom random) {
        var own = speakers.get(random.nextInt(speakers.size()));
        int n = plan.least + random.nextInt(plan.most - plan.least + 1);
        var said = new ArrayList<Recording>();
        var starts = new ArrayList<Integer>();
        int at = 0;
        for (int i = 0; i < n; i++) {
            at += (int) (random.uniform(0, plan.gap) * spectrogram.rate());
            said.add(own.get(random.nextInt(own.size())));
            starts.add(at);
            at += said.getLast().sound.length;
        }
        return new Piece(said, starts, at + (int) (random.uniform(0, plan.gap) * spectrogram.rate()));
    }

    private SeededRandom random(int index) {
        return new SeededRandom(seed, STREAM, java.util.Objects.checkIndex(index, count));
    }

    private int longest() {
        return (frames - 1) * spectrogram.hop() + spectrogram.window();
    }

    /// The symbols of an example, from 0.
    public List<Integer> symbols(int index) {
        return piece(random(index), longest()).said.stream().map(Recording::symbol).toList();
    }

    /// The sound of an example.
    public float[] sound(int index) {
        var random = random(index);
        var piece = piece(random, longest());
        var sound = new float[piece.samples];
        for (int i = 0; i < piece.said.size(); i++) {
            var one = piece.said.get(i).sound;
            System.arraycopy(one, 0, sound, piece.starts.get(i), one.length);
        }
        for (int i = 0; i < sound.length; i++) {
            sound[i] += (float) (plan.noise * random.nextGaussian());
        }
        return sound;
    }

    /// The bands of a sound, each less its own mean, in as many frames as are asked for.
    public static float[] features(Spectrogram spectrogram, float[] sound, int frames) {
        int mels = spectrogram.mels();
        var all = spectrogram.logMel(sound);
        int there = all.length / mels;
        var out = new float[frames * mels];
        for (int m = 0; m < mels; m++) {
            double sum = 0;
            for (int t = 0; t < there; t++) {
                sum += all[t * mels + m];
            }
            for (int t = 0; t < Math.min(there, frames); t++) {
                out[t * mels + m] = (float) (all[t * mels + m] - sum / there);
            }
        }
        return out;
    }

    @Override
    public int size() {
        return count;
    }

    @Override
    public Batch batch(int[] indices) {
        int size = frames * spectrogram.mels();
        var x = new float[indices.length * size];
        var y = new int[indices.length * (1 + plan.most)];
        IntStream.range(0, indices.length).parallel().forEach(i -> {
            System.arraycopy(features(spectrogram, sound(indices[i]), frames), 0, x, i * size, size);
            var symbols = symbols(indices[i]);
            int at = i * (1 + plan.most);
            y[at] = symbols.size();
            for (int k = 0; k < symbols.size(); k++) {
                y[at + 1 + k] = 1 + symbols.get(k);
            }
        });
        return Batch.of(HostTensor.of(x, indices.length, 1, frames, spectrogram.mels()),
                HostTensor.of(y, indices.length, 1 + plan.most), indices.clone());
    }

    @Override
    public List<ElementSpec> inputs() {
        return List.of(new ElementSpec("bands", DType.F32, Shape.of(1, frames, spectrogram.mels())));
    }

    @Override
    public ElementSpec label() {
        return new ElementSpec("symbols", DType.I32, Shape.of(1 + plan.most));
    }

    @Override
    public List<String> classNames() {
        return List.of();
    }
}
