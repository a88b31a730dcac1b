"""Tokens and sentences of texts, as offsets in code points; the text itself is never changed."""

# ruff: noqa: SIM905 - lists of words read better as text
from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

__all__ = ["KINDS", "TokenIndex", "index_tokens", "sentence_spans", "token_spans"]

# half a sign: no dictionary and no file can hold it
LONE_HALF = re.compile("[\ud800-\udfff]")
KINDS = ("word", "number", "emoji", "emoticon", "link", "mark", "break")

_EMOJI_BASE = (
    "[\U0001f300-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2190-\u21ff\u231a-\u23ff\u25aa-\u25fe]"
)
_EMOJI = (
    "[\U0001f1e6-\U0001f1ff]{2}"
    f"|{_EMOJI_BASE}[\ufe0f\U0001f3fb-\U0001f3ff]*(?:\u200d{_EMOJI_BASE}[\ufe0f\U0001f3fb-\U0001f3ff]*)*"
    "|[0-9#*]\ufe0f?\u20e3"
)
_EMOTICON = r"(?<![\w)])(?:[:;=8xX][-'^o]?[)(\[\]DPpOo/\\|*3](?!\w)|<3|</3|\^_\^|:'\()"
_LINK = (
    r"https?://[^\s<>\"]{1,2000}|www\.[^\s<>\"]{1,2000}"
    r"|[A-Za-z0-9][\w.+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}"
)
_NUMBER = r"\d+(?:[.,:\u00a0\u202f]\d+)*(?:\s?%)?(?![^\W\d_])"
# letters with marks, joined by hyphen, apostrophe, or the Finnish colon of EU:n and kpl:tta
# also with signs inside that nobody sees: soft hyphens of word processors, zero-width blanks
_LETTERS = r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*|[\u00ad\u200b-\u200d\u2060\ufeff]+[^\W_]+)*"
_WORD = rf"{_LETTERS}(?:[-\u2010\u2011'\u2019:_]{_LETTERS})*"
_TOKEN = re.compile(
    rf"(?P<emoji>{_EMOJI})|(?P<link>{_LINK})|(?P<emoticon>{_EMOTICON})|(?P<number>{_NUMBER})"
    rf"|(?P<word>{_WORD})|(?P<break>\n+)|(?P<mark>[.!?\u2026]+|[^\w\s]|_+)"
)
_KIND_OF_GROUP = {
    index: KINDS.index(name) for name, index in _TOKEN.groupindex.items() if name in KINDS
}

_CLOSING = frozenset("\"”»')]’")
_ENDS = frozenset(".!?\u2026")
_ABBREVIATIONS = frozenset(
    "esim ym yms jne tms ns mm ks vrt n noin klo kpl puh tel nro os eli v vv s ts dr mr mrs ms st "
    "e.g i.e etc vs approx bl.a t.ex osv m.m d.v.s kl ca nr prof dos tri oy ab".split()
)
_LONGEST_SENTENCE = 45  # words; spoken turns without full stops are cut at a comma after this
_SHORTEST_PIECE = 15


