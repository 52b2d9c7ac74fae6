package io.github.reverseratelimiter.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.CreditStoreException.Reason;
import io.github.reverseratelimiter.CreditStoreMisconfiguredException;
import io.github.reverseratelimiter.RateLimit;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.redis.ClusterNode;
import io.github.reverseratelimiter.redis.FragileRedis;
import io.github.reverseratelimiter.spring.Contexts;
import io.github.reverseratelimiter.spring.redis.Reasons.Client;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What a node of a cluster says while it cannot serve a slot, or several keys (FAULTS rows 17, 18, 20). */
class ClusterReasonsIT {

    private static final CreditRequest ONE = CreditRequest.of("one", RateLimit.of(50, Duration.ofHours(1)));
    private static final CreditRequest OTHER = CreditRequest.of("other", RateLimit.of(50, Duration.ofHours(1)));
    private static final CreditRequest NEW = CreditRequest.of("new", RateLimit.of(50, Duration.ofHours(1)));
    private static final List<CreditRequest> BOTH = List.of(ONE, OTHER);
    private static final String ALL_SLOTS = "0 16383";

    /** Whose slots are taken away. */
    private static FragileRedis node;

    /** One with all slots, and one with none, of one cluster. */
    private static FragileRedis full;

    private static FragileRedis empty;
    private final Reasons reasons = new Reasons();

    /** How the application names the node. */
    enum Way {
        AS_A_CLUSTER,
        AS_A_SINGLE_SERVER;

        ApplicationContextRunner to(int port, ApplicationContextRunner application) {
            return application.withPropertyValues(
                    this == AS_A_CLUSTER
                            ? "spring.data.redis.cluster.nodes=127.0.0.1:" + port
                            : "spring.data.redis.port=" + port);
        }
    }

    static Stream<Arguments> clientsAndWays() {
        return Client.each((Object[]) Way.values());
    }

    static Stream<Client> clients() {
        return Stream.of(Client.values());
    }

    @BeforeAll
    static void startNodes() {
        node = FragileRedis.start(ClusterNode.settings());
        full = FragileRedis.start(ClusterNode.settings());
        empty = FragileRedis.start(ClusterNode.settings());
        String bus = empty.answer("CONFIG GET cluster-port", Pattern.compile("port\r\n\\$\\d+\r\n(\\d+)\r"))
                .group(1);
        full.awaitAnswer("CLUSTER MEET 127.0.0.1 " + empty.port() + " " + bus, "OK");
        serveAllSlots(full);
        empty.awaitAnswer("GET anything", "MOVED");
    }

    @AfterAll
    static void stopNodes() {
        node.close();
        full.close();
        empty.close();
    }

    @BeforeEach
    void serveAllSlots() {
        serveAllSlots(node);
    }

    private static void serveAllSlots(FragileRedis node) {
        node.awaitAnswer("CLUSTER ADDSLOTSRANGE " + ALL_SLOTS, "OK|already busy");
        node.awaitAnswer("SET anything 1", "OK");
    }

    private ApplicationContextRunner application(Client client, Way way, FragileRedis node) {
        return way.to(node.port(), reasons.listenTo(client.use(Contexts.redis())))
                .withPropertyValues(
                        "reverse-rate-limiter.store-timeout=5s",
                        "reverse-rate-limiter.self-test=false",
                        "reverse-rate-limiter.on-store-failure=allow");
    }

    private static void assertDecidedByTheStore(Acquisition acquisition) {
        assertBasis("store", acquisition);
    }

    private static void assertBasis(String basis, Acquisition acquisition) {
        assertThat(acquisition)
                .isInstanceOfSatisfying(
                        Granted.class, granted -> assertThat(granted.basis()).hasToString(basis));
    }

    @ParameterizedTest
    @MethodSource("clientsAndWays")
    void aSlotThatNoNodeServesIsAnsweredByThePolicyUntilOneDoes(Client client, Way way) {
        application(client, way, node).run(context -> {
            ReverseRateLimiter limiter = context.getBean(ReverseRateLimiter.class);
            assertDecidedByTheStore(limiter.acquire(ONE));

            node.awaitAnswer("CLUSTER DELSLOTSRANGE " + ALL_SLOTS, "OK");
            node.awaitAnswer("GET anything", "CLUSTERDOWN");
            assertBasis("policy", limiter.acquire(ONE));
            reasons.assertOne(Reason.CLUSTER_DOWN, "allow", "CLUSTER INFO");

            serveAllSlots(node);
            await().untilAsserted(() -> assertDecidedByTheStore(limiter.acquire(ONE)));
        });
    }

