package dev.ijen.engine;

import dev.ijen.graph.Compiled;
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

    /// Ends the event, where anybody records it.
    void of(String name, Compiled c) {
        end();
        if (shouldCommit()) {
            what = name;
            operations = c.program().tensors().size();
            launches = c.plan().launches().size();
            workspace = c.plan().workspaceBytes();
            commit();
        }
    }
}
