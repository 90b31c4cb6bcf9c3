"""Why a session is not to be had here."""

from v100_ai.errors import V100Error


class SessionUnknown(V100Error):
    """There is no such session."""

    def __init__(self, session: str) -> None:
        super().__init__(f"there is no session {session}")


class AlreadyEnded(V100Error):
    """The session has ended: nothing more comes into it."""

    def __init__(self, session: str, reason: str | None) -> None:
        super().__init__(f"expected an active session, found {session} ended: {reason}")


class SessionElsewhere(V100Error):
    """Another server owns the session, and still lives."""

    def __init__(self, session: str) -> None:
        super().__init__(f"{session} is owned by another server at the moment")


class Draining(V100Error):
    """The server is about to stop: it takes nothing new."""

    def __init__(self) -> None:
        super().__init__("this server is about to stop and takes no new session")


class AtCapacity(V100Error):
    """As many sources as this server may decode are being decoded."""

    def __init__(self, most: int) -> None:
        super().__init__(f"expected at most {most} sources at once on this server")
