"""How a unit's own light and the quality of its work read on pages: word and tone of each."""

from dudao.core.ui.parts import State
from dudao.plans.models import Light, LightRule

SELF_LIGHTS: dict[str, State] = {
    Light.GREEN: State("顺利推进", "green"),
    Light.AMBER: State("存在困难", "amber"),
    Light.RED: State("难以按期完成", "red"),
}

QUALITY: dict[str, State] = {
    LightRule.Quality.GOOD: State("优", "green"),
    LightRule.Quality.FAIR: State("合格", "blue"),
    LightRule.Quality.POOR: State("质量不高", "amber"),
}
