package dev.ijen.cli;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.InvokeDynamicEntry;
import java.lang.classfile.constantpool.LoadableConstantEntry;
import java.lang.classfile.constantpool.MethodHandleEntry;
import java.lang.classfile.constantpool.StringEntry;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;

/// Class files without the call sites for which Java makes classes at every start anew, which no AOT cache of JDK 25 keeps: what to do
/// in a `switch` over types, and `equals`, `hashCode` and `toString` of records. Instead each class gets a method that does the same.
final class DirectCalls {
    private static final String SWITCHES = "java/lang/runtime/SwitchBootstraps.typeSwitch";
    private static final String RECORDS = "java/lang/runtime/ObjectMethods.bootstrap";
    private static final ClassDesc OBJECTS = ClassDesc.of("java.util.Objects");
    private static final ClassDesc BUILDER = ClassDesc.of("java.lang.StringBuilder");
    private static final int PRIVATE_STATIC = ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_SYNTHETIC;

    private final ClassFile files;

    /// @param loader finds the classes that those to come refer to
    DirectCalls(ClassLoader loader) {
        files = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(loader).cached()));
    }

    /// The class with its calls replaced; the same bytes if it has none of these.
    byte[] in(byte[] bytes) {
        var model = files.parse(bytes);
        for (var e : model.constantPool()) {
            if (e instanceof InvokeDynamicEntry call && Change.isKnown(call)) {
                return files.transformClass(model, new Change(model).transform());
            }
        }
        return bytes;
    }

    /// Of one class.
    private static final class Change {
        private final ClassDesc self;
        private final boolean isInterface;
        private final List<Added> added = new ArrayList<>();

        private record Added(String name, MethodTypeDesc type, InvokeDynamicInstruction call) {}

        Change(ClassModel model) {
            self = model.thisClass().asSymbol();
            isInterface = model.flags().has(java.lang.reflect.AccessFlag.INTERFACE);
        }

        ClassTransform transform() {
            CodeTransform calls = (b, e) -> {
                if (e instanceof InvokeDynamicInstruction call && isKnown(call.invokedynamic())) {
                    var name = "direct$" + added.size();
                    added.add(new Added(name, call.typeSymbol(), call));
                    b.invokestatic(self, name, call.typeSymbol(), isInterface);
                } else {
                    b.with(e);
                }
            };
            return ClassTransform.transformingMethodBodies(calls).andThen(new ClassTransform() {
                @Override
                public void accept(ClassBuilder b, ClassElement e) {
                    b.with(e);
                }

                @Override
                public void atEnd(ClassBuilder b) {
                    for (var a : added) {
                        b.withMethodBody(a.name, a.type, PRIVATE_STATIC, c -> body(c, a));
                    }
                }
            });
        }

        private static boolean isKnown(InvokeDynamicEntry call) {
            return isSwitch(call) || bootstrap(call).equals(RECORDS);
        }

        private static boolean isSwitch(InvokeDynamicEntry call) {
            return bootstrap(call).equals(SWITCHES)
                    && call.bootstrap().arguments().stream().allMatch(ClassEntry.class::isInstance);
        }

        private static String bootstrap(InvokeDynamicEntry call) {
            var method = call.bootstrap().bootstrapMethod().reference();
            return method.owner().asInternalName() + "." + method.name().stringValue();
        }

        private static void body(CodeBuilder b, Added a) {
            var arguments = a.call.invokedynamic().bootstrap().arguments();
            if (isSwitch(a.call.invokedynamic())) {
                choose(b, arguments);
            } else {
                var owner = a.type.parameterType(0);
                var fields = arguments.subList(2, arguments.size()).stream()
                        .map(f -> ((MethodHandleEntry) f).reference())
                        .map(f -> new Field(owner, f.name().stringValue(),
                                ClassDesc.ofDescriptor(f.type().stringValue())))
                        .toList();
                switch (a.call.name().stringValue()) {
                    case "equals" -> equal(b, owner, fields);
                    case "hashCode" -> hash(b, fields);
                    default -> text(b, owner, ((StringEntry) arguments.get(1)).stringValue(), fields);
                }
            }
        }

        /// The number of the first type, from the second argument on, that the first argument has; −1 for null.
        private static void choose(CodeBuilder b, List<LoadableConstantEntry> types) {
            Label there = b.newLabel();
            b.aload(0).ifnonnull(there).iconst_m1().ireturn().labelBinding(there);
            for (int i = 0; i < types.size(); i++) {
                Label next = b.newLabel();
                b.iload(1).loadConstant(i).if_icmpgt(next);
                b.aload(0).instanceOf(((ClassEntry) types.get(i)).asSymbol()).ifeq(next);
                b.loadConstant(i).ireturn().labelBinding(next);
            }
            b.loadConstant(types.size()).ireturn();
        }

        private static void equal(CodeBuilder b, ClassDesc owner, List<Field> fields) {
            Label other = b.newLabel();
            Label no = b.newLabel();
            b.aload(0).aload(1).if_acmpne(other).iconst_1().ireturn().labelBinding(other);
            b.aload(1).instanceOf(owner).ifeq(no);
            for (var f : fields) {
                f.load(b, 0);
                b.aload(1).checkcast(owner).getfield(owner, f.name, f.type);
                switch (f.kind()) {
                    case FLOAT, DOUBLE, LONG -> b.invokestatic(f.box(), "compare",
                            MethodTypeDesc.of(ConstantDescs.CD_int, f.type, f.type)).ifne(no);
                    case REFERENCE -> b.invokestatic(OBJECTS, "equals", MethodTypeDesc.of(ConstantDescs.CD_boolean,
                            ConstantDescs.CD_Object, ConstantDescs.CD_Object)).ifeq(no);
                    default -> b.if_icmpne(no);
                }
            }
            b.iconst_1().ireturn().labelBinding(no).iconst_0().ireturn();
        }

        private static void hash(CodeBuilder b, List<Field> fields) {
            b.iconst_0();
            for (var f : fields) {
                b.bipush(31).imul();
                f.load(b, 0);
                boolean isObject = f.kind() == TypeKind.REFERENCE;
                b.invokestatic(f.box(), "hashCode",
                        MethodTypeDesc.of(ConstantDescs.CD_int, isObject ? ConstantDescs.CD_Object : f.type)).iadd();
            }
            b.ireturn();
        }

        private static void text(CodeBuilder b, ClassDesc owner, String names, List<Field> fields) {
            b.new_(BUILDER).dup().invokespecial(BUILDER, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void);
            b.loadConstant(owner).invokevirtual(ConstantDescs.CD_Class, "getSimpleName",
                    MethodTypeDesc.of(ConstantDescs.CD_String));
            append(b, ConstantDescs.CD_String);
            var name = names.split(";", -1);
            for (int i = 0; i < fields.size(); i++) {
                b.loadConstant((i == 0 ? "[" : ", ") + name[i] + "=");
                append(b, ConstantDescs.CD_String);
                fields.get(i).load(b, 0);
                append(b, fields.get(i).printed());
            }
            b.loadConstant(fields.isEmpty() ? "[]" : "]");
            append(b, ConstantDescs.CD_String);
            b.invokevirtual(BUILDER, "toString", MethodTypeDesc.of(ConstantDescs.CD_String)).areturn();
        }

        private static void append(CodeBuilder b, ClassDesc type) {
            b.invokevirtual(BUILDER, "append", MethodTypeDesc.of(BUILDER, type));
        }
    }

    /// Of a record.
    private record Field(ClassDesc owner, String name, ClassDesc type) {
        TypeKind kind() {
            return TypeKind.from(type);
        }

        void load(CodeBuilder b, int variable) {
            b.aload(variable).getfield(owner, name, type);
        }

        /// The class with the functions for this type.
        ClassDesc box() {
            return switch (kind()) {
                case BOOLEAN -> ConstantDescs.CD_Boolean;
                case BYTE -> ConstantDescs.CD_Byte;
                case SHORT -> ConstantDescs.CD_Short;
                case CHAR -> ConstantDescs.CD_Character;
                case INT -> ConstantDescs.CD_Integer;
                case LONG -> ConstantDescs.CD_Long;
                case FLOAT -> ConstantDescs.CD_Float;
                case DOUBLE -> ConstantDescs.CD_Double;
                default -> OBJECTS;
            };
        }

        /// The type as [StringBuilder#append] takes it.
        ClassDesc printed() {
            return switch (kind()) {
                case REFERENCE -> ConstantDescs.CD_Object;
                case BYTE, SHORT -> ConstantDescs.CD_int;
                default -> type;
            };
        }
    }
}
