"""JSON Schemas of a flow's files, so that an editor completes and checks them as they are typed.

They are made from the shapes that the loaders check the files with. What joins files and steps (a step
that does not exist, an answer without a next step) no schema can say; ``python -m flows check`` does.
"""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flows.countries import COUNTRIES_FILE
from flows.entries import FLOW_FILE, STEPS_FILE
from flows.flags import FLAGS_FILE
from flows.meaning_files import ANSWERS_FILE, SYMPTOMS_FILE, TOPICS_FILE
from flows.shapes import Either, Entries, Listing, Names, Number, Shape, Text, Truth
from flows.transcript import TRANSCRIPTS_FILE
from flows.wording import WORDING_FILE

FOLDER = Path(__file__).parent.parent / "docs" / "schemas"
# By kind of file. An editor finds the schema of a file by the comment in its first line.
SHAPES: Mapping[str, Shape] = {
    "flow": FLOW_FILE,
    "steps": STEPS_FILE,
    "flags": FLAGS_FILE,
    "wording": WORDING_FILE,
    "answers": ANSWERS_FILE,
    "topics": TOPICS_FILE,
    "symptoms": SYMPTOMS_FILE,
    "transcripts": TRANSCRIPTS_FILE,
    "countries": COUNTRIES_FILE,
}
# The editors' YAML support knows this draft best.
_DRAFT = "http://json-schema.org/draft-07/schema#"


def schemas() -> dict[str, str]:
    """Every schema as JSON text, by the name of its file."""
    return {f"{kind}.schema.json": _text(schema_of(shape)) for kind, shape in SHAPES.items()}


def _text(schema: dict[str, Any]) -> str:
    return json.dumps({"$schema": _DRAFT, **schema}, indent=1, ensure_ascii=False) + "\n"


def schema_of(shape: Shape) -> dict[str, Any]:
    """The JSON Schema of ``shape``, with its description."""
    described = {"description": shape.description} if shape.description else {}
    return described | _rules(shape)


def _rules(shape: Shape) -> dict[str, Any]:
    match shape:
        case Text(words=words) if words:
            return {"type": "string", "enum": list(words)}
        case Text(pattern=pattern):
            return {"type": "string", "pattern": pattern} if pattern else {"type": "string"}
        case Truth(always=always):
            return {"const": True} if always else {"type": "boolean"}
        case Number(whole=whole, lowest=lowest, highest=highest):
            limits = {"minimum": lowest, "maximum": highest}
            finite = {name: limit for name, limit in limits.items() if math.isfinite(limit)}
            return {"type": "integer" if whole else "number", **finite}
        case Listing(each=each):
            return {"type": "array", "minItems": 1, "items": schema_of(each)}
        case Names(each=each, name=name):
            names = {"minProperties": 1, "propertyNames": schema_of(name)}
            return {"type": "object", **names, "additionalProperties": schema_of(each)}
        case Entries(entries=entries, required=required):
            needed = {"required": sorted(required)} if required else {}
            properties = {name: schema_of(entry) for name, entry in entries.items()}
            return {"type": "object", **needed, "properties": properties, "additionalProperties": False}
        case Either(kinds=kinds):
            schemas = [schema_of(kind) for kind in kinds]
            # The same kind may be told by either of two marks.
            return {"anyOf": [one for place, one in enumerate(schemas) if one not in schemas[:place]]}
    raise TypeError(f"no schema for {type(shape).__name__}")
