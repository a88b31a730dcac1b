"""Two trials of names found: the sample study, and fictional chats and e-mails.

Everything here is invented. `sample` marks persons' names in the texts of data/raw/kelohavu as
they were read and written down by hand; `messages` fills its templates with the people below, so
that where a name stands is known by construction. Neither was used to choose a threshold; that a
letter before a colon labels a speaker was seen in the sample's interviews.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

from cxresearch.exchange import read_document

__all__ = ["messages", "sample"]

Span = tuple[int, int, str]
Texts = list[tuple[str, list[Span]]]

# Each document's words that are of a person's name, in the form in which they stand there.
_SAMPLE = {
    "h01": "Harri Suopellolle Koivurannan Annelle Anne Lehtisalon Jarmo Jarmon Jarmolle Jarmoa "
    "Erkki Eero",
    "h02": "Jenna Kaukorannalle Marketta Marketalle Petteri Petterille Pirkko Pirkkona Pirkolle "
    "Pirkon Sanna Sannaa Sannan Ilomäen",
    "h03": "Raili Tossavaiselle Holopainen Holopaiselle Eino-ukin Kirsi Kirsiltä Pentikäisen Ahti "
    "Ahin Elli Heli Helille",
    "h04": "Outi Lehtokankaalle Särkilän Mikko Mikolle Mikolta Teija Teijalle Jussila Jussilalta",
    "h05": "Timo Timon Kaarnalehdolle Mirva Pasi Pasil Aaltosen Aaltosel Salonen Saloselle",
    "h06": "Jarmo Kuusilahden Ronja Hiidenkankaan Lassi Lassilta Sirpa Sirpalle Sirpalla "
    "Kaarnaojan Noora Nooran Kaislarannalle",
    "h07": "Esa Tervasuvanto Paavo Pajulan Teemu Teemulla Teemulle Juha Juhalle Pyhäluodolle Minna "
    "Vaaralehon",
    "h08": "Noora Kaislarannan Oona Juha Minna Vaaralehdon Jarmon Jarmolle Kuusilahden",
    "h09": "Minna Vaaralehdon Pirkko Lumijoutsi Juha Pyhäluodolta Noora Noorahan Kaislarannan",
    "h10": "Pieter Oosterlingh Venla Sarkakoski Outi Kärpänoja Femke Reetta",
    "h11": "Anjali Thevarkad Eetu Mörskylä Pasi Pasi's Jouni Pajukallio Marcus Teemu",
    "h12": "Gun-Maj Nyholmback Linnéa Västerhed Carola Finnäs-Udd Camilla Benita Tore",
    "n01": "Venla Sarkakoski Henna Rantaporras Oskari Rauno Raunolle Senja",
    "n02": "Eetu Mörskylä Venla Sarkakoski Airi Pertti Louhelainen Noora Viitaharju",
    "n03": "Eetu Mörskylä Jari-Pekka Lautasalo Merja Merjan Tuulaniemi Kirsikka",
    "d01": "Marjukka Haapaselkä Tiina Tiinalla Sirkku Hilkka",
    "C040": "Erkille", "C075": "Heli", "C096": "Heli", "C109": "Camilla", "C165": "Salonen Salosen",
    "C197": "Reetta", "C305": "Noora", "C306": "Sanna Ilomäki", "C307": "Erkki Eero",
    "C320": "Pirjo Harmaala", "C321": "Keijo Ruskopelto", "C322": "Tellervo Pakkalinna",
    "C363": "Reetta", "C403": "Camilla",
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:[-'’:][^\W\d_]+)*")


def sample(folder: Path) -> tuple[Texts, Texts, list[str]]:
    """Interviews, notes and diary; the written comments; names on the study's own list."""
    paths = [p for part in ("interviews", "notes", "diaries") for p in (folder / part).iterdir()]
    texts = [(p.stem, read_document(p)[0].text) for p in sorted(paths, key=lambda p: p.stem)]
    with (folder / "written_comments.csv").open(encoding="utf-8-sig", newline="") as file:
        comments = [(row["comment_id"], row["text"]) for row in csv.DictReader(file)]
    with (folder / "interviewees.csv").open(encoding="utf-8-sig", newline="") as file:
        people = [row["name"] for row in csv.DictReader(file)]
    return _marked(texts), _marked(comments), people


