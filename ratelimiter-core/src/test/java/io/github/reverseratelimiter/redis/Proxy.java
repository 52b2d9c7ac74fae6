package io.github.reverseratelimiter.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A wire to a server on 127.0.0.1 that delays, loses, stalls and breaks as a test wants it to. */
public final class Proxy implements AutoCloseable {

    /** What happens to bytes from now on. What lost one byte loses all that follow, or answers would be mistaken. */
    public enum Fault {
        NONE,
        /** Nothing passes; all of it goes on when the fault is over. */
        STALL,
        /** Requests vanish, also those of connections that are made now. */
        LOSE_REQUESTS,
        /** Requests arrive, their answers vanish. */
        LOSE_ANSWERS
    }

    /** How a connection ends. */
    public enum Cut {
        /** In order. */
        FIN,
        /** As of a process that is gone. */
        RST
    }

    private final int target;
    private final int port;
    private final Set<Wire> wires = ConcurrentHashMap.newKeySet();
    private final AtomicInteger attempts = new AtomicInteger();
    private final AtomicInteger scripts = new AtomicInteger();
    private volatile Fault fault = Fault.NONE;
    private volatile boolean onlyScripts;
    private volatile long delayMillis;
    private volatile @Nullable ServerSocket listening;

    private Proxy(int target) {
        this.target = target;
        this.port = RedisServer.freePort();
    }

    /** To this port. */
    public static Proxy to(int target) {
        Proxy proxy = new Proxy(target);
        proxy.listen();
        return proxy;
    }

    /** Where it listens on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** From now on. */
    public void fault(Fault next) {
        onlyScripts = false;
        fault = next;
    }

    /** From now on, for the connections over which a script was sent, with the first one that is sent; others are well. */
    public void faultOfScripts(Fault next) {
        onlyScripts = true;
        fault = next;
    }

    /** Holds back each request and each answer for so long. */
    public void delay(Duration delay) {
        delayMillis = delay.toMillis();
    }

    /** Ends all connections. */
    public void cut(Cut cut) {
        wires.forEach(wire -> wire.cut(cut));
    }

    /** How many connections there are. */
    public int connections() {
        return wires.size();
    }

    /** How many connections were ever attempted, also those that could not be connected on; not those it refused. */
    public int attempts() {
        return attempts.get();
    }

    /** How many commands that run a script ever came from clients, whatever became of them. */
    public int scripts() {
        return scripts.get();
    }

    /** Accepts connections, also again after {@link #refuse()}. */
    public void listen() {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port), 512);
            listening = socket;
            daemon(() -> accept(socket));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Refuses further connections; those there are stay. */
    public void refuse() {
        ServerSocket socket = listening;
        listening = null;
        if (socket != null) {
            closeQuietly(socket);
        }
    }

    @SuppressWarnings("InfiniteLoopStatement")
    private void accept(ServerSocket socket) {
        try {
            while (true) {
                Socket client = socket.accept();
                if (socket.equals(listening)) {
                    connect(client);
                } else {
                    closeQuietly(client); // who waits in accept may get one more, though the socket is closed
                }
            }
        } catch (IOException e) {
            closeQuietly(socket);
        }
    }

    /** Who cannot be connected on is cut off. */
    private void connect(Socket client) {
        attempts.incrementAndGet();
        try {
            wires.add(new Wire(client, new Socket(InetAddress.getLoopbackAddress(), target)));
        } catch (IOException e) {
            closeQuietly(client);
        }
    }

    private final class Wire {

        private final Socket client;
        private final Socket server;
        private volatile boolean ofScripts;

        Wire(Socket client, Socket server) throws IOException {
            this.client = client;
            this.server = server;
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            daemon(() -> pump(client, server, Fault.LOSE_REQUESTS));
            daemon(() -> pump(server, client, Fault.LOSE_ANSWERS));
        }

        private void pump(Socket from, Socket to, Fault loss) {
            byte[] some = new byte[8_192];
            boolean lost = false;
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int read = in.read(some); read >= 0; read = in.read(some)) {
                    count(new String(some, 0, read, StandardCharsets.ISO_8859_1), loss);
                    while (fault() == Fault.STALL && !from.isClosed()) {
                        new Semaphore(0).tryAcquire(1, java.util.concurrent.TimeUnit.MILLISECONDS);
                    }
                    lost = lost || fault() == loss;
                    if (!lost) {
                        new Semaphore(0).tryAcquire(delayMillis, java.util.concurrent.TimeUnit.MILLISECONDS);
                        out.write(some, 0, read);
                    }
                }
            } catch (IOException e) {
                // an end is torn
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            cut(Cut.FIN);
        }

        private void count(String bytes, Fault loss) {
            if (loss == Fault.LOSE_REQUESTS) {
                int found = bytes.split("\nEVAL", -1).length - 1;
                scripts.addAndGet(found);
                ofScripts = ofScripts || found > 0;
            }
        }

        private Fault fault() {
            return onlyScripts && !ofScripts ? Fault.NONE : fault;
        }

        void cut(Cut cut) {
            wires.remove(this);
            try {
                if (cut == Cut.RST && !client.isClosed()) {
                    client.setSoLinger(true, 0);
                }
            } catch (IOException e) {
                // it is closed already
            }
            closeQuietly(client);
            closeQuietly(server);
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            // nothing is left to close
        }
    }

    @Override
    public void close() {
        refuse();
        cut(Cut.RST);
    }
}
