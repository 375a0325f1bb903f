"""Words that may not become entries of the vocabulary, read off its list by hand (the last time for english-1)."""

_WHO = """
he she him her his hers himself herself he's she's he'll she'll guy guys dude buddy sir lord madam king kings queen
queens prince princess kid kids child children baby babies brother brothers sister sisters daddy mommy bride groom family
families wedding marriage sex sexual sexy race races religion religious god gods holy heaven faith church bible witch native
america's american's turkey jersey china john jack jim joe peter mark's paul mary jesus obama bush clinton trump
president presidential presidents liberal liberals conservative democrats republicans mayor senator congress minister
union veteran veterans adults dumb
"""
_NOT_OF_WORK = """
movie movies film films cinema actor actors actress acting cast director directors directing plot scene scenes episode
season comedy drama horror thriller script screenplay documentary character characters audience theater theatre viewer
viewers viewing animation soundtrack sequel camera cameras battery printer printers lens photo photos photograph
photography pictures picture pics pic ink compact flash zoom memory headset earphones ipod player players radio tv
television alarm cable restaurant pizza chicken sandwich burger steak cheese cream candy popcorn meat sauce sugar
chocolate soap tree trees snake horse cat cats dog dogs bird birds animal beach snow river mountain moon island bomb
blood bloody murder killer prison war wars victim victims guns gun hollywood hotel hotels car cars truck bus engine java
python album song songs band singer concert football league teams' champion
"""

PERSONS = frozenset(_WHO.split())
"""Persons and what they are, which must not move a score: barred from the lexicon too."""

BARRED = PERSONS | frozenset(_NOT_OF_WORK.split())
"""And the subjects of the sets, which aren't those of work."""
