package dev.ijen.engine;

import dev.ijen.graph.Compiled;
import jdk.jfr.FlightRecorder;

/// Begins and ends events of Flight Recorder. Until it was asked for in this process no event is made, and no class of one is
/// initialised: the JVM writes and loads code for the first, which every start would wait for.
final class Recorded {
    private Recorded() {}

    /// Null where nobody can be recording.
    static TransferEvent transfer() {
        if (!FlightRecorder.isInitialized()) {
            return null;
        }
        var event = new TransferEvent();
        event.begin();
        return event;
    }

    /// @param begun may be null
    static void end(TransferEvent begun, boolean toDevice, long bytes) {
        if (begun == null) {
            return;
        }
        begun.end();
        if (begun.shouldCommit()) {
            begun.toDevice = toDevice;
            begun.bytes = bytes;
            begun.commit();
        }
    }

    /// Null where nobody can be recording.
    static CompileEvent compile() {
        if (!FlightRecorder.isInitialized()) {
            return null;
        }
        var event = new CompileEvent();
        event.begin();
        return event;
    }

    /// @param begun may be null
    static void end(CompileEvent begun, String what, Compiled c) {
        if (begun == null) {
            return;
        }
        begun.end();
        if (begun.shouldCommit()) {
            begun.what = what;
            begun.operations = c.program().tensors().size();
            begun.launches = c.plan().launches().size();
            begun.workspace = c.plan().workspaceBytes();
            begun.commit();
        }
    }

    /// Null where nobody can be recording.
    static RunEvent run() {
        if (!FlightRecorder.isInitialized()) {
            return null;
        }
        var event = new RunEvent();
        event.begin();
        return event;
    }

    /// @param begun may be null
    static void end(RunEvent begun, int launches) {
        if (begun == null) {
            return;
        }
        begun.end();
        if (begun.shouldCommit()) {
            begun.launches = launches;
            begun.commit();
        }
    }
}
