package dev.ijen.train;

/// An example the model gets wrong, or most wrong.
///
/// @param index in the dataset
/// @param truth class or value
/// @param predicted class or value
/// @param confidence probability of the predicted class; NaN for regression
/// @param loss of this example
public record WorstError(int index, String truth, String predicted, double confidence, double loss) {}
