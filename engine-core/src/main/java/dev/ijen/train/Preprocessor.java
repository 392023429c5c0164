package dev.ijen.train;

import dev.ijen.data.Dataset;
import dev.ijen.data.TabularPreprocessor;
import dev.ijen.data.series.LinearForecast;
import dev.ijen.format.FormatException;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What was learnt about the data from the training part, and is needed to use the model: kept with every checkpoint.
public sealed interface Preprocessor permits Preprocessor.Image, Preprocessor.Table, Preprocessor.Arrays,
        Preprocessor.Sound, Preprocessor.Series, TokenRows {
    /// The classes by index; empty for regression.
    default List<String> classNames() {
        return List.of();
    }

    /// Shape of one example.
    Shape shape();

    /// An input batch as the network wants it; part of the compiled programs. Most are so already.
    default Tensor standardize(Tensor x) {
        return x;
    }

    /// A label or prediction in the data's own unit.
    default double targetValue(double label) {
        return label;
    }

    /// Pictures, F32 [C, H, W] from 0 to 1.
    ///
    /// @param channels 1 or 3
    /// @param height of an example
    /// @param width of an example
    /// @param mean of each channel; empty to leave values as they are
    /// @param std standard deviation of each channel
    /// @param classNames by index
    /// @param ink whether pictures to predict are looked at as ink on paper
    record Image(
            int channels, int height, int width, List<Double> mean, List<Double> std, List<String> classNames,
            boolean ink)
            implements Preprocessor {
        /// Copies the lists.
        public Image {
            mean = List.copyOf(mean);
            std = List.copyOf(std);
            classNames = List.copyOf(classNames);
        }

        @Override
        public Shape shape() {
            return Shape.of(channels, height, width);
        }

        @Override
        public Tensor standardize(Tensor x) {
            if (mean.isEmpty()) {
                return x;
            }
            if (channels == 1) {
                return x.sub(mean.getFirst()).mul(1 / std.getFirst());
            }
            return x.sub(constant(mean, 1)).mul(constant(std, -1));
        }

        private Tensor constant(List<Double> values, int power) {
            var f = new float[channels];
            for (int c = 0; c < channels; c++) {
                f[c] = (float) (power < 0 ? 1 / values.get(c) : values.get(c));
            }
            return Tensor.of(HostTensor.of(f, channels, 1, 1));
        }
    }

    /// Rows of a table.
    ///
    /// @param table what was learnt about its columns
    record Table(TabularPreprocessor table) implements Preprocessor {
        @Override
        public List<String> classNames() {
            return table.classNames();
        }

        @Override
        public Shape shape() {
            return Shape.of(table.featureNames().size());
        }

        @Override
        public double targetValue(double label) {
            return table.targetValue(label);
        }
    }

    /// Arrays as they are.
    ///
    /// @param dtype of an example
    /// @param shape of an example
    /// @param classNames by index
    record Arrays(DType dtype, Shape shape, List<String> classNames) implements Preprocessor {
        /// Copies the list.
        public Arrays {
            classNames = List.copyOf(classNames);
        }
    }

    /// Sounds, in deviations from the mean of all their numbers.
    sealed interface Sound extends Preprocessor {
        /// Of all numbers.
        double mean();

        /// Standard deviation of all numbers.
        double std();

        @Override
        default Tensor standardize(Tensor x) {
            return x.sub(mean()).mul(1 / std());
        }
    }

    /// Sounds, F32 [1, frames, width], where width is that of the bands or of their cosine coefficients.
    ///
    /// @param rate samples a second
    /// @param frames of a sound
    /// @param mels bands
    /// @param coefficients of cosines; 0 for the bands themselves
    /// @param mean of all numbers
    /// @param std of all numbers
    /// @param classNames by index
    record Audio(int rate, int frames, int mels, int coefficients, double mean, double std, List<String> classNames)
            implements Sound {
        /// Copies the list.
        public Audio {
            classNames = List.copyOf(classNames);
        }

        Audio with(double m, double s) {
            return new Audio(rate, frames, mels, coefficients, m, s, classNames);
        }

        int width() {
            return coefficients == 0 ? mels : coefficients;
        }

        @Override
        public Shape shape() {
            return Shape.of(1, frames, width());
        }
    }

    /// Sounds with a sequence of symbols, F32 [1, frames, mels].
    ///
    /// @param rate samples a second
    /// @param frames of an example
    /// @param mels bands
    /// @param mean of all numbers
    /// @param std of all numbers
    /// @param symbols names of the symbols, without the blank
    record Speech(int rate, int frames, int mels, double mean, double std, List<String> symbols) implements Sound {
        /// Copies the list.
        public Speech {
            symbols = List.copyOf(symbols);
        }

        @Override
        public Shape shape() {
            return Shape.of(1, frames, mels);
        }
    }

    /// Several series, F32 [length, columns], in deviations from their means.
    ///
    /// @param columns names of the series
    /// @param mean of each
    /// @param std of each
    /// @param target which one is forecast
    /// @param length steps that are seen
    /// @param horizon steps that are asked for
    /// @param linear the linear baseline
    record Series(
            List<String> columns, List<Double> mean, List<Double> std, int target, int length, int horizon,
            LinearForecast linear) implements Preprocessor {
        /// Copies the lists.
        public Series {
            columns = List.copyOf(columns);
            mean = List.copyOf(mean);
            std = List.copyOf(std);
        }

        @Override
        public Shape shape() {
            return Shape.of(length, columns.size());
        }

        @Override
        public double targetValue(double label) {
            return label * std.get(target) + mean.get(target);
        }
    }

    /// Element type of an example.
    default DType dtype() {
        return DType.F32;
    }

    /// Numbers a prediction has: classes, or targets of a dataset.
    static int outputs(Dataset data) {
        return data.isClassification() ? data.classes() : data.label().shape().size();
    }

    /// As JSON.
    default String toJson() {
        return PreprocessorJson.write(this);
    }

    /// What [#toJson] wrote.
    ///
    /// @throws FormatException if it is not that
    static Preprocessor fromJson(String source, String text) {
        return PreprocessorJson.read(source, text);
    }

    /// The examples of a folder or file with the model's classes, for evaluation.
    static Map<String, Integer> index(List<String> names) {
        var all = new LinkedHashMap<String, Integer>();
        for (var n : names) {
            all.put(n, all.size());
        }
        return all;
    }
}
