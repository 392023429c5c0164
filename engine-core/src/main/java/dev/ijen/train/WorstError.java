package dev.ijen.train;

import java.util.Comparator;
import java.util.List;

/// An example the model gets wrong, or most wrong.
///
/// @param index in the dataset
/// @param truth class or value
/// @param predicted class or value
/// @param confidence probability of the predicted class; NaN for regression
/// @param loss of this example
public record WorstError(int index, String truth, String predicted, double confidence, double loss) {
    private static final int KEPT = 24;

    /// The worst of all, the greatest loss first; sorts the list that is given.
    static List<WorstError> of(List<WorstError> all) {
        all.sort(Comparator.comparingDouble(WorstError::loss).reversed().thenComparingInt(WorstError::index));
        return all.subList(0, Math.min(KEPT, all.size()));
    }
}
