package io.github.reverseratelimiter.spring;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * What of a class another class can link to.
 *
 * @param access flags of the class
 * @param parents superclass and interfaces
 * @param members fields and methods, with their descriptors
 * @param abstracts the abstract methods among them
 * @param finals the methods among them that cannot be overridden
 * @param overriding the methods among them that can override another
 */
record ClassShape(
        int access,
        List<String> parents,
        Set<String> members,
        Set<String> abstracts,
        Set<String> finals,
        Set<String> overriding) {

    static ClassShape of(ClassReader reader) {
        List<String> parents = new ArrayList<>();
        Optional.ofNullable(reader.getSuperName()).ifPresent(parents::add);
        parents.addAll(List.of(reader.getInterfaces()));
        ClassShape shape = new ClassShape(
                reader.getAccess(), parents, new HashSet<>(), new HashSet<>(), new HashSet<>(), new HashSet<>());
        reader.accept(shape.new Members(), ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG);
        return shape;
    }

    boolean isInterface() {
        return (access & Opcodes.ACC_INTERFACE) != 0;
    }

    boolean isAbstract() {
        return (access & Opcodes.ACC_ABSTRACT) != 0;
    }

    private final class Members extends ClassVisitor {

        Members() {
            super(Opcodes.ASM9);
        }

        @Override
        public FieldVisitor visitField(int access, String name, String descriptor, String signature, Object value) {
            members.add(name + " " + descriptor);
            return null;
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] thrown) {
            String method = name + descriptor;
            members.add(method);
            if ((access & Opcodes.ACC_ABSTRACT) != 0) {
                abstracts.add(method);
            }
            if ((access & (Opcodes.ACC_PRIVATE | Opcodes.ACC_STATIC)) == 0 && !name.startsWith("<")) {
                overriding.add(method);
                if ((access & Opcodes.ACC_FINAL) != 0) {
                    finals.add(method);
                }
            }
            return null;
        }
    }
}
