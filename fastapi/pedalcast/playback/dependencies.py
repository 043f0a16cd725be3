"""What endpoints ask for that concerns playback."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from pedalcast.kit.dependencies import state_of
from pedalcast.playback.service import PlaybackService

PlaybackServiceDep = Annotated[PlaybackService, Depends(state_of("playback", PlaybackService))]
