package dev.ijen.train.config;

import java.util.List;

/// Which data, how it is read, divided and prepared.
///
/// @param kind what the data is
/// @param path file or folder
/// @param count examples to draw, of a generator
/// @param limit most training examples used
/// @param validation share of the training part held out
/// @param test share held out for the final test
/// @param sampling order of examples
/// @param target column to predict
/// @param drop columns to leave out
/// @param task what a column asks for
/// @param imputation how missing numbers are filled
/// @param neighbours for imputation by neighbours
/// @param encoding of categories
/// @param outliers deviations beyond which training rows are left out
/// @param standardize whether numbers are scaled
/// @param standardizeTarget whether the target is scaled
/// @param missingIndicators whether a column says what was missing
/// @param channels of images
/// @param height of images
/// @param width of images
/// @param normalize whether pixels are scaled
/// @param mean of pixels that is taken away
/// @param std of pixels they are divided by
/// @param classes those that are used
/// @param ink whether pictures are looked at as ink on paper
/// @param files of classes
/// @param words symbols at most
/// @param ngrams words of a group at most
/// @param tokenizer file of tokens
/// @param labelPattern finds the class in a name
/// @param testFiles finds what is held out
/// @param frames of a sound
/// @param mels bands
/// @param coefficients of cosines
public record DataConfig(
        @Key(doc = "digits (drawn by the built-in generator), ring (8 clouds of points), figures (with labelled pixels), dates and numbers (phrases to translate), idx, images (folder), csv, npz, lines (texts), audio (WAV files), or auto: by the path", or = "auto")
                Kind kind,
        @Key(doc = "file or folder; --data sets it", or = "''") String path,
        @Key(doc = "digits, ring, figures, dates, numbers, ctc: how many examples are drawn; ctc: to train on, and of these a share each to validate and test", or = "12000", min = 20, max = 10_000_000) int count,
        @Key(doc = "use at most this many training examples; 0 for all", or = "0", min = 0) int limit,
        @Key(doc = "share of the training part held out to choose the best weights", or = "0.1", min = 0, max = 0.9)
                double validation,
        @Key(doc = "share held out for the final test, where the data has no test part of its own", or = "0.2", min = 0, max = 0.9)
                double test,
        @Key(doc = "order of examples: shuffled, or balanced: every class equally often", or = "shuffled") Sampling sampling,
        @Key(doc = "csv: column to predict", or = "''") String target,
        @Key(doc = "csv: columns to leave out", or = "[]") List<String> drop,
        @Key(doc = "csv: classification, regression, or auto: by the column", or = "auto") Task task,
        @Key(doc = "csv: missing numbers become mean, median, or that of the nearest rows (knn)", or = "mean") Imputation imputation,
        @Key(doc = "csv: rows that knn looks at", or = "5", min = 1, max = 1000) int neighbours,
        @Key(doc = "csv: categories become one-hot columns, an ordinal number, or an embedding that is learnt", or = "one-hot") Encoding encoding,
        @Key(doc = "csv: leave out training rows with a number further from the mean than so many deviations; 0 for none", or = "0", min = 0)
                double outliers,
        @Key(doc = "csv: numbers get mean 0 and deviation 1", or = "true") boolean standardize,
        @Key(doc = "csv: so does the target of a regression", or = "true") boolean standardizeTarget,
        @Key(doc = "csv: a column for each that has gaps, 1 where there was one", or = "true") boolean missingIndicators,
        @Key(doc = "images: 1 gray, 3 colour", or = "3", min = 1, max = 4) int channels,
        @Key(doc = "images: height they are scaled to", or = "64", min = 1, max = 4096) int height,
        @Key(doc = "images: width they are scaled to", or = "64", min = 1, max = 4096) int width,
        @Key(doc = "images: each channel gets mean 0 and deviation 1", or = "true") boolean normalize,
        @Key(doc = "images: mean of each channel of pixels from 0 to 1, where it is not the training part's own: that of a model that is trained further", or = "[]") List<Double> mean,
        @Key(doc = "images: deviation of each channel, beside mean", or = "[]") List<Double> std,
        @Key(doc = "names of the classes that are used; empty for all", or = "[]") List<String> classes,
        @Key(doc = "images: predict looks for ink on paper: inverts, crops and centres as MNIST does", or = "false") boolean ink,
        @Key(doc = "lines: a file for each class, below the path", or = "[]") List<String> files,
        @Key(doc = "lines: the most frequent words (and groups of words) that are told apart", or = "20000", min = 2, max = 10_000_000) int words,
        @Key(doc = "lines: groups of up to so many words beside each other are told apart, too; their symbols stand behind a text's words", or = "1", min = 1, max = 5) int ngrams,
        @Key(doc = "lines, language models, translation: a tokenizer.json whose tokens are taken instead of words or characters: that of a pretrained model", or = "''") String tokenizer,
        @Key(doc = "audio: regular expression whose first group is the class in a file's name", or = "'([^/_]+)_[^/]*$'") String labelPattern,
        @Key(doc = "audio: regular expression of names held out for the test; empty for a share", or = "''") String testFiles,
        @Key(doc = "audio: frames of 10 ms a sound is cut or filled up to", or = "96", min = 1, max = 100_000) int frames,
        @Key(doc = "audio: bands of the spectrogram", or = "40", min = 1, max = 1024) int mels,
        @Key(doc = "audio: cosine coefficients (MFCC) instead of the bands; 0 for the bands", or = "0", min = 0, max = 1024) int coefficients) {
    /// What the data is.
    public enum Kind {
        /// By the path.
        AUTO,
        /// Handwritten-looking digits, drawn.
        DIGITS,
        /// Points of the plane in eight clouds on a circle, drawn.
        RING,
        /// Discs, squares and triangles with labelled pixels, drawn; for segmentation.
        FIGURES,
        /// Dates as people write them, and as ISO 8601 has them, drawn; for translation.
        DATES,
        /// Numbers in words and in digits, drawn; for translation.
        NUMBERS,
        /// A folder of IDX files, as MNIST's.
        IDX,
        /// A folder a class, or train/ and test/ of these.
        IMAGES,
        /// A table.
        CSV,
        /// NumPy arrays `x` and `y`.
        NPZ,
        /// A file of lines for each class.
        LINES,
        /// WAV files.
        AUDIO
    }

    /// In which order examples come.
    public enum Sampling {
        /// Each once an epoch.
        SHUFFLED,
        /// Every class equally often.
        BALANCED
    }

    /// What the target is.
    public enum Task {
        /// By the column.
        AUTO,
        /// A class.
        CLASSIFICATION,
        /// A number.
        REGRESSION
    }

    /// How missing numbers are filled.
    public enum Imputation {
        /// By the mean.
        MEAN,
        /// By the median.
        MEDIAN,
        /// By the mean of the nearest rows.
        KNN
    }

    /// How categories become numbers.
    public enum Encoding {
        /// One column a category.
        ONE_HOT,
        /// One column.
        ORDINAL,
        /// A vector a category, learnt with the network.
        EMBEDDING
    }

    /// Copies the lists.
    public DataConfig {
        drop = List.copyOf(drop);
        files = List.copyOf(files);
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        classes = List.copyOf(classes);
    }

    /// With another file or folder.
    public DataConfig withPath(String p) {
        return with(p, tokenizer);
    }

    /// With another file of tokens.
    public DataConfig withTokenizer(String file) {
        return with(path, file);
    }

    private DataConfig with(String p, String tokens) {
        return new DataConfig(
                kind, p, count, limit, validation, test, sampling, target, drop, task, imputation, neighbours, encoding,
                outliers, standardize, standardizeTarget, missingIndicators, channels, height, width, normalize, mean, std,
                classes, ink, files, words, ngrams, tokens,
                labelPattern, testFiles, frames, mels, coefficients);
    }
}
