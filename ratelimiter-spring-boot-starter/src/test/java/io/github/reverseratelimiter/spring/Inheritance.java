package io.github.reverseratelimiter.spring;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** What a class inherits on another class path than the one it was compiled on: it may fit no more. */
final class Inheritance {

    private final Function<String, Optional<ClassShape>> shapes;

    Inheritance(Function<String, Optional<ClassShape>> shapes) {
        this.shapes = shapes;
    }

    /** Inherited methods that a class leaves out, though it is not abstract, and final ones that it overrides. */
    Set<String> problems(String name, ClassShape type) {
        Set<String> problems = new TreeSet<>();
        for (String parent : parentsOf(type)) {
            ClassShape shape = shapes.apply(parent).orElseThrow();
            for (String method : type.isAbstract() ? Set.<String>of() : shape.abstracts()) {
                if (!isImplemented(type, method)) {
                    problems.add(name + " implements no " + parent + "." + method);
                }
            }
            for (String method : shape.finals()) {
                if (type.overriding().contains(method)) {
                    problems.add(name + " overrides final " + parent + "." + method);
                }
            }
        }
        return problems;
    }

    private boolean isImplemented(ClassShape type, String method) {
        List<ClassShape> all = new ArrayList<>();
        all.add(type);
        parentsOf(type).forEach(parent -> all.add(shapes.apply(parent).orElseThrow()));
        return all.stream()
                .anyMatch(each ->
                        each.overriding().contains(method) && !each.abstracts().contains(method));
    }

    private Set<String> parentsOf(ClassShape type) {
        Set<String> parents = new LinkedHashSet<>();
        for (String parent : type.parents()) {
            shapes.apply(parent).ifPresent(shape -> {
                parents.add(parent);
                parents.addAll(parentsOf(shape));
            });
        }
        return parents;
    }
}
