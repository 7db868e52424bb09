"""Pages of the mechanism itself: error pages and the development page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

__all__ = ["csrf_failure"]


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403.html", {"reason": "页面已过期，请刷新后重新提交。"}, status=403)
