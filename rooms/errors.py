"""What is refused in rooms and assemblies."""

from django.utils.translation import gettext_lazy as _

from collab.realtime.errors import DomainError


class RoomError(DomainError):
    """A refusal of a room."""


class RoomIsClosed(RoomError):
    code = "room_is_closed"
    sentence = _("La salle est fermée.")


class EmptyText(RoomError):
    code = "empty_text"
    status = 422
    sentence = _("Écrivez quelque chose d’abord.")


class HandIsDown(RoomError):
    code = "hand_is_down"
    sentence = _("Cette personne n’est pas dans la salle et n’a pas levé la main.")


class AssemblyExists(RoomError):
    code = "assembly_exists"
    sentence = _("Cette salle a déjà une assemblée.")


class AssemblyNotOpen(RoomError):
    code = "assembly_not_open"
    sentence = _("L’assemblée n’est pas ouverte.")


class AssemblyIsClosed(RoomError):
    code = "assembly_is_closed"
    sentence = _("L’assemblée est close.")


class VoteStillOpen(RoomError):
    code = "vote_still_open"
    sentence = _("Un vote est encore ouvert : terminez-le d’abord.")


class ItemHasBegun(RoomError):
    code = "item_has_begun"
    sentence = _("Ce point est déjà commencé.")


class TooMany(RoomError):
    code = "too_many"
    sentence = _("Il y en a déjà trop.")


class VoteError(RoomError):
    """A refusal of a vote."""


class VoteNotOpen(VoteError):
    code = "vote_not_open"
    sentence = _("Le vote n’est pas ouvert.")


class VoteHasBegun(VoteError):
    code = "vote_has_begun"
    sentence = _("Ce vote est déjà ouvert : il ne change plus.")


class VoteIsClosed(VoteError):
    code = "vote_is_closed"
    status = 410
    sentence = _("Le vote est clos.")


class NobodyToVote(VoteError):
    code = "nobody_to_vote"
    sentence = _("Personne ne peut voter ici : la salle n’a pas de groupe.")


class NotOnTheRoll(VoteError):
    code = "not_on_the_roll"
    status = 403
    sentence = _("Vous n’êtes pas sur la liste de ce vote, arrêtée à son ouverture.")


class NoSuchChoice(VoteError):
    code = "no_such_choice"
    status = 422
    sentence = _("Choisissez Pour, Contre ou Abstention.")


class WriteReused(VoteError):
    code = "write_reused"
    sentence = _("Ce bulletin porte le numéro d’un autre envoi.")
