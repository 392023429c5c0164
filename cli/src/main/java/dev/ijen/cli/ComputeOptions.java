package dev.ijen.cli;

import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.engine.EngineOptions;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Precision;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// Options of commands that compute.
final class ComputeOptions {
    @Option(names = "--device", order = 90, paramLabel = "DEVICE", converter = DeviceConverter.class,
            defaultValue = "auto",
            description = "auto, cpu, cuda or cuda:N (default: ${DEFAULT-VALUE}).") Device device;

    @Option(names = "--seed", order = 91, paramLabel = "N",
            description = "Seed of all randomness (default: the config's, or 0).") Long seed;

    @Option(names = "--deterministic", order = 92,
            description = "The same bits in every run, even where that is slower.") boolean deterministic;

    @Option(names = "--threads", order = 93, paramLabel = "N", converter = CountConverter.class,
            description = "CPU threads (default: as many as processors).") Integer threads;

    @Option(names = "--precision", order = 94, paramLabel = "NAME", converter = PrecisionConverter.class,
            description = "f32, tf32, bf16 or f16 (default: the config's; a trained model's own).") Precision precision;

    @Option(names = "--memory-limit", order = 95, paramLabel = "SIZE", converter = SizeConverter.class,
            description = "Use at most so much memory on the device: 800m, 2g (default: what is free).") Long memoryLimit;

    long seed() {
        return seed == null ? 0 : seed;
    }

    EngineOptions engine() {
        return EngineOptions.defaults()
                .withThreads(threads == null ? 0 : threads)
                .withDeterministic(deterministic)
                .withSeed(seed())
                .withPrecision(precision == null ? Precision.F32 : precision)
                .withMemoryLimit(memoryLimit == null ? 0 : memoryLimit);
    }

    Engine open() {
        return Engine.open(device, engine());
    }

    /// `cuda:1` and the like.
    static final class DeviceConverter implements ITypeConverter<Device> {
        @Override
        public Device convert(String text) {
            try {
                return Device.parse(text);
            } catch (IjenException e) {
                throw new TypeConversionException("'" + text + "' is not one of auto, cpu, cuda, cuda:N");
            }
        }
    }

    /// `bf16` and the like.
    static final class PrecisionConverter implements ITypeConverter<Precision> {
        @Override
        public Precision convert(String text) {
            try {
                return Precision.parse(text);
            } catch (IjenException e) {
                throw new TypeConversionException("'" + text + "' is not one of " + Precision.labels());
            }
        }
    }

    /// A whole number from 1 on.
    static final class CountConverter implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            try {
                int n = Integer.parseInt(text);
                if (n > 0) {
                    return n;
                }
            } catch (NumberFormatException e) {
                // told below, as for numbers that are too small
            }
            throw new TypeConversionException("'" + text + "' is not a whole number from 1 on");
        }
    }
}
