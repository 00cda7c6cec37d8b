"""Tarvepankki: a bank of needs, competences and prior work, paired and followed by people."""

__version__ = "0.1.0"
