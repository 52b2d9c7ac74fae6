package io.github.reverseratelimiter.spring.share;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What all instances call, for several accounts: it notes when each call arrived, and answers each. */
final class Provider implements AutoCloseable {

    private final ServerSocket socket;
    private final Map<String, Queue<Arrival>> arrivals = new ConcurrentHashMap<>();

    Provider() {
        try {
            socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept);
    }

    int port() {
        return socket.getLocalPort();
    }

    private void accept() {
        try {
            while (!socket.isClosed()) {
                Socket caller = socket.accept();
                caller.setTcpNoDelay(true);
                daemon(() -> serve(caller));
            }
        } catch (IOException e) {
            // it is closed
        }
    }

    /** A call is a line: account, instance, when it asked, and who granted. */
    private void serve(Socket caller) {
        try (caller;
                BufferedReader calls =
                        new BufferedReader(new InputStreamReader(caller.getInputStream(), StandardCharsets.US_ASCII))) {
            for (String call = calls.readLine(); call != null; call = calls.readLine()) {
                long at = Arrival.now();
                String[] parts = call.split(" ", -1);
                of(parts[0]).add(new Arrival(parts[1], Long.parseLong(parts[2]), at, parts[3].equals("local")));
                caller.getOutputStream().write('\n');
            }
        } catch (IOException e) {
            // the instance has ended
        }
    }

    private Queue<Arrival> of(String account) {
        return arrivals.computeIfAbsent(account, any -> new ConcurrentLinkedQueue<>());
    }

    /** Calls for this account, so far. */
    List<Arrival> arrivals(String account) {
        return List.copyOf(of(account));
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "provider");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
