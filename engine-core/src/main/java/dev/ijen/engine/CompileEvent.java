package dev.ijen.engine;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;

/// Flight Recorder: a program was traced, compiled and prepared.
@Name("dev.ijen.Compile")
@Label("Compile")
@Category("Ijen")
@Description("A step or expression is traced, compiled and prepared for the device")
final class CompileEvent extends Event {
    @Label("What") String what;

    @Label("Operations") int operations;

    @Label("Launches") int launches;

    @Label("Workspace")
    @DataAmount long workspace;
}
