"""How collab bends allauth: codes by mail, no password, no user name."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    pass
