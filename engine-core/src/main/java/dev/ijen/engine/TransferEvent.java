package dev.ijen.engine;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// Flight Recorder: values went to the device or came from it.
@Name("dev.ijen.Transfer")
@Label("Transfer")
@Category("Ijen")
@Description("Values are copied between host and device; reading waits for running work")
@StackTrace(false)
final class TransferEvent extends Event {
    @Label("To device") boolean toDevice;

    @Label("Bytes")
    @DataAmount long bytes;
}
