"""A client of the stateless contract between RAG servers: the whole conversation in each request, nothing kept."""

from __future__ import annotations

from tests.contract_clients.http_calls import call, expect, has_fields, main

ANSWER = {"success": bool, "answer": str, "sources": list, "metadata": dict, "error": (str, type(None))}
METADATA = {"rag_type": str, "workflow": list, "response_time": (int, float)}


def run(base: str) -> None:
    """Ask with history and integer ids, read the sources and the names of the steps, look whether it is healthy."""
    for path in ("/health", "/api/v1/health"):
        health = call(f"{base}{path}")
        expect(health.status == 200, f"{path} answers", health.text)
        has_fields(health.body, {"status": str, "app_name": str, "version": str}, path)
        expect(health.body["status"] == "healthy", "it is healthy", health.body)
    history = [
        {"role": "user", "content": "How do I rent a bike?"},
        {"role": "assistant", "content": "Scan the code on the bike."},
    ]
    body = {"question": "Do I need a helmet?", "user_id": 7, "session_id": 12, "chat_history": history}
    reply = call(f"{base}/api/v1/chat", body)
    expect(reply.status == 200, "a question is answered", reply.text)
    answer = reply.body
    has_fields(answer, ANSWER, "an answer")
    expect(answer["success"] is True and answer["error"] is None, "nothing went wrong", answer)
    has_fields(answer["metadata"], METADATA, "its metadata")
    steps = answer["metadata"]["workflow"]
    expect(steps and all(isinstance(step, str) for step in steps), "the workflow is a list of names", steps)
    expect(answer["sources"], "a question about the service has sources", answer)
    for source in answer["sources"]:
        has_fields(source, {"content": str, "url": (str, type(None)), "score": (int, float)}, "a source")
    refused = call(f"{base}/api/v1/chat", {"question": ""})
    expect(refused.status == 422, "an empty question is refused", refused.text)
    has_fields(refused.body, {"success": bool, "error": str}, "the refusal")


if __name__ == "__main__":
    main(run)
