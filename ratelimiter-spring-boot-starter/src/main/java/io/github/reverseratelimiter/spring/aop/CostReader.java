package io.github.reverseratelimiter.spring.aop;

import io.github.reverseratelimiter.spring.ReverseRateLimited;
import org.springframework.expression.spel.ast.Literal;

/** Reads what the calls of a limited method cost. */
record CostReader(Attributes attributes) {

    private static final String COST = "cost";
    private static final String EXAMPLES = "\"#batch.size()\" for an argument, \"3\" for a number";

    /** From the expression, or from the number where there is none. */
    CostSource read(ReverseRateLimited annotation) {
        String text = attributes.text(COST, annotation.cost());
        if (text.isEmpty()) {
            return new FixedCost(annotation.credits());
        }
        if (annotation.credits() != 1) {
            throw attributes.wrong(
                    "credits is " + annotation.credits() + " and cost is \"" + text + "\"",
                    "leave one of them out",
                    null);
        }
        CallExpressionReader reader = new CallExpressionReader(attributes.place(), attributes.beans());
        CallExpression expression = reader.read(COST, text, EXAMPLES);
        if (!(expression.expression().getAST() instanceof Literal)) {
            return new SpelCost(expression);
        }
        try {
            return new FixedCost(SpelCost.credits(expression.expression().getValue()));
        } catch (IllegalArgumentException e) {
            throw reader.wrong(COST, text, e);
        }
    }
}
