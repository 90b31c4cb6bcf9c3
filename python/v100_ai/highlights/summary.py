"""The meeting so far, by what was found: for whoever joins late, and for the report."""

from collections.abc import Iterable

from v100_ai.events.highlights import UNASSIGNED, Highlight, Line, SummaryUpdated


def summarise(highlights: Iterable[Highlight], text: str, *, held_back: int = 0) -> SummaryUpdated:
    """The summary of these highlights; what was retracted is left out, what was `held_back` is counted."""
    standing = sorted(
        (each for each in highlights if each.status != "retracted"), key=lambda each: each.start
    )
    questions = [each for each in standing if each.type == "question"]
    actions: dict[str, tuple[Line, ...]] = {}
    for each in standing:
        if each.type == "action_item":
            owner = each.assignee or UNASSIGNED
            actions[owner] = (*actions.get(owner, ()), _line(each))
    return SummaryUpdated(
        topics=tuple(_line(each) for each in standing if each.type == "topic"),
        decisions=tuple(_line(each) for each in standing if each.type == "decision"),
        open_questions=tuple(_line(each) for each in questions if each.answered is None),
        answered_questions=tuple(_line(each) for each in questions if each.answered is not None),
        actions=actions,
        text=text,
        held_back=held_back,
    )


def _line(highlight: Highlight) -> Line:
    return Line(
        id=highlight.id,
        text=highlight.text,
        timestamp=highlight.timestamp,
        deadline=highlight.deadline.isoformat() if highlight.deadline else None,
        answered_by=highlight.answered.by if highlight.answered else None,
        deferred_to=highlight.deferred_to,
    )
