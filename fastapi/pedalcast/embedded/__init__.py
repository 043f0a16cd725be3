"""Everything the service needs from others, brought along: what `python -m pedalcast run` starts."""
