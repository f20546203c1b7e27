"""Occupations of the 2022 dictionary that the sample enterprises certify, grouped by line of business."""

from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


def occupation(code: str, name: str, trade: str | None = None, edition: str = "2022") -> Json:
    """Return an occupation as it is written in a line."""
    return {"edition": edition, "code": code, "name": name, "trade": trade}


def with_levels(of: Json, levels: str) -> Json:
    """Return a scope item: one character a level, highest rank last."""
    return {**of, "levels": list(levels)}


ELECTRICIAN = occupation("6-31-01-03", "电工")
FITTER = occupation("6-20-01-01", "装配钳工")
LATHE = occupation("6-18-01-01", "车工")
MILLING = occupation("6-18-01-02", "铣工")
ARC_WELDER = occupation("6-18-02-04", "焊工", "电焊工")
WELDER = occupation("6-18-02-04", "焊工")
PIPES = occupation("6-29-02-15", "管道工")
COOK = occupation("4-03-02-01", "中式烹调师")
PASTRY = occupation("4-03-02-02", "中式面点师")
TEA = occupation("4-03-02-07", "茶艺师")
CAR_REPAIR = occupation("4-12-01-01", "汽车维修工")
LIFTS = occupation("6-29-03-03", "电梯安装维修工")
COOLING = occupation("6-29-03-05", "制冷空调系统安装维修工")
CRANES = occupation("6-30-05-01", "起重装卸机械操作工")
COURIER = occupation("4-02-07-08", "快递员")
STOREKEEPER = occupation("4-02-06-01", "仓储管理员")
CARE = occupation("4-10-01-05", "养老护理员")
ROBOT_OPERATOR = occupation("6-31-07-03", "工业机器人系统操作员")
ROBOT_CARE = occupation("6-31-07-01", "工业机器人系统运维员")
NETWORK = occupation("4-04-04-01", "信息通信网络运行管理员")
SECURITY = occupation("4-04-04-02", "网络与信息安全管理员")
TESTER = occupation("4-04-04-04", "信息安全测试员")
GARDENS = occupation("4-09-10-01", "园林绿化工")
SUBSTATION = occupation("6-28-01-14", "变配电运行值班员")
WATER = occupation("6-28-03-01", "水生产处理工")
BEAUTY = occupation("4-10-03-01", "美容师")
HAIR = occupation("4-10-03-02", "美发师")
WATERPROOFING = occupation("6-29-02-08", "防水工")
WATERPROOFING_ROOFS = occupation("6-29-02-08", "防水工", "屋面防水工")
MASONRY = occupation("6-29-01-01", "砌筑工")
AI_TRAINER = occupation("4-04-05-05", "人工智能训练师")
MARKETING = occupation("4-01-06-02", "互联网营销师")
METRO = occupation("4-02-01-07", "城市轨道交通服务员")
DRONES = occupation("4-02-04-06", "无人机驾驶员")
CHEMISTRY = occupation("6-31-03-01", "化学检验员")
GUARD = occupation("4-07-05-01", "保安员")
FIRE_SYSTEMS = occupation("4-07-05-03", "消防设施操作员")

TRADES: tuple[tuple[str, tuple[Json, ...]], ...] = (
    ("机电", (with_levels(ELECTRICIAN, "54321"), with_levels(FITTER, "543"))),
    ("餐饮", (with_levels(COOK, "543"), with_levels(PASTRY, "54"))),
    ("汽车", (with_levels(CAR_REPAIR, "5432"),)),
    ("机床", (with_levels(LATHE, "543"), with_levels(MILLING, "543"))),
    ("焊接", (with_levels(ARC_WELDER, "543"), with_levels(PIPES, "54"))),
    ("电梯", (with_levels(LIFTS, "5432"), with_levels(COOLING, "543"))),
    ("物流", (with_levels(COURIER, "543"), with_levels(STOREKEEPER, "54"))),
    ("养老", (with_levels(CARE, "543"),)),
    ("智造", (with_levels(ROBOT_OPERATOR, "43"), with_levels(ROBOT_CARE, "432"))),
    ("网络", (with_levels(NETWORK, "43"), with_levels(SECURITY, "43"))),
    ("园林", (with_levels(GARDENS, "543"),)),
    ("能源", (with_levels(SUBSTATION, "543"), with_levels(WATER, "54"))),
    ("美业", (with_levels(BEAUTY, "543"), with_levels(HAIR, "543"))),
    ("建筑", (with_levels(MASONRY, "543"), with_levels(CRANES, "543"))),
    ("数据", (with_levels(AI_TRAINER, "543"), with_levels(MARKETING, "54"))),
    ("轨道", (with_levels(METRO, "543"), with_levels(DRONES, "54"))),
)
"""Line of business → the scope that an enterprise of it applies for."""
