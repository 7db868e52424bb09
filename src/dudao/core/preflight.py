"""What must be true before the platform serves anybody: pure checks of the environment, without Django or a database.

Settings refuse the same things by the same rules; the command line asks here first, to answer in the reader's language.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass

MODES = ("production", "demo", "test")
_SECRET_LENGTH = 50
_SECRET_LETTERS = 12


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason to refuse, and what to do, in English and Chinese."""

    english: str
    chinese: str


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def secret_problem(key: str) -> Problem | None:
    """A secret must be long, and not one letter repeated."""
    if len(key) >= _SECRET_LENGTH and len(set(key)) >= _SECRET_LETTERS:
        return None
    return Problem(
        f"DUDAO_SECRET_KEY is missing or weak: set at least {_SECRET_LENGTH} random characters, "
        "for example those that `dudao secret` prints.",
        f"DUDAO_SECRET_KEY 未设置或强度不够：请设为至少 {_SECRET_LENGTH} 个随机字符，可用 `dudao secret` 生成。",
    )


def _hosts_problem(hosts: str) -> Problem | None:
    named = [host.strip() for host in hosts.split(",") if host.strip()]
    if named and "*" not in named:
        return None
    return Problem(
        "DUDAO_ALLOWED_HOSTS is missing or open to all: name the hosts users type, comma-separated.",
        "DUDAO_ALLOWED_HOSTS 未设置或对所有域名开放：请列出用户访问时使用的域名或地址，用英文逗号分隔。",
    )


def problems(env: Mapping[str, str], *, host: str | None = None) -> list[Problem]:
    """Everything that forbids a start. ``host`` is the address to listen on, None when nobody is served."""
    found: list[Problem | None] = []
    mode = env.get("DUDAO_MODE", "production")
    if mode not in MODES:
        found.append(
            Problem(
                f"DUDAO_MODE={mode}: use production, demo or test.",
                f"DUDAO_MODE={mode} 无效：只能是 production、demo 或 test。",
            )
        )
    url = env.get("DATABASE_URL", "")
    if url and not url.startswith(("postgresql://", "postgres://")):
        found.append(
            Problem(
                "DATABASE_URL must start with postgresql:// (no other database is supported).",
                "DATABASE_URL 须以 postgresql:// 开头（只支持 PostgreSQL）。",
            )
        )
    if mode == "production":
        found.append(secret_problem(env.get("DUDAO_SECRET_KEY", "")))
        found.append(_hosts_problem(env.get("DUDAO_ALLOWED_HOSTS", "")))
        if env.get("DUDAO_DEBUG") == "1":
            found.append(
                Problem(
                    "DUDAO_DEBUG=1 is refused in production: error pages would show data and settings.",
                    "正式环境不得设置 DUDAO_DEBUG=1：出错页面会泄露数据和配置。",
                )
            )
    if host is not None and not url and not is_loopback(host):
        found.append(
            Problem(
                f"The embedded database does not serve a public address ({host}): set DATABASE_URL to a PostgreSQL "
                "of its own, or listen on 127.0.0.1 behind a proxy.",
                f"内置数据库不能用于对外地址（{host}）：请用 DATABASE_URL 指定独立的 PostgreSQL，"
                "或只监听 127.0.0.1 并在前面加反向代理。",
            )
        )
    return [problem for problem in found if problem is not None]


def warnings(env: Mapping[str, str]) -> list[Problem]:
    """What forbids no start, but will hurt."""
    proxied = env.get("DUDAO_MODE", "production") == "production" and env.get("DUDAO_HTTPS", "1") == "1"
    if not proxied or env.get("DUDAO_TRUSTED_PROXIES", "").strip(" ,"):
        return []
    return [
        Problem(
            "DUDAO_TRUSTED_PROXIES is not set: behind a proxy all visitors count as one address, and wrong log-ins of a few "
            "lock everybody out. Set it to the proxy's address, for example 127.0.0.1.",
            "DUDAO_TRUSTED_PROXIES 未设置：在反向代理之后，所有访问者会被当作同一个地址，少数人输错密码就会使全部人员暂停登录。"
            "请设为代理服务器的地址，例如 127.0.0.1。",
        )
    ]
