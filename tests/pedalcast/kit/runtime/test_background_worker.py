"""Work that repeats in a thread."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import redis

from pedalcast.kit.runtime.background_worker import FINISHED, BackgroundWorker, Backoff

Eventually = Callable[[Callable[[], bool]], None]
SOON = Backoff(0.01, 0.02)


class Upstream:
    """Raises the given errors, one a round, then counts the rounds that pass."""

    def __init__(self, *errors: BaseException) -> None:
        self.errors = list(errors)
        self.passed = 0

    def use(self) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.passed += 1


class TestBackoff:
    def test_doubles_up_to_the_longest(self) -> None:
        backoff = Backoff(0.5, 3.0)
        assert [backoff.delay_s(failures) for failures in (1, 2, 3, 4, 5000)] == [0.5, 1.0, 2.0, 3.0, 3.0]


class TestRounds:
    def test_the_first_may_wait(self) -> None:
        rounds: list[int] = []
        worker = BackgroundWorker("late", lambda: rounds.append(1), every_s=60.0, first_after_s=3600.0)
        worker.start()
        assert worker.stop(30.0)
        assert not rounds

    def test_go_on_after_every_error(self, eventually: Eventually) -> None:
        errors = (redis.ResponseError("UNBLOCKED"), OSError(28, "No space left"), KeyError("x"), RecursionError())
        upstream = Upstream(*errors)
        handled: list[Exception] = []
        worker = BackgroundWorker("test", upstream.use, every_s=0.01, backoff=SOON, on_failure=handled.append)
        worker.start()
        eventually(lambda: upstream.passed > 1)
        assert worker.stop(30)
        assert [type(error) for error in handled] == [type(error) for error in errors]
        assert worker.failures == {"ResponseError": 1, "OSError": 1, "KeyError": 1, "RecursionError": 1}

    def test_end_with_the_last_one(self) -> None:
        worker = BackgroundWorker("test", lambda: FINISHED)
        worker.start()
        assert worker.join(30)
        assert (worker.is_dead, worker.problem) == (False, None)

    def test_begin_at_once_when_woken(self, eventually: Eventually) -> None:
        upstream = Upstream()
        worker = BackgroundWorker("test", upstream.use, every_s=3600)
        worker.start()
        eventually(lambda: upstream.passed == 1)
        worker.wake()
        eventually(lambda: upstream.passed == 2)
        assert worker.stop(30)

    def test_an_outage_in_the_failure_handler_is_survived(self, eventually: Eventually) -> None:
        def fail(_: Exception) -> None:
            raise redis.ConnectionError

        upstream = Upstream(redis.ConnectionError())
        worker = BackgroundWorker("test", upstream.use, every_s=0.01, backoff=SOON, on_failure=fail)
        worker.start()
        eventually(lambda: upstream.passed > 0)
        assert worker.stop(30)


class TestStop:
    def test_ends_a_long_wait_and_runs_the_last_step(self) -> None:
        steps: list[str] = []
        worker = BackgroundWorker("test", lambda: None, every_s=3600, on_stop=lambda: steps.append("last"))
        worker.start()
        assert worker.stop(30)
        assert steps == ["last"]

    def test_says_when_a_round_takes_longer_than_the_patience(self) -> None:
        release = threading.Event()
        worker = BackgroundWorker("test", release.wait)
        worker.start()
        assert not worker.stop(0.01)
        release.set()
        assert worker.join(30)

    def test_of_one_that_was_never_started(self) -> None:
        assert BackgroundWorker("test", lambda: None).stop()


class TestProblem:
    def test_names_the_age_and_the_error_but_not_its_text(self, eventually: Eventually) -> None:
        upstream = Upstream(*(redis.ConnectionError("redis://me:hunter22@host") for _ in range(1000)))
        worker = BackgroundWorker("test", upstream.use, late_after_s=0.05, backoff=SOON)
        worker.start()
        eventually(lambda: worker.problem is not None)
        problem = worker.problem
        assert worker.stop(30)
        assert problem is not None
        assert "ConnectionError" in problem
        assert "hunter22" not in problem

    def test_is_none_once_a_round_passes_again(self, eventually: Eventually) -> None:
        release = threading.Event()
        worker = BackgroundWorker("test", release.wait, late_after_s=0.3)
        worker.start()
        eventually(lambda: worker.problem is not None)
        release.set()
        eventually(lambda: worker.problem is None)
        assert worker.stop(30)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_died_is_known_and_can_be_started_again(eventually: Eventually) -> None:
    upstream = Upstream(SystemExit())
    worker = BackgroundWorker("test", upstream.use, every_s=0.01)
    worker.start()
    eventually(lambda: worker.is_dead)
    worker.start()
    eventually(lambda: upstream.passed > 0)
    assert worker.stop(30)


def test_a_thread_that_takes_long_to_start_is_not_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be started a second time by whoever watches, and both would live."""
    worker = BackgroundWorker("slow", lambda: FINISHED)
    dead: list[bool] = []
    start = threading.Thread.start

    def slowly(thread: threading.Thread) -> None:
        dead.append(worker.is_dead)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", slowly)
    worker.start()
    assert worker.join()
    assert dead == [False]
