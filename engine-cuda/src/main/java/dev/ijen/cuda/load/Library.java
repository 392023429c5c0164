package dev.ijen.cuda.load;

import java.nio.file.Path;
import java.util.Optional;

/// A library of NVIDIA's that was found.
///
/// @param major the number in its SONAME
/// @param path its file
/// @param version as exact as is known, for instance `12.6.4.1`
/// @param cuda the major version of CUDA it was built for; 0 if nothing tells
/// @param origin why it was looked for there
/// @param companion the library that must be loaded before it
public record Library(Part part, int major, Path path, String version, int cuda, String origin,
        Optional<Path> companion) {
    @Override
    public String toString() {
        return part + " " + version + " (" + path + ")";
    }
}
