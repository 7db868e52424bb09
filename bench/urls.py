"""The platform's addresses, and a bare page behind the same middleware."""

from django.http import HttpResponse
from django.urls import path

from dudao.urls import handler400, handler403, handler404, handler500, urlpatterns  # noqa: F401  Django asks this module for them

urlpatterns = [*urlpatterns, path("bare/", lambda request: HttpResponse("bare"))]
