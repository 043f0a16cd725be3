"""Grounding: whether a source bears out a sentence, citations, injected instructions."""
