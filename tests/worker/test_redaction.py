import pytest

from v100_ai.worker.messages import Died, Ended, Refused
from v100_ai.worker.redaction import Redaction, shown
from v100_ai.worker.spec import Spec

KEY = "s3cr3t%21word"


@pytest.mark.parametrize(
    "url",
    [
        f"rtsp://ana:{KEY}@camera/1",
        f"https://cdn/x.m3u8?token={KEY}",
        f"https://cdn/x.m3u8?a=1&sig={KEY}#top",
        f"rtmp://live.example/app/{KEY}",
        f"rtmps://live.example/app/{KEY}?x=1",
    ],
)
def test_no_secret_of_a_url_leaves(url: str):
    redaction = Redaction.of(Spec(source="rtsp://camera/2", reference=url))
    for text in (f"{url}: refused", f"cannot open '{url}'", f"password {KEY} or s3cr3t!word"):
        for message in (
            Refused(error="SourceLost", message=text),
            Ended(broken=text),
            Died(cause="exit", detail=text, stderr=(text,)),
        ):
            assert "s3cr3t" not in repr(redaction.message(message))
    assert "s3cr3t" not in shown(url)


def test_urls_that_only_the_other_side_knows_are_cut_as_well():
    redaction = Redaction.of(Spec(source="http://cdn/a.m3u8"))
    assert redaction.text("segment http://u:p@inner/b.ts?key=abc gone") == (
        "segment http://inner/b.ts gone"
    )


def test_a_line_cannot_be_forged():
    redaction = Redaction.of(Spec(source="http://cdn/a.m3u8"))
    assert redaction.text("one\nERROR two\x1b[31m") == "one ERROR two [31m"


@pytest.mark.parametrize("url", ["http://[::1", "http://", "://"])
def test_what_is_no_url_is_hidden(url: str):
    assert "***" in shown(url)


def test_a_path_is_shown():
    assert shown("/media/a clip.mp4") == "/media/a clip.mp4"
