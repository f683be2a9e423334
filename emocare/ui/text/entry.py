"""Sentences around the password that is asked for again, providers and the log's pages."""
# ruff: noqa: E501

# The password once more
AGAIN = "Your password"
AGAIN_OR_CODE = "Your password, or the code of the authenticator"
AGAIN_HELP = "Asked for again, because the workstation may have been left open."
ACCOUNT_AGAIN_HELP = "Asked for again before a new password, other roles, or a link to a provider."
SIGN_AGAIN_HELP = "Asked for again, because your name will stand under it. Holds for five minutes."

# Taking the device back
BACK_TITLE = "This device is in the hands of a patient"
BACK_SAID = "Take it back with the password of the account that is signed in, {login}. Until then nothing of anybody else can be opened."
BACK = "Take it back"
BACK_OUT = "Sign out"

# Providers
PROVIDER = "Sign in with {provider}"
PROVIDER_FAILED = "The provider has not signed you in. Try again, or use your password."
PROVIDER_NAMELESS = "the provider of the clinic"
GOING_ON = "You are signed in"
GO_ON = "Go on to Emo-Care"
LINKED = "Sign-in through {provider}"
LINKED_SAID = "The person keeps their password, which is asked for again before signing."
LINKED_NOW = "Signs in through {provider} as {identity}."
LINKED_EMAIL = "E-mail address at the provider"
LINKED_EMAIL_HELP = "It has to be one that the provider has checked. At the first sign-in the provider's own identifier takes its place."
LINKED_SUBJECT = "Or the identifier (sub)"
LINK = "Link"
PROVIDER_CHOICE = "Provider"
UNLINK = "Take the link away"
INCOMPLETE = "Sign-in through a provider is configured, but cannot be used: {why}"
NO_AUTHLIB = "the package Authlib is missing. Install it with: pip install -r requirements-oidc.txt"
NO_FIELDS = "in the section [auth] of secrets.toml there is no {missing}."

# Log
FROM = "From"
TO = "To"
PAGE = "Page"
PER_PAGE = "Rows on a page"
SHOWN = "Rows {first} to {last} of {count}, newest first."
PREPARE = "Download as CSV"
"""The file is made when it is asked for: it holds everything that fits the filters."""
