package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.SpringProxy;
import org.springframework.aop.support.AopUtils;
import org.springframework.asm.ClassReader;
import org.springframework.asm.Type;

/**
 * Finds limited methods that a bean may call on itself, which no proxy sees: in the class files of its class and of all it
 * extends and implements. Nothing is found where they cannot be read, in a native image for one.
 */
final class SelfInvocations {

    private static final System.Logger LOG = System.getLogger(ReverseRateLimited.class.getName());

    private final Class<?> targetClass;
    private final Map<String, Method> limited = new HashMap<>();
    private final Set<String> owners;

    /** Of beans of this class, which has these limited methods. */
    SelfInvocations(Class<?> targetClass, Iterable<Method> methods) {
        this.targetClass = targetClass;
        for (Method method : methods) {
            add(method, method);
            add(AopUtils.getMostSpecificMethod(method, targetClass), method);
        }
        this.owners = TypeHierarchy.typesOf(targetClass).stream()
                .map(Type::getInternalName)
                .collect(Collectors.toSet());
    }

    private void add(Method called, Method method) {
        limited.put(called.getName() + Type.getMethodDescriptor(called), method);
    }

    /** All of them, each once. */
    Set<SelfInvocation> all() {
        Set<SelfInvocation> found = new LinkedHashSet<>();
        if (SpringProxy.class.isAssignableFrom(targetClass) || targetClass.isInterface()) {
            return found; // a client that Spring makes calls its default methods on the proxy; of others nothing is
            // known
        }
        for (Class<?> type : TypeHierarchy.typesOf(targetClass)) {
            read(type, new CallVisitor((caller, owner, method) -> {
                Method callee = owners.contains(owner) ? limited.get(method) : null;
                if (callee != null) {
                    found.add(new SelfInvocation(callee, type.getName() + "." + caller));
                }
            }));
        }
        return found;
    }

    /**
     * A call that may be one on itself.
     *
     * @param method that is called, a limited one
     * @param caller class and method that the call stands in
     */
    record SelfInvocation(Method method, String caller) {}

    private static void read(Class<?> type, CallVisitor visitor) {
        ClassLoader loader = type.getClassLoader();
        if (loader == null) {
            return;
        }
        try (@Nullable InputStream file = loader.getResourceAsStream(Type.getInternalName(type) + ".class")) {
            if (file != null) {
                new ClassReader(file).accept(visitor, ClassReader.SKIP_FRAMES | ClassReader.SKIP_DEBUG);
            }
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "Not looked into for calls on itself: " + type.getName(), e);
        }
    }
}
