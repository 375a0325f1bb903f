"""Make the English model, or measure it: ``python -m analytics.training model DATA`` or ``… figures DATA`` (``… nested DATA``, ``… embeddings DATA``).

DATA is a folder with the labelled sets (`analytics.training.data.SETS`); no text of it is written anywhere.
"""

import argparse
from pathlib import Path

from analytics.training import embeddings, figures, make, nested


def main() -> None:
    """Read the arguments and do it."""
    parser = argparse.ArgumentParser(prog="python -m analytics.training", description=__doc__)
    parser.add_argument("what", choices=("model", "figures", "nested", "embeddings"))
    parser.add_argument("data", type=Path, help="folder of the labelled sets, one CSV per set")
    arguments = parser.parse_args()
    {"model": make.make, "figures": figures.show, "nested": nested.show, "embeddings": embeddings.make_head}[
        arguments.what
    ](arguments.data)


main()
