import asyncio
import threading

import pytest

from pedalcast.kit.broadcaster import Broadcaster


class TestBroadcaster:
    def test_a_slow_listener_is_dropped_and_the_others_are_not(self) -> None:
        async def scene() -> list[str]:
            events = Broadcaster(queue_size=2)
            with events.subscribe() as slow, events.subscribe() as quick:
                seen = []
                for number in range(4):
                    events.publish("snapshot", str(number), "{}")
                    await asyncio.sleep(0)
                    seen.append((await quick.get()).id)
                assert [(await slow.get()).id for _ in range(2)] == ["0", "1"]
                assert await slow.get() is None
                return seen

        assert asyncio.run(scene()) == ["0", "1", "2", "3"]

    def test_a_listener_after_the_end_is_sent_away(self) -> None:
        async def scene() -> object:
            events = Broadcaster()
            events.close()
            with events.subscribe() as late:
                return await late.get()

        assert asyncio.run(scene()) is None

    def test_threads_may_publish(self) -> None:
        async def scene() -> list[str]:
            events = Broadcaster(queue_size=100)
            with events.subscribe() as listener:
                publish = [threading.Thread(target=events.publish, args=("s", str(n), "{}")) for n in range(20)]
                for thread in publish:
                    thread.start()
                return sorted([(await listener.get()).id for _ in range(20)], key=int)

        assert asyncio.run(scene()) == [str(n) for n in range(20)]

    @pytest.mark.parametrize("last", [None, "unknown"])
    def test_a_newcomer_gets_the_newest_of_each_kind(self, last: str | None) -> None:
        async def scene() -> list[str]:
            events = Broadcaster()
            for number in range(100):
                events.publish("snapshot", f"s{number}", "{}")
                events.publish("forecasts", f"f{number}", "{}")
            with events.subscribe(last) as listener:
                return [(await listener.get()).id for _ in range(2)]

        assert asyncio.run(scene()) == ["s99", "f99"]
