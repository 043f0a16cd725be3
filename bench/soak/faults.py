"""What is done to the service. A fault is a context: it lasts as long as the block, and is over when the block ends."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass

import redis

from bench.soak.feed_server import Behaviour, FeedServer
from bench.soak.processes import LEASE_S, Processes
from bench.support.redis_group import RedisGroup
from bench.support.servers import free_port

FAILOVER_S = 40.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What faults act on."""

    group: RedisGroup
    feed: FeedServer
    processes: Processes


@dataclass(frozen=True, slots=True)
class Fault:
    """`inject` is entered when it begins. `recovery_s` seconds more pass after its end before it is over (a lease has
    to run out); `may_lose_polls` where a write that was acknowledged a moment before may be gone."""

    name: str
    inject: Callable[[Surroundings], AbstractContextManager[None]]
    recovery_s: float = 0.0
    may_lose_polls: bool = False


@contextmanager
def _redis_read_only(around: Surroundings) -> Iterator[None]:
    """The primary becomes a replica of nobody, and comes back."""
    client = around.group.client(around.group.primary())
    client.replicaof("127.0.0.1", free_port())
    yield
    client.replicaof("NO", "ONE")


@contextmanager
def _redis_killed(around: Surroundings) -> Iterator[None]:
    """The primary dies and is started again on its data before the Sentinel replaces it."""
    port = around.group.primary()
    around.group.kill(port)
    around.group.start(port)
    yield


@contextmanager
def _redis_stopped(around: Surroundings) -> Iterator[None]:
    """The primary answers nothing for as long as the fault lasts; the Sentinel may replace it meanwhile."""
    port = around.group.primary()
    around.group.signal(port, signal.SIGSTOP)
    yield
    around.group.signal(port, signal.SIGCONT)


@contextmanager
def _redis_out_of_memory(around: Surroundings) -> Iterator[None]:
    """The primary refuses every write that needs memory."""
    client = around.group.client(around.group.primary())
    client.config_set("maxmemory", "1mb")
    yield
    with suppress(redis.RedisError):
        client.config_set("maxmemory", "0")


@contextmanager
def _sentinel_failover(around: Surroundings) -> Iterator[None]:
    """The primary dies, its replica takes over, the dead one comes back as a replica."""
    old = around.group.primary()
    around.group.kill(old)
    new = around.group.wait_for_new_primary(old, FAILOVER_S)
    around.group.start(old, primary=new)
    yield


def _feed(behaviour: Behaviour) -> Callable[[Surroundings], AbstractContextManager[None]]:
    @contextmanager
    def misbehave(around: Surroundings) -> Iterator[None]:
        around.feed.behaviour = behaviour
        yield
        around.feed.behaviour = "good"

    return misbehave


@contextmanager
def _cut_streams(around: Surroundings) -> Iterator[None]:
    """Clients open streams of events and of answers and hang up, some in the middle of their own request."""
    stop = threading.Event()
    clients = [threading.Thread(target=_hang_up, args=(around, stop, i), daemon=True) for i in range(3)]
    for client in clients:
        client.start()
    yield
    stop.set()
    for client in clients:
        client.join(10)


def _hang_up(around: Surroundings, stop: threading.Event, number: int) -> None:
    body = b'{"question": "How many bikes are at the river?"}'
    ask = (
        b"POST /api/v1/chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Accept: text/event-stream\r\nContent-Length: %d\r\n\r\n" % len(body)
    )
    requests = (b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n", ask + body, ask + body[:10])
    for turn in range(40):
        replica = around.processes.replicas[turn % 2]
        with suppress(OSError), socket.create_connection(("127.0.0.1", replica.port), 2) as client:
            client.settimeout(0.5)
            client.sendall(requests[(turn + number) % 3])
            with suppress(TimeoutError):
                client.recv(200)
        if stop.wait(0.25):
            return


@contextmanager
def _leader_killed(around: Surroundings) -> Iterator[None]:
    """The replica that forecasts dies and is started again."""
    leader = around.processes.leader()
    leader.process.kill()
    leader.process.wait()
    yield
    around.processes.restart(leader)


@contextmanager
def _leader_stopped(around: Surroundings) -> Iterator[None]:
    """The replica that forecasts is paused for longer than its lease, and goes on as if nothing had happened."""
    leader = around.processes.leader()
    leader.process.send_signal(signal.SIGSTOP)
    threading.Event().wait(LEASE_S + 1)
    yield
    leader.process.send_signal(signal.SIGCONT)


FAULTS = (
    Fault("redis read-only", _redis_read_only),
    Fault("redis killed", _redis_killed, may_lose_polls=True),
    Fault("redis stopped", _redis_stopped, may_lose_polls=True),
    Fault("redis out of memory", _redis_out_of_memory),
    Fault("sentinel failover", _sentinel_failover, may_lose_polls=True),
    Fault("feed down", _feed("down")),
    Fault("feed slow", _feed("slow")),
    Fault("feed endless", _feed("endless")),
    Fault("feed wrong", _feed("wrong")),
    Fault("clients cut streams", _cut_streams),
    Fault("leader killed", _leader_killed, recovery_s=LEASE_S),
    Fault("leader stopped", _leader_stopped, recovery_s=LEASE_S),
)
