"""Redaction: what a child says, without the secrets of the URLs it was given."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from v100_ai.events import AnalysisWarning
from v100_ai.worker.messages import Died, Ended, Message, Refused
from v100_ai.worker.spec import Spec

URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s'\"<>|]*")

KEYED: Final = ("rtmp", "rtmps")
"""Schemes whose path is the key to publish with."""

HIDDEN: Final = "***"

SHORTEST: Final = 4
"""Characters of a secret that is looked for by itself; shorter ones would hide half the text."""


@dataclass(frozen=True, slots=True)
class Redaction:
    """Takes passwords, queries and keys out of texts."""

    secrets: tuple[str, ...]

    @classmethod
    def of(cls, spec: Spec) -> "Redaction":
        """For the URLs of a spec."""
        found = {
            secret
            for url in (spec.source, spec.reference or "")
            for secret in _secrets(url)
            if len(secret) >= SHORTEST
        }
        return cls(tuple(sorted(found, key=len, reverse=True)))

    def text(self, text: str) -> str:
        """The text without them, and without what could forge a line of a log."""
        text = URL.sub(lambda found: shown(found.group()), text)
        for secret in self.secrets:
            text = text.replace(secret, HIDDEN)
        return "".join(each if each.isprintable() else " " for each in text)

    def message(self, message: Message) -> Message:
        """The message with its texts so."""
        match message:
            case Refused():
                return replace(
                    message, error=self.text(message.error), message=self.text(message.message)
                )
            case Ended() if message.broken is not None:
                return replace(message, broken=self.text(message.broken))
            case AnalysisWarning():
                return replace(message, text=self.text(message.text))
            case Died():
                lines = tuple(map(self.text, message.stderr))
                return replace(message, detail=self.text(message.detail), stderr=lines)
            case _:
                return message


def shown(url: str) -> str:
    """The URL as it may be shown: scheme, host and path, which for some schemes is a key as well."""
    parts = _split(url)
    if parts is None or not parts.netloc:
        return url.partition("://")[0] + "://" + HIDDEN if "://" in url else url
    path = "" if parts.scheme in KEYED else parts.path
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{path}"


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _secrets(url: str) -> Iterable[str]:
    parts = _split(url)
    if parts is None or not parts.netloc:
        return
    words = [parts.netloc.rpartition("@")[0].partition(":")[2], parts.query, parts.fragment]
    words += [word for pair in parts.query.split("&") for word in pair.partition("=")[2:]]
    if parts.scheme in KEYED:
        words.append(parts.path.rpartition("/")[2])
    for word in filter(None, words):
        yield word
        yield unquote(word)
