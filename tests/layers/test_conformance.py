"""What every layer keeps to, whatever its flag: any input in any order, a crash anywhere, an end that is one."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

import v100_ai.layers
from tests.layers.opened import BEHIND, Kept, inputs, opened, script
from v100_ai.events import EVENTS, Event, LayoutChanged
from v100_ai.layers.flags import FLAGS, Asked, named
from v100_ai.layers.inputs import NAMES, Frames, Input, Joined, Segments
from v100_ai.layers.layer import Layer
from v100_ai.session.settings import Layers

FOLDERS = Path(v100_ai.layers.__file__).parent
FRAMES = {"quality_metrics", "scene_complexity", "motion_estimation", "visual"}
"""Flags that look at frames, which share a folder."""

layers = pytest.mark.parametrize("name", sorted(BEHIND))


def made(name: str) -> Layer:
    return opened(BEHIND[name], name)


def test_layers_were_found():
    assert set(BEHIND) >= {"highlights", "transcription", "active_speaker", "frames"}


@pytest.mark.parametrize("flag", FLAGS, ids=lambda each: each.name)
def test_every_flag_has_a_folder_and_can_be_asked_for(flag):
    assert flag.name in Asked.__annotations__
    assert Layers.model_validate({flag.name: True}).of(flag) == flag.settings()
    assert Layers.model_validate({flag.name: {}}).of(flag) == flag.settings()
    if flag.layers:
        folder = "frames" if flag.name in FRAMES else flag.name
        assert (FOLDERS / folder / "__init__.py").is_file()
        assert any(f".{folder}" in path for path in flag.layers)


@layers
def test_what_a_layer_says_of_itself_holds(name: str):
    layer = made(name)
    assert layer.name == name
    assert layer.takes
    assert all(kind in EVENTS for kind in layer.remembers)
    assert json.loads(json.dumps(dict(layer.state), allow_nan=False)) == layer.state
    json.dumps(dict(layer.counts), allow_nan=False)
    assert {named(path).name for path in BEHIND[name].layers} >= {name}


@layers
@given(st.lists(inputs, max_size=30), st.lists(st.floats(0, 200), min_size=30, max_size=30))
def test_any_order_of_inputs_is_taken_and_what_comes_of_it_can_be_kept(name, given, times):
    layer, kept = made(name), Kept()
    for each, now in zip(given, sorted(times), strict=False):
        if type(each) in layer.takes:
            kept.keep(layer, layer.push(each, now))
        if layer.due(now):
            kept.keep(layer, layer.tick(now))
        json.dumps(dict(layer.state), allow_nan=False)
    kept.keep(layer, layer.settle(200.0))
    again = layer.settle(200.0)
    assert (again.events, again.journal, again.inputs) == ((), (), ())


def told(events: list[Event]) -> list[str]:
    """What is told, without what only says how the process fared."""
    return [f"{each.type} {json.dumps(each.to_json(), sort_keys=True)}" for each in events]


def run(name: str, cuts: list[int], script: list[Input]) -> Kept:
    """The script through processes that are killed; who brings words or frames brings again what was not kept."""
    kept, layer = Kept(), made(name)
    for begin, end in zip([0, *cuts], [*cuts, len(script)], strict=True):
        layer = made(name)
        if begin:
            kept.keep(layer, layer.resume(kept.past(layer)))
        numbered = kept.state.get("picture", {}).get("frames", 0)
        for each in script[:end]:
            known = script.index(each) < begin
            repeated = isinstance(each, Frames) and (each.columns["frame"][0] or 0) >= numbered
            if type(each) not in layer.takes or (known and not repeated):
                continue
            kept.follow(each)
            kept.keep(layer, layer.push(each, float(script.index(each))))
    kept.keep(layer, layer.settle(1000.0))
    return kept


@pytest.mark.parametrize("name", ["highlights", "frames"])
@settings(max_examples=8)
@given(st.lists(st.integers(1, 100), max_size=3, unique=True).map(sorted))
def test_a_crash_anywhere_tells_what_an_undisturbed_run_does(name, cuts):
    whole = script(16)
    assert len(whole) > 100
    assert told(run(name, cuts, whole).events) == told(run(name, [], whole).events)


@pytest.mark.parametrize("name", sorted(set(BEHIND) - {"highlights", "frames"}))
@settings(max_examples=8)
@given(st.lists(st.integers(1, 100), max_size=3, unique=True).map(sorted))
def test_a_crash_of_what_lives_in_memory_repeats_nothing(name, cuts):
    """Sound that is no text yet, and voices that were learnt, go with the process; the layout that stands is told anew."""
    found = run(name, cuts, script(16)).events
    events = told([each for each in found if not isinstance(each, LayoutChanged)])
    assert len(events) == len(set(events))


def test_every_input_that_can_be_refused_has_a_name():
    own = {Joined, Segments}
    taken = {kind for name in BEHIND for kind in made(name).takes}
    unnamed = {each.__name__ for each in taken - set(NAMES) - own if each not in EVENTS}
    assert unnamed == {"Left", "Speaking"}
