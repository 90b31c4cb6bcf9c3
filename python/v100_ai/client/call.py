"""Call and Route: an operation of the service, described once for those who wait and those who block."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar, overload

T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R", bound="Resource")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[T]):
    """One request, and how its answer is read: `content` is sent as it is, `json` as JSON."""

    method: str
    path: str
    read: Callable[[bytes], T]
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    json: Any = None
    content: bytes | None = None
    kind: str = "application/json"
    repeatable: bool = True
    """Whether it may be sent again when nobody knows what became of it."""


class Blocks(Protocol):
    """Sends and returns with the answer."""

    def send(self, call: Call[T]) -> T:
        """The answer."""
        ...


class Waits(Protocol):
    """Sends and is awaited for the answer."""

    async def send(self, call: Call[T]) -> T:
        """The answer."""
        ...


class Resource:
    """Operations below one path."""

    def __init__(self, home: str) -> None:
        self.home = home


class Blocking(Resource):
    """Its operations return what the service answers."""

    def __init__(self, home: str, link: Blocks) -> None:
        super().__init__(home)
        self.link = link


class Waiting(Resource):
    """Its operations are awaited."""

    def __init__(self, home: str, link: Waits) -> None:
        super().__init__(home)
        self.link = link


class Route(Generic[R, P, T]):
    """An operation: as a method of a resource, it makes a call and sends it."""

    def __init__(self, call: Callable[Concatenate[R, P], Call[T]]) -> None:
        self._call = call
        self.__doc__ = call.__doc__

    @overload
    def __get__(self, resource: None, kind: type) -> "Route[R, P, T]": ...
    @overload
    def __get__(self, resource: Blocking, kind: type) -> Callable[P, T]: ...
    @overload
    def __get__(self, resource: Waiting, kind: type) -> Callable[P, Coroutine[Any, Any, T]]: ...

    def __get__(self, resource: Any, kind: type) -> Any:
        """The method of that resource."""
        if resource is None:
            return self

        @wraps(self._call)
        def send(*args: P.args, **kwargs: P.kwargs) -> Any:
            return resource.link.send(self._call(resource, *args, **kwargs))

        return send
