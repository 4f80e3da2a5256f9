"""Texts to start a document from, as people of a movement write them."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Starter:
    name: str
    label: str | Promise
    help: str | Promise
    icon: str
    text: str | Promise


STARTERS = [
    Starter("blank", _("Page blanche"), _("Tout reste à écrire."), "file-plus", ""),
    Starter(
        "minutes",
        _("Compte-rendu"),
        _("Ce qui s’est dit, ce qui est décidé, qui fait quoi."),
        "notebook-pen",
        _(
            "## Réunion\nDate et lieu :\nAnimation :\nPrise de notes :\nPrésent·es :\nExcusé·es :\n"
            "## Ordre du jour\n1.\n2.\n3.\n"
            "## Échanges\n### Point 1\n### Point 2\n"
            "## Décisions\nCe qui est décidé, et comment : consensus, vote.\n"
            "## Qui fait quoi\nTâche, responsable, pour quand.\n"
            "## Prochaine réunion\nDate, lieu, animation :"
        ),
    ),
    Starter(
        "agenda",
        _("Ordre du jour"),
        _("Les points, leur durée et qui les présente."),
        "list-ordered",
        _(
            "## Ordre du jour\nDate, heure et lieu :\nAnimation, temps et notes :\n"
            "### 1. Accueil et tour de table – 10 min\n"
            "### 2. Retour sur les décisions de la dernière fois – 10 min\n"
            "### 3. Premier point – 30 min\nPrésenté par :\nCe qu’on attend : information, échange ou décision.\n"
            "### 4. Deuxième point – 30 min\nPrésenté par :\nCe qu’on attend :\n"
            "### 5. Qui fait quoi, et prochaine date – 10 min"
        ),
    ),
    Starter(
        "tract",
        _("Tract"),
        _("Une idée, trois arguments, un rendez-vous."),
        "megaphone",
        _(
            "# Le titre : une phrase que l’on retient\n"
            "En deux lignes : ce qui se passe, et pourquoi cela touche les gens du quartier.\n"
            "## Ce que nous constatons\nUn fait, un chiffre avec sa source.\n"
            "## Ce que nous proposons\nUne mesure concrète.\nUne deuxième.\nUne troisième.\n"
            "## Rejoignez-nous\nLe rendez-vous : jour, heure, lieu.\nComment nous joindre :\n"
            "Ne pas jeter sur la voie publique."
        ),
    ),
    Starter(
        "press",
        _("Communiqué de presse"),
        _("Pour les rédactions : l’essentiel d’abord."),
        "scroll-text",
        _(
            "Communiqué de presse\nLieu, date\n"
            "# Le titre dit la nouvelle\n"
            "L’essentiel en trois lignes : qui, quoi, quand, où, pourquoi.\n"
            "Le contexte et les chiffres, avec leurs sources.\n"
            "Une citation : « … », déclare Prénom Nom, fonction.\n"
            "La suite : ce que nous demandons, le prochain rendez-vous.\n"
            "## Contact presse\nPrénom Nom, téléphone, adresse électronique"
        ),
    ),
]
BY_NAME = {starter.name: starter for starter in STARTERS}
