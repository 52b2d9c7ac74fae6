package io.github.reverseratelimiter.spring;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.commons.ClassRemapper;
import org.objectweb.asm.commons.MethodRemapper;
import org.objectweb.asm.commons.Remapper;

/**
 * Looks up every class, method and field that compiled code refers to on the class path it is to run on, and every method
 * that it inherits there. What javac checked against one generation of Spring Boot, a JVM would find missing in another
 * only when the line is reached.
 *
 * <p>Reads class files and loads none. ASM's remapper is asked about every name in a class file, annotations included;
 * it changes nothing here.
 */
final class LinkCheck {

    private final ClassLoader classPath;
    private final Map<String, Optional<ClassShape>> shapes = new HashMap<>();
    private final Set<String> unresolved = new TreeSet<>();

    private LinkCheck(ClassLoader classPath) {
        this.classPath = classPath;
    }

    /**
     * References that lead nowhere, as {@code "from -> to"}.
     *
     * @param code a jar, or a directory of classes
     * @param exempt says by their internal names which classes to pass over
     */
    static Set<String> unresolved(Path code, ClassLoader classPath, Predicate<String> exempt) {
        LinkCheck check = new LinkCheck(classPath);
        List<ClassReader> classes = classesIn(code);
        if (classes.isEmpty()) {
            throw new IllegalArgumentException("no class files in '" + code + "'");
        }
        classes.forEach(reader -> check.shapes.put(reader.getClassName(), Optional.of(ClassShape.of(reader))));
        classes.stream().filter(reader -> !exempt.test(reader.getClassName())).forEach(check::read);
        return check.unresolved;
    }

    private static List<ClassReader> classesIn(Path code) {
        if (Files.isDirectory(code)) {
            return classesBelow(code);
        }
        try (FileSystem jar = FileSystems.newFileSystem(code)) {
            return classesBelow(jar.getPath("/"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<ClassReader> classesBelow(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            List<ClassReader> classes = new ArrayList<>();
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                classes.add(new ClassReader(Files.readAllBytes(file)));
            }
            return classes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(ClassReader reader) {
        String from = reader.getClassName() + " -> ";
        Remapper names = new Remapper(Opcodes.ASM9) {
            @Override
            public String map(String name) {
                if (shape(name).isEmpty()) {
                    unresolved.add(from + name);
                }
                return name;
            }

            @Override
            public String mapMethodName(String owner, String name, String descriptor) {
                if (!owner.startsWith("[") && !isPolymorphic(owner) && !has(owner, name + descriptor)) {
                    unresolved.add(from + owner + "." + name + descriptor);
                }
                return name;
            }

            @Override
            public String mapFieldName(String owner, String name, String descriptor) {
                if (!has(owner, name + " " + descriptor)) {
                    unresolved.add(from + owner + "." + name + " " + descriptor);
                }
                return name;
            }
        };
        reader.accept(new References(from, names), ClassReader.SKIP_DEBUG);
        unresolved.addAll(new Inheritance(this::shape).problems(reader.getClassName(), ClassShape.of(reader)));
    }

    /** Takes any descriptor: the JVM resolves it by other rules. */
    private static boolean isPolymorphic(String owner) {
        return owner.equals("java/lang/invoke/MethodHandle") || owner.equals("java/lang/invoke/VarHandle");
    }

    private boolean has(String owner, String member) {
        Optional<ClassShape> shape = shape(owner);
        return shape.isPresent()
                && (shape.get().members().contains(member)
                        || shape.get().parents().stream().anyMatch(parent -> has(parent, member)));
    }

    private Optional<ClassShape> shape(String name) {
        Optional<ClassShape> known = shapes.get(name);
        if (known == null) {
            known = readShape(name);
            shapes.put(name, known);
        }
        return known;
    }

    private Optional<ClassShape> readShape(String name) {
        try (InputStream file = classPath.getResourceAsStream(name + ".class")) {
            if (file == null) {
                return Optional.empty();
            }
            return Optional.of(ClassShape.of(new ClassReader(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A call also fails to link when a class has become an interface, or an interface a class. */
    private final class References extends ClassRemapper {

        private final String from;

        References(String from, Remapper names) {
            super(Opcodes.ASM9, null, names);
            this.from = from;
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] thrown) {
            super.visitMethod(access, name, descriptor, signature, thrown);
            return new MethodRemapper(Opcodes.ASM9, null, remapper) {
                @Override
                public void visitMethodInsn(int opcode, String owner, String called, String as, boolean isInterface) {
                    super.visitMethodInsn(opcode, owner, called, as, isInterface);
                    if (shape(owner)
                            .filter(it -> it.isInterface() != isInterface)
                            .isPresent()) {
                        unresolved.add(from + owner + (isInterface ? " as an interface" : " as a class"));
                    }
                }
            };
        }
    }
}
