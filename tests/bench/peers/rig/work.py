"""The same work by one client or by many, and how long each piece took."""
import threading
import time

from systems import percentile


def by_clients(count, clients, client_of):
    """
    client_of(c) makes what does piece n for client c: a function of n. Milliseconds of each piece, and pieces a second.
    """
    took, failures, start = [[] for _ in range(clients)], [], threading.Barrier(clients + 1)

    def work(c):
        piece = client_of(c)
        start.wait()
        try:
            for n in range(c, count, clients):
                began = time.monotonic_ns()
                piece(n)
                took[c].append((time.monotonic_ns() - began) / 1e6)
        except Exception as failure:  # told by the main thread
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(c,)) for c in range(clients)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.monotonic()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return sum(took, []), count / (time.monotonic() - began)


def told(took, rate):
    return {"p50_ms": percentile(took, .5), "p99_ms": percentile(took, .99), "per_s": rate, "n": len(took)}
