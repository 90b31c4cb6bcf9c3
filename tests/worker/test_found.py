"""What people's own sources need: gaps told, and a way to say what is read of them."""

from pathlib import Path

import pytest

from tests import clips
from tests.worker.servers import Asked, web
from tests.worker.watched import a_file, watched
from v100_ai.errors import SettingRejected
from v100_ai.worker import GapFound, Input, Spec

pytestmark = pytest.mark.anyio


async def test_a_hole_is_told_before_the_frame_behind_it(tmp_path: Path):
    path = clips.write(tmp_path / "hole.ts", clips.moving(75), times=[*range(50), *range(125, 150)])
    story = await watched(a_file(path, layers=("motion",)))
    (gap,) = story.of(GapFound)
    assert gap.to_pts - gap.from_pts == pytest.approx(3.04, abs=0.001)
    assert gap.reason == "no frames for 3.04 s"
    assert len(story.frames) == 75


async def test_a_clock_that_starts_again_goes_on_and_is_told(tmp_path: Path):
    part = clips.write(tmp_path / "part.ts", clips.moving(50))
    path = tmp_path / "both.ts"
    path.write_bytes(part.read_bytes() * 2)
    story = await watched(a_file(path, layers=("motion",)))
    (gap,) = story.of(GapFound)
    assert "the clock starts again" in gap.reason
    assert story.frames == list(range(100))


async def test_a_part_of_a_source_is_read(tmp_path: Path):
    path = clips.write(tmp_path / "whole.mp4", clips.moving(50))
    spec = a_file(path, layers=("motion",), input=Input(start=0.4, duration=0.8, every=2))
    assert len((await watched(spec)).frames) == 10


async def test_headers_reach_the_server_and_nothing_else_of_the_connection(webm: Path):
    seen = list[dict[str, str]]()

    def give(request: Asked) -> None:
        seen.append({name.lower(): value for name, value in request.headers.items()})
        request.give(webm.read_bytes())

    options = {"headers": "X-Key: secret\r\nHost: other\r\n", "user_agent": "player/1"}
    with web(clip_webm=give) as (base, _):
        spec = Spec(source=f"{base}/clip.webm", pace="fast", input=Input(options=options))
        assert len((await watched(spec)).frames) == 30
    assert seen[0]["x-key"] == "secret"
    assert seen[0]["user-agent"] == "player/1"
    assert seen[0]["host"] != "other"


@pytest.mark.parametrize(
    "options",
    [{"protocol_whitelist": "file"}, {"format_whitelist": "concat"}, {"headers": "a\x00b"}],
)
async def test_options_that_open_other_doors_are_refused(options):
    with pytest.raises(SettingRejected):
        Input(options=options)


async def test_a_spec_comes_back_as_it_was():
    asked = Input(size=(64, 48), pix_fmt="gray", options={"headers": "X-Key: a"})
    spec = Spec(source="udp://239.0.0.1:1234", input=asked)
    assert Spec.from_json(spec.to_json()) == spec
