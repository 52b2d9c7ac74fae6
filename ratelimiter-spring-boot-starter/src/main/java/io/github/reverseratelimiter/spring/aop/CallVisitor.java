package io.github.reverseratelimiter.spring.aop;

import org.jspecify.annotations.Nullable;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.Handle;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.SpringAsmInfo;

/** Reads the calls in the methods of a class that have a {@code this}: their lambdas and method references too. */
final class CallVisitor extends ClassVisitor {

    private static final String LAMBDA = "lambda$";

    private final Calls calls;
    private boolean ofInterface;

    CallVisitor(Calls calls) {
        super(SpringAsmInfo.ASM_VERSION);
        this.calls = calls;
    }

    @Override
    public void visit(
            int version,
            int access,
            String name,
            @Nullable String signature,
            @Nullable String superName,
            String @Nullable [] interfaces) {
        ofInterface = (access & Opcodes.ACC_INTERFACE) != 0;
    }

    @Override
    public @Nullable MethodVisitor visitMethod(
            int access, String name, String descriptor, @Nullable String signature, String @Nullable [] exceptions) {
        return (access & (Opcodes.ACC_STATIC | Opcodes.ACC_BRIDGE)) != 0 ? null : new Body(name, descriptor);
    }

    /** Takes what is called. */
    interface Calls {

        /**
         * A call.
         *
         * @param caller name of the method that it stands in
         * @param owner internal name of the class it is made on
         * @param method name and descriptor
         */
        void add(String caller, String owner, String method);
    }

    private final class Body extends MethodVisitor {

        private final String name;
        private final String self;

        Body(String name, String descriptor) {
            super(SpringAsmInfo.ASM_VERSION);
            this.name = name;
            this.self = name + descriptor;
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String called, String descriptor, boolean isInterface) {
            boolean overridden = opcode == Opcodes.INVOKESPECIAL && self.equals(called + descriptor);
            // A class calls itself as a class; through an interface it calls what it decorates.
            boolean another = opcode == Opcodes.INVOKEINTERFACE && !ofInterface;
            if (opcode != Opcodes.INVOKESTATIC && !overridden && !another) {
                calls.add(caller(), owner, called + descriptor);
            }
        }

        @Override
        public void visitInvokeDynamicInsn(String called, String descriptor, Handle bootstrap, Object... arguments) {
            for (Object argument : arguments) {
                if (argument instanceof Handle handle && isOnThis(handle.getTag())) {
                    calls.add(caller(), handle.getOwner(), handle.getName() + handle.getDesc());
                }
            }
        }

        private boolean isOnThis(int tag) {
            return tag != Opcodes.H_INVOKESTATIC && (tag != Opcodes.H_INVOKEINTERFACE || ofInterface);
        }

        /** {@code lambda$sync$0} stands in {@code sync}. */
        private String caller() {
            int end = name.lastIndexOf('$');
            return name.startsWith(LAMBDA) && end > LAMBDA.length() ? name.substring(LAMBDA.length(), end) : name;
        }
    }
}
