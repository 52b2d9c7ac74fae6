package io.github.reverseratelimiter.benchmarks.startup;

import java.util.concurrent.atomic.AtomicInteger;
import org.aspectj.lang.annotation.Aspect;
import org.aspectj.lang.annotation.Before;

/** What makes an application one that uses Spring AOP: it counts calls. */
@Aspect
public class CallsAspect {

    private final AtomicInteger calls = new AtomicInteger();

    /** One more. */
    @Before("execution(* io.github.reverseratelimiter.benchmarks.startup.Calls.call(..))")
    public void count() {
        calls.incrementAndGet();
    }
}
