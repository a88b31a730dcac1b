"""Further words of the valence lexicon, written for this program: rarer and more everyday ones."""

from __future__ import annotations

__all__ = ["MORE_WORDS"]

# language -> (-2, -1, 1, 2)
MORE_WORDS: dict[str, tuple[str, str, str, str]] = {
    "fi": (
        """hirviö hirveys kammottava kuvottava järkyttävästi törkeästi halveksia halveksua raivo
        raivoissaan raivostua kidutus kiduttaa raiskata raiskaus murhata murhaaja
        teurastaa tuhota tuho katastrofaalisesti ammottava paskiainen kusipää mulkku
        perkele hitto piru luuseri roisto rikollinen petturi pettää kauhu kauhistua
        kauhistuttaa epätoivo epätoivoinen onneton kurja kurjuus surkeus vihollinen
        ruumis hukkua myrkky myrkyttää""",
        """vaikeasti hankalasti sekavasti epäselvästi epäselvyys väärinkäsitys hermostua
        hermostuttaa hermo pelästyä pelottaa säikähtää järkytys ahdistaa ahdistus
        ahdistava ikävä ikävästi typerä typerys outo epäillä epäily uhka uhata uhkaus
        rikos varas varastaa rangaista rangaistus syyllinen syytös hämätä harhaanjohtava
        harhauttaa kieltäytyä hylkiö kärsiä kärsimys kärsimätön haava haavoittaa vamma
        loukkaantunut verinen tauti tautinen sairaus kuume huonovointinen oksentaa
        rikkoa särkyä katkaista kaatuminen romahtaa romu roska sotkuinen likainen haista
        haju lemu melu meluisa ahdas kylmä synkkä pimeä tylsä pitkästyä tylsistyä laiska
        hutiloida välinpitämättömyys huolimaton huolimattomuus virheellisesti
        myöhästyminen viive viivytellä hitaus kankea kömpelösti jäykkä byrokratia
        byrokraattinen turhautuminen pettynyt pettymyksekseni harmissaan katua katumus
        menetys konkurssi velka köyhä köyhyys riski riskialtis kriisi laittomasti laiton
        epäoikeudenmukainen syrjiä syrjintä eriarvoisuus epätasa-arvo vääryys
        väärinkäytös väkivalta sota taistella tappelu hyökätä hyökkäys ampua pommi
        räjähdys vanki vankila poissaolo kadottaa hukka kiire kiireinen stressata uupua
        uupumus loppuun rasitus rasittaa raskas taakka haitta haitallinen haitata
        heikkous puutteellisesti riittämätön niukka tökkö karu tuskallinen tuskin
        ylikuormitus ylitarjonta ylihinnoitella kiskoa kiskuri huijausyritys roskaposti
        tungetella painostaa tuputtaa karata paeta itku murtua nolo nolata häiriintyä
        kieltää lakata""",
        """helppous helpottaa helpotus helpottua sujuvuus nopeus selkeys selvästi ystävällisyys
        kohtelias kohteliaisuus kohteliaasti huomaavainen avoin avoimesti rehellisesti
        oikeudenmukainen tasapuolinen tasapuolisesti luotettavuus varmuus turvallisesti
        tuki tukea kannustaa kannustava rohkaista rohkea rohkeus rohkeasti ylpeä ylpeys
        onneksi onnekas onnitella onnittelu iloita ilahtua ilahduttaa huvittava
        naurattaa hymyillä leikkisä innokas into intohimo kiinnostunut kiinnostava
        mielenkiintoinen kiintoisa viihtyä viihtyisä viihtyisyys kodikas lempeä hellä
        hellyys rakastunut romanttinen suloinen söpö viehättävä hurmaava sievä komea
        kauneus tyylikäs laadukas korkealaatuinen laatu taito taitavasti osaava osata
        osaaminen pätevä ahkera tehokas tehokkaasti tehokkuus hyödyntää hyödyllisesti
        kannattaa kannattava menestys menestyä menestyksekäs sankari voittaja mestari
        kunnia kunnioittaa kunnioitus arvostus suositus suosittu suosikki ihailla ihailu
        edistys edistyä edistää kehittyä vahvistaa rikastuttaa rikas runsas monipuolinen
        kattava joustavuus joustaa kevyt vapaa vapaus tasa-arvo rauhassa rentoutua
        rentouttava rento levollinen terve terveys terveellinen toipua parantunut
        parannus paranee onnistuminen onnistuneesti toivottava toiveikas sopia sopivasti
        sopu yhteisymmärrys ymmärtäväinen ymmärrys välittävä huolehtia lohtu lohdullinen
        herkullinen maistuva maukas hyvinvointi siunata siunaus enkeli kulta juhla
        juhlia lahja palkinto palkita kiitollinen kiitollisuus anteeksianto tervetullut
        tervetuloa vakaa vakaus kestävä kestävästi järkevä järkevästi harkittu fiksusti
        ekologinen puhdas puhtaus raikas tuore mutkaton mutkattomasti""",
        """uskomaton ihmeellinen suurenmoinen ainutlaatuinen loistelias häikäisevä huikea huikeasti
        huippuluokka ensiluokkainen mestarillinen täydellisyys riemu riemuita autuas
        ihanuus upeus mahtavuus rakastaja parhaimmillaan ihastuttavasti""",
    ),
    "en": (
        """monster brutal cruel cruelty torture rape murderer slaughter destroy destruction corpse
        traitor betray betrayal villain criminal asshole damned goddamn cunt dick piss
        scum filth filthy revolting vile sickening outrageous outrage rage enraged
        loathe despise detest horrific horrid ghastly hopeless despair desperate
        devastated devastating catastrophic miserable misery suicide terror terrorist
        nasty disrespectful incompetent incompetence negligent diabolical farce""",
        """anxious anxiety nervous worries frighten frightened frightening threat threaten
        threatening attack fight fighting war weapon gun shoot bomb violent violence
        abuse abusive bully bullying victim prison arrest guilty guilt crime steal stole
        thief robbery punish punishment betrayed suspicious suspect suffer suffering
        bleed bleeding wound wounded injury injured disease illness infection vomit
        dizzy uncomfortably sore ache aching crying tears grief mourn funeral lonely
        loneliness abandon abandoned reject rejected rejection refuse refused deny
        denied disagree argue argument quarrel shout shouted shouting yell scream blame
        accuse accused fault regret ashamed embarrass embarrassed embarrassing humiliate
        awkward weird strange odd creepy ugly smell smelly stink stinks stuffy filth
        dump dull boring pointless meaningless nonsense ridiculous silly foolish fool
        jerk loser coward selfish greedy arrogant bossy patronising dismissive abrupt
        curt snappy grumpy cold-hearted careless sloppy clumsy disorganised disorganized
        chaos chaotic confuse confusion misleading misled mislead misunderstand
        misunderstood misinformed contradictory inconsistent unstable insecure unsafe
        hazard risk risky crisis emergency panic shock shocked disturb disturbing
        disturbed interrupted disruption disruptive loud discomfort cramped dark bland
        tasteless stale overcooked undercooked inedible burnt freezing boring lengthy
        long-winded slower longer shortage short-staffed overworked rush rushing hurried
        exhausted exhausting tiring fatigue struggle struggled struggling burden stuck
        trapped helpless powerless frustrate annoyance irritated irritating irritate
        hassle nuisance inconvenience cancelling postponed overdue outdated obsolete
        faulty defective damaged damage ruined ruin wreck wrecked collapse corrupt bug
        buggy glitch errors mistakes wrongly incorrect inaccurate missed lateness
        neglected unanswered unclear vague bureaucratic costly unaffordable bankrupt
        debt poverty shortcomings lacks lacked disappointingly disappoint
        dissatisfaction displeased unimpressed sadness sorrow tragic tragedy unlucky
        unpleasant unprofessionally unorganised unsympathetic distress distressed
        distressing upsetting painfully wicked stubborn jealous envy bitter""",
        """delight delightful enjoyable enjoyment entertaining happiness happily joyful cheerfully
        cheer smiling laugh laughing laughter amused cute pretty handsome charming charm
        elegant stylish gorgeousness graceful sweetheart darling dear honey kiss hug
        loving lover friendship friendliness kindly kindest gentle gently tender
        tenderness compassionately sympathetic empathy empathetic supporting supported
        encourage encouraged encouraging encouragement reassurance confident confidence
        confidently courage brave bravery hero heroic proud pride honour honor admire
        admiration loyal loyalty faithful devoted dedicated dedication hardworking
        hard-working diligent conscientious competent skilled skilful skill expertise
        expert talented clever smart wise wisdom bright genius sensible reasonable
        practical productive effective effectively efficiency punctual timely quicker
        swift swiftly speedy promptness accessible flexible flexibility adaptable
        straightforward clarity well-organised organized tidy spotless cleanliness
        hygienic fresh tasty delicious yummy cosy cozy comfortably comfort comforting
        relax relaxing peaceful peace quiet calmly calming soothing harmony healing heal
        healed healthy recovery recovered improved improving progress successfully
        achieve achievement accomplish accomplished triumph victory winner reward
        rewarding gift blessing blessed bless fortunate fortunately luckily thankful
        gratitude appreciative appreciation respected trusted trusting trustworthy
        honestly sincere genuine genuinely fairness justice freedom free hopeful
        hopefully optimistic promising inspire inspired inspiring inspiration motivated
        interesting interested fascinating fascinated curious exciting excited eager
        enthusiastic enthusiasm passion passionate lively welcoming warmly warmth
        hospitality generous generosity polite politely politeness courteous courteously
        courtesy respectfully dignified thoughtful considerately thoroughly thoroughness
        well-informed satisfying satisfaction satisfactory pleasantly pleasure pleasing
        agree agreed suitable worthwhile valuable value benefit beneficial advantage
        reliable reliability durable stable secure security safety congratulations
        congratulate bravo yay toast celebrate celebration""",
        """superbly brilliantly wonderfully amazingly fantastically excellently perfection flawless
        unbeatable stunning breathtaking heavenly divine miracle miraculous magical
        unforgettable remarkable extraordinary phenomenal terrific splendid sensational
        thrilled ecstatic overjoyed adore adored adorable treasure angel angels
        faultlessly impeccable fab""",
    ),
    "sv": (
        """monster grym grymhet tortyr våldta mördare slakta förstöra förräda förrädare skurk
        brottsling förbannad jävlig skitstövel idiotisk vansinnig rasande avsky
        avskyvärt förakta fasansfull förskräcklig förfärlig hopplöst förtvivlad
        förtvivlan katastrofal eländig elände självmord terror äckel äckligt vidrigt
        skandalös""",
        """ångest nervös skrämma skrämmande hota attack attackera slåss krig vapen pistol skjuta
        bomb våld våldsam mobba offer fängelse arrestera skyldig brott stjäla tjuv
        straff straffa svika besvikelse misstänka misstänksam lida lidande blöda sår
        skadad sjukdom infektion kräkas yr värk gråt sorg sörja begravning ensamhet
        överge avvisa vägra neka gräla skrika klandra anklaga ångra ångerfull pinsam
        förnedra konstigt läskig ful stinka lukta tråkig meningslös nonsens löjlig fånig
        dåre feg självisk girig arrogant nonchalant slarvig klumpig kaos kaotisk
        förvirra förvirring vilseleda missförstånd missförstå ostadig osäker osäkerhet
        risk riskabel kris panik chock chockad störa störande störning bullrig obehag
        obehaglig trång mörk kall iskall smutsig utmattad kämpa börda fast fångad
        hjälplös irritera irritation bekymmer bekymrad besvär omständlig omodern trasigt
        defekt skadat ruinera krasch fela bugg buggig misstag felaktigt försenat oklart
        oklar vag byråkrati byråkratisk kostsam skuldsatt fattig fattigdom bristfällig
        otillräcklig sorglig tragisk tragedi olycka olycklig otur oproffsig ohövlig
        orättvis orättvisa diskriminera diskriminering misslyckad svårighet trött
        tröttsam krånglande långsamt överpris överprisad elak envis svartsjuk bitter
        hård onda ond djävul""",
        """trivas trivsel trivsam roligt glädja glädje gladeligen skratta skratt leende le charmig
        söt vackert elegant snygg älskling kär kärleksfull kyss kyssa kram krama vänskap
        vänlighet vänligen omtänksam omtanke omsorg medkänsla stödja stötta uppmuntra
        uppmuntrande lugnande trygghetskänsla självförtroende mod modig hjälte stolthet
        ära hedra beundra beundran lojal trogen engagerad engagemang flitig kompetent
        kompetens skicklig skicklighet expert begåvad klok vis smart ljus förnuftig
        rimlig praktisk effektiv effektivt effektivitet punktlig tillgänglig
        flexibilitet okomplicerad ordnad städad ren rent fräsch god gott läcker ombonad
        komfort avslappnad avkoppling koppla fredlig fred frid harmoni läka frisk
        hälsosam återhämtning förbättrad förbättring framsteg framgång framgångsrik
        prestation seger vinnare belöning belöna gåva present välsignelse tursam tur
        dessbättre tacksamhet uppskattning respektera respektfull pålitlighet ärligt
        uppriktig äkta rättvisa frihet fri hoppfull optimistisk lovande inspirera
        inspirerande intressant intresserad spännande ivrig entusiastisk passion livlig
        välkommen välkomna värme generös artigt hövlig värdig noggrant
        tillfredsställande tillfreds nöje behaglig passande lämplig värdefull värde
        fördel hållbar stabil säkerhet gratulera gratulationer grattis fira firande skål
        smidighet lättanvänd användarvänlig prisvärt""",
        """fantastiska makalös makalöst otrolig otroligt storartad enastående förstklassig felfri
        fulländad mästerlig magnifik mirakel magisk oförglömlig hänförd överlycklig
        dyrka skatt ängel himmelsk jättefin jättenöjd supernöjd kanon kanonbra""",
    ),
}
