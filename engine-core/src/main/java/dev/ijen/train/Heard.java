package dev.ijen.train;

/// A symbol of a sequence and when it is.
///
/// @param symbol its name
/// @param begin seconds
/// @param end seconds
public record Heard(String symbol, double begin, double end) {}
