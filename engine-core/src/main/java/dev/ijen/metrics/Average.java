package dev.ijen.metrics;

/// How the numbers of single classes become one.
public enum Average {
    /// From the counts of all classes together; equals accuracy where each example has one label.
    MICRO,
    /// The mean over the classes, whatever their size.
    MACRO,
    /// The mean over the classes, each weighted with how many examples it has.
    WEIGHTED
}
