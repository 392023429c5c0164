package dev.ijen.nn;

import dev.ijen.tensor.Shape;

/// One layer in a model's summary.
///
/// @param name dotted name; empty for the model itself
/// @param type class of the layer, or the operation of a closure
/// @param depth how many blocks it is inside of
/// @param output shape of what it gives
/// @param parameters numbers in its parameters, those of inner layers included; a shared one counts at each use
public record LayerRow(String name, String type, int depth, Shape output, long parameters) {}
