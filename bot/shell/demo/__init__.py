"""`scansion demo`: the bot beside a simulated GitLab, played step by step."""
