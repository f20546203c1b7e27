"""S3, S4: not access-controlled, and existing in the dictionary (三)."""

from datetime import date

from domain.checks.outcome import CLEAR, Context, Outcome, bad_day, breach, undecided, worst
from domain.specification import filed_for
from domain.supervision.subject_file import SubjectFile
from domain.terms.reference import Control, Occupation, Publication, Published
from domain.terms.scope import names_same
from domain.terms.vocabulary import CatalogueKind

_PUBLISHING = (CatalogueKind.DICTIONARY, CatalogueKind.NEW_OCCUPATIONS)
"""Kinds of catalogue that say whether an occupation exists."""


def not_access_controlled(
    position: int, occupation: Occupation, first: date, last: date, context: Context
) -> Outcome:
    """S3: the occupation is 准入类 in the catalogue in force on no day of the session."""
    days = context.reference.days_of_change(first, last, CatalogueKind.QUALIFICATIONS)
    return worst(bad_day(_free_on(position, occupation, day, context), day, first) for day in days)


def _free_on(position: int, occupation: Occupation, day: date, context: Context) -> Outcome:
    control, edition = context.reference.control(occupation, day)
    if control is Control.FREE:
        return CLEAR
    because = (position, *context.reference.adoptions(day, CatalogueKind.QUALIFICATIONS))
    if control is Control.CONTROLLED:
        return breach(
            f"{occupation.label} 在 {day} 施行的{edition}年国家职业资格目录中为准入类",
            f"{occupation.label} is access-controlled in the {edition} catalogue, in force on {day}",
            *because,
            reason="access-controlled",
            values=(*occupation.parts, edition),
        )
    if control is Control.PARTLY:
        return undecided(
            f"{occupation.label} 在 {day} 施行的{edition}年国家职业资格目录中仅部分为准入类，"
            "记录未写明工种",
            f"only part of {occupation.label} is access-controlled in the {edition} catalogue, in force"
            f" on {day}; the record names no trade",
            *because,
            reason="partly-controlled",
            values=(*occupation.parts, edition),
        )
    return undecided(
        f"缺少目录“国家职业资格目录{edition}”（适用于 {day}），无法判断是否准入类",
        f"the catalogue qualifications {edition} in force on {day} is missing",
        *because,
        reason="catalogue-not-held",
        values=(*occupation.parts, edition),
    )


NO_STANDARD = "no-standard"
"""Reason of S4 where the standards say that there is none, and no specification was filed."""


def occupation_published(  # noqa: PLR0913, PLR0917 - two days, one occupation, and where to look
    position: int,
    occupation: Occupation,
    first: date,
    last: date,
    file: SubjectFile,
    context: Context,
) -> Outcome:
    """S4: the occupation exists on every day, in the edition that the record names or in a batch."""
    if first == last:
        return _published_on(position, occupation, first, file, context)
    days = {
        *context.reference.days_of_change(first, last, *_PUBLISHING),
        *context.reference.standard_days(occupation, first, last),
        *(day for day, _ in file.course.over(first, last)),
    }
    return worst(
        bad_day(_published_on(position, occupation, day, file, context), day, first)
        for day in sorted(days)
    )


def _published_on(
    position: int, occupation: Occupation, day: date, file: SubjectFile, context: Context
) -> Outcome:
    """S4 of one day.

    Where it exists in nothing that is held, but was confirmed by the paper that published it, it
    is undecided until that batch is adopted. Where the standards in force say that it has none,
    it is undecided unless the enterprise filed a specification of its own before.
    """
    publication = context.reference.publication(occupation, day)
    if publication.state is Published.YES:
        return _by_standard(position, occupation, day, file, context)
    if publication.state is Published.NOT_YET:
        return _not_yet(position, occupation, day, publication, context)
    because = (position, *context.reference.adoptions(day, CatalogueKind.DICTIONARY))
    doubt = _doubt(occupation, publication)
    if doubt is not None:
        reason = publication.state.name.lower().replace("_", "-")
        return undecided(*doubt, *because, reason=reason, values=occupation.parts)
    listing = file.course.on(day)
    if publication.state is Published.UNKNOWN and any(
        names_same(unit.occupation, occupation) for unit in listing.scope
    ):
        return undecided(
            f"“{occupation.label}”已凭公布文件确认，但缺少目录：收录它的新职业批次尚未采用",
            f"{occupation.label} was confirmed by the paper that published it; the catalogue"
            " new_occupations that lists it is missing",
            *because,
            *listing.because,
            reason="batch-not-adopted",
            values=occupation.parts,
        )
    return breach(
        *_unpublished(occupation, publication),
        *because,
        reason=publication.state.name.lower().replace("_", "-"),
        values=occupation.parts,
    )


