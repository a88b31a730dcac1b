"""Patterns of column names in Finnish, English and Swedish, and of cells that are personal."""

from __future__ import annotations

import re

__all__ = [
    "ASKS_EASE",
    "ASKS_SATISFACTION",
    "CES",
    "CHANNEL",
    "CODED",
    "COUNTED",
    "CSAT",
    "CUSTOMER",
    "DATE",
    "DERIVED",
    "DOCUMENT",
    "EFFORT",
    "EMAIL",
    "EXPECT",
    "GOAL",
    "HETU",
    "IP",
    "KIND",
    "KPI_NAME",
    "NPS",
    "OPEN",
    "OPEN_NAME",
    "OPTION_CODED",
    "OPTION_NAME",
    "OPTION_NUMBER",
    "OUTCOME",
    "PERIOD",
    "PERSONAL",
    "PERSONAL_COMPANY",
    "PHONE",
    "RESPONDENT",
    "RESPONSE",
    "SCORE",
    "SMILEY",
    "UNIT",
    "WAVE",
]


def _names(pattern: str) -> re.Pattern[str]:
    """A pattern for column names, with and without the dots over letters (yksikkö, yksikko)."""
    bare = pattern.translate(str.maketrans("äöåÄÖÅ", "aoaAOA"))
    return re.compile(f"{pattern}|{bare}", re.IGNORECASE)


