"""The shape an answer must have. The API holds the model to it; what it cannot express is checked by us."""

from typing import Any

from v100_ai.highlights.model import KINDS

_MAYBE_TEXT = {"anyOf": [{"type": "string"}, {"type": "null"}]}
_IDS = {"type": "array", "items": {"type": "string"}, "minItems": 1}
_CONFIDENCE = {"type": "number", "description": "0 to 1: how sure a careful reader would be."}
ACTIONS = ("confirm", "rewrite", "retract", "answer", "amend")


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_HIGHLIGHT = _object({
    "type": {"type": "string", "enum": list(KINDS)},
    "text": {"type": "string", "description": "One sentence of at most 200 characters."},
    "assignee": {**_MAYBE_TEXT, "description": "Only a name on the roster or one that was spoken."},
    "quote": {"type": "string", "description": "Copied word for word from one of the segments."},
    "segments": {**_IDS, "description": "Ids of the new segments it rests on."},
    "confidence": _CONFIDENCE,
})  # fmt: skip
_UPDATE = _object({
    "id": {"type": "string", "description": "Id of a listed highlight."},
    "action": {"type": "string", "enum": list(ACTIONS)},
    "text": {**_MAYBE_TEXT, "description": "New wording, for rewrite only."},
    "assignee": {**_MAYBE_TEXT, "description": "Owner that became known, for rewrite and amend."},
    "quote": {**_MAYBE_TEXT, "description": "Copied word for word from the segment that shows the change."},
    "segment": {**_MAYBE_TEXT, "description": "Id of the new segment that shows the change."},
})  # fmt: skip

SCHEMA: dict[str, Any] = _object({
    "highlights": {"type": "array", "items": _HIGHLIGHT},
    "updates": {"type": "array", "items": _UPDATE},
    "summary": {"type": "string", "description": "The meeting so far, at most 120 words."},
})  # fmt: skip
