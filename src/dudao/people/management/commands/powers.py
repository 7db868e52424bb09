"""Print who may do what as a page of the manual."""

from typing import Any

from django.core.management.base import BaseCommand

from dudao.people.queries.powers import Given, powers_given
from dudao.people.roles import ROLES


class Command(BaseCommand):
    help = __doc__ or ""
    requires_system_checks: list[str] = []  # noqa: RUF012  as Django declares it

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(page(), ending="")


def page() -> str:
    lines = [
        "# 谁可以做什么",
        "",
        "角色由职权组成，职权包括若干动作，在任用的单位和它的下级有效。平台上管理员的“角色职权”页是同一张表。",
        "本页由 `make permissions` 生成，请不要手工修改。",
        "",
        "| 职权 | 包括的动作 | 角色 |",
        "|---|---|---|",
    ]
    return "\n".join([*lines, *(_row(given) for given in powers_given())]) + "\n"


def _row(given: Given) -> str:
    roles = "所有角色" if len(given.roles) == len(ROLES) else "、".join(role.label for role in given.roles)
    return f"| {given.label} | {'、'.join(given.acts)} | {roles} |"
