package dev.ijen.cuda.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What was found of NVIDIA's software, what is missing, and what would help.
///
/// @param gpus names of GPUs that the kernel's driver tells; empty where it does not (WSL, containers)
/// @param nvrtc for cuDNN alone, some of whose algorithms are compiled when they are first used
/// @param visible false where there is no device file of a GPU either, so that the driver will find none
/// @param missing parts that were not found, or can't be used
public record Report(
        Driver driver,
        List<String> gpus,
        boolean visible,
        Optional<Library> cublas,
        Optional<Library> cudnn,
        Optional<Library> nvrtc,
        List<Missing> missing) {

    /// A part that is not usable.
    ///
    /// @param why in a few words: `not found`, or what was found instead
    /// @param fix a command or a place
    public record Missing(Part part, String why, String fix) {
        @Override
        public String toString() {
            return part + " " + why;
        }
    }

    /// Where there is no driver, nothing else is looked for.
    public static Report without(Driver.Missing driver) {
        return new Report(driver, List.of(), false, Optional.empty(), Optional.empty(), Optional.empty(), List.of());
    }

    /// The parts found.
    public List<Library> libraries() {
        var found = new ArrayList<Library>();
        cublas.ifPresent(found::add);
        cudnn.ifPresent(found::add);
        nvrtc.ifPresent(found::add);
        return found;
    }

    /// What these files promise; [Loader] tells what they keep.
    public Tier tier() {
        return switch (driver) {
            case Driver.Missing(var why) -> new Tier.Unavailable("no NVIDIA driver found: " + why, Tier.INSTALL_DRIVER);
            case Driver.Found d -> Tier.of(d, cublas, cudnn, missing.stream().map(Missing::toString).toList());
        };
    }
}
