"""Rapport in Microsoft Teams: Adaptive Cards, the Bot Framework and its SDK stay in this folder."""
