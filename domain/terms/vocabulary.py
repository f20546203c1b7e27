"""Words with a fixed meaning: roles, levels by rank, methods, modes, verdicts, standings.

Everything that is written in a stored event is written in exactly one form, the value of
an enumeration here. What people write instead (初级工, 五级, 5) is read by `level_from`.
"""

import re
import unicodedata
from enum import IntEnum, StrEnum
from functools import lru_cache
from types import MappingProxyType


class Role(StrEnum):
    """Who acts (domain roles; 三权分立 for the three administrators)."""

    QUALITY_SUPERVISOR = "quality_supervisor"
    CENTRE_OFFICER = "centre_officer"
    BUREAU_PUBLISHER = "bureau_publisher"
    DISTRICT_INSPECTOR = "district_inspector"
    EXPERT = "expert"
    ENTERPRISE_REPORTER = "enterprise_reporter"
    ANALYST = "analyst"
    PUBLIC = "public"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"
    SYSTEM_ADMIN = "system_admin"


class Level(StrEnum):
    """A skill level as it is stored. Order by `rank`, never by the digit: it runs backwards."""

    APPRENTICE = "apprentice"
    FIVE = "5"
    FOUR = "4"
    THREE = "3"
    TWO = "2"
    ONE = "1"
    SPECIAL = "special"
    CHIEF = "chief"

    @property
    def rank(self) -> int:
        """0 = 学徒工, 1 = 初级工 … 5 = 高级技师, 6 = 特级技师, 7 = 首席技师."""
        return _RANK[self]

    @property
    def zh(self) -> str:
        """Return the official Chinese name."""
        return _LEVEL_ZH[self]

    @property
    def en(self) -> str:
        """Return the English name (ours)."""
        return _LEVEL_EN[self]


_RANK = MappingProxyType({level: rank for rank, level in enumerate(Level)})
_LEVEL_ZH = MappingProxyType(
    dict(
        zip(
            Level,
            (
                "学徒工",
                "五级/初级工",
                "四级/中级工",
                "三级/高级工",
                "二级/技师",
                "一级/高级技师",
                "特级技师",
                "首席技师",
            ),
            strict=True,
        )
    )
)
_LEVEL_EN = MappingProxyType(
    dict(
        zip(
            Level,
            (
                "apprentice",
                "level 5 (elementary)",
                "level 4 (intermediate)",
                "level 3 (advanced)",
                "level 2 (technician)",
                "level 1 (senior technician)",
                "special technician",
                "chief technician",
            ),
            strict=True,
        )
    )
)
_LEVEL_WORDS = MappingProxyType(
    {
        word: level
        for level, words in {
            Level.APPRENTICE: "apprentice 学徒工 学徒",
            Level.FIVE: "5 五级 5级 五 初级工 初级 初级技能 国家职业资格五级",
            Level.FOUR: "4 四级 4级 四 中级工 中级 中级技能 国家职业资格四级",
            Level.THREE: "3 三级 3级 三 高级工 高级 高级技能 国家职业资格三级",
            Level.TWO: "2 二级 2级 二 技师 国家职业资格二级",
            Level.ONE: "1 一级 1级 一 高级技师 国家职业资格一级",
            Level.SPECIAL: "special 特级技师 特级",
            Level.CHIEF: "chief 首席技师 首席",
        }.items()
        for word in words.split()
    }
)


_LEVEL_PART = re.compile(r"[()\[\]〔〕【】/、,;，；及和与兼|\\]+")
_LEVEL_RANGE = re.compile(r"(.+?)(?:至|到|—+|–|-+|~|～|－)(.+)")


def level_from(text: str) -> Level | None:
    """Return the one level that `text` names, in any usual way of writing; None where it does not.

    初级工, 五级, 5, ５, 初级, 五级/初级工, 初级工(五级), 五级初级工: what is said twice must agree.
    """
    level = _LEVEL_WORDS.get(text)
    if level is not None:
        return level
    levels = levels_from(text)
    return levels[0] if levels is not None and len(levels) == 1 else None


@lru_cache(maxsize=1_024)
def levels_from(text: str) -> tuple[Level, ...] | None:
    """Return the levels that `text` lists, each once in its order; None where a word names none.

    A range (五级至三级) holds all between its ends, by rank.
    """
    plain = _LINES.sub("、", unicodedata.normalize("NFKC", text).strip())
    # A blank stands inside a word (四级 / 中级工) or between two (四级 三级): first as inside.
    return _listed("".join(plain.split()), _COMMAS) or _listed(plain, _GAPS)


_LINES = re.compile(r"\s*[\r\n]+\s*")
_COMMAS = re.compile(r"[、,;]+|及|和|与")
_GAPS = re.compile(r"[、,;\s]+|及|和|与")


