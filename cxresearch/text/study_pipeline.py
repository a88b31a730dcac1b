"""A spaCy pipeline for one study: our components over an installed model, or over a blank one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..model import Phase, Touchpoint
from .lemmas import DEFAULT_MODELS, lemmatiser

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["read_document_with", "study_pipeline"]


def study_pipeline(
    language: str,
    *,
    phases: Sequence[Phase] = (),
    touchpoints: Sequence[Touchpoint] = (),
    models: Mapping[str, str] | None = None,
) -> Any:
    """A `spacy.Language` that knows the study's journey.

    Parameters
    ----------
    language : str
        "fi", "en" or "sv".
    phases : sequence of Phase
        With their stages and cues: `study.settings.journey()`.
    touchpoints : sequence of Touchpoint
        With their terms: `study.settings.encounters()`.
    models : mapping, optional
        Language to an installed spaCy model, as in [study.models] of study.toml. Without one, or
        where it can't be loaded, a blank pipeline with dictionary lemmas stands in.

    Returns
    -------
    spacy.Language
        With the model's own components, then these of ours:

        ============================ ============================================================
        component                    what it sets
        ============================ ============================================================
        ``cxresearch_lemmas``        `token.lemma_`: spaCy's lemma, or the dictionary's or the
                                     spoken layer's where that is believed more
        ``cxresearch_scope``         `token._.cx_negated`, `token._.cx_hedged`
        ``cxresearch_phase_cues``    `doc.spans["phase_cues"]`, a span for each sentence with a cue:
                                     `_.cx_phase`, `_.cx_stage` (None for a cue of a whole phase),
                                     `_.cx_rule` (the cue)
        ``cxresearch_touchpoints``   an EntityRuler: `doc.ents` with label TOUCHPOINT and the
                                     touchpoint in `ent_id_`
        ``cxresearch_valence``       `doc.spans["valence"]`: `_.cx_valence` -2..2 of a sentence
        ``cxresearch_speaker_roles`` `doc.spans["turns"]`: `_.cx_role`, `_.cx_speaker`; and
                                     `token._.cx_role`; from `doc._.cx_turns`
        ============================ ============================================================

    Notes
    -----
    The components match words as `suggest_codings` does, so both see the same cues. A mention that
    lies inside a longer one is dropped by the EntityRuler, as spaCy's entities don't overlap.
    Some two thousand tokens a second: for interviews. Comments in thousands go by `token_table`.
    """
    from . import components

    nlp = _base(language, models)
    cues = [(s.stage, s.cues) for p in phases for s in p.stages]
    cues += [(p.phase, p.cues) for p in phases]
    if components.LEMMAS not in nlp.pipe_names:
        nlp.add_pipe(components.LEMMAS)
    nlp.add_pipe(components.SCOPE)
    stage_of = {s.stage: p.phase for p in phases for s in p.stages}
    nlp.add_pipe(components.CUES, config={"cues": _plain(cues), "phase_of": stage_of})
    terms = [(t.touchpoint, t.terms) for t in touchpoints]
    nlp.add_pipe(components.TOUCHPOINTS, config={"terms": _plain(terms)})
    nlp.add_pipe(components.VALENCE)
    nlp.add_pipe(components.ROLES)
    return nlp


def read_document_with(nlp: Any, text: str, *, turns: pd.DataFrame | None = None) -> Any:
    """Read one document with a study's pipeline, its speakers known.

    Parameters
    ----------
    nlp : spacy.Language
        From `study_pipeline`.
    text : str
        The document's text.
    turns : pandas.DataFrame, optional
        The document's rows of a `turns` frame: `start`, `end`, `role`, `speaker`.

    Returns
    -------
    spacy.tokens.Doc
        Its characters are those of `text`, so `span.start_char` is a quotation's `start`.
    """
    document = nlp.make_doc(text)
    if turns is not None:
        columns = [turns[name] for name in ("start", "end", "role", "speaker")]
        document._.cx_turns = [
            (int(a), int(b), str(role), str(speaker))
            for a, b, role, speaker in zip(*columns, strict=True)
        ]
    return nlp(document)


def _base(language: str, models: Mapping[str, str] | None) -> Any:
    """A new pipeline with the components of the loaded model; the model itself stays as it is."""
    import spacy

    from .pipeline import FullLemmatiser

    engine = lemmatiser(language, tier="full", models={**DEFAULT_MODELS, **(models or {})})
    if not isinstance(engine, FullLemmatiser):
        return spacy.blank(language if language in ("fi", "en", "sv") else "xx")
    own = engine.model
    nlp = type(own)(own.vocab, meta=own.meta)
    nlp.tokenizer = own.tokenizer
    for name in own.pipe_names:
        nlp.add_pipe(name, source=own)
    return nlp


def _plain(terms: Sequence[tuple[str, Any]]) -> dict[str, dict[str, list[str]]]:
    return {label: {k: list(v) for k, v in by.items()} for label, by in terms if by}