def _marked(texts: list[tuple[str, str]]) -> Texts:
    marked: Texts = []
    for document, text in texts:
        forms = set(_SAMPLE.get(document, "").split())
        places = [m.span() for m in _WORD.finditer(text) if m.group() in forms]
        marked.append((text, [(start, end, "PER") for start, end in places]))
    return marked


# First name: as it is, genitive, partitive, allative, ablative, adessive; last name: as it is,
# genitive, allative. Some are common words too (Toivo, Tuuli, Rauha, Koski, Aho), some are
# everyday short forms (Jape, Masa), some foreign.
_PEOPLE = """
Minna Minnan Minnaa Minnalle Minnalta Minnalla / Rautiainen Rautiaisen Rautiaiselle
Toivo Toivon Toivoa Toivolle Toivolta Toivolla / Mäenpää Mäenpään Mäenpäälle
Tuuli Tuulin Tuulia Tuulille Tuulilta Tuulilla / Koski Kosken Koskelle
Jape Japen Japea Japelle Japelta Japella / Lampinen Lampisen Lampiselle
Rauha Rauhan Rauhaa Rauhalle Rauhalta Rauhalla / Haapsaari Haapsaaren Haapsaarelle
Masa Masan Masaa Masalle Masalta Masalla / Aho Ahon Aholle
Fatima Fatiman Fatimaa Fatimalle Fatimalta Fatimalla / Warsame Warsamen Warsamelle
Dmitri Dmitrin Dmitriä Dmitrille Dmitriltä Dmitrillä / Volkov Volkovin Volkoville
Pauliina Pauliinan Pauliinaa Pauliinalle Pauliinalta Pauliinalla / Hietakangas Hietakankaan Hietakankaalle
Veijo Veijon Veijoa Veijolle Veijolta Veijolla / Kiviluoto Kiviluodon Kiviluodolle
Sirkku Sirkun Sirkkua Sirkulle Sirkulta Sirkulla / Vainio Vainion Vainiolle
Thuy Thuyn Thuyta Thuylle Thuylta Thuylla / Nguyen Nguyenin Nguyenille
Onni Onnin Onnia Onnille Onnilta Onnilla / Peltoniemi Peltoniemen Peltoniemelle
Eeva-Liisa Eeva-Liisan Eeva-Liisaa Eeva-Liisalle Eeva-Liisalta Eeva-Liisalla / Turpeinen Turpeisen Turpeiselle
Kimmo Kimmon Kimmoa Kimmolle Kimmolta Kimmolla / Ylitalo Ylitalon Ylitalolle
Satu Sadun Satua Sadulle Sadulta Sadulla / Virolainen Virolaisen Virolaiselle
Ahmed Ahmedin Ahmedia Ahmedille Ahmedilta Ahmedilla / Hussein Husseinin Husseinille
Lauri Laurin Lauria Laurille Laurilta Laurilla / Saarela Saarelan Saarelalle
Meri Merin Meriä Merille Meriltä Merillä / Laine Laineen Laineelle
Reino Reinon Reinoa Reinolle Reinolta Reinolla / Kukkonen Kukkosen Kukkoselle
Oksana Oksanan Oksanaa Oksanalle Oksanalta Oksanalla / Petrenko Petrenkon Petrenkolle
Arttu Artun Arttua Artulle Artulta Artulla / Niskanen Niskasen Niskaselle
Kaisu Kaisun Kaisua Kaisulle Kaisulta Kaisulla / Törmä Törmän Törmälle
Henrik Henrikin Henrikiä Henrikille Henrikiltä Henrikillä / Sundqvist Sundqvistin Sundqvistille
"""  # noqa: E501 - one person a line
_ABROAD = """
Oliver / Hartley
Priya / Raman
Siobhan / Keane
Grace / Whitlock
Ebba / Nordlund
Jonas / Åkerblom
Gunvor / Strandvik
Emil / Hägglund
"""
_FORM = {"": 0, "n": 1, "a": 2, "lle": 3, "lta": 4, "lla": 5}
# {1} is the first name of the first person, {1lle} its allative, {1L}, {1Ln}, {1Llle} the last name
_SLOT = re.compile(r"\{(\d)(L?)(\w*)\}")

