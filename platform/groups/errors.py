"""What is refused in groups."""

from django.utils.translation import gettext_lazy as _

from collab.realtime.errors import DomainError


class GroupError(DomainError):
    """A refusal of a group."""


class NoName(GroupError):
    code = "no_name"
    status = 422
    sentence = _("Donnez un nom au groupe.")


class TooManyGroups(GroupError):
    code = "too_many_groups"
    sentence = _("Vous animez déjà %(most)s groupes : c’est le maximum.")


class LastAnimator(GroupError):
    code = "last_animator"
    sentence = _("Ce groupe n’a pas d’autre animateur·ice : nommez d’abord quelqu’un pour prendre la suite.")


class OnlyAnimators(GroupError):
    code = "only_animators"
    status = 403
    sentence = _("Seul·es les animateur·ices peuvent faire cela.")


class NotInGroup(GroupError):
    code = "not_in_group"
    status = 404
    sentence = _("Cette personne n’est pas dans le groupe.")
