package io.github.reverseratelimiter.spring.soak;

import io.github.reverseratelimiter.redis.Proxy;
import java.time.Duration;
import java.util.function.Consumer;

/** What happens to Redis, to the way there, or to an instance; it is over when the method returns. */
@SuppressWarnings("ImmutableEnumChecker")
enum Fault {
    REDIS_KILLED(scene -> {
        scene.redis().kill();
        scene.hold();
        scene.redis().restart();
    }),
    /** And what it had written down is gone. */
    REDIS_KILLED_AND_ITS_FILES_LOST(true, scene -> {
        scene.redis().kill();
        scene.forget();
        scene.hold();
        scene.redis().restart();
    }),
    REDIS_FROZEN(scene -> {
        scene.redis().freeze();
        scene.hold();
        scene.redis().thaw();
    }),
    REDIS_ASLEEP(scene ->
            scene.redis().send("DEBUG SLEEP " + (0.3 + 2 * scene.random().nextDouble()))),
    REDIS_BUSY(scene -> {
        scene.redis().send("EVAL \"while true do end\" 0");
        scene.hold();
        scene.redis().awaitAnswer("SCRIPT KILL", "OK|NOTBUSY");
    }),
    SCRIPTS_FLUSHED(scene -> scene.redis().send("SCRIPT FLUSH")),
    ALL_FLUSHED(true, scene -> scene.redis().send("FLUSHALL")),
    CLIENTS_KILLED(scene -> scene.redis().send("CLIENT KILL TYPE normal")),
    REFUSED(scene -> {
        scene.proxy().refuse();
        scene.proxy().cut(Proxy.Cut.RST);
        scene.hold();
        scene.proxy().listen();
    }),
    CUT_BY_FIN(scene -> scene.proxy().cut(Proxy.Cut.FIN)),
    CUT_BY_RST(scene -> scene.proxy().cut(Proxy.Cut.RST)),
    BLACK_HOLE(scene -> losing(scene, Proxy.Fault.LOSE_REQUESTS)),
    ANSWERS_LOST(scene -> losing(scene, Proxy.Fault.LOSE_ANSWERS)),
    STALLED(scene -> wire(scene, Proxy.Fault.STALL)),
    /** Not enough to fail, but enough to be late for times that were granted. */
    SLOW(scene -> {
        scene.proxy().delay(Duration.ofMillis(20 + scene.random().nextInt(60)));
        scene.hold();
        scene.proxy().delay(Duration.ZERO);
    }),
    INSTANCE_FROZEN(scene -> {
        Instance instance = scene.anyone();
        instance.freeze();
        scene.hold();
        instance.thaw();
    }),
    INSTANCE_KILLED(scene -> {
        Instance instance = scene.anyone();
        instance.kill();
        scene.hold();
        instance.restart();
    });

    /** Whether Redis forgets what it has granted. */
    final boolean losing;

    private final Consumer<Scene> course;

    Fault(Consumer<Scene> course) {
        this(false, course);
    }

    Fault(boolean losing, Consumer<Scene> course) {
        this.losing = losing;
        this.course = course;
    }

    /** Lets it happen; Redis answers again when this returns. */
    void happen(Scene scene) {
        course.accept(scene);
        scene.awaitRedis();
    }

    /** What is lost for good breaks the connection: no wire goes on behind a gap. */
    private static void losing(Scene scene, Proxy.Fault fault) {
        scene.proxy().fault(fault);
        scene.hold();
        scene.proxy().cut(Proxy.Cut.RST);
        scene.proxy().fault(Proxy.Fault.NONE);
    }

    private static void wire(Scene scene, Proxy.Fault fault) {
        scene.proxy().fault(fault);
        scene.hold();
        scene.proxy().fault(Proxy.Fault.NONE);
    }
}
