"""The colours of lights (亮灯) and how they are written, for all that has a deadline. What a colour means is data elsewhere."""

from django.db import models
from django.db.models import Func, IntegerField

from dudao.core.ui.parts import State


class Light(models.TextChoices):
    GREY = "grey", "未开始"
    BLUE = "blue", "进行中"
    AMBER = "amber", "临近"
    RED = "red", "逾期"
    GREEN = "green", "已完成"
    PURPLE = "purple", "已退回"


ORDER = (Light.RED, Light.AMBER, Light.PURPLE, Light.BLUE, Light.GREY, Light.GREEN)
"""The most urgent first."""

_WORDS = {"red": "红灯", "amber": "黄灯", "purple": "紫灯", "blue": "蓝灯", "grey": "灰灯", "green": "绿灯"}
LIGHTS: dict[str, State] = {light: State(_WORDS[light], str(light)) for light in ORDER}
"""The colours by name, the most urgent first."""


class DaysBetween(Func):
    """Days between two dates, as an integer: PostgreSQL's own ``date - date``."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = IntegerField()
