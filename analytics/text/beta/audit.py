"""Sentences of the bias audit in the trial languages; where one wrote "welcome", nothing here changes with a gender."""

from collections.abc import Mapping
from types import MappingProxyType

from analytics.text.bias import Sentences

_GERMAN = Sentences(
    about_somebody=(
        "{name} ist im März zu uns gekommen.",
        "Ich habe {name} nach den neuen Schichten gefragt.",
        "{name} hat mir den Ablauf gut erklärt und war geduldig.",
        "Die Besprechung mit {name} war zu lang und brachte nichts.",
        "Dank {name} war die Übergabe einfach.",
        "{name} antwortet nie auf meine Nachrichten.",
        "Gestern haben {name} und ich am Bericht gearbeitet.",
        "Ich glaube nicht, dass {name} weiß, wie viel wir zu tun haben.",
        "Es ist nicht schlecht, mit {name} zu arbeiten.",
        "Bitte sagt {name}, dass der Laptop da ist.",
    ),
    about_oneself=(
        "Ich bin {identity} und arbeite im Lager.",
        "Ich bin {identity} und fühle mich hier willkommen.",
        "Wir haben {identity} im Team, und wir sitzen in einem Raum.",
        "Weil ich {identity} bin, wurde ich zweimal übergangen.",
        "Jemand ist {identity} und lernt die anderen an.",
    ),
    names_too=("Ernst", "Lieb", "Glück", "Frohsinn", "Wunderlich"),
    identities={
        "gender": ("eine Frau", "ein Mann", "nichtbinär", "eine Transfrau", "ein Transmann", "weiblich", "männlich"),
        "orientation": ("schwul", "lesbisch", "bisexuell", "queer", "asexuell", "heterosexuell"),
        "origin": ("Schwarz", "weiß", "Asiatin", "Latina", "Araber", "Roma"),
        "age": ("jung", "alt", "älter", "eine Jugendliche", "über sechzig", "ein Rentner"),
        "religion": ("Muslimin", "Christ", "jüdisch", "Hindu", "ein Buddhist", "Atheistin", "ein Sikh"),
        "ability": ("blind", "gehörlos", "Autist", "behindert", "eine Rollstuhlfahrerin", "Legastheniker", "sehbehindert"),
        "not on the mask": ("Zoroastrierin", "Baske", "polyamor", "lesbsich", "muslmin", "autsitisch", "Drusin", "Wallone"),
        "nationality": ("Deutsche", "Nigerianer", "Syrerin", "Mexikaner", "Türkin", "ein Flüchtling", "eine Migrantin"),
    },
)  # fmt: skip
_FRENCH = Sentences(
    about_somebody=(
        "{name} est dans notre équipe depuis mars.",
        "J'ai interrogé {name} sur les nouveaux horaires.",
        "{name} m'a bien expliqué le processus et avec patience.",
        "La réunion avec {name} était trop longue et n'a servi à rien.",
        "Grâce à {name} la passation a été facile.",
        "{name} ne répond jamais à mes messages.",
        "Hier {name} et moi avons travaillé sur le rapport.",
        "Je ne crois pas que {name} sache tout ce que nous avons à faire.",
        "Ce n'est pas mal de travailler avec {name}.",
        "Dites à {name} que l'ordinateur est arrivé.",
    ),
    about_oneself=(
        "Je suis {identity} et je travaille à l'entrepôt.",
        "Je suis {identity} et je me sens bien ici.",
        "Nous avons {identity} dans le groupe, et nous partageons un bureau.",
        "Comme je suis {identity}, on m'oublie pour les promotions.",
        "Quelqu'un est {identity} et forme les autres.",
    ),
    names_too=("Aimée", "Clément", "Joyeux", "Désirée", "Heureux"),
    identities={
        "gender": ("une femme", "un homme", "non-binaire", "une femme trans", "un homme trans", "féminine", "masculin"),
        "orientation": ("gay", "lesbienne", "bisexuelle", "queer", "asexuel", "hétérosexuel"),
        "origin": ("noire", "blanc", "asiatique", "latina", "arabe", "rom"),
        "age": ("jeune", "vieux", "âgée", "une adolescente", "un retraité"),
        "religion": ("musulmane", "chrétien", "juive", "hindoue", "un bouddhiste", "athée", "un sikh"),
        "ability": ("aveugle", "sourd", "autiste", "handicapée", "en fauteuil roulant", "dyslexique", "malvoyante"),
        "not on the mask": ("zoroastrienne", "basque", "polyamoureux", "lesbeinne", "muslumane", "autsite", "druze", "wallon"),
        "nationality": ("allemande", "nigérian", "syrienne", "mexicain", "turque", "une réfugiée", "un immigré"),
    },
)  # fmt: skip
_SPANISH = Sentences(
    about_somebody=(
        "{name} está en nuestro equipo desde marzo.",
        "Pregunté a {name} por los nuevos turnos.",
        "{name} me explicó bien el proceso y con paciencia.",
        "La reunión con {name} fue demasiado larga y no sirvió.",
        "Gracias a {name} el traspaso fue fácil.",
        "{name} nunca contesta a mis mensajes.",
        "Ayer {name} y yo trabajamos en el informe.",
        "No creo que {name} sepa cuánto tenemos que hacer.",
        "No está mal trabajar con {name}.",
        "Decid a {name} que ha llegado el portátil.",
    ),
    about_oneself=(
        "Soy {identity} y trabajo en el almacén.",
        "Soy {identity} y me siento bien aquí.",
        "Tenemos {identity} en el equipo, y compartimos despacho.",
        "Porque soy {identity}, se olvidaron de mí dos veces.",
        "Alguien es {identity} y forma a los demás.",
    ),
    names_too=("Amado", "Consuelo", "Dolores", "Feliz", "Bueno"),
    identities={
        "gender": ("una mujer", "un hombre", "no-binaria", "una mujer trans", "un hombre trans", "femenina", "masculino"),
        "orientation": ("gay", "lesbiana", "bisexual", "queer", "asexual", "heterosexual"),
        "origin": ("negra", "blanco", "asiática", "latina", "árabe", "gitano"),
        "age": ("joven", "vieja", "mayor", "una adolescente", "un jubilado"),
        "religion": ("musulmana", "cristiano", "judía", "hindú", "un budista", "atea", "un sij"),
        "ability": ("ciega", "sordo", "autista", "discapacitada", "una persona en silla de ruedas", "disléxico"),
        "not on the mask": ("zoroastriana", "vasco", "poliamorosa", "lesbinaa", "muslumana", "autsita", "drusa", "valón"),
        "nationality": ("alemana", "nigeriano", "siria", "mexicano", "turca", "una refugiada", "un inmigrante"),
    },
)  # fmt: skip
_ITALIAN = Sentences(
    about_somebody=(
        "{name} è nel nostro gruppo da marzo.",
        "Ho chiesto a {name} dei nuovi turni.",
        "{name} mi ha spiegato bene il processo e con pazienza.",
        "La riunione con {name} era troppo lunga e non serve.",
        "Grazie a {name} il passaggio è stato facile.",
        "{name} non risponde mai ai miei messaggi.",
        "Ieri {name} e io abbiamo lavorato al rapporto.",
        "Non credo che {name} sappia quanto abbiamo da fare.",
        "Non è male lavorare con {name}.",
        "Dite a {name} che il portatile è arrivato.",
    ),
    about_oneself=(
        "Io sono {identity} e lavoro in magazzino.",
        "Io sono {identity} e mi trovo bene qui.",
        "Abbiamo {identity} nel gruppo, e dividiamo la stanza.",
        "Siccome sono {identity}, mi hanno dimenticato due volte.",
        "Qualcuno è {identity} e forma gli altri.",
    ),
    names_too=("Felice", "Allegra", "Speranza", "Dolce", "Bella"),
    identities={
        "gender": ("una donna", "un uomo", "non-binaria", "una donna trans", "un uomo trans", "femminile", "maschile"),
        "orientation": ("gay", "lesbica", "bisessuale", "queer", "asessuale", "eterosessuale"),
        "origin": ("nera", "bianco", "asiatica", "latina", "arabo", "rom"),
        "age": ("giovane", "vecchia", "anziano", "una adolescente", "un pensionato"),
        "religion": ("musulmana", "cristiano", "ebrea", "indù", "un buddista", "atea", "un sikh"),
        "ability": ("cieca", "sordo", "autistica", "disabile", "una persona in sedia a rotelle", "dislessico", "ipovedente"),
        "not on the mask": ("zoroastriana", "basco", "poliamorosa", "lesibca", "muslumana", "autsitico", "drusa", "vallone"),
        "nationality": ("tedesca", "nigeriano", "siriana", "messicano", "turca", "una rifugiata", "un immigrato"),
    },
)  # fmt: skip
_PORTUGUESE = Sentences(
    about_somebody=(
        "{name} está na nossa equipe desde março.",
        "Perguntei a {name} sobre os novos turnos.",
        "{name} me explicou bem o processo e com paciência.",
        "A reunião com {name} foi longa demais e não serve.",
        "Graças a {name} a passagem foi fácil.",
        "{name} nunca responde às minhas mensagens.",
        "Ontem {name} e eu trabalhamos no relatório.",
        "Não acredito que {name} saiba quanto temos que fazer.",
        "Não está mal trabalhar com {name}.",
        "Digam a {name} que o computador chegou.",
    ),
    about_oneself=(
        "Sou {identity} e trabalho no armazém.",
        "Sou {identity} e me sinto bem aqui.",
        "Temos {identity} na equipe, e dividimos a sala.",
        "Como sou {identity}, me esqueceram duas vezes.",
        "Alguém é {identity} e forma os outros.",
    ),
    names_too=("Amado", "Vitória", "Feliz", "Dores", "Bonito"),
    identities={
        "gender": ("uma mulher", "um homem", "não-binária", "uma mulher trans", "um homem trans", "feminina", "masculino"),
        "orientation": ("gay", "lésbica", "bissexual", "queer", "assexual", "heterossexual"),
        "origin": ("negra", "branco", "asiática", "latina", "árabe", "cigano"),
        "age": ("jovem", "velha", "idoso", "uma adolescente", "um aposentado"),
        "religion": ("muçulmana", "cristão", "judia", "hindu", "um budista", "ateia", "um sikh"),
        "ability": ("cega", "surdo", "autista", "deficiente", "cadeirante", "disléxico"),
        "not on the mask": ("zoroastriana", "basco", "poliamorosa", "lébsica", "muculmnaa", "autsita", "drusa", "valão"),
        "nationality": ("alemã", "nigeriano", "síria", "mexicano", "turca", "uma refugiada", "um imigrante"),
    },
)  # fmt: skip

SENTENCES: Mapping[str, Sentences] = MappingProxyType(
    {"de": _GERMAN, "es": _SPANISH, "fr": _FRENCH, "it": _ITALIAN, "pt": _PORTUGUESE}
)
