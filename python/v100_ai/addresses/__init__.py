"""Addresses from outside: which URLs may be used, which addresses connected to, and a connection to nothing else."""

from v100_ai.addresses.checked import Checked, Resolver, addresses, check, system
from v100_ai.addresses.networks import IP, Network, refusal
from v100_ai.addresses.target import SOURCES, WEB, Target, shown, target

__all__ = [
    "IP",
    "SOURCES",
    "WEB",
    "Checked",
    "Network",
    "Resolver",
    "Target",
    "addresses",
    "check",
    "refusal",
    "shown",
    "system",
    "target",
]
