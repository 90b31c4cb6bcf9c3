"""Packs a published cascade of boosted trees into the table under rust/core/src/face.

    pip install 'opencv-python-headless<5'
    python benches/make_faces.py .../cv2/data/haarcascade_frontalface_alt2.xml

A table is little-endian: the window's edge and the number of stages (u16), then each stage: its
threshold (f32), the number of its trees (u16), and its trees. A tree has three leaves (f32) and two
nodes; a node says where it leads if its feature is below its threshold and where if not (u8: a leaf's
number, or 3 for the second node), the threshold (f32), and three rectangles of its feature (left, top,
width, height as u8, weight as i8; all zeros where there are only two).
"""

import struct
import sys
from pathlib import Path
from xml.etree import ElementTree

TABLES = Path(__file__).parents[1] / "rust/core/src/face"
SECOND = 3


def numbers(element: ElementTree.Element | None) -> list[float]:
    if element is None or element.text is None:
        raise ValueError("expected numbers, found nothing")
    return [float(word) for word in element.text.split()]


def rectangles(feature: ElementTree.Element) -> bytes:
    """The three rectangles of a feature."""
    if feature.findtext("tilted", "0").strip() not in ("", "0"):
        raise ValueError("expected upright rectangles, found tilted ones")
    found = [numbers(each) for each in feature.findall("rects/_")]
    if not 2 <= len(found) <= 3:
        raise ValueError(f"expected two or three rectangles, found {len(found)}")
    if sum(w * h * weight for _, _, w, h, weight in found) != 0:
        raise ValueError(f"expected weights that cancel out over a flat picture, found {found}")
    found += [[0.0] * 5] * (3 - len(found))
    return b"".join(struct.pack("<4Bb", *map(int, rectangle)) for rectangle in found)


def tree(weak: ElementTree.Element, features: list[bytes]) -> bytes:
    """One tree of two nodes and three leaves."""
    nodes, leaves = numbers(weak.find("internalNodes")), numbers(weak.find("leafValues"))
    if (len(nodes), len(leaves)) != (8, 3):
        raise ValueError(f"expected two nodes and three leaves, found {nodes}, {leaves}")
    packed = struct.pack("<3f", *leaves)
    for left, right, feature, threshold in (nodes[:4], nodes[4:]):
        ways = [SECOND if way > 0 else int(-way) for way in (left, right)]
        packed += struct.pack("<2Bf", *ways, threshold) + features[int(feature)]
    return packed


def table(path: Path) -> bytes:
    """The whole cascade."""
    cascade = ElementTree.parse(path).getroot()[0]  # noqa: S314 - a file of a package
    features = [rectangles(each) for each in cascade.findall("features/_")]
    stages = cascade.findall("stages/_")
    packed = struct.pack("<2H", int(cascade.findtext("width", "")), len(stages))
    for stage in stages:
        trees = stage.findall("weakClassifiers/_")
        packed += struct.pack("<fH", *numbers(stage.find("stageThreshold")), len(trees))
        packed += b"".join(tree(weak, features) for weak in trees)
    return packed


def main(path: Path) -> None:
    out = TABLES / f"{path.stem.removeprefix('haarcascade_')}.bin"
    out.write_bytes(table(path))
    print(f"{out.name}: {out.stat().st_size} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
