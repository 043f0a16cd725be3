"""Finds what a migration must not do while the version before it still serves."""

from __future__ import annotations

import ast
from collections.abc import Iterator

CREATED, EXEMPT = "create_table", "ACCEPTED"
LOCKS, FLOORS = "locks", "schema_floors"
_RULES = {
    "drop_column": "drops a column: stop using it in one version, drop it in the next",
    "drop_table": "drops a table: stop using it in one version, drop it in the next",
    "rename_table": "renames a table: the version that still serves does not know the new name",
}


def problems(source: str) -> list[str]:
    """A line for each statement of `upgrade` that locks or breaks without need.

    A migration is one transaction, and clients take their locks in another order: it may lock one table that they use.
    A migration that must says why in `ACCEPTED = {"create_index": "the table is empty until 0.9"}`.
    """
    module = ast.parse(source)
    accepted = next(
        (ast.literal_eval(node.value) for node in module.body
         if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == EXEMPT), {},
    )  # fmt: skip
    upgrade = next(node for node in module.body if isinstance(node, ast.FunctionDef) and node.name == "upgrade")
    return [f"{name}: {fault}" for name, fault in _faults(upgrade) if name not in accepted]


def _faults(upgrade: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    created = {
        ast.literal_eval(call.args[0]) for call in _calls(upgrade) if _name(call) == CREATED
    }  # a table that is made here is nobody's yet
    for table, call in _calls_by_table(upgrade):
        name = _name(call)
        if name in _RULES:
            yield name, _RULES[name]
        if table in created:
            continue
        if name == "add_column" and _is_required(call):
            yield name, "adds a column that must have a value, without a server default"
        if name in ("create_index", "create_unique_constraint", "create_check_constraint", "create_foreign_key"):
            yield name, "locks a table that is in use while it is built"
        if name == "alter_column" and any(word.arg in ("type_", "new_column_name") for word in call.keywords):
            yield name, "rewrites or renames a column that is in use"
    if any(_name(call) in _RULES for call in _calls(upgrade)) and FLOORS not in ast.unparse(upgrade):
        yield FLOORS, f"takes something away and does not tell versions that need it: INSERT INTO {FLOORS}"
    if len(locked := _locked(upgrade) - created) > 1:
        yield LOCKS, f"locks {', '.join(sorted(locked))} in one transaction: give each a migration of its own"


def _locked(upgrade: ast.FunctionDef) -> set[str]:
    """The tables that are changed, or that a new foreign key leads to: adding one locks both ends."""
    calls = list(_calls_by_table(upgrade))
    changed = {table for table, call in calls if table and _name(call) not in (CREATED, "f", "execute")}
    added = [call for _, call in calls if _name(call) == "create_foreign_key"]
    referents = {call.args[2 if ast.unparse(call.func).startswith("op.") else 1] for call in added}
    constraints = (call for call in _calls(upgrade) if _name(call) == "ForeignKeyConstraint")
    columns = [column for call in constraints for column in ast.literal_eval(call.args[1])]
    return changed | {ast.literal_eval(table) for table in referents} | {name.partition(".")[0] for name in columns}


def _calls_by_table(upgrade: ast.FunctionDef) -> Iterator[tuple[str, ast.Call]]:
    """Every call of `op`, or of the batch of a table, with the table's name."""
    in_batches: set[ast.Call] = set()
    for node in ast.walk(upgrade):
        if isinstance(node, ast.With) and isinstance(batch := node.items[0].context_expr, ast.Call):
            for call in (call for statement in node.body for call in _calls(statement)):
                in_batches.add(call)
                yield ast.literal_eval(batch.args[0]), call
    for call in _calls(upgrade):
        if call not in in_batches and ast.unparse(call.func).startswith("op."):
            position = 1 if _name(call) in ("create_index", "create_foreign_key") else 0
            table = call.args[position] if len(call.args) > position else None
            yield str(table.value) if isinstance(table, ast.Constant) else "", call


def _is_required(call: ast.Call) -> bool:
    column = call.args[-1]
    words = {word.arg: ast.unparse(word.value) for word in column.keywords} if isinstance(column, ast.Call) else {}
    return words.get("nullable") != "True" and "server_default" not in words


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    return (inner for inner in ast.walk(node) if isinstance(inner, ast.Call))


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""
