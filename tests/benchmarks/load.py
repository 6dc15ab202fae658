"""Asks for one address over kept-alive connections, from processes of its own; imports nothing of Django."""

import multiprocessing
import resource
import socket
import threading
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from tests.benchmarks.table import percentile

PROCESSES = 2
CONNECTIONS = 8  # over all processes


@dataclass
class Burst:
    """What a few seconds of requests gave. Latencies are in seconds."""

    answered: int = 0
    errors: Counter = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    seconds: float = 0
    cpu_seconds: float = 0

    @property
    def per_second(self) -> float:
        return self.answered / self.seconds

    @property
    def cpu_share(self) -> float:
        """How busy one process of the generator was; near 1 it, and not the server, was measured."""
        return self.cpu_seconds / self.seconds / PROCESSES

    def percentile(self, share: float) -> float:
        return percentile(self.latencies, share) or 0.0


class Load:
    """A generator that stays, so that starting it is never part of a measurement."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        # Spawned, not forked: nothing of the parent's database connections is shared.
        self.pool = ProcessPoolExecutor(PROCESSES, mp_context=multiprocessing.get_context("spawn"))

    def __enter__(self) -> "Load":
        self.burst("/robots.txt", seconds=0.5)
        return self

    def __exit__(self, *exc: object) -> None:
        self.pool.shutdown()

    def burst(self, path: str, *, seconds: float) -> Burst:
        request = (
            f"GET {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nUser-Agent: benchmark\r\n"
            "Accept: text/html,*/*\r\nAccept-Encoding: gzip\r\n\r\n"
        ).encode()
        begin = time.time() + 0.1
        orders = (self.host, self.port, request, CONNECTIONS // PROCESSES, begin, seconds)
        running = [self.pool.submit(_burst, *orders) for _process in range(PROCESSES)]
        parts = [done.result() for done in running]
        whole = Burst(seconds=seconds)
        for part in parts:
            whole.answered += part.answered
            whole.errors += part.errors
            whole.latencies += part.latencies
            whole.cpu_seconds += part.cpu_seconds
        return whole


def _burst(host: str, port: int, request: bytes, connections: int, begin: float, seconds: float) -> Burst:
    bursts = [Burst() for _ in range(connections)]
    threads = [
        threading.Thread(target=_connection, args=(host, port, request, begin, begin + seconds, burst))
        for burst in bursts
    ]
    used = _cpu_seconds()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = Burst(cpu_seconds=_cpu_seconds() - used)
    for burst in bursts:
        whole.answered += burst.answered
        whole.errors += burst.errors
        whole.latencies += burst.latencies
    return whole


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _connection(host: str, port: int, request: bytes, begin: float, end: float, burst: Burst) -> None:
    """Ask again and again over one connection; answers that come after the end don't count."""
    connection = None
    while (wait := begin - time.time()) > 0:
        time.sleep(wait)
    while (asked := time.time()) < end:
        try:
            if connection is None:
                connection = socket.create_connection((host, port), timeout=10)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sendall(request)
            status = _read_answer(connection)
        except (OSError, ValueError) as error:
            burst.errors[str(error) or type(error).__name__] += 1
            if connection is not None:
                connection.close()
            connection = None
            continue
        now = time.time()
        if status != 200:
            burst.errors[str(status)] += 1
        elif now <= end:
            burst.answered += 1
            burst.latencies.append(now - asked)
    if connection is not None:
        connection.close()


def _read_answer(connection: socket.socket) -> int:
    """Read one whole answer and return its status.

    Raises:
        ValueError: the answer has no length of its own, or ends before it.
    """
    buffer = b""
    while (split := buffer.find(b"\r\n\r\n")) < 0:
        got = connection.recv(65536)
        if not got:
            raise ValueError("closed early")
        buffer += got
    head = buffer[:split].lower()
    place = head.find(b"\r\ncontent-length:")
    if place >= 0:
        left = int(head[place + 17 :].split(b"\r\n", 1)[0]) - (len(buffer) - split - 4)
        while left > 0:
            got = connection.recv(65536)
            if not got:
                raise ValueError("closed early")
            left -= len(got)
    elif b"transfer-encoding: chunked" in head:
        while not buffer.endswith(b"0\r\n\r\n"):
            got = connection.recv(65536)
            if not got:
                raise ValueError("closed early")
            buffer = buffer[-5:] + got
    else:
        raise ValueError("answer without length")
    return int(head[9:12])
