"""By which names models are chosen: by whoever asks, or by a bot."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from pedalcast.kit.errors import PedalcastError

QUOTES = "extractive"  # in the place of a model's name, where quotes alone answer


class UnknownProviderError(PedalcastError):
    """The question names somebody who does not answer here."""

    def __init__(self, name: str, known: Collection[str]) -> None:
        super().__init__(422, "unknown_provider", f"{name!r} does not answer here: {', '.join(known)} do.")


class ProviderFixedError(PedalcastError):
    """The question names another than the bot does."""

    def __init__(self, name: str) -> None:
        super().__init__(422, "provider_fixed", f"This bot is always answered by {name!r}.")


def choice_names(models: Iterable[tuple[str, str]]) -> list[str]:
    """The names of models given by provider and name: the provider's for its first one, with the model's for others.

    >>> choice_names([("ollama", "small"), ("anthropic", "a"), ("ollama", "large")])
    ['ollama', 'anthropic', 'ollama/large']
    """
    names: list[str] = []
    for provider, model in models:
        names.append(f"{provider}/{model}" if provider in names else provider)
    return names


def chosen_provider(asked: str | None, of_bot: str | None, known: Collection[str]) -> str | None:
    """Who is to answer: whom the bot names, else whom the question does; a bot's who is not here any more is nobody.

    Raises `UnknownProviderError`, and `ProviderFixedError` where the question names another than the bot.
    """
    if asked is not None and asked not in known:
        raise UnknownProviderError(asked, known)
    if of_bot is None or of_bot not in known:
        return asked
    if asked not in {None, of_bot}:
        raise ProviderFixedError(of_bot)
    return of_bot