    /** Lettuce does not even ask then; Jedis does not let the application start. */
    @ParameterizedTest
    @MethodSource("clients")
    void aSlotThatNoNodeEverServedIsAnsweredByThePolicy(Client client) {
        Way way = client == Client.LETTUCE ? Way.AS_A_CLUSTER : Way.AS_A_SINGLE_SERVER;
        node.awaitAnswer("CLUSTER DELSLOTSRANGE " + ALL_SLOTS, "OK");
        node.awaitAnswer("GET anything", "CLUSTERDOWN");

        application(client, way, node).run(context -> {
            assertBasis("policy", context.getBean(ReverseRateLimiter.class).acquire(ONE));
            reasons.assertOne(Reason.CLUSTER_DOWN, "allow", "CLUSTER INFO");
        });
    }

    @ParameterizedTest
    @MethodSource("clientsAndWays")
    void severalKeysOfDifferentSlotsAreRefusedClearly(Client client, Way way) {
        application(client, way, node).run(context -> {
            ReverseRateLimiter limiter = context.getBean(ReverseRateLimiter.class);

            assertThatExceptionOfType(CreditStoreMisconfiguredException.class)
                    .isThrownBy(() -> limiter.acquireAll(BOTH))
                    .withMessageContaining("set reverse-rate-limiter.hash-tag")
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.CROSS_SLOT));
            assertDecidedByTheStore(limiter.acquire(ONE));
        });
    }

    /** Two keys, of which one has moved already: nobody holds both. Each for itself is found all the time. */
    @ParameterizedTest
    @MethodSource("clients")
    void whileASlotMovesSeveralKeysAreAnsweredByThePolicyAndSingleOnesByTheStore(Client client) {
        application(client, Way.AS_A_CLUSTER, full)
                .withPropertyValues("reverse-rate-limiter.hash-tag=" + client)
                .run(context -> {
                    ReverseRateLimiter limiter = context.getBean(ReverseRateLimiter.class);
                    assertDecidedByTheStore(limiter.acquireAll(BOTH));

                    Move move = new Move(full, empty, "{" + client + "}");
                    move.begin();
                    move.key("one");

                    for (int i = 0; i < 3; i++) {
                        assertBasis("policy", limiter.acquireAll(BOTH));
                    }
                    reasons.assertAll(Reason.TRY_AGAIN, "allow", "is moving to another node");
                    assertDecidedByTheStore(limiter.acquire(ONE));
                    assertDecidedByTheStore(limiter.acquire(OTHER));
                    assertDecidedByTheStore(limiter.acquire(NEW));

                    move.key("other");
                    move.end();

                    await().untilAsserted(() -> assertDecidedByTheStore(limiter.acquireAll(BOTH)));
                    assertThat(limiter.acquire(ONE).remaining())
                            .as("what was spent before the move stays spent")
                            .isEqualTo(46);
                });
    }

    @ParameterizedTest
    @MethodSource("clients")
    void aClusterThatIsNotNamedAsOneIsToldOf(Client client) {
        application(client, Way.AS_A_SINGLE_SERVER, empty).run(context -> {
            assertBasis("policy", context.getBean(ReverseRateLimiter.class).acquire(ONE));
            reasons.assertOne(Reason.TRY_AGAIN, "allow", "spring.data.redis.cluster.nodes");
        });
    }

    /** A slot goes from one node to another, key by key. */
    private record Move(FragileRedis from, FragileRedis to, String slot, String tag, String source, String target) {

        Move(FragileRedis from, FragileRedis to, String tag) {
            this(from, to, slot(from, tag), tag, id(from), id(to));
        }

        private static String slot(FragileRedis node, String key) {
            return node.answer("CLUSTER KEYSLOT " + key, Pattern.compile(":(\\d+)\r"))
                    .group(1);
        }

        private static String id(FragileRedis node) {
            return node.answer("CLUSTER MYID", Pattern.compile("([0-9a-f]{40})\r"))
                    .group(1);
        }

        void begin() {
            to.awaitAnswer("CLUSTER SETSLOT " + slot + " IMPORTING " + source, "OK");
            from.awaitAnswer("CLUSTER SETSLOT " + slot + " MIGRATING " + target, "OK");
        }

        void key(String name) {
            from.awaitAnswer(
                    String.format(Locale.ROOT, "MIGRATE 127.0.0.1 %d %s 0 5000", to.port(), "rrl:" + tag + ":" + name),
                    "OK|NOKEY");
        }

        void end() {
            to.awaitAnswer("CLUSTER SETSLOT " + slot + " NODE " + target, "OK");
            from.awaitAnswer("CLUSTER SETSLOT " + slot + " NODE " + target, "OK");
        }
    }
}
