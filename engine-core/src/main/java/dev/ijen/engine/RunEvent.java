package dev.ijen.engine;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// Flight Recorder: a compiled program was started.
@Name("dev.ijen.Step")
@Label("Step")
@Category("Ijen")
@Description("A compiled program runs; on devices that work by themselves, the time to start it")
@StackTrace(false)
final class RunEvent extends Event {
    @Label("Launches") int launches;
}
