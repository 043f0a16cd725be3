"""`/health` answers while the chat is asked what once held the whole process for seconds."""

from __future__ import annotations

import threading
import time

import httpx

ATTACKS = (
    "수고" * 23 + " x",
    "수고" * 900 + " x",
    "자전거 " * 480 + "몇",
    "1번 " * 480 + "x",
    "{{" + " " * 1900,
    "in " + "9" * 1900 + " hours",
)
FOR_S = 4.0
MOST_S = 2.0  # on a machine that may stall; one text alone took 5.9 s


def test_stays_quick(chat: httpx.Client) -> None:
    stop = threading.Event()
    answers: list[int] = []

    def attack(number: int) -> None:
        with httpx.Client(base_url=chat.base_url, timeout=60) as client:
            while not stop.is_set():
                text = ATTACKS[number % len(ATTACKS)]
                history = [{"role": "user", "content": ATTACKS[(number + 1) % len(ATTACKS)]}]
                answer = client.post("/api/v1/chat", json={"question": text, "chat_history": history})
                answers.append(answer.status_code)
                number += 1

    threads = [threading.Thread(target=attack, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    seconds = []
    until = time.monotonic() + FOR_S
    while time.monotonic() < until:
        began = time.perf_counter()
        assert chat.get("/health").status_code == 200
        seconds.append(time.perf_counter() - began)
        time.sleep(0.02)
    stop.set()
    for thread in threads:
        thread.join(60)
    assert 200 in answers
    assert all(code < 500 or code == 503 for code in answers)
    assert max(seconds) < MOST_S, sorted(seconds)[-5:]
