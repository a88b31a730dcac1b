"""Personal codes and contacts in text: identity codes, numbers, addresses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .redaction_view import seen_text

__all__ = ["CodeSpan", "find_codes"]


@dataclass(frozen=True)
class CodeSpan:
    """A code found; `verified` says whether its check digits are right (True without any)."""

    start: int
    end: int
    kind: str
    verified: bool = True


def _hetu(text: str) -> bool | None:
    from stdnum.fi import hetu

    compact = text.upper().replace(" ", "")
    if not _real_date(compact[0:2], compact[2:4]):
        return None
    return bool(hetu.is_valid(compact, allow_temporary=True))


def _personnummer(text: str) -> bool | None:
    from stdnum.se import personnummer

    text = text.replace(" ", "")
    digits = re.sub(r"\D", "", text)
    month, day = digits[-8:-6], int(digits[-6:-4])
    if day > 60:  # coordination number: the day is raised by 60, the check digit counts it so
        from stdnum import luhn

        return bool(luhn.is_valid(digits[-10:])) if _real_date(f"{day - 60:02d}", month) else None
    if not _real_date(f"{day:02d}", month):
        return None
    return bool(personnummer.is_valid(text))


def _real_date(day: str, month: str) -> bool:
    return 1 <= int(day) <= 31 and 1 <= int(month) <= 12


def _business_id(text: str) -> bool | None:
    from stdnum.fi import ytunnus

    return bool(ytunnus.is_valid(text.replace(" ", "").zfill(9)))


def _iban(text: str) -> bool | None:
    from stdnum import iban

    country, text = text[:2].upper(), text.replace("-", "")
    if not iban.is_valid(text):
        return False if country in ("FI", "SE") else None
    from stdnum import luhn

    # a Finnish account number carries a Luhn digit of its own
    return country != "FI" or bool(luhn.is_valid(re.sub(r"\s", "", text)[4:]))


def _card(text: str) -> bool | None:
    from stdnum import luhn

    digits = re.sub(r"\D", "", text)
    return True if 13 <= len(digits) <= 19 and luhn.is_valid(digits) else None


def _always(text: str) -> bool | None:
    return True


_STREET = (
    r"(?:(?:[A-ZÅÄÖ][\wåäöÅÄÖ'’-]{0,40}[ ])?(?!Valta|Kanta|Seutu|Yhdys|Moottori)"
    r"[A-ZÅÄÖ][\wåäöÅÄÖ-]{0,40}?"
    r"(?:k[au]tu|kadu|tie|ku[jn]a|polku|polu|kaare?|kaari|raitti|raiti|rinte|rinne|aukio|"
    r"tori|torn?|"
    r"ranta|ranna|väylä|bulevardi|esplanadi|puistikko|penger|mäki|mäe|laita|vaja)"
    r"(?:n|lla|llä|lle|lta|ltä|ssa|ssä|sta|stä|ll|lt)?"
    r"|[A-ZÅÄÖ][\wåäöÅÄÖ-]{0,40}?(?:gatan|vägen|gränden|gränd|stigen|torget|allén|esplanaden)"
    r"|(?:[A-Z][\w'-]+ ){1,3}(?:Street|Road|Avenue|Lane))"
)
_LOW_STREET = (
    r"(?!valta|kanta|seutu|yhdys|moottori|pää|kevyt|sivu|tämä)[a-zåäö]{4,40}?(?:ka[td]u|tie|kuja|kuji?n|polku|polu|kaari|"
    r"kaare|raitti|raiti|rinne|aukio|puistikko|bulevardi)(?:n|lla|llä|lle|lta|ltä|ssa|ssä|sta|stä)?"
    r"|[a-zåäö]{3,40}?(?:gatan|vägen|gränden|stigen)"
)
_NO_HOUSE = (
    r"\d| ?(?:luvun|luku|§|%|€|km|kg|kpl|vuot|v\.|kertaa|minuut|tunti|päiv|euro|metri)|[.,]\d"
)
_TOWN = r"[A-ZÅÄÖ][a-zåäö]{2,}(?:[- ][A-ZÅÄÖ][a-zåäö]+)?"
_NO_TOWN = r"Eur|Mark|Euro|Suom|Km|Kg|Kpl"
_MONTHS = (
    "(?:tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu)kuu(?:ta|n)?"
    "|(?:jan|febr)uar[iy]|mars|march|april|ma[jy]|jun[ei]|jul[iy]|augusti?|(?:septem|o[ck]to|novem|decem)ber"
)
_WORDY_DATE = rf"\d{{1,2}}\.? (?:{_MONTHS}),? (?:19|20)\d{{2}}"
_DATE = (
    rf"{_WORDY_DATE}|\d{{6}}(?!\d)|(?:vuonna |år )?(?:19|20)\d{{2}}(?![\d.-])|"
    r"(?:\d{1,2}\.\s?\d{1,2}\.\s?(?:19|20)?\d{2}|(?:19|20)\d{2}-\d{2}-\d{2})"
)
_TLD = r"(?:fi|com|net|org|se|eu|io|info|ax|dev|app)"

_BRACKETED = r" ?[(\[{{<] ?(?i:{}) ?[)\]}}>] ?"
_AT = "(?:@|" + _BRACKETED.format("at|ät|a|miu|miumau|miukumauku|kissanhäntä|snabel-?a") + ")"
_DOT = r"(?:\.|" + _BRACKETED.format("dot|piste|punkt") + ")"
_SAID_DOT = r"(?: (?i:dot|piste|punkt) |" + _BRACKETED.format("dot|piste|punkt") + ")"
_SAID_AT = r" (?i:at|ät|miukumauku|miuku mauku|kissanhäntä|snabel-?a) "
_FLAT = r"(?:[ ]?[a-zA-Z](?![a-zåäö]))?(?: ?(?:as\.? ?)?\d{1,3}(?!\d))?"
_NO_PLATES = "ISO|SFS|PDF|GPS|USB|COV|IEC|DIN|EAN|HTTP|WHO|THL|API|SLA|KPI|NPS"

_Check = Callable[[str], "bool | None"]
_RULES: tuple[tuple[str, re.Pattern[str], _Check], ...] = (
    (
        "email",
        re.compile(
            rf"(?<![\w.+-])[\w+-][\w.+-]{{0,63}}{_AT}\w[\w-]{{0,62}}(?:{_DOT}\w[\w-]{{0,62}}){{1,6}}"
            # spoken or spaced: only before an ending that addresses have
            rf"|(?<![\w.+-])[\w+-](?:[\w.+-]|{_SAID_DOT}){{0,63}}"
            rf"(?:(?: ?@ ?|{_AT})[\w-]{{1,63}}(?:(?: ?\. ?|{_SAID_DOT})[\w-]{{1,63}}){{0,4}}?"
            rf"(?: ?\. ?|{_SAID_DOT})"
            rf"|{_SAID_AT}[\w-]{{1,63}}(?:(?:\.|{_SAID_DOT})[\w-]{{1,63}}){{0,4}}?(?:\.|{_SAID_DOT}))"
            rf"{_TLD}(?![\w-])"
        ),
        _always,
    ),
    (
        "url",
        re.compile(
            r"(?:https?://|www\.)[^\s<>\"]{2,2000}"
            rf"|(?<![\w@.-])(?:[\w-]{{2,63}}\.){{1,4}}{_TLD}(?:/[^\s<>\"]{{0,500}})?(?![\w-])"
        ),
        _always,
    ),
    ("hetu", re.compile(r"(?<![\w-])\d{6} ?[-+A-FU-Ya-fu-y] ?\d{3} ?[0-9A-Ya-y](?![\w])"), _hetu),
    (
        "personnummer",
        re.compile(r"(?<![\w+-])(?:\d{8} ?[-+]? ?|\d{6} ?[-+] ?)\d{4}(?![\w-])"),
        _personnummer,
    ),
    (
        "iban",
        re.compile(
            r"(?<!\w)[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]{4}){2,7}(?:[ -]?[A-Za-z0-9]{1,3})?(?!\w)"
        ),
        _iban,
    ),
    (
        "card",
        re.compile(
            r"(?<![\w-])[3-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{1,7}(?![\w-])"
            r"|(?<![\w-])3[47]\d{2}[ -]?\d{6}[ -]?\d{5}(?![\w-])"
        ),
        _card,
    ),
    ("business_id", re.compile(r"(?<![\w-])\d{6,7} ?- ?\d(?![\w-])"), _business_id),
    (
        "birth",
        re.compile(
            r"(?i:\b(?:synt(?:ynyt|\.|ymäaika|ymäaikani|\.? ?aika)?|born(?: on)?|date of birth|dob"
            rf"|född(?: den)?|födelsedatum|s\.)(?: on)?[: ]{{1,3}}(?:{_DATE}))"
            rf"|(?i:(?:{_WORDY_DATE})(?= syntynyt| on syntymäpäivä))"
        ),
        _always,
    ),
    (
        "address",
        re.compile(
            rf"(?<!\w)(?:{_STREET}|{_LOW_STREET}) {{1,2}}\d{{1,4}}(?:-\d{{1,4}})?"
            rf"(?!{_NO_HOUSE}){_FLAT}"
            rf"(?:,? \d{{5}}(?: {_TOWN})?)?"
        ),
        _always,
    ),
    (
        "postcode",
        re.compile(rf"(?<![\w-])(?:FI-|SE-)?\d{{3}}[ ]?\d{{2}} (?!{_NO_TOWN}){_TOWN}"),
        _always,
    ),
    (
        "plate",
        re.compile(
            rf"(?<![\w-])(?!{_NO_PLATES})[A-ZÅÄÖ]{{3}}-\d{{1,3}}(?![\w-])"
            r"|(?i:(?<=rekisterinumero )|(?<=rekkari )|(?<=rek\. )|(?<=rek\. nro )|(?<=rek\.nro )"
            r"|(?<=rekkarilla )|(?<=autoni )|(?<=plate )|(?<=registernummer ))"
            r"[A-Za-zÅÄÖåäö]{2,3}[- ]?\d{1,3}(?!\w)"
        ),
        _always,
    ),
    (
        "handle",
        re.compile(
            r"(?<![\w@.])@[A-Za-z_][\w.]{1,40}|(?<![\w/.])u/[A-Za-z_][\w-]{2,30}"
            r"|(?<!\w)[A-Za-z_][\w.]{1,31}#\d{4}(?!\d)"
            r"|(?i:(?<=\big: )|(?<=\binsta: )|(?<=\btwitter: )|(?<=\bdiscord: )|(?<=\bskype: )"
            r"|(?<=\bnimimerkki )|(?<=\bnimimerkki: )|(?<=\bkäyttäjätunnus: )|(?<=\busername: )"
            r"|(?<=\bkäyttäjätunnukseni on ))[A-Za-z_][\w.-]{2,40}\w"
        ),
        _always,
    ),
)
_MOBILE = re.compile(
    r"(?<![\w+])(?:(?:\+|00) ?358[ \-/.]?(?:\(0\))?[ ]?|0)(?:4\d{1,2}|50|20|29|10|9|\d{1,2})"
    r"(?:[ \-/.]?\d){5,8}(?![\w])"
)
_MOBILE_START = re.compile(r"(?:(?:\+|00)358|0)(?:4\d|50|457)")
_DIGITS = re.compile(r"\d(?:[^\d\n]{0,3}\d){5}")


def find_codes(text: str, *, region: str = "FI") -> list[CodeSpan]:
    """Identity codes and contacts in a text.

    Parameters
    ----------
    text : str
        Normalised text. Invisible signs (zero-width, soft hyphens) inside a code hide nothing;
        dashes, blanks and full-width digits of every kind count as the plain ones.
    region : str
        Where phone numbers without a country are from.

    Returns
    -------
    list of CodeSpan
        In order, not overlapping; where two rules meet, the earlier of this list wins: email, url,
        hetu (Finnish identity code, all century signs), personnummer (Swedish, coordination
        numbers too), iban, card (Luhn), business_id (Y-tunnus, with its hyphen), birth (date after
        "synt.", "born"), address, postcode (with town), plate, handle, phone. `verified` False: the
        shape is right but the check digit is not (a slip of the pen is still personal).
    """
    view = seen_text(text, alike=True)
    plain = view.seen
    found: list[CodeSpan] = []
    for kind, pattern, check in _RULES:
        for match in pattern.finditer(plain):
            end = match.end()
            if kind in ("url", "email"):
                end = match.start() + len(match.group().rstrip(".,;:!?)'\""))
            verdict = check(plain[match.start() : end])
            if verdict is not None and _free(found, match.start(), end):
                found.append(CodeSpan(match.start(), end, kind, verdict))
    if _DIGITS.search(plain):
        found.extend(s for s in _phones(plain, region) if _free(found, s.start, s.end))
    found = [CodeSpan(*view.back(s.start, s.end), s.kind, s.verified) for s in found]
    return sorted(found, key=lambda span: span.start)


def _free(found: list[CodeSpan], start: int, end: int) -> bool:
    return all(end <= span.start or span.end <= start for span in found)


def _phones(text: str, region: str) -> Iterator[CodeSpan]:
    import phonenumbers

    spans = []
    for seen in phonenumbers.PhoneNumberMatcher(text, region):
        around = text[max(0, seen.start - 1) : seen.end + 1]
        if "/" in around and not _MOBILE_START.match(re.sub(r"[^\d+]", "", seen.raw_string)):
            continue  # numbers of a diary or a law: OM 24/021/2015
        # "(040 123": the bracket opens before the number and closes elsewhere
        raw = seen.raw_string
        opens = raw.startswith("(") and raw.count("(") > raw.count(")")
        spans.append((seen.start + opens, seen.end))
    yield from (CodeSpan(start, end, "phone") for start, end in spans)
    for match in _MOBILE.finditer(text):
        digits = re.sub(r"[^\d+]", "", match.group().replace("(0)", ""))
        mobile = _MOBILE_START.match(digits) and 9 <= len(digits.lstrip("+0")) + 1 <= 13
        if mobile and all(match.end() <= a or b <= match.start() for a, b in spans):
            yield CodeSpan(match.start(), match.end(), "phone")
