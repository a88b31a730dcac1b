"""Spoken and chat Finnish brought home: what standard form a spoken form may stand for.

The original text is never changed. These are candidates for looking up a lemma: a caller keeps
the first candidate that its dictionary knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

__all__ = ["SPOKEN_LEMMAS", "standard_candidates"]


def _pairs(block: str) -> dict[str, str]:
    found = {}
    for line in block.split("\n"):
        if line.strip():
            lemma, forms = line.split(":")
            found.update(dict.fromkeys(forms.split(), lemma.strip()))
    return found


# form -> lemma, for words that are spoken in a form of their own (also some that a dictionary
# takes for another word: "kans" is no nation here, "mun" no egg)
SPOKEN_LEMMAS: dict[str, str] = _pairs(
    """
    minä: mä mää mie mun mua mulla mulle multa mussa musta minuu miuta miulla miun meikä
    sinä: sä sää sie sun sua sulla sulle sulta sussa siun siulla
    hän: hää hällä hälle hänt
    me: myö meil meijän meiän
    te: työ teil teijän teiän
    he: hyö heil heijän
    tämä: tää tän tätä tällä tälle tältä täs täst tähä
    tuo: toi ton tota tolla tolle tolta tos tossa tost tosta tohon
    se: sen sitä siit siihe siel sielt siinä siitä siihen
    tämä: nämä nää näit näitä näitten näiden näihi näihin näissä näistä näillä näille
    se: ne niit niitä niitten niiden niihi niihin niissä niistä niillä niille niiltä
    tuo: nuo noi noita noiden noissa noista
    joku: jonku jollaki jollekki jotaki
    jokin: jotai jossai johonki jostai jotain jossain johonkin jostain
    mikä: mist mihi mis
    kuka: kene ketä
    sitten: sit sitte
    kun: ku
    niin: ni nii
    mutta: mut
    että: et ett
    niinku: niinku niinko
    ettei: ettei etten ettet etteivät ettemme
    myös: kans
    vain: vaa
    tällainen: tämmönen tämmösen tämmöstä tämmöne tämmöset tämmösii tällane tällanen
    sellainen: semmonen semmosen semmosta semmost semmone semmoset semmosii sellane sellanen
    tuollainen: tommonen tommosen tommosta tommone tommoset tollanen tollasen
    millainen: millane millanen
    itse: ite itekin ittelle itelle ittee iteki itteeni itteensä
    katsoa: kato kattoo katoin katottiin katon katotaan kattoa kattonu kattomaan kattelee
    olla: oon oot oo ollu oltii oltu olis oisin ois oisko onks ollaa ooks oliks olisko oonks
    tulla: tuu tullu tulis tuun tuut
    mennä: meen meet mee menny menis mennää
    panna: paan paa
    pitää: pitäs pitäis piti pitäny
    haluta: haluun haluis haluut
    tehdä: tehä teen teki tekis tehny tehää tehtii
    nähdä: nähä nään nähny
    lähteä: lähtee lähetään lähettiin läks
    saada: saaha saanu
    laittaa: laitto laittanu laitettii
    kysyä: kysy kysyny
    soittaa: soitin soitit soittanu soitettii soittelin soitellaan
    tietää: tiiä tiä tiiän tiijä
    ei: emmä en emme eivät enkä etkä eikä eiku
    aika: ajan aikaan aikana aikoina
    mieli: mielestä mielestäni mielestämme
    peruste: perusteella
    osa: osalta
    yhteys: yhteydessä
    apu: avulla
    toimi: toimesta
    vuosi: vuoteen vuotta vuosina
    lisää: lisää
    miksi: miksi
    samalla: samalla
    yhdessä: yhdessä yhessä
    yhtä: yhtä
    pitkään: pitkään
    kaksi: kaks kahet
    yksi: yks yhet yhellä
    viisi: viis
    kuusi: kuus
    """
)

_VOWELS = "aeiouyäö"
_CLITICS = ("kaan", "kään", "kin", "han", "hän", "ko", "kö", "pa", "pä", "ki")
_BACK = "aou"


def _question(form: str) -> Iterator[str]:
    """Onks -> on, soittaaks -> soittaa, tuleeks -> tulee; -ko and -kö with them."""
    if form.endswith("ks") and len(form) > 4:
        yield form[:-2]


def _clitic(form: str) -> Iterator[str]:
    for clitic in _CLITICS:
        if form.endswith(clitic) and len(form) - len(clitic) >= 3:
            yield form[: -len(clitic)]


def _lost_ending(form: str) -> Iterator[str]:
    """Puhelimes -> puhelimessa, laskust -> laskusta, portaalil -> portaalilla; tullu -> tullut."""
    ending = "a" if any(v in form for v in _BACK) else "ä"
    if form.endswith("s") and not form.endswith("ks") and len(form) > 3:
        yield f"{form}s{ending}"
    if form.endswith("st"):
        yield form + ending
    if form.endswith("l"):
        yield f"{form}l{ending}"
    if form.endswith("lt"):
        yield form + ending
    if form.endswith(("u", "y")):
        yield form + "t"
    if form.endswith(("aa", "ää", "ii", "ee", "oo", "uu", "yy", "öö")):
        yield form + "n"
    if form.endswith("is"):
        yield form + "i"


def _shortened_vowels(form: str) -> Iterator[str]:
    """Hirvee -> hirveä, laskuu -> laskua, patterei -> pattereita, punanen -> punainen."""
    ending = "a" if any(v in form for v in _BACK) else "ä"
    if form.endswith(("ee", "oo", "uu", "yy", "öö", "ii")):
        yield form[:-1] + ending
    if form.endswith("ee"):
        yield form[:-1] + ("ä" if ending == "a" else "a")
    if form.endswith(("oit", "öit", "eit", "uit", "yit")):
        yield form + ending
    if form.endswith("nen") and len(form) > 4:
        yield form[:-3] + "inen"
    if form.endswith(("ei", "oi", "öi")):
        yield f"{form}t{ending}"
    for short, full in (("se", "ise"), ("s", "is")):
        place = form.rfind(short)
        if place > 2 and form[place - 1] in "aäoö":
            yield form[:place] + full + form[place + len(short) :]


def _dialect_consonants(form: str) -> Iterator[str]:
    """Tehään -> tehdään, yhessä -> yhdessä; kattoa -> katsoa, mettä -> metsä."""
    place = form.find("h", 1)
    if 0 < place < len(form) - 1 and form[place + 1] in _VOWELS:
        yield f"{form[: place + 1]}d{form[place + 1 :]}"
    if "tt" in form[1:]:
        yield form[0] + form[1:].replace("tt", "ts", 1)


_RULES: tuple[Callable[[str], Iterator[str]], ...] = (
    _question,
    _clitic,
    _lost_ending,
    _shortened_vowels,
    _dialect_consonants,
)


def standard_candidates(form: str) -> list[str]:
    """Standard forms that a spoken Finnish form may stand for, likelier ones first.

    Parameters
    ----------
    form : str
        A lower-case form that the dictionary does not know as it is.

    Returns
    -------
    list of str
        Candidates, without the form itself; [] where no rule fits. Up to two rules are applied
        one after another (soittaisks -> soittais -> soittaisi).
    """
    first: list[str] = []
    for rule in _RULES:
        first.extend(c for c in rule(form) if c != form and c not in first)
    second = [c for candidate in first for rule in _RULES for c in rule(candidate)]
    return list(dict.fromkeys([*first, *(c for c in second if c != form)]))
