"""What endpoints ask for that concerns models and jobs."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from pedalcast.kit.dependencies import state_of
from pedalcast.models.container import ModelServices

ModelServicesDep = Annotated[ModelServices, Depends(state_of("models", ModelServices))]
