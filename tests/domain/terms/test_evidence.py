"""The name under which an entry knows a file: made from its digest, with what the phone put before it."""

import pytest

from domain.terms.evidence import Evidence, generated


@pytest.mark.parametrize(
    ("given", "media_type", "kept"),
    [
        ("张三 13800138000.jpg", "image/jpeg", "abababababab.jpg"),
        ("设备铭牌 · 左侧 · 张三.png", "image/png", "设备铭牌 · 左侧 · abababababab.png"),
        ("说明", "text/plain", "abababababab"),
        ("device-record-12.json", "application/json", "device-record-12.json"),
        ("签字 · signature.png", "image/png", "签字 · signature.png"),
        ("标注 0a1b2c.jpg", "image/jpeg", "标注 0a1b2c.jpg"),
    ],
)
def test_what_a_file_was_called_on_somebodys_disk_is_not_kept(
    given: str, media_type: str, kept: str
) -> None:
    one = Evidence(sha256="AB" * 32, media_type=media_type, file_name=given)
    named = generated(one)
    assert (named.file_name, named.sha256) == (kept, one.sha256)
    assert generated(named) == named
