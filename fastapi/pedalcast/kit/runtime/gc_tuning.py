"""The garbage collector, kept from what stays."""

from __future__ import annotations

import gc


def freeze_loaded_objects() -> None:
    """Look through everything once, and never again: a full collection holds every thread up for its whole length
    (a tenth of a second with the chat's libraries loaded). To be called when something large has been loaded for good.
    """
    gc.collect()
    gc.freeze()
