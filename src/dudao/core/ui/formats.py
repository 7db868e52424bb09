"""How values read in Chinese pages and sheets: pure functions, no Django template in sight. Unknown is «—», never 0."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone

DASH = "—"
TONES = ("grey", "blue", "amber", "red", "green", "purple")
TONE_ICONS = {
    "grey": "circle-dashed",
    "blue": "progress",
    "amber": "clock-exclamation",
    "red": "alert-circle",
    "green": "circle-check",
    "purple": "arrow-back-up",
}
"""未开始 grey, 进行中 blue, 临近 amber, 逾期 red, 已完成 green, 已退回 purple: a colour never stands without its icon."""


def dash(value: Any) -> Any:
    """The value, or «—» when it is unknown. Zero and False are known."""
    return DASH if value is None or value == "" else value


def date_cn(value: date | datetime | None) -> str:
    """2026年3月5日."""
    if value is None:
        return DASH
    if isinstance(value, datetime):
        value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return f"{value.year}年{value.month}月{value.day}日"


def datetime_cn(value: datetime | None) -> str:
    """2026年3月5日 10:32, in local time."""
    if value is None:
        return DASH
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{date_cn(local)} {local:%H:%M}"


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a deadline is, in words and as a tone."""

    words: str
    tone: str


def distance(deadline: date, today: date, *, done_on: date | None = None, soon: int | None = None) -> Distance:
    """«还剩 3 天», «今天到期», «逾期 2 天»; once done, whether in time. ``soon``: days from which it counts as near."""
    if done_on is not None:
        late = (done_on - deadline).days
        return Distance(f"逾期 {late} 天完成", "amber") if late > 0 else Distance("按期完成", "green")
    days = (deadline - today).days
    if days < 0:
        return Distance(f"逾期 {-days} 天", "red")
    near = soon is not None and days <= soon
    if days == 0:
        return Distance("今天到期", "amber")
    return Distance(f"还剩 {days} 天", "amber" if near else "grey")


def number(value: Decimal | float | int | None, places: int | None = None) -> str:
    """A plain number without needless zeros, or with exactly ``places`` decimals."""
    if value is None:
        return DASH
    exact = Decimal(str(value))
    if places is not None:
        return str(exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))
    text = format(exact, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(value: Decimal | float | None, places: int = 1) -> str:
    """A share between 0 and 1 as «86.5%»."""
    return DASH if value is None else f"{number(Decimal(str(value)) * 100, places)}%"


def wan(yuan: Decimal | float | int | None) -> str:
    """An amount in yuan as «12.30 万元»."""
    return DASH if yuan is None else f"{number(Decimal(str(yuan)) / 10000, 2)} 万元"


def mask_phone(value: str | None) -> str:
    """138****5678; a short or landline number keeps its last two digits only."""
    if not value:
        return DASH
    if len(value) >= 11:
        return f"{value[:3]}****{value[-4:]}"
    return f"{'*' * max(len(value) - 2, 0)}{value[-2:]}"


def yes_no(value: bool | None) -> str:
    return DASH if value is None else ("是" if value else "否")
