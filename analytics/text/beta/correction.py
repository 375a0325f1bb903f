"""What is left of a group's tone once it is known how often its scorer errs."""

from itertools import product

from analytics.text.beta.model import Quality

STRANGE = 0.1
"""By how much praise and complaint may be found less or more often at work than in the texts of the trial.

A guess, and said so: nobody has measured it.
"""


def widened(low: float, high: float, quality: Quality) -> tuple[float, float]:
    """Return the interval of a tone balance in points, made wider by the scorer's own errors.

    A share q of praise that is read stands for a share p = (q + sp - 1) / (se + sp - 1) of praise that is meant
    (Rogan & Gladen 1978, doi:10.1093/oxfordjournals.aje.a112510), with se the share of praise and sp the share of
    complaint that is read as such. Both are taken to be off by `STRANGE` either way; the result holds every bound
    that follows, and the interval that it was made of.

    Parameters
    ----------
    low, high
        Bounds for chance alone, of replies that were read as praise or complaint; -100 to 100.
    quality
        How the scorer did on texts that it had not seen.
    """
    bounds = [low, high]
    for praise, complaint in product(_about(quality.praise_found), _about(quality.complaint_found)):
        telling = praise + complaint - 1
        if telling <= 0:
            return -100.0, 100.0  # no better than a coin: anything can be behind it
        for bound in (low, high):
            share = ((bound + 100) / 200 + complaint - 1) / telling
            bounds.append(min(max(200 * share - 100, -100.0), 100.0))
    return min(bounds), max(bounds)


def _about(share: float) -> tuple[float, float]:
    return max(share - STRANGE, 0.0), min(share + STRANGE, 1.0)
