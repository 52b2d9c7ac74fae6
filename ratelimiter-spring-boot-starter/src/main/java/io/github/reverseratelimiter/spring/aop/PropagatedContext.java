package io.github.reverseratelimiter.spring.aop;

import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;

/** All thread-locals that have an accessor registered with Micrometer's context-propagation. */
final class PropagatedContext implements CallerContext {

    private final ContextSnapshotFactory snapshots =
            ContextSnapshotFactory.builder().clearMissing(true).build();

    @Override
    public Captured capture() {
        ContextSnapshot snapshot = snapshots.captureAll();
        return task -> {
            ContextSnapshot.Scope scope = snapshot.setThreadLocals();
            try {
                task.run();
            } finally {
                scope.close();
            }
        };
    }
}
