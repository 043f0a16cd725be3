"""What endpoints ask for: the service of notices."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from pedalcast.kit.dependencies import state_of
from pedalcast.notices.service import NoticeService

NoticesDep = Annotated[NoticeService, Depends(state_of("notices", NoticeService))]
