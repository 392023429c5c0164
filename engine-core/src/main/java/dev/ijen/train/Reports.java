package dev.ijen.train;

import dev.ijen.train.config.TrainConfig;
import java.util.Map;

/// `report.html` and `report.json`.
final class Reports {
    private Reports() {}

    static void write(RunDirectory run, TrainConfig config, TrainResult result, DataParts data, TrainPlan plan, Map<String, Object> environment) {}
}
