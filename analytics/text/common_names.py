"""Names that are common words too, and particles of names that name nobody by themselves."""

# Only words that replies really use in lower case: the fewer stand here, the fewer names slip through.
_ENGLISH = """
an as at be best big bird black blue brown can case cash chance chase chip cook dawn day do drive early east else even
ever faith field fine fire fly fox free friend good grace grant green grey guy hall hand happy hard he heart her hill
him his hope house how hunt in is it job joy judge just justice king law little long lord love low major man many march
mark marks may me mercy mere miles min moon more my new no noble north not of oh ok old on or ours page park patience
pay peace penny perfect power price pride quick rain reader real rich right rock rose royal see sharp she short sky
small smart so son song south speed spring star stone storm strong sue summer sunny sweet that the they to trust up us
was we weeks well west white will winter wise wish wood work worth yes yet you young your
"""
_GERMAN = """
alt bis braun da dann der die du ein ernst es ganz gern gross gut gute hell hoch ich im ist ja jung kann klar klein klug
kurz lang lange lieb mit morgen muss nein neu neue noch oft ohne recht reich rein rot stark still stolz treu um und voll
von weg weiss wer wie wild wir wohl zeit zu
"""
_ROMANCE = """
aime blanc bleu bon bonne claire constant fleur grand gris jolie juste marin marine nom noir olive petit petite pierre
rose rouge roux sage vert
alegria amor angel blanca blanco bueno casa clara cruz dolores esperanza feliz gallo gracia gracias leon luna luz mar
mora paz pilar reina rey reyes rica rico rojo rosa santos sol sola torre torres vega
bianca bianco bella bruno chiara chiaro conti costa fausto franco gioia grande grasso libero longo luce monti neri rosso
rossi russo serena sereno serra testa valle vera vero villa
"""
_PARTICLES = """
abu af al auf aus bin da das de del della den der des di do dos du e el en het ibn la le los mac mc o op st te ten ter
the und van vom von y zu zum zur dr prof herr frau mr mrs ms mx jr sr ii iii
"""

COMMON_WORDS = frozenset(f"{_ENGLISH} {_GERMAN} {_ROMANCE}".split())
"""Folded words that count as a name only when capitalised or beside the rest of the name."""

PARTICLES = frozenset(_PARTICLES.split())
"""Folded words inside a full name that are left alone outside it."""
