package io.github.reverseratelimiter.spring.aop;

import java.lang.reflect.Method;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.EvaluationException;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.BeanReference;
import org.springframework.expression.spel.ast.CompoundExpression;
import org.springframework.expression.spel.ast.FunctionReference;
import org.springframework.expression.spel.ast.Indexer;
import org.springframework.expression.spel.ast.InlineMap;
import org.springframework.expression.spel.ast.MethodReference;
import org.springframework.expression.spel.ast.Projection;
import org.springframework.expression.spel.ast.PropertyOrFieldReference;
import org.springframework.expression.spel.ast.Selection;
import org.springframework.expression.spel.ast.TypeCode;
import org.springframework.expression.spel.ast.TypeReference;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.support.StandardTypeLocator;

/** Finds names in an expression that mean nothing: SpEL takes an unknown variable for null, the same for everybody. */
final class KeyNames {

    private static final Set<String> ROOT = Set.of("args", "method", "target");

    private final Set<String> variables = new TreeSet<>();
    private final Predicate<String> beans;

    KeyNames(Method method, Predicate<String> beans) {
        this.beans = beans;
        variables.add("root");
        variables.add("this");
        for (int i = 0; i < method.getParameterCount(); i++) {
            variables.add("p" + i);
            variables.add("a" + i);
        }
        @Nullable String[] names = CallExpression.NAMES.getParameterNames(method);
        if (names != null) {
            for (String name : names) {
                if (name != null) {
                    variables.add(name);
                }
            }
        }
    }

    /**
     * Looks at every name in the expression.
     *
     * @throws IllegalArgumentException if one is unknown; "problem: remedy"
     */
    void check(SpelNode node) {
        check(node, true);
    }

    /** {@code atRoot}: a bare name in this place would be a property of the root object. */
    private void check(SpelNode node, boolean atRoot) {
        String text = node.toStringAST();
        if (node instanceof VariableReference) {
            checkVariable(text);
        } else if (node instanceof FunctionReference) {
            throw new IllegalArgumentException("names the function " + text
                    + ", but there are no functions: call a method of a bean, \"@bean.method(#account)\"");
        } else if (node instanceof BeanReference) {
            checkBean(text);
        } else if (node instanceof TypeReference) {
            checkType(text);
            return;
        } else if (atRoot && (node instanceof PropertyOrFieldReference || node instanceof MethodReference)) {
            checkRoot(text);
        }
        boolean inside = atRoot && !(node instanceof Selection || node instanceof Projection);
        for (int i = 0; i < node.getChildCount(); i++) {
            SpelNode child = node.getChild(i);
            if (i > 0 && node instanceof CompoundExpression) {
                checkLater(node.getChild(i - 1), child, inside);
            } else if (!isLiteralName(node, child, i)) {
                check(child, inside);
            }
        }
    }

    /** A later part of {@code a.b.c}: its own name belongs to what stands before it, its arguments do not. */
    private void checkLater(SpelNode before, SpelNode node, boolean atRoot) {
        boolean ofRoot =
                before instanceof VariableReference && before.toStringAST().equals("#root");
        if (ofRoot || node instanceof Selection || node instanceof Projection || node instanceof Indexer) {
            check(node, atRoot && (ofRoot || node instanceof Indexer));
            return;
        }
        for (int i = 0; i < node.getChildCount(); i++) {
            check(node.getChild(i), atRoot);
        }
    }

    /** {@code #map[name]} and {@code {name: 1}} mean the text "name". */
    private static boolean isLiteralName(SpelNode parent, SpelNode child, int index) {
        return child instanceof PropertyOrFieldReference
                && (parent instanceof Indexer || (parent instanceof InlineMap && index % 2 == 0));
    }

    private void checkVariable(String text) {
        if (!variables.contains(text.substring(1))) {
            throw new IllegalArgumentException("names " + text + ", but the variables known here are " + variables
                    + ": correct the name; if it is right, compile the class with -parameters");
        }
    }

    private void checkBean(String text) {
        String name = text.substring(text.indexOf('@') + 1).replace("'", "");
        if (!beans.test((text.startsWith("&") ? "&" : "") + name)) {
            throw new IllegalArgumentException("names the bean '" + name + "', but there is none: define it");
        }
    }

    private static void checkType(String text) {
        String name = text.substring("T(".length(), text.length() - 1).replace("[]", "");
        try {
            if (TypeCode.forName(name) == TypeCode.OBJECT) {
                new StandardTypeLocator().findType(name);
            }
        } catch (EvaluationException e) {
            throw new IllegalArgumentException(
                    "names the type '" + name + "', but there is none: correct it, with its package", e);
        }
    }

    private static void checkRoot(String text) {
        String name = text.indexOf('(') < 0 ? text : text.substring(0, text.indexOf('('));
        if (!ROOT.contains(name)) {
            throw new IllegalArgumentException("names '" + text + "', but #root has only args, method and target"
                    + ": write \"#" + name + "\" for a parameter, \"'" + name + "'\" for a text");
        }
    }
}