def _listed(text: str, gaps: re.Pattern[str]) -> tuple[Level, ...] | None:
    all_levels: dict[Level, None] = {}
    for word in gaps.split(text):
        levels = _levels_in(word)
        if levels is None:
            return None
        all_levels |= dict.fromkeys(levels)
    return tuple(all_levels) or None


def _levels_in(word: str) -> tuple[Level, ...] | None:
    """Return the levels of one word, one range, or names of one sort between slashes; none of ""."""
    if not word:
        return ()
    one = _one_level(word)
    if one is not None:
        return (one,)
    ends = _LEVEL_RANGE.fullmatch(word)
    first, last = (None, None) if ends is None else (_one_level(ends[1]), _one_level(ends[2]))
    if first is not None and last is not None:
        step = 1 if first.rank <= last.rank else -1
        return tuple(list(Level)[rank] for rank in range(first.rank, last.rank + step, step))
    parts = [part for part in word.split("/") if part]
    # 五级/四级 lists two; 四级/高级工 contradicts itself.
    if len(parts) > 1 and len({part[-1] in "级12345" for part in parts}) == 1:
        levels = [level for part in parts if (level := _one_level(part)) is not None]
        return tuple(levels) if len(levels) == len(parts) else None
    return None


def _one_level(word: str) -> Level | None:
    """Return the level that every part of `word` names: 四级(中级工), 四级/中级工, 四级中级工."""
    known = _LEVEL_WORDS.get(word)
    if known is not None:
        return known
    parts = [part for part in _LEVEL_PART.split(word) if part]
    if len(parts) > 1:
        named = {_one_level(part) for part in parts}
        return named.pop() if len(named) == 1 else None
    return _level_said_twice(parts[0]) if parts else None


def _level_said_twice(word: str) -> Level | None:
    """Return the level of a word made of two names of it: 四级中级工, 中级工四级."""
    for cut in range(1, len(word)):
        first = _LEVEL_WORDS.get(word[:cut])
        if first is not None and _LEVEL_WORDS.get(word[cut:]) is first:
            return first
    return _LEVEL_WORDS.get(word)


class EnterpriseKind(StrEnum):
    """市属, 区属, 外资, 非公, 央企 (一(一), 六(一))."""

    MUNICIPAL = "municipal"
    DISTRICT = "district"
    FOREIGN = "foreign"
    PRIVATE = "private"
    CENTRAL = "central"

    @property
    def takes_district_route(self) -> bool:
        """Whether the district authority gives the first opinion (六(一))."""
        return self in {EnterpriseKind.DISTRICT, EnterpriseKind.FOREIGN, EnterpriseKind.PRIVATE}


class MaterialKind(StrEnum):
    """The five materials of an application (五)."""

    APPLICATION_FORM = "application_form"
    IMPLEMENTATION_PLAN = "implementation_plan"
    INCENTIVE_POLICY = "incentive_policy"
    STANDARDS = "standards"
    PREMISES = "premises"


class Method(StrEnum):
    """考核鉴定, 过程化考核, 业绩评价, 直接认定 and the enterprise's own declared method (二(三))."""

    EXAMINATION = "examination"
    PROCESS = "process"
    PERFORMANCE = "performance"
    DIRECT = "direct"
    OWN = "own"


_METHOD_WORDS = MappingProxyType(
    {
        "考核鉴定": Method.EXAMINATION,
        "过程化考核": Method.PROCESS,
        "业绩评价": Method.PERFORMANCE,
        "直接认定": Method.DIRECT,
    }
)


def method_from(text: str) -> Method | None:
    """Return the method of the notice that `text` names: its value, or the notice's own word."""
    word = "".join(unicodedata.normalize("NFKC", text).split())
    known = _METHOD_WORDS.get(word)
    if known is not None:
        return known
    return next((method for method in Method if method.value == word), None)


class Mode(StrEnum):
    """Where a session takes place: on site, online, or nowhere (直接认定)."""

    ON_SITE = "on_site"
    ONLINE = "online"
    NO_SESSION = "no_session"


class CandidateCategory(StrEnum):
    """在职职工, 劳务派遣人员, 校企合作技工院校学生, 新型学徒; anyone else is `other` (二(一))."""

    EMPLOYEE = "employee"
    DISPATCHED = "dispatched"
    STUDENT = "student"
    APPRENTICE = "apprentice"
    OTHER = "other"


class ContentPart(StrEnum):
    """What 二(二)2 adds for 技师 and 高级技师."""

    PROJECTS = "projects"
    PROBLEMS = "problems"
    INNOVATION = "innovation"
    TEACHING = "teaching"


class StaffDuty(StrEnum):
    """考评人员 and 质量内控人员 (一(四))."""

    ASSESSOR = "assessor"
    QUALITY = "quality"


class PartnershipKind(StrEnum):
    """校企合作的技工院校 and 企业新型学徒制 (二(一))."""

    SCHOOL = "school"
    APPRENTICESHIP = "apprenticeship"


