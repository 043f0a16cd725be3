"""How variants take turns, and what is made of their seconds."""

import gc
import subprocess
import sys

import pytest

from bench.support import measure


class TestInTurn:
    def test_lets_every_variant_run_in_every_round_and_forgets_the_warm_ones(self) -> None:
        order: list[str] = []

        def variant(name: str) -> measure.Variant:
            def run() -> float:
                order.append(name)
                return float(len(order))

            return run

        samples = measure.in_turn({"a": variant("a"), "b": variant("b")}, 2, warm=1)
        assert order == ["a", "b"] * 3
        assert samples == {"a": [3, 5], "b": [4, 6]}

    def test_gives_the_garbage_collector_back(self) -> None:
        def fail() -> float:
            assert not gc.isenabled()
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            measure.in_turn({"a": fail}, 1)
        assert gc.isenabled()


def test_the_usual_is_the_lower_quartile() -> None:
    assert measure.lower_quartile([5, 1, 2, 3, 4]) == 2
    assert measure.ratio([8, 8, 80], [2, 4, 4]) == pytest.approx(8 / 3)


def test_timed_gives_seconds() -> None:
    assert 0 <= measure.timed(lambda: None)() < 60


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a program is told what its starter held, too")
def test_the_peak_is_the_programs_own_not_that_of_the_one_that_started_it() -> None:
    held = bytearray(b"x") * (500 << 20)
    command = [sys.executable, "-c", "from bench.support.measure import peak_mib; print(peak_mib())"]
    told = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert 10 < told < 300 < len(held) >> 20 <= measure.peak_mib()
