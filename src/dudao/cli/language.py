"""Chinese or English on the command line, by the locale; also the sentences that argparse itself says."""

import argparse
import os

_ARGPARSE = {
    "usage: ": "用法：",
    "options": "选项",
    "positional arguments": "参数",
    "show this help message and exit": "显示本帮助后退出",
    "show program's version number and exit": "显示版本号后退出",
    "%(prog)s: error: %(message)s\n": "%(prog)s：错误：%(message)s\n",
    "argument %(argument_name)s: %(message)s": "参数 %(argument_name)s：%(message)s",
    "the following arguments are required: %s": "缺少参数：%s",
    "unrecognized arguments: %s": "不认识的参数：%s",
    "invalid choice: %(value)r (choose from %(choices)s)": "没有“%(value)s”，可选：%(choices)s",
    "invalid %(type)s value: %(value)r": "“%(value)s”不对，应为 %(type)s",
    "expected one argument": "后面要跟一个值",
}


def chinese() -> bool:
    """Whether the locale asks for Chinese: LC_ALL, then LC_MESSAGES, then LANG, as everywhere."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return os.environ[name].lower().startswith("zh")
    return False


def t(english: str, zh: str) -> str:
    """The sentence in the reader's language."""
    return zh if chinese() else english


def localize_argparse() -> None:
    """argparse looks its own sentences up by gettext, for which no Chinese catalogue is shipped; a table does."""
    if chinese():
        argparse._ = lambda text: _ARGPARSE.get(text, text)  # type: ignore[attr-defined]
