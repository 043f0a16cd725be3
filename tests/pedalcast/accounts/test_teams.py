"""Teams: who may do what, and what others see of them."""

from __future__ import annotations

from tests.pedalcast.people_service import PeopleService, bearer

TEAMS = "/api/v1/teams"


def test_owners_decide_and_a_team_keeps_one(service_on_each: PeopleService) -> None:
    service = service_on_each
    owner, editor, stranger = (service.member(name) for name in ("owner", "editor", "stranger"))
    team = service.post(TEAMS, {"name": "crew"}, owner).json()
    members = f"{TEAMS}/{team['id']}/members"
    put = service.client.put
    assert put(members, json={"username": "editor", "role": "editor"}, headers=bearer(owner)).status_code == 200
    assert service.get(TEAMS, editor).json()["data"] == [{"id": team["id"], "name": "crew", "role": "editor"}]
    refused = put(members, json={"username": "stranger", "role": "reader"}, headers=bearer(editor))
    assert refused.json()["error"] == "owner_needed"
    assert service.get(members, stranger).json()["error"] == "team_not_found"
    last = put(members, json={"username": "owner", "role": "reader"}, headers=bearer(owner))
    assert last.json()["error"] == "last_owner"
    assert service.client.delete(f"{TEAMS}/{team['id']}", headers=bearer(stranger)).status_code == 404
    assert service.client.delete(f"{TEAMS}/{team['id']}", headers=bearer(owner)).status_code == 200
    assert service.get(TEAMS, editor).json()["data"] == []
