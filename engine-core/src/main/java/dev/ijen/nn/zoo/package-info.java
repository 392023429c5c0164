/// Published networks, each in one short file of layers: residual, mobile, transformer and U-shaped networks for images. What they give
/// are features; a linear layer on top makes a classifier.
package dev.ijen.nn.zoo;
