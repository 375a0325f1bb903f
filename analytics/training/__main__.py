"""Make the models, or measure them: ``python -m analytics.training model DATA`` or ``… figures DATA`` (``… nested DATA``).

``beta`` and ``beta-figures`` do so for the trial languages alone, ``embeddings`` makes what the extra of that name needs.

DATA is a folder with the labelled sets (`analytics.training.data.SETS`); no text of it is written anywhere.
"""

import argparse
from pathlib import Path

from analytics.training import embeddings, figures, make, nested, tongues_make

_WHAT = {
    "model": (make.make, tongues_make.make),
    "figures": (figures.show, tongues_make.show),
    "nested": (nested.show,),
    "embeddings": (embeddings.make_head,),
    "beta": (tongues_make.make,),
    "beta-figures": (tongues_make.show,),
}


def main() -> None:
    """Read the arguments and do it."""
    parser = argparse.ArgumentParser(prog="python -m analytics.training", description=__doc__)
    parser.add_argument("what", choices=tuple(_WHAT))
    parser.add_argument("data", type=Path, help="folder of the labelled sets, one CSV per set")
    arguments = parser.parse_args()
    for do in _WHAT[arguments.what]:
        do(arguments.data)


main()
