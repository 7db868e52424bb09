"""The log-in rules in force: the newest row, or the defaults of the model while nobody changed them."""

from django.utils import timezone

from dudao.people.models import LoginPolicy


def login_policy() -> LoginPolicy:
    return LoginPolicy.objects.order_by("-id").first() or LoginPolicy(since=timezone.now())
