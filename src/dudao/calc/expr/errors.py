"""What is wrong with a formula, at which character, in words a person can act on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong: ``text[start:end]`` is where (``end`` may equal ``start`` at the end of the text)."""

    message: str
    start: int
    end: int

    @property
    def sentence(self) -> str:
        return f"第 {self.start + 1} 个字符处：{self.message}"


class FormulaError(ValueError):
    """A formula that can't be read or does not fit its data items; ``flaws`` are in the order of the text."""

    def __init__(self, text: str, flaws: tuple[Flaw, ...]) -> None:
        self.text = text
        self.flaws = flaws
        super().__init__("；".join(flaw.sentence for flaw in flaws))

    def pointer(self) -> str:
        """The text around the first flaw with a mark under it, for a terminal or a tool tip."""
        flaw = self.flaws[0]
        begin = max(0, flaw.start - 20)
        shown = self.text[begin : flaw.start + 20].replace("\n", " ")
        # A Chinese character is two columns wide, so is the full-width blank.
        pad = "".join(" " if ord(character) < 0x2E80 else "\u3000" for character in self.text[begin : flaw.start])
        return f"{shown}\n{pad}^ {flaw.message}"
