"""Rapport in Microsoft Teams: Adaptive Cards, the Bot Framework protocol and its connector stay in this folder."""
