"""Where a request comes from: the client's address behind known proxies, the device by its cookie, the browser in words."""

import functools
import ipaddress
import logging
import re
import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from dudao.people.secrets import keyed_digest

log = logging.getLogger(__name__)

DEVICE_COOKIE = "dudao_device"
_DEVICE_DAYS = 180


def _valid(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError:
        return ""


def client_address(request: HttpRequest) -> str:
    """The peer's address; behind a proxy named in ``TRUSTED_PROXIES`` the last forwarded address that is no such proxy.

    What a client writes into the header itself stands further left and is never believed.
    """
    address = _valid(request.META.get("REMOTE_ADDR", ""))
    if address not in settings.TRUSTED_PROXIES:
        return address
    for hop in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        found = _valid(hop)
        if not found:
            return address
        address = found
        if address not in settings.TRUSTED_PROXIES:
            return address
    return address


def unlisted_proxy(request: HttpRequest) -> str:
    """The address of a proxy that forwards requests without being named in ``TRUSTED_PROXIES``; empty when there is none.

    Behind it every visitor is one address, whose failures would lock everybody out together. Only a peer in a private network
    counts: from outside, a client may write the header itself.
    """
    peer = _valid(request.META.get("REMOTE_ADDR", ""))
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR")
    if not forwarded or not peer or peer in settings.TRUSTED_PROXIES or not ipaddress.ip_address(peer).is_private:
        return ""
    return peer


@functools.cache
def warn_of_proxy(peer: str) -> None:
    """Once a process, into its log."""
    log.warning(
        "X-Forwarded-For comes from %s, which DUDAO_TRUSTED_PROXIES does not name: all visitors count as one", peer
    )


def address_group(address: str) -> str:
    """The address as counted: IPv6 by its /64, which one subscriber commands as a whole."""
    parsed = _valid(address)
    if ":" in parsed:
        return str(ipaddress.ip_network(f"{parsed}/64", strict=False).network_address)
    return parsed


def device_digest(request: HttpRequest) -> str:
    token = request.COOKIES.get(DEVICE_COOKIE, "")
    return keyed_digest("device", token) if re.fullmatch(r"[\w-]{40,64}", token) else ""


def remember_device(request: HttpRequest, response: HttpResponse) -> None:
    """Give a browser its device cookie (renewed at every log-in). It says nothing about who uses it."""
    token = request.COOKIES.get(DEVICE_COOKIE, "")
    response.set_cookie(
        DEVICE_COOKIE,
        token,
        max_age=_DEVICE_DAYS * 86_400,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def ensure_device(request: HttpRequest) -> str:
    """The digest of this browser's device cookie, making one (sent by ``remember_device``) when it has none."""
    digest = device_digest(request)
    if not digest:
        request.COOKIES[DEVICE_COOKIE] = secrets.token_urlsafe(32)
        digest = device_digest(request)
    return digest


_SYSTEMS = (
    ("HarmonyOS", "鸿蒙"), ("Android", "安卓"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("UOS", "统信 UOS"), ("Kylin", "银河麒麟"), ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip
_BROWSERS = (
    ("MicroMessenger", "微信"), ("DingTalk", "钉钉"), ("QQBrowser", "QQ 浏览器"), ("Edg/", "Edge"), ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome 内核浏览器"), ("Safari/", "Safari"),
)  # fmt: skip


def device_words(agent: str) -> str:
    """The browser in words a person recognises: «Windows · Edge»."""
    system = next((words for mark, words in _SYSTEMS if mark in agent), "未知系统")
    browser = next((words for mark, words in _BROWSERS if mark in agent), "未知浏览器")
    return f"{system} · {browser}"
