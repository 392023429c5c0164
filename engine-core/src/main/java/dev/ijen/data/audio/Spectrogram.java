package dev.ijen.data.audio;

import dev.ijen.tensor.IjenException;
import java.util.Arrays;

/// Sound as a picture of time and pitch. Frames of `window` samples every `hop`, times Hann's window, to the power of each frequency
/// |FFT|², in `mels` triangular bands equally wide in mel (2595 log₁₀(1 + f / 700); O'Shaughnessy 1987) from 0 to half the rate, and
/// the natural logarithm of these, at least ln 1e-10.
///
/// @param rate samples a second
/// @param window samples of a frame
/// @param hop samples between frames
/// @param fft points of the transform, a power of two, at least `window`
/// @param mels bands
public record Spectrogram(int rate, int window, int hop, int fft, int mels) {
    private static final double FLOOR = 1e-10;

    /// Checks the sizes.
    public Spectrogram {
        boolean fits = rate > 0 && window > 1 && hop > 0 && Integer.bitCount(fft) == 1 && fft >= window && mels > 0;
        if (!fits) {
            throw new IjenException("spectrogram: not possible",
                    "rate " + rate + ", window " + window + ", hop " + hop + ", FFT " + fft + ", " + mels + " bands",
                    "positive sizes, FFT a power of two and at least the window", "25 ms and 10 ms are usual");
        }
    }

    /// Frames of 25 ms every 10 ms.
    public static Spectrogram of(int rate, int mels) {
        int window = Math.max(2, rate / 40);
        return new Spectrogram(rate, window, Math.max(1, rate / 100), Integer.highestOneBit(2 * window - 1), mels);
    }

    /// Frames of a sound of so many samples: those that lie within it, at least one.
    public int frames(int samples) {
        return samples <= window ? 1 : 1 + (samples - window) / hop;
    }

    /// The logarithms, [frames · mels].
    public float[] logMel(float[] sound) {
        var bank = bank();
        var cos = new double[fft / 2];
        var sin = new double[fft / 2];
        for (int k = 0; k < fft / 2; k++) {
            cos[k] = Math.cos(-2 * Math.PI * k / fft);
            sin[k] = Math.sin(-2 * Math.PI * k / fft);
        }
        var hann = new double[window];
        for (int i = 0; i < window; i++) {
            hann[i] = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / window);
        }
        int frames = frames(sound.length);
        var out = new float[frames * mels];
        var re = new double[fft];
        var im = new double[fft];
        for (int t = 0; t < frames; t++) {
            for (int i = 0; i < fft; i++) {
                int at = t * hop + i;
                re[i] = i < window && at < sound.length ? sound[at] * hann[i] : 0;
                im[i] = 0;
            }
            fft(re, im, cos, sin);
            for (int m = 0; m < mels; m++) {
                double sum = 0;
                for (int k = bank[m].from; k < bank[m].from + bank[m].weights.length; k++) {
                    sum += bank[m].weights[k - bank[m].from] * (re[k] * re[k] + im[k] * im[k]);
                }
                out[t * mels + m] = (float) Math.log(Math.max(FLOOR, sum));
            }
        }
        return out;
    }

    /// The first `count` cosine coefficients of each frame's logarithms (DCT-II, orthonormal; Davis and Mermelstein 1980), [frames · count].
    public float[] mfcc(float[] sound, int count) {
        var log = logMel(sound);
        int frames = log.length / mels;
        var out = new float[frames * count];
        for (int t = 0; t < frames; t++) {
            for (int c = 0; c < count; c++) {
                double sum = 0;
                for (int m = 0; m < mels; m++) {
                    sum += log[t * mels + m] * Math.cos(Math.PI * c * (m + 0.5) / mels);
                }
                out[t * count + c] = (float) (sum * Math.sqrt((c == 0 ? 1.0 : 2.0) / mels));
            }
        }
        return out;
    }

    /// A triangle: the weights of the frequencies it is not 0 at.
    ///
    /// @param from the first of them
    private record Band(int from, double[] weights) {}

    /// Weights of frequencies in each band.
    private Band[] bank() {
        double top = mel(rate / 2.0);
        var edge = new double[mels + 2];
        for (int i = 0; i < edge.length; i++) {
            edge[i] = 700 * (Math.pow(10, top * i / (mels + 1) / 2595) - 1);
        }
        var bank = new Band[mels];
        for (int m = 0; m < mels; m++) {
            var all = new double[fft / 2 + 1];
            int from = all.length;
            int to = 0;
            for (int k = 0; k < all.length; k++) {
                double f = (double) k * rate / fft;
                double up = (f - edge[m]) / (edge[m + 1] - edge[m]);
                double down = (edge[m + 2] - f) / (edge[m + 2] - edge[m + 1]);
                all[k] = Math.max(0, Math.min(up, down));
                from = all[k] > 0 ? Math.min(from, k) : from;
                to = all[k] > 0 ? k + 1 : to;
            }
            // a band between two frequencies of the transform has none
            bank[m] = to == 0 ? new Band(0, new double[0]) : new Band(from, Arrays.copyOfRange(all, from, to));
        }
        return bank;
    }

    private static double mel(double f) {
        return 2595 * Math.log10(1 + f / 700);
    }

    /// In place (Cooley and Tukey 1965).
    ///
    /// @param cos of −2 π k / n for k < n / 2
    /// @param sin of these
    static void fft(double[] re, double[] im, double[] cos, double[] sin) {
        int n = re.length;
        for (int i = 1, j = 0; i < n; i++) {
            int bit = n >> 1;
            for (; (j & bit) != 0; bit >>= 1) {
                j ^= bit;
            }
            j ^= bit;
            if (i < j) {
                double r = re[i];
                re[i] = re[j];
                re[j] = r;
                double m = im[i];
                im[i] = im[j];
                im[j] = m;
            }
        }
        for (int size = 2; size <= n; size *= 2) {
            for (int from = 0; from < n; from += size) {
                for (int k = 0; k < size / 2; k++) {
                    double c = cos[k * (n / size)];
                    double s = sin[k * (n / size)];
                    int a = from + k;
                    int b = a + size / 2;
                    double r = re[b] * c - im[b] * s;
                    double i = re[b] * s + im[b] * c;
                    re[b] = re[a] - r;
                    im[b] = im[a] - i;
                    re[a] += r;
                    im[a] += i;
                }
            }
        }
    }
}