class GroundKind(StrEnum):
    """What 直接认定 rests on: 竞赛 or 突出贡献 (二(三)4)."""

    COMPETITION = "competition"
    CONTRIBUTION = "contribution"


class Datum(StrEnum):
    """Datum of a coordinate pair."""

    WGS84 = "WGS-84"
    GCJ02 = "GCJ-02"
    BD09 = "BD-09"
    CGCS2000 = "CGCS2000"


class Opinion(StrEnum):
    """初步意见 of a district (六(一))."""

    SUPPORT = "support"
    OPPOSE = "oppose"


class Severity(StrEnum):
    """Weight of a finding or a flag."""

    MINOR = "minor"
    MAJOR = "major"
    SEVERE = "severe"


class ReviewDecision(StrEnum):
    """What a supervisor made of a flag."""

    UPHELD = "upheld"
    DISMISSED = "dismissed"
    CONVERTED = "converted"


class ReviewLapse(StrEnum):
    """Why a review does not hold any more."""

    OUTCOME_CHANGED = "outcome_changed"
    FINDING_WITHDRAWN = "finding_withdrawn"
    FINDING_WITHOUT_CONSEQUENCE = "finding_without_consequence"
    """Closed with nothing put right and no measure in being: it ended as if there had been nothing."""


class CatalogueKind(StrEnum):
    """Kinds of reference that have their own valid time."""

    DICTIONARY = "dictionary"
    NEW_OCCUPATIONS = "new_occupations"
    STANDARDS = "standards"
    QUALIFICATIONS = "qualifications"
    MAPPING = "mapping"
    RULES = "rules"
    OUTLINE = "outline"

    @property
    def zh(self) -> str:
        """Return the Chinese name."""
        return _CATALOGUE_ZH[self]

    @property
    def en(self) -> str:
        """Return the English name (ours)."""
        return _CATALOGUE_EN[self]


_CATALOGUE_ZH = MappingProxyType(
    dict(
        zip(
            CatalogueKind,
            (
                "职业分类大典",
                "新职业",
                "国家职业标准",
                "国家职业资格目录",
                "大典版本对应关系",
                "规则",
                "市界",
            ),
            strict=True,
        )
    )
)
_CATALOGUE_EN = MappingProxyType(
    dict(
        zip(
            CatalogueKind,
            (
                "occupation dictionary",
                "new occupations",
                "national standards",
                "qualification catalogue",
                "mapping between editions",
                "rule set",
                "outline",
            ),
            strict=True,
        )
    )
)


class Standing(StrEnum):
    """Standing of an enterprise on a day (六(三))."""

    UNLISTED = "unlisted"
    LISTED = "listed"
    SUSPENDED = "suspended"
    REMOVED = "removed"
    EXPIRED = "expired"


class Aspect(StrEnum):
    """What a check tells about."""

    OCCUPATION = "occupation"
    LEVEL = "level"
    PLACE = "place"
    STANDING = "standing"
    METHOD = "method"
    UNIT = "unit"
    CANDIDATES = "candidates"
    STAFF = "staff"
    PLAN = "plan"
    CERTIFICATE = "certificate"
    VISIT = "visit"
    PROCEDURE = "procedure"
    RECTIFICATION = "rectification"


class Bound(StrEnum):
    """Outside of what a session may lie."""

    CONFIRMED = "confirmed"
    """The roster and the scope that it confirms (六(三), 七(三))."""
    CATALOGUES = "catalogues"
    """The occupations that there are and that enterprises may certify (三)."""
    CITY = "city"
    """Beijing (七(三))."""


class RaisedBy(StrEnum):
    """What turns the verdict of a check."""

    RECORD = "record"
    """The judged record, as the enterprise's file stands."""
    COUNT = "count"
    """The records that name the judged one, taken together."""
    DUPLICATES = "duplicates"
    """Records of whichever enterprise that bear the same number or were given to the same holder."""
    TIME = "time"
    """A day that passes: no record breaks it by itself (§6)."""


class Verdict(StrEnum):
    """Outcome of a check. "Not known" is undecided, never a guess."""

    CLEAR = "clear"
    UNDECIDED = "undecided"
    BREACH = "breach"

    @property
    def gravity(self) -> int:
        """0 clear, 1 undecided, 2 breach: the order in which verdicts worsen."""
        return _GRAVITY[self]


_GRAVITY = MappingProxyType({verdict: gravity for gravity, verdict in enumerate(Verdict)})


class Case(IntEnum):
    """How a flag's verdict stands to what was known when the record was made."""

    THEN_AND_NOW = 0
    THEN_NOT_NOW = 1
    NOW_NOT_THEN = 2
    OVERTURNED = 3

    @property
    def label(self) -> str:
        """Name in the API."""
        return self.name.lower()
