"""The pydantic models of routes as the components and parameters of an OpenAPI document."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from guahao.runtime.pages import LONGEST_CURSOR

REFERENCE = "#/components/schemas/{model}"
# Every list is asked for these, after what is its own.
PAGE = ("limit", "cursor")
# Inside is the place where a page ended, in each list another; callers send it back as they got it.
CURSOR = {"type": "string", "maxLength": LONGEST_CURSOR}


class OnTheWire(GenerateJsonSchema):
    """Schemas without titles that only repeat names; in answers every field is there, and there may one day be more."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def field_is_required(self, field: Any, total: bool) -> bool:
        return self.mode == "serialization" or super().field_is_required(field, total)

    def default_schema(self, schema: Any) -> dict[str, Any]:
        return self.generate_inner(schema["schema"]) if self.mode == "serialization" else super().default_schema(schema)

    def model_schema(self, schema: Any) -> dict[str, Any]:
        described = super().model_schema(schema)
        described.pop("title", None)
        if self.mode == "serialization":
            described.pop("additionalProperties", None)
        return described


class Schemas:
    """The schemas met so far, by name."""

    def __init__(self) -> None:
        self.components: dict[str, Any] = {}

    def reference(self, model: type[BaseModel], mode: Literal["validation", "serialization"]) -> dict[str, str]:
        """Keep the model and all that it is made of, and return the reference to it."""
        self._keep(model.__name__, self._schema(model, mode))
        return {"$ref": REFERENCE.format(model=model.__name__)}

    def parameters(self, model: type[BaseModel]) -> list[dict[str, Any]]:
        """Return the model's fields as parameters of a query."""
        schema = self._schema(model, "validation")
        fields, required = schema["properties"], schema.get("required", [])
        return [_parameter(name, fields[name], name in required) for name in sorted(fields, key=PAGE.__contains__)]

    def _schema(self, model: type[BaseModel], mode: Literal["validation", "serialization"]) -> dict[str, Any]:
        schema = model.model_json_schema(ref_template=REFERENCE, schema_generator=OnTheWire, mode=mode)
        for name, part in schema.pop("$defs", {}).items():
            self._keep(name, part)
        return schema

    def _keep(self, name: str, schema: dict[str, Any]) -> None:
        if self.components.setdefault(name, schema) != schema:
            raise ValueError(f"the interface has two shapes called {name}: rename one model")


def _parameter(name: str, field: dict[str, Any], required: bool) -> dict[str, Any]:
    """Return one field of a query. What may be null or empty is what may be left out, and no default tells more."""
    parameter: dict[str, Any] = {"name": name, "in": "query", "required": required}
    if name == "cursor":
        return {**parameter, "description": "`nextCursor` of an earlier answer of this list", "schema": CURSOR}
    if "description" in field:
        parameter["description"] = field.pop("description")
    if field.get("default") in (None, ""):
        field.pop("default", None)
    kinds = [kind for kind in field.pop("anyOf", []) if kind != {"type": "null"}]
    return {**parameter, "schema": {**field, **(kinds[0] if len(kinds) == 1 else {"anyOf": kinds} if kinds else {})}}
