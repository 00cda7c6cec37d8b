"""Write docs/journey.md from the table of turns: `python -m tools.journey_diagram`."""

from collections.abc import Iterator
from pathlib import Path

from needsbank.domain.journeys import BEGINNINGS, TURNS, Stage

PAGE = Path(__file__).parents[1] / "docs" / "journey.md"


def page() -> str:
    """Return the page as it has to be: a diagram and the same as a table."""
    return "\n".join(
        [
            "# The journey of a matter",
            "",
            "Made from `TURNS` in [needsbank/domain/journeys.py](../needsbank/domain/journeys.py)"
            " by `python -m tools.journey_diagram`; a test fails when it is out of date."
            " Readers of the service find the same in their language under `/journey`.",
            "",
            "```mermaid",
            "stateDiagram-v2",
            *_diagram(),
            "```",
            "",
            "| from | act | to | whose turn | reason |",
            "| --- | --- | --- | --- | --- |",
            *_rows(),
            "",
        ]
    )


def _diagram() -> Iterator[str]:
    for stage in Stage:
        if stage in BEGINNINGS:
            yield f"    [*] --> {stage.value}"
    ways: dict[tuple[Stage, Stage], list[str]] = {}
    for turn in TURNS:
        ways.setdefault((turn.start, turn.end), []).append(turn.act.value.replace("_", " "))
    for (start, end), acts in ways.items():
        yield f"    {start.value} --> {end.value}: {', '.join(acts)}"


def _rows() -> Iterator[str]:
    for turn in TURNS:
        reason = "required" if turn.reason else ""
        words = (turn.start.value, turn.act.value, turn.end.value, turn.by.value, reason)
        yield "| " + " | ".join(word.replace("_", " ") for word in words) + " |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
