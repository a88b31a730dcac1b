"""The standard words of maps and blueprints in the languages that readers see."""

from __future__ import annotations

from ..model import Words

__all__ = ["BLUEPRINT_LANES", "DIVIDERS", "GROUPS", "LANES", "METRIC_NAMES", "UI", "say"]

LANES: dict[str, Words] = {
    "brand_owned": Words(fi="Yrityksen kosketuspisteet", en="Brand-owned touchpoints"),
    "partner_owned": Words(fi="Kumppanin kosketuspisteet", en="Partner-owned touchpoints"),
    "customer_owned": Words(fi="Asiakkaan omat kosketuspisteet", en="Customer-owned touchpoints"),
    "social": Words(
        fi="Sosiaaliset kosketuspisteet (muut ihmiset)", en="Social touchpoints (other people)"
    ),
    "needs": Words(fi="Tarpeet", en="Needs"),
    "expectations": Words(fi="Odotukset", en="Expectations"),
    "themes": Words(fi="Teemat", en="Themes"),
    "value": Words(fi="Koettu arvo", en="Experienced value"),
    "curve": Words(fi="Tunnekäyrä", en="Emotional curve"),
    "pains": Words(fi="Kipukohdat", en="Pain points"),
    "delights": Words(fi="Ilonaiheet", en="Delights"),
    "quotes": Words(fi="Asiakkaan sanoin", en="In their own words"),
    "metrics": Words(fi="Mittarit", en="Metrics"),
}
GROUPS: dict[str, Words] = {
    "do": Words(fi="Mitä tehdään ja missä kohdataan", en="Doing: where they meet"),
    "think": Words(fi="Mitä ajatellaan", en="Thinking"),
    "feel": Words(fi="Mitä tunnetaan", en="Feeling"),
    "measure": Words(fi="Mitä mitataan", en="Measured"),
}
BLUEPRINT_LANES: dict[str, Words] = {
    "physical_evidence": Words(fi="Näkyvät todisteet", en="Physical evidence"),
    "customer_actions": Words(fi="Asiakkaan toiminta", en="Customer actions"),
    "onstage": Words(fi="Näkyvä palvelu", en="Onstage"),
    "backstage": Words(fi="Taustatyö", en="Backstage"),
    "support": Words(fi="Tukiprosessit", en="Support processes"),
}
# the line that stands above the lane
DIVIDERS: dict[str, Words] = {
    "onstage": Words(fi="Vuorovaikutuksen raja", en="Line of interaction"),
    "backstage": Words(fi="Näkyvyyden raja", en="Line of visibility"),
    "support": Words(fi="Sisäisen vuorovaikutuksen raja", en="Line of internal interaction"),
}
METRIC_NAMES: dict[str, Words] = {
    "nps": Words("NPS"),
    "csat": Words(fi="Tyytyväisyys (CSAT)", en="Satisfaction (CSAT)"),
    "ces": Words(fi="Helppous (CES)", en="Ease (CES)"),
    "goal": Words(fi="Tavoite saavutettu", en="Goal reached"),
    "expectation": Words(fi="Odotus", en="Expectation"),
    "smiley": Words(fi="Hymynaama", en="Smiley"),
    "score": Words(fi="Arvosana", en="Score"),
    "question": Words(fi="Kysymys", en="Question"),
}
UI: dict[str, Words] = {
    "journey": Words(fi="Asiakaspolku", en="Customer journey"),
    "blueprint": Words(fi="Palveluprosessikaavio (service blueprint)", en="Service blueprint"),
    "empty": Words(fi="tyhjä", en="empty"),
    "no_score": Words(fi="ei mitata", en="not measured"),
    "no_quote": Words(fi="ei sitaattia", en="no quote"),
    "few": Words(fi="liian vähän aineistoa", en="too little data"),
    "more": Words(fi="+ {k} muuta", en="+ {k} more"),
    "sources": Words(fi="{k}\u00a0lähdettä", en="{k}\u00a0sources"),
    "source": Words(fi="1\u00a0lähde", en="1\u00a0source"),
    "silent": Words(fi="kukaan ei puhu tästä", en="nobody speaks of it"),
    "critical": Words(fi="kriittinen", en="critical"),
    "phase": Words(fi="Vaihe", en="Phase"),
    "stage": Words(fi="Polun kohta", en="Stage"),
    "lane": Words(fi="Kaista", en="Lane"),
    "quotes_open": Words(fi="Lue sitaatit ({k})", en="Read the quotes ({k})"),
    "interval": Words(fi="95 %: {i}", en="95%: {i}"),
    "current": Words(fi="nykytila", en="current state"),
    "proposed": Words(fi="tavoitetila", en="proposed state"),
    "outside_in": Words(fi="asiakkaiden kertomana", en="as customers tell it"),
    "inside_out": Words(fi="organisaation silmin", en="as the organisation sees it"),
    "bad": Words(fi="kielteinen", en="negative"),
    "neutral": Words(fi="neutraali", en="neutral"),
    "good": Words(fi="myönteinen", en="positive"),
    "legend_neutral": Words(
        fi="neutraali tai liian vähän aineistoa", en="neutral or too little data"
    ),
    "legend_count": Words(
        fi="luku ja koko: montako lähdettä (haastattelua, kommenttia) mainitsee",
        en="number and size: how many sources (interviews, comments) mention it",
    ),
    "legend_number": Words(
        fi="luku: montako lähdettä (haastattelua, kommenttia) mainitsee",
        en="number: how many sources (interviews, comments) mention it",
    ),
    "legend_silent": Words(fi="suunniteltu, kukaan ei puhu", en="planned, nobody speaks of it"),
    "legend_critical": Words(fi="kriittinen kosketuspiste", en="critical touchpoint"),
    "legend_bold": Words(fi="lihavoitu: kriittinen kosketuspiste", en="bold: critical touchpoint"),
    "legend_band": Words(fi="95 %:n luottamusväli", en="95% interval"),
    "legend_empty": Words(fi="tyhjä kohta: kukaan ei puhu", en="empty: nobody speaks of it"),
    "legend_unmanaged": Words(fi="tyhjä kohta: kukaan ei hoida", en="empty: nobody manages it"),
    "proposed_only": Words(fi="ehdotettu", en="proposed"),
    "others_empty": Words(fi="Tyhjät: {k}", en="Empty: {k}"),
    "desc": Words(
        fi="{k} kohtaa, {l} kaistaa. {e} Sama tieto on taulukkona.",
        en="{k} stages, {l} lanes. {e} The same is available as a table.",
    ),
    "desc_curve": Words(
        fi="Tunnekäyrä on ylimmillään kohdassa {b} ({bv}) ja alimmillaan kohdassa {w} ({wv}).",
        en="The emotional curve is highest at {b} ({bv}) and lowest at {w} ({wv}).",
    ),
}


def say(key: str, language: str, **values: object) -> str:
    """A standard phrase in the reader's language, its gaps filled."""
    return UI[key].to(language).format(**values)