def _by_standard(
    position: int, occupation: Occupation, day: date, file: SubjectFile, context: Context
) -> Outcome:
    standard = context.reference.standard(occupation, day)
    if standard is None or standard.exists or filed_for(file.specifications, occupation, day):
        return CLEAR
    filed = (specification.position for specification in file.specifications)
    return undecided(
        f"国家职业标准目录载明“{occupation.label}”没有国家职业标准，{day} 前也未见经备案的企业评价规范",
        f"the catalogue standards says that {occupation.label} has no national standard, and no"
        f" specification of the enterprise's own was filed before {day}",
        position,
        *context.reference.adoptions(day, CatalogueKind.STANDARDS),
        *filed,
        reason=NO_STANDARD,
        values=occupation.parts,
    )


def _doubt(occupation: Occupation, publication: Publication) -> tuple[str, str] | None:
    """Say why the catalogues that are held do not decide; None where they do."""
    if publication.state is Published.NOT_HELD:
        return (
            f"缺少目录“职业分类大典{occupation.edition}年版”，无法核对“{occupation.label}”",
            (
                f"the catalogue dictionary {occupation.edition} is missing:"
                f" {occupation.label} cannot be looked up"
            ),
        )
    if publication.state is Published.OTHER_NAME:
        return (
            f"编码与名称不符：{occupation.code} 与“{occupation.name}”（大典：{publication.known_as}）",
            (
                f"code and name disagree: {occupation.code} and {occupation.name}"
                f" (dictionary: {publication.known_as})"
            ),
        )
    if publication.state is Published.DOUBTFUL:
        return (
            f"目录“职业分类大典{publication.by}年版”中“{occupation.label}”的来源存疑，请核对原书",
            (
                f"the source for {occupation.label} in the catalogue dictionary {publication.by} is in doubt:"
                " see the printed book"
            ),
        )
    return None


def _unpublished(occupation: Occupation, publication: Publication) -> tuple[str, str]:
    if publication.state is Published.NO_SKILLS:
        return (
            (
                f"“{occupation.name}”（{occupation.code}）在大典或新职业批次 {publication.by} 中，"
                "但属于专业技术等类别，不是技能类职业"
            ),
            (
                f"{occupation.name} ({occupation.code}) is published ({publication.by}) but is no skills"
                " occupation"
            ),
        )
    if publication.state is Published.NO_SKILLS_CLASS:
        return (
            (
                f"“{occupation.name}”（{occupation.code}）的编码属于第{_CLASS_ZH[occupation.code[0]]}大类，"
                "不是技能类职业；已采用的目录只收录技能类职业"
            ),
            (
                f"the code of {occupation.name} ({occupation.code}) is of class {occupation.code[0]}:"
                " no skills occupation; the catalogues adopted list skills occupations"
            ),
        )
    return (
        f"{occupation.edition}年版大典及已采用的新职业批次中没有“{occupation.name}”（{occupation.code}）",
        (
            f"{occupation.name} ({occupation.code}) is not in the {occupation.edition} dictionary,"
            " nor in a batch of new occupations that was adopted"
        ),
    )


_CLASS_ZH = dict(zip("0123456789", "零一二三四五六七八九", strict=True))


def _not_yet(
    position: int, occupation: Occupation, day: date, publication: Publication, context: Context
) -> Outcome:
    """Say what a later edition means: a batch of another day, or the next dictionary too early."""
    reference = context.reference
    later = reference.adopted_as(publication.by, *_PUBLISHING)
    because = (position, *reference.adoptions(day, CatalogueKind.DICTIONARY), *later)
    before = reference.in_force(CatalogueKind.DICTIONARY, day)
    if publication.by != occupation.edition:
        return breach(
            f"{day} 时“{occupation.name}”尚未公布（新职业批次 {publication.by} 自 {publication.since} 起）",
            f"{occupation.name} was not published on {day} (batch {publication.by} from {publication.since})",
            *because,
            reason="not-published-yet",
            values=(*occupation.parts, str(day)),
        )
    if before is None or reference.dictionary(before.edition) is None:
        return undecided(
            f"{day} 时{occupation.edition}年版大典尚未施行，缺少当时适用的职业分类大典",
            f"the {occupation.edition} dictionary was not in force on {day}; the catalogue"
            " dictionary of that day is missing",
            *because,
            reason="edition-not-held",
            values=(*occupation.parts, str(day)),
        )
    then = reference.named(before.edition, occupation.name, day)
    if then is None:
        return breach(
            f"{day} 时适用{before.edition}年版大典，其中及当时已采用的新职业批次中没有“{occupation.name}”",
            f"on {day} the {before.edition} dictionary was in force; {occupation.name} is not in it"
            " nor in a batch adopted by then",
            *because,
            reason="not-in-edition-of-the-day",
            values=(*occupation.parts, str(day)),
        )
    return undecided(
        f"{day} 时适用{before.edition}年版大典（其中“{occupation.name}”编码为 {then or '未知'}），"
        f"记录却按{occupation.edition}年版填写",
        f"on {day} the {before.edition} dictionary was in force ({occupation.name}:"
        f" {then or 'code unknown'}); the record names the {occupation.edition} one",
        *because,
        reason="edition-not-in-force",
        values=(*occupation.parts, str(day)),
    )
