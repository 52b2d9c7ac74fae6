package io.github.reverseratelimiter.spring.kinds;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.springframework.util.ClassUtils;

/**
 * Source files whose limited methods return a {@code String}. They are compiled once more for each other type, with that
 * in its place, so that no kind of bean can be left out for one of them.
 */
public final class Template {

    /** Those of the starter's own tests. */
    static final Template STARTER = new Template(
            Path.of("../ratelimiter-spring-boot-starter/src/test/java"),
            Template.class.getPackageName(),
            List.of("Remote", "Classes", "Types", "Clients"));

    private final String packageName;
    private final ClassLoader loader;
    private final Map<String, Class<?>> suspending = new HashMap<>();

    /**
     * Compiles the files.
     *
     * @param sources where the package is
     */
    public Template(Path sources, String packageName, List<String> classNames) {
        this.packageName = packageName;
        Path classes = Path.of("target", "of-templates", packageName);
        List<Source> all = classNames.stream()
                .map(name -> sources.resolve(packageName.replace('.', '/')).resolve(name + ".java"))
                .flatMap(file -> Returns.OF_TEMPLATES.stream().map(returns -> Source.of(file, returns)))
                .toList();
        compile(all, classes);
        try {
            this.loader = new URLClassLoader(new URL[] {classes.toUri().toURL()}, Template.class.getClassLoader());
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void compile(List<Source> sources, Path classes) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try {
            Files.createDirectories(classes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> options = List.of(
                "-parameters",
                "-proc:none",
                "-classpath",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString());
        if (!compiler.getTask(messages, null, null, options, null, sources).call()) {
            throw new IllegalStateException(messages.toString());
        }
    }

    /** Has this class in the place of the one of that name whose functions suspend: Kotlin's files are no templates. */
    public Template suspending(String name, Class<?> type) {
        suspending.put(name, type);
        return this;
    }

    /** The class of that name whose methods return this. */
    Class<?> type(String name, Returns returns) {
        Class<?> given = returns == Returns.SUSPENDING ? suspending.get(name) : null;
        return given != null
                ? given
                : ClassUtils.resolveClassName(returns.packageName(packageName) + "." + name, loader);
    }

    private static final class Source extends SimpleJavaFileObject {

        private final String text;

        private Source(String path, String text) {
            super(URI.create("string:///" + path), JavaFileObject.Kind.SOURCE);
            this.text = text;
        }

        static Source of(Path file, Returns returns) {
            try {
                return new Source(
                        returns.name() + "/" + file.getFileName(), returns.source(Files.readString(file, UTF_8)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
