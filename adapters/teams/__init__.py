"""Rapport in Microsoft Teams: Adaptive Cards, the Bot Framework and its connector stay in this folder."""
