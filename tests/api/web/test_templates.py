"""What holds for every template, whatever it shows."""

import re
from pathlib import Path

import pytest

from api.web.frame.static import content

TEMPLATES = Path(__file__).parents[3] / "api" / "web" / "templates"
STATIC = Path(__file__).parents[3] / "api" / "web" / "static"
FILES = sorted(TEMPLATES.rglob("*.html"))
CHINESE = re.compile(r"[㐀-鿿]")
PAIR = re.compile(r"""\bt\(\s*(["'])(?P<zh>.*?)\1\s*,\s*(["'])(?P<en>.*?)\3\s*\)""", re.DOTALL)
OFFICIAL = ("京人社职鉴发〔2020〕3号", "中文")
"""The number of the notice has no English form; the name of a language is written in it."""


def _named(path: Path) -> str:
    return str(path.relative_to(TEMPLATES))


@pytest.mark.parametrize("path", FILES, ids=_named)
def test_every_text_stands_in_both_languages(path: Path):
    source = re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for official in OFFICIAL:
        source = source.replace(official, "")
    pairs = list(PAIR.finditer(source))
    assert [m["en"] for m in pairs if CHINESE.search(m["en"])] == []
    assert [m["zh"] for m in pairs if m["zh"].strip() and not m["en"].strip()] == []
    left = PAIR.sub("", source)
    assert [line.strip() for line in left.splitlines() if CHINESE.search(line)] == []


@pytest.mark.parametrize("path", FILES, ids=_named)
def test_nothing_inline_that_the_policy_forbids(path: Path):
    source = path.read_text(encoding="utf-8")
    assert re.findall(r"\sstyle=|\son[a-z]+=|javascript:|<style", source) == []
    assert re.findall(r"<script(?![^>]*\bsrc=)", source) == []
    assert re.findall(r"""(?:src|href|action)=["']https?:""", source) == []


def test_scripts_and_styles_stay_small():
    sizes = {p.name: p.stat().st_size for p in STATIC.rglob("*.css")}
    assert sum(sizes.values()) <= 40_000, sizes
    scripts = [p.relative_to(STATIC).as_posix() for p in STATIC.rglob("*.js")]
    delivered = {name: len(content(name) or b"") for name in scripts}
    # What a phone loads over a bad line and keeps: those of the field, and the one of every page.
    phone = {n: size for n, size in delivered.items() if n == "dudao.js" or n.startswith("field/")}
    assert sum(phone.values()) <= 60_000, phone
    # What a page of the desk loads beside these is its own.
    assert all(size <= 8_000 for name, size in delivered.items() if name not in phone), delivered
