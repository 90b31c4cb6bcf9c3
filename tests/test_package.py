import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import v100_ai
from v100_ai import _native, errors
from v100_ai.deepfake import SIGNALS
from v100_ai.measures import MEASURES


def test_all_names_what_the_package_gives():
    assert {"FrameAnalyzer", "V100Error", "analyze", "errors", "verify"} <= set(v100_ai.__all__)
    for name in v100_ai.__all__:
        assert getattr(v100_ai, name) is not None
    with pytest.raises(AttributeError, match="nothing"):
        _ = v100_ai.nothing


def test_the_version_is_that_of_the_crates():
    manifest = (Path(__file__).parent.parent / "Cargo.toml").read_text()
    assert f'version = "{v100_ai.__version__}"' in manifest


def test_who_only_talks_to_a_server_loads_no_decoder():
    told = (
        "import sys, v100_ai; v100_ai.V100Error; print('av' in sys.modules, 'numpy' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "False"]


def test_every_error_is_in_the_tree():
    classes = {
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, Exception)
    }
    assert len(classes) > 5
    assert v100_ai.errors is errors
    assert errors.__doc__ is not None
    assert all(name in errors.__doc__ for name in classes)


def test_every_reading_is_among_the_measures():
    layers = {
        "motion": _native.Motion,
        "motion.vectors": _native.VectorSummary,
        "complexity": _native.Complexity,
        "visual": _native.Visual,
    }
    quality = [each for each in MEASURES if each.layer == "quality"]
    decided = [each for each in MEASURES if each.layer == "deepfake"]
    names = {each.path.removeprefix("deepfake.") for each in decided}
    assert names == {"evidence", "confidence", "limit", *SIGNALS}
    assert all(hasattr(_native.QualityReading, each.column[8:]) for each in quality)
    found = {
        f"{layer}.{name}"
        for layer, native in layers.items()
        for name in vars(native)
        if not name.startswith("_")
    }
    assert found - {"motion.vectors"} == {
        each.path for each in MEASURES if each not in quality + decided
    }
