"""What is asked for with a report."""

from typing import Literal

from pydantic import Field

from api.questions.questions import AsOf, Question


class ReportQuestion(AsOf):
    """Which report: its two clocks and its language."""

    lang: Literal["zh", "en"] = Field("zh", description="语言 / language")


class DocumentQuestion(Question):
    """In which language a document is wanted: an act has its own clocks."""

    lang: Literal["zh", "en"] = Field("zh", description="语言 / language")
