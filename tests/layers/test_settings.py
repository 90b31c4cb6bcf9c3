"""What a flag takes in place of true: typed once, bounded, reachable; and refused in a line where it is wrong."""

from dataclasses import fields
from typing import Any

import pytest

from v100_ai.alerts import DEFAULTS, Rule
from v100_ai.api.models import MeetingAsked
from v100_ai.config import rejected
from v100_ai.director import Camera, Policy, View
from v100_ai.errors import SettingRejected
from v100_ai.events import LayoutChanged
from v100_ai.layers.active_speaker.layer import ActiveSpeakerLayer, camera_on, policy
from v100_ai.layers.active_speaker.settings import ActiveSpeakerSettings
from v100_ai.layers.flags import FLAGS
from v100_ai.layers.frames.settings import rules
from v100_ai.layers.highlights.settings import HighlightsSettings
from v100_ai.layers.inputs import Frames, Joined
from v100_ai.session.settings import Layers, SessionSettings


def asked(flag: str, **layers: Any) -> Any:
    found = Layers.model_validate(layers)
    return found.of(next(each for each in FLAGS if each.name == flag))


def test_true_is_the_settings_as_they_are_without_any():
    assert asked("highlights", highlights=True) == HighlightsSettings()
    assert Layers.model_validate({"highlights": {}}).on == ("highlights",)
    assert Layers.model_validate({"highlights": False}).on == ()


@pytest.mark.parametrize(
    "given",
    [
        {"highlights": {"engine": "rules", "budget": False, "categories": ["decisions"]}},
        {"highlights": True, "engine": "rules", "budget": False, "categories": ["decisions"]},
        {"highlights": {"engine": "rules"}, "budget": False, "categories": ["decisions"]},
        {"highlights": HighlightsSettings(engine="rules", budget=False, categories=("decisions",))},
    ],
    ids=["inside", "beside", "both", "typed"],
)
def test_settings_stand_in_their_flag_or_where_they_once_stood(given: dict[str, Any]):
    found = asked("highlights", **given)
    assert found == HighlightsSettings(engine="rules", budget=False, categories=("decisions",))
    assert found.kinds == {"decision"}


def test_what_was_kept_before_flags_had_settings_can_still_be_read():
    kept: dict[str, Any] = {
        "layers": {
            "highlights": True, "categories": ["questions"], "engine": "auto", "budget": True,
            "transcription": False, "active_speaker": True, "layout": "grid", "quality_metrics": False,
            "scene_complexity": False, "motion_estimation": False, "visual": False,
            "deepfake_detection": False, "viral_scoring": False, "rate": "second", "alerts": [],
            "webhook": None,
        },
        "source": None, "people": [{"id": "a", "name": "A", "address": None, "nicknames": []}],
    }  # fmt: skip
    settings = SessionSettings.model_validate(kept)
    again = SessionSettings.model_validate(settings.model_dump(mode="json"))
    assert again == settings
    assert asked("active_speaker", **kept["layers"]).layout == "grid"


def test_all_that_the_director_can_do_can_be_asked_for():
    given = {
        "layout": "spotlight", "spotlight": "ana", "hold_seconds": 1.5, "return_seconds": 2.5,
        "picture_in_picture": False, "argue_turns": 3, "argue_seconds": 9.0, "motion_cut": 12.0,
        "zoom": 2.0, "zoom_seconds": 0.5, "zoom_margin": 0.25, "zoom_still": 0.1,
    }  # fmt: skip
    settings = asked("active_speaker", active_speaker=given)
    assert set(given) | {"levels"} == {each.name for each in fields(ActiveSpeakerSettings)}
    assert policy(settings) == Policy(
        view=View.SPOTLIGHT, spotlight="ana", shot=1.5, no_return=2.5, inset=False,
        argue_turns=3, argue_within=9.0, motion_cut=12.0,
    )  # fmt: skip
    assert camera_on("ana", settings) == Camera(
        participant="ana", zoom=2.0, seconds=0.5, room=0.25, still=0.1
    )
    assert policy(ActiveSpeakerSettings()) == Policy()
    assert camera_on("a", ActiveSpeakerSettings()) == Camera(participant="a")


def test_much_movement_is_cut_to_where_that_is_asked_for():
    moving = Frames({"frame": [0], "pts": [10.0], "motion_magnitude": [30.0]}, track="bob")
    for limit, main in ((20.0, "bob"), (None, "ana")):
        layer = ActiveSpeakerLayer(ActiveSpeakerSettings(motion_cut=limit), {})
        for who in ("ana", "bob"):
            layer.push(Joined(who), 0.0)
        layer.push(moving, 10.0)
        assert layer.state["layout"]["tiles"][0]["participant"] == main
    assert LayoutChanged.type == "layout.changed"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"active_speaker": {"hold_seconds": -1}}, r"expected hold_seconds from 0 to 3600, found -1"),
        ({"active_speaker": {"zoom": 9}}, r"expected zoom from 1 to 8, found 9"),
        ({"active_speaker": {"layout": "circle"}}, r"active_speaker.*layout.*'grid'"),
        ({"active_speaker": {"hold": 1}}, r"^layers\.active_speaker\.hold: .*found 1"),
        ({"active_speaker": "yes please"}, r"^layers\.active_speaker: .*found 'yes please'"),
        ({"highlights": {"categories": ["jokes"]}}, r"categories.*found 'jokes'"),
        ({"highlights": {"categories": ["topics"] * 6}}, r"at most 5 categories, found 6"),
        ({"budget": "perhaps"}, r"expected settings of highlights"),
        ({"motion_estimation": {"vectors": True}}, r"vectors: .*found True"),
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_told_in_a_line(given: dict[str, Any], said: str):
    with pytest.raises(ValueError, match=r"\S") as refused:
        SessionSettings.model_validate({"layers": given})
    with pytest.raises(SettingRejected, match=said):
        raise rejected(refused.value)  # type: ignore[arg-type]


def test_the_document_says_what_the_bounds_are():
    schema = MeetingAsked.model_json_schema()["$defs"]["ActiveSpeakerSettings"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["hold_seconds"]["minimum"] == 0.0
    assert schema["properties"]["zoom"]["maximum"] == 8.0


def test_default_rules_are_followed_where_there_are_readings_for_them_and_can_be_switched_off():
    mine = (Rule(name="mine", reading="vmaf", below=50.0),)
    for on in (("quality_metrics",), ("visual",), ("visual", "highlights")):
        assert rules(None, on) == DEFAULTS
        assert rules((), on) == ()
        assert rules(mine, on) == mine
    assert rules(None, ("motion_estimation", "highlights")) == ()
