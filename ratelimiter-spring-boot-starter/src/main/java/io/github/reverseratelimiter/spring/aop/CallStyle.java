package io.github.reverseratelimiter.spring.aop;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/** How a call gets its credits before it goes on; it depends on what the method returns. */
interface CallStyle {

    /** Takes the credits, then lets the call go on; what comes of it is what the caller gets. */
    @Nullable
    Object call(LimitedCall limited, MethodInvocation invocation) throws Throwable;
}
