"""`GET|PUT /api/v1/triple/providers`: who answers."""

from __future__ import annotations

from fastapi import APIRouter

from pedalcast.accounts.dependencies import OptionalCallerDep
from pedalcast.chats.dependencies import ChatsDep, ChatterDep
from pedalcast.chats.providers.schemas import ProviderIn, ProviderOut, ProvidersOut
from pedalcast.kit.errors import responses

router = APIRouter(prefix="/api/v1/triple", tags=["guests"])


@router.get("/providers", summary="Who can answer, and who answers me", responses=responses(401))
async def list_providers(chats: ChatsDep, caller: OptionalCallerDep) -> ProvidersOut:
    """Without a token, who answers whoever has not chosen."""
    current = chats.providers.default if caller is None else await chats.providers.chosen(caller.user_id)
    providers = [ProviderOut(name=name, model=model) for name, model in chats.providers.models.items()]
    return ProvidersOut(providers=providers, current=current)


@router.put("/providers", summary="Choose who answers me", responses=responses(401, 403, 404))
async def choose_provider(chats: ChatsDep, caller: ChatterDep, body: ProviderIn) -> ProvidersOut:
    """Kept with the account, or with the guest."""
    await chats.providers.choose(caller.user_id, body.provider)
    return await list_providers(chats, caller)