@dataclass(frozen=True)
class TokenIndex:
    """Tokens of many texts as arrays; each different form is held once.

    Attributes
    ----------
    text, start, end : numpy.ndarray of int
        Position of the text in the input and the token's place in it (code points, end
        exclusive), one entry a token.
    form : numpy.ndarray of int
        Index into `forms`.
    kind : numpy.ndarray of int
        Index into `KINDS`, by form.
    sentence : numpy.ndarray of int
        Running number of the sentence, over all texts.
    forms : list of str
        The different forms, in order of first appearance.
    lemmas : list of str, optional
        The lemma of each entry of `forms`, where a lemmatiser made the index. In the full tier a
        form stands once for each lemma that its contexts gave it.
    """

    text: np.ndarray
    start: np.ndarray
    end: np.ndarray
    form: np.ndarray
    kind: np.ndarray
    sentence: np.ndarray
    forms: list[str]
    lemmas: list[str] | None = None

    def __len__(self) -> int:
        return len(self.start)

    def with_lemmas(self, lemmas: Sequence[str]) -> TokenIndex:
        """The same tokens with a lemma each: one entry for each pair of form and lemma."""
        codes, names = pd.factorize(np.array(lemmas, dtype=object))
        many = max(len(names), 1)
        entry, keys = pd.factorize(self.form * many + codes)
        form = (keys // many).astype(np.int64)
        return replace(
            self,
            form=entry.astype(np.int64),
            kind=self.kind[form],
            forms=[self.forms[f] for f in form.tolist()],
            lemmas=[str(names[k]) for k in (keys % many).tolist()],
        )

    def kinds(self) -> np.ndarray:
        """The kind of each token as an index into `KINDS`."""
        return self.kind[self.form]

    def frame(self, documents: Sequence[str]) -> pd.DataFrame:
        """The tokens as a table: document, start, end, form, kind, sentence."""
        forms = np.array(self.forms, dtype=object)
        first = np.searchsorted(self.text, np.arange(len(documents)))
        base = np.append(self.sentence, 0)[np.minimum(first, len(self.sentence))]
        keep = self.kinds() != KINDS.index("break")
        text = self.text[keep]
        return pd.DataFrame(
            {
                "document": np.array(documents, dtype=object)[text],
                "start": self.start[keep],
                "end": self.end[keep],
                "form": forms[self.form[keep]],
                "kind": np.array(KINDS, dtype=object)[self.kinds()[keep]],
                "sentence": self.sentence[keep] - base[text],
            }
        )

    def sentence_table(self) -> pd.DataFrame:
        """One row a sentence: text (position), start, end, words; blank lines are no sentence."""
        keep = self.kinds() != KINDS.index("break")
        sentence, text = self.sentence[keep], self.text[keep]
        start, end = self.start[keep], self.end[keep]
        word = (self.kinds()[keep] <= KINDS.index("emoticon")).astype(np.int64)
        if not len(sentence):
            return pd.DataFrame(
                {c: np.empty(0, np.int64) for c in ("sentence", "text", "start", "end", "words")}
            )
        first = np.flatnonzero(np.r_[True, sentence[1:] != sentence[:-1]])
        last = np.r_[first[1:], len(sentence)] - 1
        return pd.DataFrame(
            {
                "sentence": sentence[first],
                "text": text[first],
                "start": start[first],
                "end": end[last],
                "words": np.add.reduceat(word, first),
            }
        )


def token_spans(text: str) -> list[tuple[int, int, str]]:
    """Tokens of one text as (start, end, kind); blanks are skipped, nothing else is lost.

    Kinds: word (hyphenated words and Finnish colon endings stay whole), number, emoji (with skin
    tones and joiners), emoticon, link (web and mail addresses), mark, break (line ends).
    """
    return [
        (*match.span(), KINDS[_KIND_OF_GROUP[match.lastindex or 0]])
        for match in _TOKEN.finditer(text)
    ]


def index_tokens(texts: Iterable[str]) -> TokenIndex:
    """Tokenise many texts into arrays, each different form once.

    Parameters
    ----------
    texts : iterable of str
        Normalised texts; an empty text has no tokens.

    Returns
    -------
    TokenIndex
        Offsets, form numbers and sentence numbers. Linear in the length of the texts.
    """
    ids: dict[str, int] = {}
    kinds: list[int] = []
    form: list[int] = []
    start: list[int] = []
    end: list[int] = []
    counts: list[int] = []
    for text in texts:
        before = len(form)
        for match in _TOKEN.finditer(text):
            word = match.group()
            number = ids.get(word)
            if number is None:
                number = ids[word] = len(kinds)
                kinds.append(_KIND_OF_GROUP[match.lastindex or 0])
            form.append(number)
            start.append(match.start())
            end.append(match.end())
        counts.append(len(form) - before)
    text_of = np.repeat(np.arange(len(counts)), counts)
    forms = list(ids)
    index = TokenIndex(
        text_of,
        np.asarray(start, dtype=np.int64),
        np.asarray(end, dtype=np.int64),
        np.asarray(form, dtype=np.int64),
        np.asarray(kinds, dtype=np.int64),
        np.zeros(len(form), dtype=np.int64),
        forms,
    )
    index.sentence[:] = _sentence_numbers(index)
    return index


def _sentence_numbers(index: TokenIndex) -> np.ndarray:
    """A sentence ends after . ! ? and at a line end; after ... only before a capital."""
    if not len(index):
        return np.zeros(0, dtype=np.int64)
    forms = index.forms
    is_end = np.array([f[0] in _ENDS for f in forms])
    only_dots = np.array([f != "." and set(f) <= {".", "\u2026"} for f in forms])
    strong = is_end & ~only_dots
    opens = np.array([f[0].isupper() or f[0].isdigit() or f[0] in "\"'([«”“–-" for f in forms])
    short = np.array([f.lower() in _ABBREVIATIONS or f.isdigit() or len(f) == 1 for f in forms])
    is_break = index.kind == KINDS.index("break")
    f = index.form
    following = np.r_[f[1:], f[-1]]
    previous = np.r_[f[0], f[:-1]]
    new_text = np.r_[True, index.text[1:] != index.text[:-1]]
    last_of_text = np.r_[new_text[1:], True]
    single_dot = np.array([x == "." for x in forms])
    adjacent = np.r_[index.start[1:] == index.end[:-1], False]  # "3.b", "www.x": no blank follows
    ends = is_end[f] & ~adjacent & (opens[following] | strong[f] | last_of_text)
    # a closing quotation mark or bracket belongs to the sentence that ends before it
    closes = np.array([x in _CLOSING for x in forms])[f]
    tucked = np.r_[False, (is_end[f] & adjacent)[:-1]] & closes & ~adjacent
    ends |= tucked & (opens[following] | last_of_text)
    ends &= ~(single_dot[f] & short[previous] & ~last_of_text & ~new_text)
    starts = new_text | np.r_[False, ends[:-1]] | np.r_[False, is_break[f][:-1]]
    return _cut_long(index, np.cumsum(starts) - 1)


def _cut_long(index: TokenIndex, sentence: np.ndarray) -> np.ndarray:
    """Cut sentences that never end at a comma or dash, so that a quotation stays readable."""
    sizes = np.bincount(sentence)
    extra = np.zeros(len(sentence), dtype=np.int64)
    commas = {n for n, form in enumerate(index.forms) if form in {",", ";", "–", "—", "..."}}
    first = np.searchsorted(sentence, np.arange(len(sizes)))
    for number in np.flatnonzero(sizes > _LONGEST_SENTENCE):
        last_cut = first[number]
        stop = first[number] + sizes[number]
        for place in range(first[number], stop - _SHORTEST_PIECE):
            gone = place - last_cut
            comma = int(index.form[place]) in commas and gone >= _SHORTEST_PIECE
            if comma or gone >= 4 * _LONGEST_SENTENCE:
                extra[place + 1] += 1
                last_cut = place + 1
    return sentence + np.cumsum(extra)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Sentences of one text as (start, end), without the blanks between them."""
    table = index_tokens([text]).sentence_table()
    return list(zip(table["start"].tolist(), table["end"].tolist(), strict=True))
