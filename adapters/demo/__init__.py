"""A company to try Rapport on: made up, or from one's own files. Only its own database has a clock that moves."""

from adapters.demo.build import build
from adapters.demo.clock import DemoClock
from adapters.demo.company import BEGINS, MONTHS, PEOPLE, SEED, Company, company
from adapters.demo.controls import DemoControls
from adapters.demo.crowd import Crowd
from adapters.demo.curtain import Behind
from adapters.demo.own import OwnFiles, build_from
from adapters.demo.personas import Persona

__all__ = [
    "BEGINS",
    "MONTHS",
    "PEOPLE",
    "SEED",
    "Behind",
    "Company",
    "Crowd",
    "DemoClock",
    "DemoControls",
    "OwnFiles",
    "Persona",
    "build",
    "build_from",
    "company",
]
