"""Rooms of the media server: who publishes and receives in a session, tokens to come in, and what leaves by the tap."""

from v100_ai.rooms.server import (
    Answer,
    Frame,
    Happened,
    Heard,
    OfferRefused,
    Role,
    Room,
    Rooms,
    RoomsFull,
    RoomUnknown,
    Wish,
)
from v100_ai.rooms.token import Grant, TokenRefused, grant, token
from v100_ai.rooms.turn import IceServer, credentials

__all__ = [
    "Answer",
    "Frame",
    "Grant",
    "Happened",
    "Heard",
    "IceServer",
    "OfferRefused",
    "Role",
    "Room",
    "RoomUnknown",
    "Rooms",
    "RoomsFull",
    "TokenRefused",
    "Wish",
    "credentials",
    "grant",
    "token",
]
