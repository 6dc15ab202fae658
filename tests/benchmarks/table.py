"""Tables and notes in plain text, for a terminal or a log."""

import textwrap

WIDTH = 108


def heading(words: str) -> None:
    print(f"\n{words}\n{'─' * len(words)}")


def note(words: str) -> None:
    print(textwrap.fill(words, WIDTH))


def show(head: list[str], rows: list[list[str]]) -> None:
    """The first column to the left, the others, which are numbers, to the right."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in [head, *rows]:
        first, *others = (
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join([first, *others]).rstrip(), flush=True)


def percentile(values: list[float], share: float) -> float | None:
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else None
