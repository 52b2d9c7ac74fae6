package io.github.reverseratelimiter.spring.soak;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Asks Redis itself, past the proxy and the limiter, again and again, and notes when it was silent: also where no fault
 * was injected, but the disk or the processor was busy with others.
 */
final class Pulse implements AutoCloseable {

    /** Redis answered before and after, not between; in microseconds. */
    record Gap(long from, long to) {}

    private static final long LEAST_GAP_MICROS = 100_000;
    private static final Duration INTERVAL = Duration.ofMillis(10);
    private static final byte[] PING = "PING\r\n".getBytes(StandardCharsets.US_ASCII);

    private final int port;
    private final List<Gap> gaps = new CopyOnWriteArrayList<>();
    private volatile boolean over;

    Pulse(int port) {
        this.port = port;
        Thread thread = new Thread(this::watch, "pulse");
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        long[] last = {Diary.now()};
        while (!over) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                while (!over && isAnswered(socket)) {
                    long now = Diary.now();
                    if (now - last[0] > LEAST_GAP_MICROS) {
                        gaps.add(new Gap(last[0], now));
                    }
                    last[0] = now;
                    Callers.pause(INTERVAL);
                }
            } catch (IOException e) {
                // it is down
            }
            Callers.pause(INTERVAL);
        }
    }

    /** An error is no answer: it may be busy, or loading. */
    private static boolean isAnswered(Socket socket) throws IOException {
        socket.getOutputStream().write(PING);
        byte[] answer = new byte[256];
        int read = socket.getInputStream().read(answer);
        return read > 0 && answer[0] == '+';
    }

    List<Gap> gaps() {
        return List.copyOf(gaps);
    }

    @Override
    public void close() {
        over = true;
    }
}
