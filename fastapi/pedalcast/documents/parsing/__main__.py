"""The process that parses one file: `python -m pedalcast.documents.parsing FILE NAME OUTPUT MEMORY PICTURES`."""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
import time
from pathlib import Path

from pedalcast.documents.parsing.parsed_document import ParseError
from pedalcast.documents.parsing.reader import read_file


def main() -> None:
    """Write the parsed document as JSON, or the code and message of what is wrong with the file."""
    path, name, output, memory = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])
    pictures = Path(sys.argv[5]) if sys.argv[5] else None
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(10)
    threading.Thread(target=_say_alive, daemon=True).start()
    try:
        fields = read_file(path, name, _say_page, pictures).as_json()
    except ParseError as error:
        fields = {"code": error.code, "message": error.message}
    except MemoryError:
        fields = {"code": "too_large", "message": "The file needs more memory than one file may take."}
    output.write_text(json.dumps(fields), encoding="utf-8")


def _say_page(done: int, total: int) -> None:
    print("page", done, total, flush=True)


def _say_alive() -> None:
    """Tell every second that the work goes on, between pages too."""
    while True:
        time.sleep(1.0)
        print("alive", flush=True)


if __name__ == "__main__":
    main()
