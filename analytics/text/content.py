"""Tell a reply that says something from one that only fills the field."""

import re
import unicodedata

from analytics.text.masking import TOKENS

_FILLERS = """
n/a na n.a none nothing nil null no nope nah nada x xx xxx idk dunno
no comment | no comments | no comment from me | nothing to add | nothing to say | nothing else | nothing really
nothing so far | nothing at the moment | nothing right now | nothing for now | nothing comes to mind | not applicable
no answer | no idea | no remarks | no suggestions | no feedback | not at the moment | not right now | not sure
do not know | don't know | i don't know | i do not know | none so far | none at the moment | all said | see above
as above | as before | nothing new
keine | keiner | kein | nichts | nix | nein | nö | ne | k.a | k. a | ka | keine angabe | keine angaben
kein kommentar | keine kommentare | keine anmerkung | keine anmerkungen | keine idee | keine ahnung | weiß nicht
weiss nicht | weiß ich nicht | entfällt | nichts weiter | nichts zu sagen | nichts hinzuzufügen | gar nichts
im moment nichts | derzeit nichts | siehe oben | wie oben | passt nicht
rien | aucun | aucune | non | néant | sans commentaire | rien à dire | rien à signaler | ras | r.a.s | rien de spécial
rien à ajouter | pas de commentaire | pas de commentaires | aucune idée | aucun commentaire | aucune remarque | sans objet | je ne sais pas
no sé | ningún comentario | nada en especial | nada más | no tengo | sin respuesta | no aplica
ninguno | ninguna | sin comentarios | nada que decir | nada que añadir | nada por ahora
niente | nessuno | nessuna | nessun commento | nulla | niente da dire | niente da aggiungere | non so | non lo so | niente di particolare
nenhum | nenhuma | não | nao | sem comentários | sem comentarios | nada a declarar | nada a dizer | nada a acrescentar | não sei | nao sei
"""
_LINES = [line.strip() for line in _FILLERS.strip().splitlines()]
NO_CONTENT = frozenset(
    phrase.strip() for line in _LINES for phrase in (line.split("|") if "|" in line else line.split())
)
"""Whole replies, in lower case and without a full stop, that answer nothing."""

_EMOTICON = re.compile(r"[:;=8]['-]?[()\[\]/|*DP]|[()]-?[:;]|<3|\^\^", re.IGNORECASE)
_TOKEN = re.compile("|".join(map(re.escape, sorted(TOKENS))))


def has_content(text: str) -> bool:
    """Tell whether a cleaned reply holds anything that a tone could be read from.

    Blanks, dashes, numbers, personal data that was masked, "n/a", "nichts", "keine" and their like hold nothing;
    an emoticon or an emoji does.
    """
    said = _TOKEN.sub(" ", text).strip().lower()
    if _EMOTICON.search(said):
        return True
    return said.strip(" .,;:!?-–—_/'\"()*") not in NO_CONTENT and any(map(_tells, said))


def _tells(character: str) -> bool:
    """Tell whether it is a letter or a picture."""
    return character.isalpha() or unicodedata.category(character) == "So"