_CHATS = (
    "asiakas: moi, täällä {1} {1L}, tilaus 48213 ei oo tullu vieläkään\ntuki: hei {1}! katsotaan\n"
    "tuki: paketti lähti eilen tampereelta\nasiakas: ok kiitti",
    "moikka\nmulla on lasku jossa on väärä summa, puhuin viime viikolla {1n} kanssa ja hän lupasi "
    "korjata\nvoitko kysyä {1lta} missä se viipyy?\nt. {2} {2L}",
    "hei\nasentaja ei tullut, piti tulla klo 10. soitin vaihteeseen ja {1} sanoi että {2} on "
    "sairaana\nmilloin uusi aika?",
    "tuki: hei, olen {1} asiakaspalvelusta, miten voin auttaa?\nasiakas: sovellus kaatuu aina kun "
    "avaan raportin\ntuki: mikä puhelin sulla on?\nasiakas: samsung, ihan uusi\ntuki: kiitos",
    "terve, voisitteko vaihtaa sopimuksen puolisoni nimelle? hän on {1} {1L} ja puhelin on 040 555 "
    "0191\nyst terv {2} {2L}",
    "kiitos {1} avusta! ongelma ratkesi heti kun vaihdoin salasanan. hyvää viikonloppua",
    "pitäskö mun soittaa {1lle} vai teille? {1} hoitaa meillä laskut mut on lomalla perjantaihin\n"
    "no mä laitan {2lle} viestiä",
    "{1}: oliko se hälytys taas turha\n{2}: oli, ovi jäi auki\n{1}: ok, kuittaatko\n{2}: joo",
    "hei vaan, tilasin kaksi anturia ja sain yhden. kuitissa lukee {1} {1L} vaikka tilaaja oli "
    "firma\nvoiko tämän korjata",
    "moi! näin {1a} messuilla ja hän kertoi uudesta palvelusta. lähettäisitkö esitteen? osoite on "
    "sama kuin ennen\n{2}",
    "asiakas: tässä {1Ln} {1}, hei\ntuki: moi, mitä kuuluu\nasiakas: portaali näyttää tyhjää\n"
    "tuki: se on meillä tiedossa, korjataan iltapäivällä\nasiakas: selvä, kerron {2Llle}",
    "en ole tyytyväinen. kolmas kerta kun sama vika. {1} kävi, {2} kävi, eikä kumpikaan löytänyt "
    "mitään",
    "jono oli ihan hirveä mut {1lla} riitti kärsivällisyyttä :) iso kiitos hänelle",
    "onko {1} {1L} vielä teillä töissä? hän oli meidän yhteyshenkilö ja nyt ei kukaan vastaa",
    "voitteko poistaa käyttäjän {1} {1L} ja lisätä tilalle {2} {2L}. sähköposti on muotoa "
    "etunimi@suopursu.example\nterkuin {3}",
    "mä vaan ihmettelen miks lasku tulee kahdesti. yks tuli postissa, toinen netissä. maksan sen "
    "minkä {1} hyväksyy\n-{2}",
)  # fmt: skip
_MAILS = (
    "Hei {1},\n\nkiitos puhelusta. Kuten sovimme, {2} {2L} tulee asentamaan laitteet torstaina klo "
    "9. Avaimet saa huoltoyhtiöltä.\n\nYstävällisin terveisin\n{3} {3L}\nPalvelupäällikkö\n"
    "Suopursu Oy\n040 555 0173",
    "Hyvä asiakaspalvelu,\n\nlasku 20771 on osoitettu väärälle henkilölle. Oikea vastaanottaja on "
    "{1} {1L}. Asiasta on puhuttu {2Ln} kanssa jo tammikuussa.\n\nTerveisin\n{3} {3L}",
    "Moi {1}!\n\nLaitatko {2lle} tiedon, että palaveri siirtyy? {3} ei pääse maanantaina. Otetaan "
    "uusi aika, kun {3lta} tulee vastaus.\n\n{4}",
    "Hei,\n\nolen yrittänyt tavoittaa {1} {1Ln} toimistolta koko viikon. Onko hän lomalla? Asia "
    "koskee Tampereen kohteen huoltoa.\n\nT: {2} {2L}, Kurkelan Kiinteistöt",
    "Terve,\n\nsain eilen tarjouksen, kiitos siitä. Ennen päätöstä toimitusjohtajamme {1} {1L} "
    "haluaa nähdä takuuehdot. Voitteko lähettää ne suoraan {1Llle}?\n\nParhain terveisin,\n{2}\n"
    "-- \n{2} {2L}\nOstopäällikkö | Lumikello Logistiikka",
    "Hei {1} ja {2},\n\nliitteenä huoltoraportti. Kompressori vaihdettiin ja {3} kävi läpi "
    "hälytysrajat. Seuraava käynti on keväällä.\n\nYst. terv.\n{4} {4L}",
)
_OTHERS = (
    "hi, this is {1} {1L}, i still can't log in to the portal\nagent: hello {1}, did you get the "
    "reset mail?\nno, nothing. {2} from your team promised to send it yesterday",
    "my invoice is wrong again, i already told {1} about it last month. who should i talk to now, "
    "{2}?\nthanks, {3}",
    "Dear {1},\n\nThank you for the visit on Tuesday. Could you ask {2} {2L} to send the report "
    "before Friday? Our auditor needs it.\n\nKind regards,\n{3} {3L}\nSite Manager, Brackenfield "
    "Foods",
    "Hello,\n\nI would like to cancel the order that {1} {1L} placed in March. Please confirm to "
    "{2}.\n\nBest,\n{3}",
    "hej, jag heter {1} {1L} och min beställning har inte kommit\nsupport: hej {1}! jag kollar med "
    "lagret\ntack, {2} lovade att den skulle komma igår",
    "hejsan, vem ska jag fråga om fakturan? {1} svarar inte och {2} är på semester\nmvh {3}",
    "Hej {1},\n\ntack för hjälpen igår. Vi väntar ännu på att {2} {2L} ska godkänna avtalet.\n\n"
    "Med vänliga hälsningar\n{3} {3L}\nEkonomichef",
    "God dag,\n\nmontören {1} {1L} glömde en nyckel hos oss. Kan ni be {1} ringa?\n\nHälsningar\n"
    "{2}",
)


