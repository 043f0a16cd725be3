"""What endpoints ask for: the service of notifications."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from pedalcast.kit.dependencies import state_of
from pedalcast.notifications.service import NotificationService

NotificationsDep = Annotated[NotificationService, Depends(state_of("notifications", NotificationService))]
