"""What a program has of its own sessions, without reaching inside."""

from pathlib import Path

import pytest

from v100_ai.hub import embedded

pytestmark = pytest.mark.anyio

RULE = {"name": "dark", "reading": "visual_black_ratio", "above": 0.9, "resolve": 0.5}


async def test_a_program_sees_who_is_there_which_alerts_are_open_and_the_report(tmp_path: Path):
    async with embedded(database=f"sqlite:///{tmp_path / 'v100.db'}") as service:
        meeting = await service.meeting("Review", active_speaker=True)
        await meeting.join("alice", "Alice Jones")
        assert await service.participants(meeting.id) == {"alice": "Alice Jones"}
        stream = await service.stream("Camera", visual=True, alerts=[RULE])
        assert await service.alerts(stream.id) == []
        await service.end(meeting.id, "all was said")
        document = await service.report_document(meeting.id)
        assert (document["name"], document["reason"]) == ("Review", "all was said")
        assert "<title>Review" in await service.report(meeting.id)
