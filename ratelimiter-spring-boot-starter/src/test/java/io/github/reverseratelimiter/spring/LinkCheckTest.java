package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.reverseratelimiter.CreditStore;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.springframework.boot.SpringBootVersion;

/** Runs on each generation of Spring Boot, against the same compiled code. */
class LinkCheckTest {

    /** Twin classes of the other generation refer to what is not here, and are never loaded here. */
    private static final Predicate<String> OTHER_GENERATION =
            SpringBootVersion.getVersion().startsWith("3.") ? in("boot4") : in("boot3");

    private static final String CALLABLE = "java/util/concurrent/Callable";
    private static final String COMPARATOR = "java/util/Comparator";

    @TempDir
    Path directory;

    @Test
    void coreLinks() {
        assertThat(unresolved(whereIs(CreditStore.class))).isEmpty();
    }

    @Test
    void theStarterLinks() {
        assertThat(unresolved(whereIs(ReverseRateLimited.class))).isEmpty();
    }

    @Test
    void catchesAMissingMethod() throws IOException {
        write(code -> code.visitMethodInsn(Opcodes.INVOKESTATIC, "java/time/Duration", "ofAges", "()V", false));

        assertThat(unresolved(directory)).containsExactly("Offender -> java/time/Duration.ofAges()V");
    }

    @Test
    void catchesAMethodWithAnotherSignature() throws IOException {
        write(code -> code.visitMethodInsn(Opcodes.INVOKEVIRTUAL, "java/lang/String", "length", "()J", false));

        assertThat(unresolved(directory)).containsExactly("Offender -> java/lang/String.length()J");
    }

    @Test
    void catchesAMissingField() throws IOException {
        write(code -> code.visitFieldInsn(Opcodes.GETSTATIC, "java/time/Duration", "ONE", "Ljava/time/Duration;"));

        assertThat(unresolved(directory)).containsExactly("Offender -> java/time/Duration.ONE Ljava/time/Duration;");
    }

    @Test
    void catchesAMissingClass() throws IOException {
        write(code -> code.visitTypeInsn(Opcodes.NEW, "org/example/Missing"));

        assertThat(unresolved(directory)).containsExactly("Offender -> org/example/Missing");
    }

    @Test
    void catchesAnInterfaceThatHasBecomeAClass() throws IOException {
        write(code -> code.visitMethodInsn(Opcodes.INVOKEINTERFACE, "java/lang/String", "length", "()I", true));

        assertThat(unresolved(directory)).containsExactly("Offender -> java/lang/String as an interface");
    }

    @Test
    void catchesAnInheritedMethodThatNobodyImplements() throws IOException {
        write(Opcodes.ACC_PUBLIC, "call", "()Ljava/lang/Object;", code -> {}, CALLABLE, "java/lang/Runnable");

        assertThat(unresolved(directory)).containsExactly("Offender implements no java/lang/Runnable.run()V");
    }

    @Test
    void leavesMethodsOfAnAbstractClassToItsSubclasses() throws IOException {
        write(Opcodes.ACC_PUBLIC | Opcodes.ACC_ABSTRACT, "other", "()V", code -> {}, CALLABLE);

        assertThat(unresolved(directory)).isEmpty();
    }

    @Test
    void acceptsWhatASuperclassOrADefaultMethodImplements() throws IOException {
        write(Opcodes.ACC_PUBLIC, "compare", "(Ljava/lang/Object;Ljava/lang/Object;)I", code -> {}, COMPARATOR);

        assertThat(unresolved(directory)).isEmpty();
    }

    @Test
    void catchesAnOverriddenFinalMethod() throws IOException {
        write(Opcodes.ACC_PUBLIC, "notify", "()V", code -> {});

        assertThat(unresolved(directory)).containsExactly("Offender overrides final java/lang/Object.notify()V");
    }

    @Test
    void acceptsWhatIsInheritedAndWhatTakesAnySignature() throws IOException {
        write(code -> {
            code.visitMethodInsn(Opcodes.INVOKEVIRTUAL, "java/time/Duration", "getClass", "()Ljava/lang/Class;", false);
            code.visitMethodInsn(Opcodes.INVOKEINTERFACE, "java/util/List", "hashCode", "()I", true);
            code.visitMethodInsn(Opcodes.INVOKEVIRTUAL, "[I", "clone", "()Ljava/lang/Object;", false);
            code.visitMethodInsn(
                    Opcodes.INVOKEVIRTUAL, "java/lang/invoke/VarHandle", "get", "(Ljava/util/List;)I", false);
        });

        assertThat(unresolved(directory)).isEmpty();
    }

    @Test
    void refusesToCheckNothing() {
        assertThatThrownBy(() -> unresolved(directory)).hasMessageContaining("no class files");
    }

    private void write(Consumer<MethodVisitor> body) throws IOException {
        write(Opcodes.ACC_PUBLIC, "toString", "()Ljava/lang/String;", body);
    }

    private void write(int access, String method, String descriptor, Consumer<MethodVisitor> body, String... interfaces)
            throws IOException {
        ClassWriter offender = new ClassWriter(0);
        offender.visit(Opcodes.V17, access, "Offender", null, "java/lang/Object", interfaces);
        MethodVisitor code = offender.visitMethod(Opcodes.ACC_PUBLIC, method, descriptor, null, null);
        code.visitCode();
        body.accept(code);
        code.visitMaxs(0, 0);
        code.visitEnd();
        offender.visitEnd();
        Files.write(directory.resolve("Offender.class"), offender.toByteArray());
    }

    private static Set<String> unresolved(Path code) {
        return LinkCheck.unresolved(code, LinkCheckTest.class.getClassLoader(), OTHER_GENERATION);
    }

    private static Predicate<String> in(String generation) {
        return name -> name.contains("/" + generation + "/");
    }

    private static Path whereIs(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
