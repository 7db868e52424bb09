"""What the three administrators look at first: accounts, log-in troubles, the event log."""

from datetime import date

from django.db.models import Count, Q
from django.urls import reverse

from dudao.core.access import Actor
from dudao.core.models import Event
from dudao.dashboards.queries.overview import Figure
from dudao.people.models import Account


def admin_figures(actor: Actor, today: date) -> list[Figure]:
    figures = []
    if actor.may_somewhere("account.view"):
        url = reverse("people:accounts")
        found = Account.objects.visible_to(actor, "account.view").aggregate(
            all=Count("pk"),
            active=Count("pk", filter=Q(is_active=True)),
            fresh=Count("pk", filter=Q(is_active=True, last_login__isnull=True)),
        )
        figures += [
            Figure("账号", found["all"], "个", f"启用 {found['active']}，停用 {found['all'] - found['active']}", url),
            Figure("从未登录", found["fresh"], "个", "启用但没有登录过", url, "amber" if found["fresh"] else ""),
        ]
    if actor.may_somewhere("audit.view"):
        events = Event.objects.visible_to(actor, "audit.view").filter(at__date=today)
        count = events.count()
        people = events.order_by().values("actor_id").distinct().count()
        figures.append(Figure("今天的操作", count, "条", f"涉及 {people} 人", reverse("people:events")))
    return figures