RESPONSE = _names(
    r"^(response|submission|vastaus|svar|record|_record|answer)[ _-]?(id|nro|number|"
    r"tunnus|tunniste|nr)?$|^(id|_id|#|nro|nr|no|row_?index|rivi|tunniste|index)$"
)
RESPONDENT = _names(
    r"^(respondent|vastaaja|participant|osallistuja|deltagare|respondent|informant|"
    r"user|haastateltava)[ _-]?(id|nro|number|numero|tunnus|tunniste|nr|code|key)?$|"
    r"participant number|vastaajanumero|panelist"
)
CUSTOMER = _names(
    r"^(customer|client|account|asiakas|kund|tili|company)[ _-]?(id|nro|no|number|"
    r"numero|tunnus|key|avain|nr|nummer)?$|asiakasnumero|asiakastunnus|kundnummer|"
    r"customer.?key"
)
DOCUMENT = _names(
    r"^(document|dokumentti|asiakirja|file|tiedosto|interview|haastattelu|"
    r"transcript)[ _-]?(id|name|nimi)?$"
)
DATE = _names(
    r"date|päivä|aika|time(stamp)?|datum|tid(punkt)?|answered|vastattu|submitted|"
    r"created|recorded"
)
WAVE = _names(r"^(wave|aalto|kierros|mittauskerta|round|våg|mätning|survey wave)$")
UNIT = _names(
    r"^(unit|yksikkö|toimipaikka|branch|store|myymälä|region|alue|enhet|site|"
    r"aluevastuu|business.?unit|liiketoimintayksikkö|palvelupiste)$"
)
CHANNEL = _names(r"^(channel|kanava|kanal|palvelukanava|contact.?channel)$")
KIND = _names(
    r"^(kind|respondent.?kind|vastaajatyyppi|vastaajan tyyppi|rooli|role|roll|"
    r"respondent.?type)$"
)
KPI_NAME = _names(r"^(kpi|mittari|tunnusluku|indicator|measure|metric|nyckeltal|mått)$")
PERIOD = _names(
    r"^(period|month|kuukausi|kausi|jakso|quarter|kvartaali|neljännes|månad|kk|date|"
    r"päivä|pvm|datum|year|vuosi|år)$"
)
PERSONAL = _names(
    r"^(.*(first|last|full|family|given|sur|contact|respondent|customer)[ _-]?name|"
    r"nimi|etunimi|sukunimi|koko nimi|.*(yhteyshenkilö|vastaajan nimi|"
    r"asiakkaan nimi).*|name|namn|förnamn|efternamn|kontaktperson|nick(name)?)$|"
    r"e-?mail|sähköposti|s-posti|e-?post(adress)?\b|puhelin|phone(?!.*(service|"
    r"support))|telefon(nummer)|mobile|matkapuhelin|gsm|postiosoite|katuosoite|street|"
    r"^(osoite|address|adress)$|ip.?(address|osoite|adress)|henkilötunnus|hetu|"
    r"\bssn\b|personnummer|social security|recipient|location(latitude|longitude)|"
    r"latitude|longitude|syntymäaika|date of birth|birth.?date"
)
PERSONAL_COMPANY = _names(
    r"yrityksen nimi|^yritys$|company( name)?$|organisaatio|organi[sz]ation|företag|"
    r"työnantaja|employer"
)
OPEN = _names(
    r"comment|komment|avoin|vapaa (sana|teksti)|open|feedback|palaute|återkoppling|"
    r"miksi|\bwhy\b|varför|perustel|kerro|describe|kuvaile|motiver|free.?text|fritext|"
    r"answer$|^text|teksti|terveis|kehittä|improve|muuta\b|risut|ruusut"
)
OPEN_NAME = _names(
    r"^(comments?|kommentti|kommentit|kommentar|avoin( vastaus| palaute)?|palaute|"
    r"feedback|öppet svar|vapaa sana)( \(\d+\))?$"
)
NPS = _names(r"\bnps\b|_nps|nps_|recommend|suosittel|rekommender")
CES = _names(
    r"\bces\b|_ces|ces_|\beas[ey]|easy|helppo|vaiva|effort|\blätt|enkel|difficult|"
    r"vaikea|svår|sujuv"
)
EFFORT = _names(r"effort|vaiva(?!ton)|difficult|vaikea|svår|ansträngning")
CSAT = _names(r"csat|satisf|tyytyväi|nöjd")
ASKS_EASE = _names(
    r"(how|kuinka|miten|hur) (easy|helppo|vaivat|lätt|enkelt|difficult|vaikea|"
    r"much effort)|(was|is|were) (it )?easy|easy to|oli helppo|vaivaa|effort|var lätt|"
    r"att hitta"
)
ASKS_SATISFACTION = _names(
    r"(how|kuinka|miten|hur) (satisfied|tyytyväi|nöjd)|i am satisfied|satisfied with|"
    r"olen tyytyväinen|jag är nöjd"
)
STATEMENT = _names(r"^\W*\d*\W*(i|it|we|my|this|the|overall, i)\b")
EXPECT = _names(r"expect|odotu|odoti|förvänt")
SMILEY = _names(r"smiley|hymiö|hymynaama|happy.?or.?not|ansikt")
GOAL = _names(
    r"goal|tavoit|onnistu|achieve|solved|resolved|hoitui|ratkes|saitko|lyckades|"
    r"löstes|första kontakt|first contact"
)
SCORE = _names(r"score|pisteet|arvosana|rating|grade|betyg|arvio|criticality|sentiment")
DERIVED = _names(
    r"nps.?(group|ryhmä|grupp)|segmentti$|^progress$|finished|duration|kesto|status$|"
    r"distributionchannel|userlanguage|ipaddress|externalreference|collector"
)
COUNTED = _names(
    r"\bage\b|ikä|ålder|count|määrä|lukumäärä|antal|number of|tenure|vuosia|years|kpl|"
    r"amount|sum(ma)?|revenue|liikevaihto|euro|€|purchases|ostot|hours|tunnit|minutes|"
    r"orders|tilaukset|year|vuosi|price|hinta|kulutus|employees|henkilöstö|size|koko"
)
CODED = _names(r"[ _.-](id|code|koodi|nro|nr)$|ID$")
OUTCOME = _names(
    r"revenue|liikevaihto|churn|poistu|retention|purchases|ostot|support.?hours|"
    r"tukitunnit|clv|omsättning|margin|kate|sales|myynti|left|lopettanut"
)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-zA-Z]{2,}")
PHONE = re.compile(r"^\s*(?:\+|00|0)\d[\d\s()-]{6,16}$")
IP = re.compile(r"^\s*\d{1,3}(\.\d{1,3}){3}\s*$")
HETU = re.compile(r"^\s*\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]\s*$")
# Qualtrics: Q2_1, Q2_1_TEXT; LimeSurvey's SPSS file: Q2_SQ001
OPTION_NUMBER = re.compile(r"^(?P<stem>.+?)[_.](?:SQ)?(?P<n>\d{1,3})(?:_TEXT)?$")
# LimeSurvey: Q2[SQ001]. Which channels? [Phone], or the code alone
OPTION_CODED = re.compile(
    r"^(?P<code>[A-Za-z]\w{0,30})\[[^\]]{1,40}\](?:\.\s*(?P<stem>.*?)\s*(?:\[[^\]]*\])?)?$"
)
OPTION_NAME = re.compile(r"^(?P<stem>.{2,}?)\s*(?::|\[|\s[-–/]\s)\s*(?P<option>[^\]]+)\]?$")