def messages() -> Texts:
    """Sixty fictional chats and e-mails: each template twice, each time with other people."""
    home = [line.split("/") for line in _PEOPLE.strip().splitlines()]
    abroad = [line.split("/") for line in _ABROAD.strip().splitlines()]
    made: Texts = []
    for small, templates, people in (
        (True, _CHATS, home), (False, _MAILS, home), (None, _OTHERS, abroad),
    ):  # fmt: skip
        for number, template in enumerate((*templates, *templates)):
            first = number * 5 + (number >= len(templates)) * 3
            text, spans = _filled(template, [people[(first + n) % len(people)] for n in range(4)])
            chat = small if small is not None else template[0].islower()
            made.append((text.lower() if chat else text, spans))
    return made


def _filled(template: str, people: list[list[str]]) -> tuple[str, list[Span]]:
    text, spans, at = "", [], 0
    for slot in _SLOT.finditer(template):
        forms = people[int(slot[1]) - 1][bool(slot[2])].split()
        case = {"": 0, "n": 1, "lle": 2}[slot[3]] if slot[2] else _FORM[slot[3]]
        text += template[at : slot.start()]
        spans.append((len(text), len(text) + len(forms[case]), "PER"))
        text += forms[case]
        at = slot.end()
    return text + template[at:], spans
