package io.github.reverseratelimiter.benchmarks.load;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * A long wire to a server on this machine: whatever is sent arrives so much later, in either direction, and no later because
 * much is sent. What comes while something is on its way is held back for its own time, in order.
 */
final class Wire implements AutoCloseable {

    /** Each way: a millisecond there and back. */
    static final Duration HALF_A_MILLISECOND = Duration.ofNanos(500_000);

    /** With so many calls in flight it is tried what it can do: more than any cell has. */
    static final int IN_FLIGHT = 2_048;

    /** How many trivial calls a second go some way. */
    record Speed(String way, double callsPerSecond) {}

    private static final int LARGEST_READ = 1 << 16;

    private final int target;
    private final long delayNanos;
    private final ServerSocket listening;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Set<Long> threads = ConcurrentHashMap.newKeySet();

    private Wire(int target, Duration delay) throws IOException {
        this.target = target;
        this.delayNanos = delay.toNanos();
        this.listening = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
    }

    /** To this port, with this delay in each direction. */
    static Wire to(int target, Duration delay) throws IOException {
        Wire wire = new Wire(target, delay);
        wire.start(wire::accept);
        return wire;
    }

    int port() {
        return listening.getLocalPort();
    }

    /** The threads that are the wire: what they use is nobody's cost. */
    Set<Long> threads() {
        return threads;
    }

    private void accept() throws IOException {
        while (!listening.isClosed()) {
            Socket client = listening.accept();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
            connect(client, server);
            connect(server, client);
        }
    }

    private void connect(Socket from, Socket to) throws IOException {
        sockets.add(from);
        from.setTcpNoDelay(true);
        BlockingQueue<Piece> onTheWay = new LinkedBlockingQueue<>();
        start(() -> receive(from, onTheWay));
        start(() -> deliver(to, onTheWay));
    }

    /** Bytes on their way, which arrive when they are due; none at the end of the connection. */
    private static final class Piece {

        private final long due;
        private final byte[] bytes;

        Piece(long due, byte[] bytes) {
            this.due = due;
            this.bytes = bytes;
        }
    }

    private void receive(Socket from, BlockingQueue<Piece> onTheWay) throws IOException {
        byte[] buffer = new byte[LARGEST_READ];
        InputStream in = from.getInputStream();
        try {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                onTheWay.add(new Piece(System.nanoTime() + delayNanos, Arrays.copyOf(buffer, n)));
            }
        } finally {
            sockets.remove(from);
            onTheWay.add(new Piece(System.nanoTime() + delayNanos, new byte[0]));
        }
    }

    private static void deliver(Socket to, BlockingQueue<Piece> onTheWay) throws IOException, InterruptedException {
        try (to) {
            OutputStream out = to.getOutputStream();
            for (Piece piece = onTheWay.take(); piece.bytes.length > 0; piece = onTheWay.take()) {
                for (long left = piece.due - System.nanoTime(); left > 0; left = piece.due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                out.write(piece.bytes);
            }
        }
    }

    @FunctionalInterface
    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private void start(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException | InterruptedException e) {
                        // the connection is over
                    }
                },
                "wire");
        thread.setDaemon(true);
        threads.add(thread.getId());
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
