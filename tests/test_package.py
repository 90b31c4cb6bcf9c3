import inspect

import v100_ai
from v100_ai import _native, errors
from v100_ai.measures import MEASURES


def test_all_names_what_the_package_gives():
    public = {
        name
        for name, value in vars(v100_ai).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    }
    assert public == set(v100_ai.__all__)


def test_every_error_is_public_and_in_the_tree():
    classes = {
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, Exception)
    }
    assert len(classes) > 5
    assert classes <= set(v100_ai.__all__)
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
    assert all(hasattr(_native.QualityReading, each.column[8:]) for each in quality)
    found = {
        f"{layer}.{name}"
        for layer, native in layers.items()
        for name in vars(native)
        if not name.startswith("_")
    }
    assert found - {"motion.vectors"} == {each.path for each in MEASURES if each not in quality}
