"""How the process ends when everything is stopped."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable
from typing import NoReturn

from pedalcast.kit.logging import flush


def leave_after(command: Callable[[], object]) -> NoReturn:
    """Run the command and exit with its code.

    Where a daemon thread is still inside a library, the interpreter is not taken down around it: libraries in C++ abort
    when their thread vanishes. Everything that must end in order has ended by then.
    """
    code = 0
    try:
        command()
    except SystemExit as asked:
        code = asked.code if isinstance(asked.code, int) else int(asked.code is not None)
    if not any(thread.daemon for thread in threading.enumerate()):
        sys.exit(code)
    flush()
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
