"""What the parts of an address are called: the one place, for the description of the API and for commands."""

from api.words.language import Names, Words

PARTS: Names = {
    "uscc": Words("统一社会信用代码", "USCC"),
    "id": Words("编号，见其列表", "id, as the list of them says it"),
    "key": Words("标识，见其列表", "key, as its list says it"),
    "sha256": Words("SHA-256 摘要", "SHA-256 digest"),
    "import_id": Words("导入任务编号", "id of the import"),
    "request_id": Words("待批准编号", "id of the request"),
    "draw_id": Words("抽取编号", "id of the draw"),
    "number": Words("编号", "number"),
    "name": Words("名称", "name"),
    "position": Words("入账位置", "position"),
    "level": Words("树的层", "level of the tree"),
    "year": Words("年度", "year"),
}
"""Part of an address → what it is."""
