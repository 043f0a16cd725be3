"""Alembic's environment: runs the migrations on the connection it is handed."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from pedalcast.database import base_model


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Write the tables' own types by their names in `base_model`."""
    for name in ("UtcDateTime", "BigId", "LongText", "Json"):
        column_type = getattr(base_model, name)
        if kind == "type" and (
            item is column_type or (isinstance(column_type, type) and isinstance(item, column_type))
        ):
            autogen_context.imports.add(f"from pedalcast.database.base_model import {name}")
            return f"{name}()" if isinstance(column_type, type) else name
    return False


def run() -> None:
    """Migrate on `config.attributes["connection"]`, within its transaction."""
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=context.config.attributes.get("metadata"),
        compare_type=True,
        render_item=render_item,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


run()
