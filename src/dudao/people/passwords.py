"""Which passwords are accepted: pure rules with their reasons, and the same as a validator for Django.

The rules are those of GB/T 22239-2019 8.1.4.1 a in usual practice: length, kinds of characters, nothing that everybody
knows about the person. Whether a password was used before needs the database and is checked by the action.
"""

import re
import unicodedata
from typing import Any

from django.core.exceptions import ValidationError

LEAST_LENGTH = 10
_MOST_LENGTH = 128
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "0123456789", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn")
_WEAK = ("password", "passwd", "admin", "root", "qwer", "asdf", "zxcv", "1qaz", "abc123", "iloveyou", "woaini", "dudao")
_LOOKALIKE = str.maketrans("@$013", "asoie")


def weaknesses(password: str, *, username: str = "", name: str = "", pinyin: str = "", phone: str = "") -> list[str]:
    """What is wrong with a password, each as a sentence; empty when it is good enough."""
    found = []
    if len(password) < LEAST_LENGTH:
        found.append(f"密码只有 {len(password)} 个字符，至少要 {LEAST_LENGTH} 个。")
    if len(password) > _MOST_LENGTH:
        found.append(f"密码最长 {_MOST_LENGTH} 个字符。")
    if sum(bool(re.search(kind, password)) for kind in ("[a-z]", "[A-Z]", "[0-9]", "[^a-zA-Z0-9]")) < 3:
        found.append("密码要包含大写字母、小写字母、数字、符号中的至少三种。")
    folded = unicodedata.normalize("NFKC", password).casefold()
    plain = folded.translate(_LOOKALIKE)
    letters = re.sub(r"[^a-z]", "", folded)
    if len(username) >= 3 and username.casefold() in folded:
        found.append("密码里不能有登录名。")
    if len(name) >= 2 and name in password:
        found.append("密码里不能有本人姓名。")
    joined = pinyin.replace(" ", "").casefold()
    if len(joined) >= 4 and joined in letters:
        found.append("密码里不能有本人姓名的拼音。")
    digits = re.sub(r"\D", "", phone)
    if len(digits) >= 7 and (digits in folded or digits[-8:] in folded):
        found.append("密码里不能有本人电话号码。")
    run = _longest_run(folded)
    if len(run) >= 5:
        found.append(f"密码里有连续或重复的“{run}”，很容易被猜到。")
    rest = next((word for word in _WEAK if word in folded or word in plain), "")
    if rest and len(folded) - len(rest) < 8:
        found.append("密码以常见的词为主，很容易被猜到，请换一个。")
    return found


def _longest_run(text: str) -> str:
    """The longest piece of one character repeated or of neighbours on the keyboard or in the alphabet, either way."""
    best = ""
    for at in range(len(text)):
        end = at + 1
        while end < len(text) and text[end] == text[at]:
            end += 1
        for row in (*_ROWS, *(row[::-1] for row in _ROWS)):
            length = 1
            while at + length < len(text) and text[at : at + length + 1] in row:
                length += 1
            end = max(end, at + length)
        if end - at > len(best):
            best = text[at:end]
    return best


class Rules:
    """The same for ``AUTH_PASSWORD_VALIDATORS``."""

    def validate(self, password: str, user: Any = None) -> None:
        facts = {key: getattr(user, key, "") or "" for key in ("username", "name", "pinyin", "phone")} if user else {}
        found = weaknesses(password, **facts)
        if found:
            raise ValidationError(found)

    def get_help_text(self) -> str:
        return (
            f"至少 {LEAST_LENGTH} 个字符，大写字母、小写字母、数字、符号中的至少三种；"
            "不含登录名、姓名、姓名拼音和电话号码，不与最近用过的密码相同。"
        )
