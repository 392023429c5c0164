package dev.ijen.cli;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.MethodModel;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.Map;

/// The CPU backend's `Mem` with its reads and writes of one number by address as what they come to in the end. Compiled they are the same;
/// interpreted, as most are in the first step, a segment's go through some fifteen calls, which are compiled one after the other, too.
/// Only for a start without modules, to which `java.base` exports that class for the Vector API.
final class DirectMemory {
    /// The only class that is changed.
    static final String CLASS = "dev/ijen/cpu/Mem.class";

    private static final ClassDesc UNSAFE = ClassDesc.of("jdk.internal.misc.Unsafe");
    private static final Map<String, String> METHODS = Map.of(
            "i8", "Byte", "i16", "Short", "i32", "Int", "i64", "Long", "f32", "Float", "f64", "Double");

    private DirectMemory() {}

    static byte[] in(byte[] bytes) {
        var files = ClassFile.of(ClassFile.StackMapsOption.GENERATE_STACK_MAPS);
        return files.transformClass(files.parse(bytes), ClassTransform.dropping(DirectMemory::isAccess)
                .andThen(ClassTransform.endHandler(b -> METHODS.forEach((name, type) -> {
                    var number = TypeKind.valueOf(type.toUpperCase(java.util.Locale.ROOT)).upperBound();
                    b.withMethodBody(name, MethodTypeDesc.of(number, ConstantDescs.CD_long), ClassFile.ACC_STATIC,
                            c -> address(c).invokevirtual(UNSAFE, "get" + type, MethodTypeDesc.of(number,
                                    ConstantDescs.CD_Object, ConstantDescs.CD_long)).return_(TypeKind.from(number)));
                    b.withMethodBody(name, MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_long, number),
                            ClassFile.ACC_STATIC,
                            c -> address(c).loadLocal(TypeKind.from(number), 2).invokevirtual(UNSAFE, "put" + type,
                                    MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Object,
                                            ConstantDescs.CD_long, number))
                                    .return_());
                }))));
    }

    private static boolean isAccess(Object element) {
        return element instanceof MethodModel m && METHODS.containsKey(m.methodName().stringValue());
    }

    private static CodeBuilder address(CodeBuilder c) {
        return c.invokestatic(UNSAFE, "getUnsafe", MethodTypeDesc.of(UNSAFE)).aconst_null().lload(0);
    }
}
