"""Rapport in Slack: Block Kit, slack-bolt and the Web API stay in this folder."""
