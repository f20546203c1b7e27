"""Which columns of a list a table or a file has: those that were asked for, in their order, or all."""

from api.questions.problems import invalid
from projections.items.shape import Audience, Shape


def table(shape: Shape, chosen: str | None, audience: Audience) -> Shape:
    """Return the shape of a row as a table shows it to them; `chosen`: names with commas, or none.

    Raises:
        Problem: 422, a name that the list has not, or not for them.
    """
    visible = shape.seen_by(audience)
    if chosen is None:
        return visible
    names = chosen.split(",")
    if not all(map(visible.has, names)):
        there = [field.name for field in visible.fields]
        raise invalid(
            "columns",
            f"取值应为 {'、'.join(there)} 中的若干项",
            f"must be some of {', '.join(there)}",
        )
    return visible.only(*names)
