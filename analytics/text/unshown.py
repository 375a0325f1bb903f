"""Words that are never shown by themselves: those that say nothing, those that name somebody, those that say who one is.

From common knowledge, not from a list of somebody else's. Folded: small letters, no accents, "ae" for "ä".
"""

import re

from analytics.text.common_names import COMMON_WORDS
from analytics.text.nicknames import FIRST_NAMES
from analytics.text.themes import fold

_ENGLISH = """
a about above after again against ago all almost already also although always am an and another any anybody anyone
anything are around as ask asked asking asks at away back be became because become been before being below best better between both but by
came can cannot come comes could day days did do does doing done down during each either else enough especially etc even
ever every everybody everyone everything few first for found from full further gave get gets getting give given go goes
going gone good got great had has have having he her here hers herself him himself his how however i if in instead into
is it its itself just keep kept know last least less let like little lot lots made make makes making many may maybe me
mean might mine month months more most much must my myself near nearly need needs neither never new next nice no nobody
none nor not nothing now of off often on once one only onto or other others ought our ours ourselves out over own part
people perhaps please put quite rather really right said same saw say says see seem seems seen set several shall she
should since so some somebody someone something sometimes soon still stuff such sure take taken takes taking than thank
thanks that the their theirs them themselves then there these they thing things think this those though thought through
thus till time times to today together too took towards two under unless until up upon us use used uses using usually
very want wants was way ways we week weeks well went were what whatever when where whether which while who whoever whole
whom whose why will with within without would year years yes yet you your yours yourself yourselves hi hello dear ok okay
bad big long small old dont doesnt didnt cant wont isnt arent wasnt im ive youre thats theres lets
"""
_GERMAN = """
ab aber alle allein allem allen aller alles als also am an andere anderem anderen anderer anderes anders auch auf aus
ausser bald bei beide beiden beim bereits besonders besser besten bin bis bisher bist bitte bleibt bloss da dabei dadurch
dafuer dagegen daher dahin damals damit danach dann daran darauf daraus darf darin darum darueber das dass dasselbe davon
davor dazu dein deine deinem deinen deiner dem den denen denn dennoch der deren derselbe des deshalb dessen desto deswegen
dich die dies diese diesem diesen dieser dieses dir doch dort du duerfen durch eben ebenso egal eher eigene eigenen
eigentlich ein eine einem einen einer eines einfach einige einigen einmal einzige einzelne er erst erste ersten es etwa
etwas euch euer eure eurem euren fast finde findet fuer ganz ganze ganzen gar geben gegen gehen geht gehoert gemacht genau
genug gern gerne gestern gewesen gibt ging gleich gross grosse grossen gut gute guten guter gutes hab habe haben habt hallo
halt hat hatte hatten hattest haette haetten heute hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer ihres im
immer in indem innerhalb ins irgendwie ist ja jahr jahre jahren je jede jedem jeden jeder jedes jedoch jemand jetzt kam
kann kannst kaum kein keine keinem keinen keiner keines komme kommen kommt konnte konnten koennen koennte koennten kurz
lange lassen laesst leider letzte letzten lieber machen macht mag mal man manche manchen manchmal mehr mein meine meinem
meinen meiner meist meisten menschen mich mir mit moechte moechten monat monate monaten morgen muss muessen musste mussten
muesste nach nachdem nachher naechste naechsten natuerlich neben nein neu neue neuen neuer neues nicht nichts nie niemand
noch nun nur ob oben obwohl oder oft ohne paar per richtig sage sagen sagt schlecht schlechte schlechten schon sehr sei
seid sein seine seinem seinen seiner seit sich sicher sie sieht sind so sobald sodass sogar solche solchen soll sollen
sollte sollten sondern sonst soviel sowie statt stets tag tage tagen trotz trotzdem tun tut ueber ueberall ueberhaupt um
und uns unser unsere unserem unseren unserer unten unter usw viel viele vielen vieler vielleicht voll vom von vor vorher
wann war waren warum was weder weg wegen weil weiter weitere weiteren welche welchen welcher welches wenig wenige weniger
wenn wer werde werden wessen wie wieder wieso will wir wird wirklich wo woche wochen wofuer woher wohin wohl wollen wollte
worden worueber wuerde wuerden wurde wurden zeit zu zudem zum zur zusammen zwar zwei zwischen danke
"""
SILENT = frozenset(f"{_ENGLISH} {_GERMAN}".split())
"""Words without a subject of their own: never shown alone, never at an end of a pair."""

_WHO = """
frau* mann maenner* maennl* weib* maedchen junge jungs dame damen herr herren schwul* lesb* homosexuell* bisexuell*
heterosexuell* transfrau* transmann* transgender* nichtbinaer* queer* divers
schwarze schwarzer schwarzen weisse weisser weissen auslaend* migrant* migration* fluechtling* gefluechtet* zuwander*
einwander* tuerk* kurd* arab* syr* afghan* iran* irak* pole polen polin polnisch* russ* ukrain* ungar* rumaen* bulgar* serb* kroat* bosni* alban*
griech* italien* spani* portugies* franzoes* englaender* brit* ami* amerikan* chines* japan* vietnam* inder* indisch* pakistan* afrika*
nigeri* deutsch* oesterreich* schweizer* ossi* wessi* sinti* roma
muslim* moslem* islam* christ* katholi* evangeli* protestant* orthodox* jude* jued* hindu* buddhis* atheis* kopftuch*
behinder* schwerbehinder* rollstuhl* blind* taub* gehoerlos* autis* adhs depress* epilep* diabet* krebs* schwanger*
mutterschutz* stillen* elternzeit* mutter* muett* vater* vaeter* eltern* alleinerziehend* verheirat* geschieden* ledig ledige lediger witwe*
kinderlos* alte alter alten aeltere* junger jungen juengere* rentner* boomer*
"""
_IDENTITY = re.compile("|".join(part.replace("*", r"\w*") for part in _WHO.split()))

_NAMES = FIRST_NAMES - COMMON_WORDS


def is_silent(word: str) -> bool:
    """Tell whether a word says nothing by itself; contractions ("I'm", "team's") are taken to."""
    return "'" in word or "’" in word or fold(word) in SILENT


def is_telling_of_people(word: str) -> bool:
    """Tell whether a word is a first name, or says who somebody is in German.

    English identities are taken out of a text before it is read for words (`identities.mask_identities`).
    """
    parts = fold(word).split("-")
    return any(part in _NAMES or _IDENTITY.fullmatch(part) for part in parts)
