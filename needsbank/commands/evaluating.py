"""`needsbank evaluate …`."""

from needsbank.commands.surroundings import console, retrieval, settings


def demo() -> None:
    """Print how the matcher does on the demo bank's labels."""
    from matching import evaluate_demo  # noqa: PLC0415 -- slow import

    bank = retrieval()
    report = evaluate_demo(settings().data / "demo", bank.matcher, bank.detector)
    console.print(report)
