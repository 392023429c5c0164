package dev.ijen.data.text;

/// A text and its answer.
///
/// @param text that is given
/// @param answer that is asked for
public record TextPair(String text, String answer) {}
