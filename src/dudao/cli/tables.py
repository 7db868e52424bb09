"""What the computing verbs share: a file's cells, a standard by its name or as a file of one's own, JSON on the screen."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dudao import packs
from dudao.cli.environment import Refused
from dudao.cli.language import t
from dudao.core import sheets

MAX_BYTES = 100 * 1024 * 1024


def print_json(value: Mapping[str, Any]) -> None:
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, allow_nan=False)
    sys.stdout.write("\n")


def values_of(kind: str, wanted: str) -> Mapping[str, Any]:
    """The plain values of a pack by its name, or of a .yaml file in the same form; one with a `base` comes resolved."""
    try:
        if wanted.endswith((".yaml", ".yml")):
            return packs.read_file(Path(wanted))
        return packs.read(kind, wanted)
    except KeyError:
        known = "、".join(packs.names(kind))
        raise Refused(
            t(f"There is no pack “{wanted}”; there are: {known}.", f"没有标准“{wanted}”，现有：{known}。")
        ) from None
    except OSError as error:
        raise Refused(t(f"Can't read {wanted}: {error.strerror}.", f"无法读取 {wanted}：{error.strerror}。")) from error
    except packs.PackError as error:
        raise Refused(str(error)) from error


def bytes_of(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise Refused(t(f"{path} is a folder; name a file.", f"{path} 是目录，请给出文件。"))
        if path.stat().st_size > MAX_BYTES:
            limit = MAX_BYTES // 1024**2
            raise Refused(t(f"{path} is larger than {limit} MB.", f"{path} 超过 {limit} MB，请按县拆成几个文件。"))
        return path.read_bytes()
    except OSError as error:
        raise Refused(t(f"Can't read {path}: {error.strerror}.", f"无法读取 {path}：{error.strerror}。")) from error


def cells_of(data: bytes, path: Path) -> list[list[Any]]:
    """The cells of a .csv in UTF-8 or GB 18030, else of a workbook's first sheet. Raises `sheets.SheetError`."""
    is_text = path.suffix.lower() == ".csv"
    return sheets.grid_of_file(data if is_text else sheets.modern(data), path.name, max_bytes=MAX_BYTES)
