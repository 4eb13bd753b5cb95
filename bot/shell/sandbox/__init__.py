"""A simulated GitLab: state in memory, the REST and GraphQL calls that the bot uses, webhooks, and pages."""
