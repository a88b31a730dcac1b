"""Words of the valence lexicon, written for this program: lemmas with -2, -1, 1 or 2."""

# ruff: noqa: SIM905 - lists of words read better as text
from __future__ import annotations

from .valence_more import MORE_WORDS

__all__ = ["EMOJI", "WORDS"]


def _read(two_bad: str, bad: str, good: str, two_good: str) -> dict[str, int]:
    words: dict[str, int] = {}
    for block, value in ((two_bad, -2), (bad, -1), (good, 1), (two_good, 2)):
        words.update(dict.fromkeys(block.split(), value))
    return words


WORDS: dict[str, dict[str, int]] = {
    "fi": _read(
        """surkea kamala hirveä kauhea karmea kauheus inhottava ala-arvoinen törkeä tökerö
        luokaton paska perseestä katastrofi raivostuttava raivostuttaa kelvoton surkeasti
        järkyttävä järkyttyä viha vihata inhota helvetti saatana vittu pelko pelottava tappaa
        kuolla kuolema murha painajainen häpeä häpeällinen katastrofaalinen petos huijaus huijata
        huijari sietämätön kauheasti hirveästi tuska""",
        """huono huonosti heikko heikosti hidas hitaasti väärä väärin virhe virheellinen vika
        viallinen rikki ongelma ongelmallinen vaikea vaikeus hankala hankaluus sekava epäselvä
        turha turhaan turhauttava turhautua pettymys pettyä harmi harmittaa harmittava ärsyttää
        ärsyttävä kiukku suuttua suututtaa vihainen valittaa valitus reklamaatio reklamoida
        odottaa odottelu odotella jono jonottaa jonotus myöhässä myöhästyä viivästys viivästyä
        kallis ylihinta ylihintainen puute puuttua puutteellinen katketa kadota unohtaa
        unohtua kaatua jumittaa jumi tilttaa pätkiä lagata takkuilla tökkiä epäonnistua
        epäluotettava huolestunut huolestua huoli huolissaan stressi stressaava
        väsyttää väsyä kyllästyä työläs tympeä tyly töykeä epäystävällinen välinpitämätön
        ylimielinen surkutella huonontua heikentyä häiritä häiriö häirikkö vaiva vaivata
        tyytymätön epävarma epävarmuus vanhentunut kömpelö monimutkainen hukassa hukata sekoilla
        sekaisin mykkä sotku sotkea pieleen katkos surullinen suru itkeä valehdella
        valhe tyhmä idiootti hullu paha pahasti kipu sairas vaara vaarallinen vahinko riita
        riidellä pelätä lopettaa hylätä menettää irtisanoa harmillinen kamppailla valitettava
        valitettavasti syyttää loukata loukkaantua yksinäinen epäreilu""",
        """hyvä hyvin toimia toimiva helppo helposti vaivaton vaivattomasti nopea nopeasti selkeä
        selkeästi sujuva sujuvasti sujua mukava mukavasti kiva ystävällinen ystävällisesti
        asiallinen asiantunteva asiantuntemus ammattitaito ammattitaitoinen ammattimainen
        luotettava luottaa luottamus luotettavasti varma turvallinen turvallisuus turvata
        tyytyväinen tyytyväisyys kiitos kiittää kehua tykätä hyödyllinen
        hyöty hyötyä auttaa apu avulias onnistua onnistunut pelastaa pelastua säästää säästö
        parantaa parantua parempi paremmin kätevä kätevästi näppärä näppärästi edullinen reilu
        rehellinen sopiva siisti rauha mielenrauha rauhallinen huolellinen tarkka
        täsmällinen hauska iloinen ilo onnellinen onni hymy nauttia rakas ystävä
        kaunis lämmin lämpimästi miellyttävä palvelualtis joustava joustavasti
        innostua innostava suositella kelpo jees ok okei mainio kunnossa
        arvostaa arvokas vahva toivo voittaa voitto taitava viisas fiksu lohduttaa""",
        """erinomainen erinomaisesti loistava loistavasti mahtava mahtavasti upea upeasti
        fantastinen ihana ihanasti paras parhaiten täydellinen täydellisesti huippu
        huippuhyvä rakastaa rakkaus ylivertainen verraton kiitettävä ihastua ihastuttava hieno
        hienosti superhyvä timantti priima vaikuttunut""",
    ),
    "en": _read(
        """terrible awful horrible dreadful appalling disgusting disgrace disgraceful disaster
        nightmare unacceptable atrocious worst hate hateful pathetic shocking shambles useless
        furious kill killer murder death die evil terrified horrify scam fraud rude abysmal
        damn hell shit fuck bastard bullshit""",
        """bad badly poor poorly slow slowly wrong error mistake fault faulty broken break problem
        issue difficult difficulty hard confusing confused unclear annoying annoyed annoy
        frustrating
        frustrated frustration disappointing disappointed disappointment late delay delayed wait
        waiting queue expensive overpriced lack lacking missing lost lose fail failed
        failure unable unhelpful unfriendly impersonal ignore ignored unhappy dissatisfied angry
        upset
        sad sadly cry stress stressful stressed worry worried worrying scared afraid fear pain
        painful hurt noisy noise dirty cold crowded rushed uncomfortable understaffed short-staffed
        cancel cancelled cancellation complain complaint unfortunately tired bored boring rubbish
        waste wasted inconvenient clunky complicated unreliable crash freeze false mess
        messy neglect neglected uncaring stupid idiot crazy mad lie liar danger dangerous sick
        ill trouble enemy lonely blame worse insult steal weak unfair shame sorry doubt
        inadequate insufficient improve improvement unprofessional""",
        """good well nice fine easy easily quick quickly fast prompt promptly clear clearly smooth
        smoothly friendly polite kind kindness helpful help helped caring care cared careful
        attentive professional knowledgeable efficient efficiently reliable trust safe safely secure
        satisfied happy pleased pleasant comfortable clean calm relaxed reassuring reassured
        reassure
        thank thanks grateful appreciate appreciated respect respectful dignity understanding
        supportive support useful convenient simple fair honest saved save better enjoy enjoyed
        welcoming welcome warm listened cheerful affordable accurate informative
        compassionate compassion courteous approachable considerate gentle smile fun funny glad
        hope friend lucky luck proud win success successful beautiful sweet safe recommend
        thoughtful thorough ease positive organised cool ok okay""",
        """excellent great brilliant wonderful amazing fantastic outstanding superb
        perfect perfectly
        exceptional marvellous marvelous best love loved lovely awesome fabulous incredible
        impressed delighted first-class faultless invaluable magnificent gorgeous joy""",
    ),
    "sv": _read(
        """hemsk hemskt fruktansvärd fruktansvärt usel uselt katastrof vidrig avskyvärd hata hat
        värst skandal oacceptabel oacceptabelt mardröm äcklig jävla fan helvete skit mörda mord död
        dö döda skräck rädsla bedrägeri""",
        """dålig dåligt svag långsam långsamt sen sent fel felaktig trasig problem svår svårt
        krånglig krångligt krångla otydlig otydligt förvirrande besviken besvikelse irriterande
        irriterad arg frustrerad frustrerande vänta väntan väntetid kö köa försenad försening dyr
        dyrt sakna saknas brist tappa glömma krascha misslyckas misslyckande missnöjd orolig oro
        oroa stress stressig trött jobbig jobbigt besvärlig onödig onödigt klaga klagomål
        otrevlig oartig tyvärr strul strula avbrott sjuk smärta ont ledsen gråta sorg farlig
        fara skada ljuga lögn dum idiot galen rädd hot hota förlora ensam skuld skam bråk sämre
        konstig opålitlig slösa tung rörig falsk falsklarm värre hopplös""",
        """bra väl trevlig trevligt enkel enkelt lätt smidig smidigt snabb snabbt tydlig tydligt
        klar vänlig vänligt hjälpsam hjälpa hjälp kunnig proffsig professionell pålitlig lita
        trygg trygghet säker säkert nöjd glad tack tacka tacksam uppskatta användbar nyttig nytta
        spara rädda fungera prisvärd billig rättvis ärlig bekväm bekvämt lugn lugnt bättre
        artig tillmötesgående flexibel gilla rolig kul skön fin fint lycklig lycka vän hopp
        vacker vinna lyckas rekommendera stolt söt varm respekt ok okej förbättra stöd
        förtroende noggrann snäll mysig modig frisk""",
        """utmärkt fantastisk fantastiskt underbar underbart jättebra toppen perfekt bäst älska
        kärlek strålande enastående suverän suveränt superbra härlig härligt ypperlig
        imponerad lysande""",
    ),
}
# a word of both lists keeps its grade of the first
WORDS = {language: {**_read(*MORE_WORDS[language]), **words} for language, words in WORDS.items()}
EMOJI: dict[str, int] = {
    **dict.fromkeys("😡 🤬 💩 🤮".split(), -2),
    **dict.fromkeys(
        "👎 😞 😠 🙁 ☹️ 😢 😭 😤 🙄 😒 😕 😩 😣 😔 💔 :( :-( ;( :/ :-/ :'( D:".split(), -1
    ),
    **dict.fromkeys("👍 🙂 😊 😀 😃 😄 😁 👌 🙏 💪 👏 :) :-) ;) ;-) :D :-D =) ^_^".split(), 1),
    **dict.fromkeys("😍 ❤️ ❤ 🥰 🤩 🎉 💯 <3".split(), 2),
}
