"""A share that knows what it is a share of: no rate stands on a page or a paper without its denominator."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

_STEP: Final = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Rate:
    """``part`` of ``whole``; ``of`` names the whole, measure word first: «个到期问题»."""

    part: int
    whole: int
    of: str

    @property
    def share(self) -> Decimal | None:
        """Between 0 and 1; ``None`` where there is nothing to be a share of."""
        return Decimal(self.part) / self.whole if self.whole else None

    def __str__(self) -> str:
        """«86.5%». Only all is 100.0% and only none 0.0%: rounding doesn't hide the one that is missing."""
        if not self.whole:
            return "—"
        shown = (Decimal(100 * self.part) / self.whole).quantize(_STEP, ROUND_HALF_UP)
        if shown == 100 and self.part < self.whole:
            shown = 100 - _STEP
        if shown == 0 and self.part > 0:
            shown = _STEP
        return f"{shown}%"

    @property
    def said(self) -> str:
        """«62/66 个到期问题»: what was divided by what."""
        return f"{self.part}/{self.whole} {self.of}" if self.whole else f"没有{self.of.lstrip('个项次 ')}"
