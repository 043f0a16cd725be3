"""How long a text is for a language model, where no tokenizer of its is at hand."""

from __future__ import annotations

import math

LATIN_A_TOKEN = 4  # characters


def estimated_tokens(text: str) -> int:
    """About how many tokens: one for each syllable or ideograph, one for four other characters.

    >>> estimated_tokens("헬멧"), estimated_tokens("helmet on"), estimated_tokens("")
    (2, 3, 0)
    """
    wide = sum(1 for char in text if char >= "\u1100")
    return wide + math.ceil((len(text) - wide) / LATIN_A_TOKEN)
