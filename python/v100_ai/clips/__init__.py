"""Clips: moments of a source, chosen, framed, captioned, levelled and rendered into files that are ready to post.

`v100_ai.clips(...)` is `v100_ai.clips.making.clips`: the room and what it is asked for most have one name.
"""

import sys
from types import ModuleType
from typing import Any


class _Room(ModuleType):
    """This module, which can be called."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from v100_ai.clips.making import clips  # noqa: PLC0415  # a caller of the pure parts loads no decoder

        return clips(*args, **kwargs)


sys.modules[__name__].__class__ = _Room
